{% set first_day = add_days(as_of_date(), '1 - ' ~ var('neglect_days')) %}

with

neglected_persons as (

    select * from {{ ref('int_neglected_persons') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

lowest_threshold as (

    select min(min_score) as min_score
    from qualification_rules

),

people_counted as (

    select
        count(neglected_persons.person_id) as neglected_people,
        count(*) as base_people
    from leads
    left join neglected_persons
        on leads.person_id = neglected_persons.person_id

),

leads_described as (

    select
        neglected_persons.person_id,
        leads.created_date,
        neglected_persons.last_touch_date,
        neglected_persons.days_without_touch,
        neglected_persons.last_mailed_date,
        coalesce(neglected_persons.last_mailed_date >= {{ first_day }}, false) as is_still_mailed,
        leads.lead_source,
        leads.fit_grade,
        leads.account_tier,
        leads.behavior_score,
        leads.is_contactable,
        persons.mail_opt_in as is_opted_in,
        leads.is_excluded,
        coalesce(qualification_rules.min_score = lowest_threshold.min_score, false)
        or leads.account_tier <> 'none' as is_worth_a_call,
        people_counted.neglected_people,
        people_counted.base_people
    from neglected_persons
    inner join leads
        on neglected_persons.person_id = leads.person_id
    inner join persons
        on neglected_persons.person_id = persons.person_id
    left join qualification_rules
        on leads.fit_grade = qualification_rules.fit_grade
    cross join lowest_threshold
    cross join people_counted

),

actions_suggested as (

    select
        person_id,
        created_date,
        last_touch_date,
        days_without_touch,
        last_mailed_date,
        is_still_mailed,
        lead_source,
        fit_grade,
        account_tier,
        behavior_score,
        is_contactable,
        is_opted_in,
        is_excluded,
        case
            when is_excluded then 'leave'
            when not is_contactable then 'complete_data'
            when is_worth_a_call then 'call'
            when is_still_mailed then 'change_content'
            when is_opted_in then 'mail'
            else 'ask_for_consent'
        end as suggested_action,
        neglected_people,
        base_people,
        {{ share_of('neglected_people', 'base_people') }} as neglected_rate
    from leads_described

)

select * from actions_suggested
