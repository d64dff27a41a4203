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

mailability as (

    select * from {{ ref('int_mailability') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

lowest_threshold as (

    select min(min_score) as min_score
    from qualification_rules

),

leads_described as (

    select
        neglected_persons.person_id,
        coalesce(neglected_persons.last_mailed_date >= {{ first_day }}, false) as is_still_mailed,
        persons.mail_opt_in as is_opted_in,
        leads.is_excluded,
        mailability.has_phone,
        mailability.has_address,
        mailability.is_mailable,
        coalesce(qualification_rules.min_score = lowest_threshold.min_score, false)
        or leads.account_tier <> 'none' as is_worth_a_call
    from neglected_persons
    inner join leads
        on neglected_persons.person_id = leads.person_id
    inner join persons
        on neglected_persons.person_id = persons.person_id
    inner join mailability
        on neglected_persons.person_id = mailability.person_id
    left join qualification_rules
        on leads.fit_grade = qualification_rules.fit_grade
    cross join lowest_threshold

),

actions_suggested as (

    select
        person_id,
        is_still_mailed,
        is_opted_in,
        case
            when is_excluded then 'leave'
            when not has_address and not has_phone then 'complete_data'
            when is_worth_a_call then 'call'
            when not has_address then 'complete_data'
            when not is_mailable and is_still_mailed then 'stop_mailing'
            when not is_mailable then 'leave'
            when is_still_mailed then 'change_content'
            when is_opted_in then 'mail'
            else 'ask_for_consent'
        end as suggested_action
    from leads_described

)

select * from actions_suggested
