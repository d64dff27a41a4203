{% set first_day = add_days(as_of_date(), '1 - ' ~ var('neglect_days')) %}

with

leads as (

    select * from {{ ref('dim_leads') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

mail_recipients as (

    select * from {{ ref('int_mail_recipients') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

-- what counts as sales' first touch of a hand-off
last_sales_touches as (

    select
        person_id,
        max(occurred_date) as last_sales_touch_date
    from dispositions
    where disposition in ('attempted', 'contacted', 'appointment', 'opportunity', 'won')
    group by person_id

),

last_touches as (

    select
        leads.*,
        -- greatest() passes over nulls
        greatest(leads.last_touch_date, last_sales_touches.last_sales_touch_date) as last_touch_of_both_date
    from leads
    left join last_sales_touches
        on leads.person_id = last_sales_touches.person_id

),

neglected as (

    select
        last_touches.*,
        cast({{
            dbt.datediff(
                'coalesce(last_touches.last_touch_of_both_date, last_touches.created_date)', as_of_date(), 'day'
            )
        }} as bigint) as days_without_touch,
        persons.mail_opt_in as is_opted_in
    from last_touches
    inner join persons
        on last_touches.person_id = persons.person_id
    where
        last_touches.owner <> 'sales'
        and last_touches.created_date < {{ first_day }}
        and (
            last_touches.last_touch_of_both_date is null
            or last_touches.last_touch_of_both_date < {{ first_day }}
        )

),

grades_that_qualify as (

    select
        fit_grade,
        min_score = (select min(all_rules.min_score) from qualification_rules as all_rules) as is_best
    from qualification_rules

),

last_mails as (

    select
        person_id,
        {{ local_date('max(sent_at)') }} as last_mailed_date
    from mail_recipients
    where
        sent_at is not null
        and bounced_at is null
        and person_id in (select person_id from neglected)
    group by person_id

),

mails_added as (

    select
        neglected.*,
        last_mails.last_mailed_date,
        coalesce(last_mails.last_mailed_date >= {{ first_day }}, false) as is_still_mailed,
        (coalesce(grades_that_qualify.is_best, false) or neglected.account_tier <> 'none') as is_worth_a_call
    from neglected
    left join last_mails
        on neglected.person_id = last_mails.person_id
    left join grades_that_qualify
        on neglected.fit_grade = grades_that_qualify.fit_grade

),

neglect_counted as (

    select count(*) as neglected_people
    from neglected

),

leads_counted as (

    select count(*) as base_people
    from leads

),

actions_suggested as (

    select
        person_id,
        created_date,
        last_touch_of_both_date as last_touch_date,
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
        neglect_counted.neglected_people,
        leads_counted.base_people,
        {{ share_of('neglect_counted.neglected_people', 'leads_counted.base_people') }} as neglected_rate
    from mails_added
    cross join neglect_counted
    cross join leads_counted

)

select * from actions_suggested
