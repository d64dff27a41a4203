with

neglected_persons as (

    select * from {{ ref('int_neglected_persons') }}

),

neglect_actions as (

    select * from {{ ref('int_neglect_actions') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

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
        neglect_actions.is_still_mailed,
        leads.lead_source,
        leads.fit_grade,
        leads.account_tier,
        leads.behavior_score,
        leads.is_contactable,
        leads.is_mailable,
        leads.mail_block_reason,
        neglect_actions.is_opted_in,
        leads.is_excluded,
        neglect_actions.suggested_action,
        people_counted.neglected_people,
        people_counted.base_people,
        {{ share_of('people_counted.neglected_people', 'people_counted.base_people') }} as neglected_rate
    from neglected_persons
    inner join neglect_actions
        on neglected_persons.person_id = neglect_actions.person_id
    inner join leads
        on neglected_persons.person_id = leads.person_id
    cross join people_counted

)

select * from leads_described
