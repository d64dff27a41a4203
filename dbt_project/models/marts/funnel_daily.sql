with

cycle_stages as (

    select * from {{ ref('int_cycle_stages') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

first_lead as (

    select min(created_date) as first_date
    from persons

),

stages_clipped as (

    select
        cycle_stages.stage,
        cycle_stages.lead_source,
        cycle_stages.entered_date,
        greatest(cycle_stages.open_from, first_lead.first_date) as open_from,
        cycle_stages.open_to,
        cycle_stages.entered_date >= first_lead.first_date as is_reported
    from cycle_stages
    cross join first_lead

),

changes_listed as (

    select
        stage,
        lead_source,
        open_from as changed_date,
        1 as open_change
    from stages_clipped
    where open_to is null or open_from < open_to
    union all
    select
        stage,
        lead_source,
        open_to as changed_date,
        -1 as open_change
    from stages_clipped
    where open_from < open_to

),

changes_summed_to_day as (

    select
        stage,
        lead_source,
        changed_date,
        sum(open_change) as open_change
    from changes_listed
    group by stage, lead_source, changed_date

),

open_counted as (

    select
        stage,
        lead_source,
        changed_date as valid_from,
        lead(changed_date) over (partition by stage, lead_source order by changed_date) as valid_to,
        sum(open_change) over (
            partition by stage, lead_source
            order by changed_date
            rows between unbounded preceding and current row
        ) as open_at_end
    from changes_summed_to_day

),

entered_and_open_listed as (

    select
        entered_date as date,
        stage,
        lead_source,
        1 as entered,
        0 as open_at_end
    from stages_clipped
    where is_reported
    union all
    select
        {{ each_day('valid_from', 'coalesce(' ~ add_days('valid_to', -1) ~ ', ' ~ as_of_date() ~ ')') }} as date,
        stage,
        lead_source,
        0 as entered,
        open_at_end
    from open_counted
    where open_at_end > 0

),

days_counted as (

    select
        date,
        stage,
        lead_source,
        cast(sum(entered) as bigint) as entered,
        cast(sum(open_at_end) as bigint) as open_at_end
    from entered_and_open_listed
    group by date, stage, lead_source

)

select * from days_counted
