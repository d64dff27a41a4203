with

persons as (

    select * from {{ ref('int_persons') }}

),

person_accounts as (

    select * from {{ ref('int_person_accounts') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

current_scores as (

    select * from {{ ref('int_current_scores') }}

),

person_touches as (

    select * from {{ ref('int_person_touches') }}

),

last_cycles as (

    select
        person_id,
        max_by(furthest_stage, cycle_number) as stage
    from lead_cycles
    group by person_id

),

attributes_joined as (

    select
        persons.person_id,
        {% for attribute in ['industry', 'job_title', 'department', 'country', 'lead_source', 'account_tier', 'fit_grade'] -%}
            {{ lowered('persons.' ~ attribute) }} as {{ attribute }},
        {% endfor -%}
        {{ lowered('person_accounts.email_domain') }} as email_domain,
        last_cycles.stage,
        {% for flag in ['is_contactable', 'is_complete', 'is_excluded', 'mail_opt_in'] -%}
            case persons.{{ flag }} when true then 'true' when false then 'false' end as {{ flag }},
        {% endfor -%}
        persons.employee_count,
        persons.fit_score,
        coalesce(current_scores.behavior_score, 0) as behavior_score,
        {{ dbt.datediff('person_touches.last_touch_date', as_of_date(), 'day') }} as days_since_touch
    from persons
    inner join person_accounts
        on persons.person_id = person_accounts.person_id
    left join last_cycles
        on persons.person_id = last_cycles.person_id
    left join current_scores
        on persons.person_id = current_scores.person_id
    left join person_touches
        on persons.person_id = person_touches.person_id

)

select * from attributes_joined
