{% set first_day = add_days(as_of_date(), '1 - ' ~ var('neglect_days')) %}

with

leads as (

    select * from {{ ref('dim_leads') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

mail_recipients as (

    select * from {{ ref('int_mail_recipients') }}

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
        leads.person_id,
        leads.created_date,
        -- greatest() passes over nulls
        greatest(leads.last_touch_date, last_sales_touches.last_sales_touch_date) as last_touch_date
    from leads
    left join last_sales_touches
        on leads.person_id = last_sales_touches.person_id
    where leads.owner <> 'sales'

),

neglected as (

    select
        person_id,
        last_touch_date,
        cast({{ dbt.datediff('coalesce(last_touch_date, created_date)', as_of_date(), 'day') }} as bigint)
            as days_without_touch
    from last_touches
    where
        created_date < {{ first_day }}
        and (last_touch_date is null or last_touch_date < {{ first_day }})

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
        last_mails.last_mailed_date
    from neglected
    left join last_mails
        on neglected.person_id = last_mails.person_id

)

select * from mails_added
