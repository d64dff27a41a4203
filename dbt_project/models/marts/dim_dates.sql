{% set fiscal_start = var('fiscal_year_start_month') %}

with

calendar as (

    select * from {{ ref('int_calendar') }}

),

holidays as (

    select * from {{ ref('holidays') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

-- without a lead there is no day to begin with
bounds as (

    select
        min(created_date) as first_date,
        {{ add_days(as_of_date(), 366) }} as last_date
    from persons

),

days_kept as (

    select
        calendar.date_day as date,
        calendar.is_business_day,
        calendar.is_holiday,
        {{ iso_weekday('calendar.date_day') }} as weekday
    from calendar
    inner join bounds
        on calendar.date_day between bounds.first_date and bounds.last_date

),

-- a week belongs to the year that its Thursday lies in
parts_taken as (

    select
        *,
        extract(year from date) as year_number,
        extract(month from date) as month_number,
        {{ add_days('date', '(4 - weekday)') }} as thursday
    from days_kept

),

days_described as (

    select
        parts_taken.date,
        {{ month_of('parts_taken.date') }} as month,
        cast(date_trunc('quarter', parts_taken.date) as date) as quarter,
        cast(
            parts_taken.year_number - case when parts_taken.month_number < {{ fiscal_start }} then 1 else 0 end
            as bigint
        ) as fiscal_year,
        cast(
            floor(((parts_taken.month_number + 12 - {{ fiscal_start }}) % 12) / cast(3 as double)) + 1 as bigint
        ) as fiscal_quarter,
        cast(extract(year from parts_taken.thursday) as bigint) as iso_year,
        cast(floor((extract(doy from parts_taken.thursday) - 1) / cast(7 as double)) + 1 as bigint) as iso_week,
        cast(parts_taken.weekday as bigint) as weekday,
        parts_taken.is_business_day,
        parts_taken.is_holiday,
        {{ without_addresses('holidays.name') }} as holiday_name
    from parts_taken
    left join holidays
        on parts_taken.date = holidays.date

)

select * from days_described
