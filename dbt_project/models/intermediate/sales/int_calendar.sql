with

holidays as (

    select * from {{ ref('holidays') }}

),

handoff_sla as (

    select * from {{ ref('handoff_sla') }}

),

-- the longest deadline of a hand-off on D, were every holiday a working day lost: five workdays in seven, and a week
bounds as (

    select
        date '1999-12-31' as first_date,
        {{ add_days(as_of_date(), '(max(acceptance_business_days) + (select count(*) from holidays)) * 7 / 5 + 380') }}
            as last_date
    from handoff_sla

),

days_listed as (

    select {{ each_day('first_date', 'last_date') }} as date_day
    from bounds

),

holiday_dates as (

    select distinct date as date_day
    from holidays

),

business_days_flagged as (

    select
        days_listed.date_day,
        holiday_dates.date_day is not null as is_holiday,
        {{ iso_weekday('days_listed.date_day') }} <= 5 and holiday_dates.date_day is null as is_business_day
    from days_listed
    left join holiday_dates
        on days_listed.date_day = holiday_dates.date_day

),

business_days_numbered as (

    select
        *,
        cast(sum(case when is_business_day then 1 else 0 end) over (
            order by date_day rows between unbounded preceding and current row
        ) as bigint) as business_day_number
    from business_days_flagged

)

select * from business_days_numbered
