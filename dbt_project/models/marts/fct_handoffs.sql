with

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

disposition_cycles as (

    select * from {{ ref('int_disposition_cycles') }}

),

handoff_scores as (

    select * from {{ ref('int_handoff_scores') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

handoff_sla as (

    select * from {{ ref('handoff_sla') }}

),

calendar as (

    select * from {{ ref('int_calendar') }}

),

business_days as (

    select
        date_day,
        business_day_number
    from calendar
    where is_business_day

),

default_sla as (

    select acceptance_business_days
    from handoff_sla
    where account_tier = 'default'

),

persons_added as (

    select
        handoffs.*,
        disposition_cycles.cycle_number,
        handoff_scores.score_at_handoff,
        persons.lead_source,
        persons.fit_grade,
        persons.account_tier,
        {{ local_date('handoffs.accepted_at') }} as accepted_date,
        calendar.business_day_number
        + coalesce(handoff_sla.acceptance_business_days, default_sla.acceptance_business_days)
            as deadline_business_day_number
    from handoffs
    inner join persons
        on handoffs.person_id = persons.person_id
    inner join disposition_cycles
        on handoffs.handoff_id = disposition_cycles.disposition_id
    inner join handoff_scores
        on handoffs.handoff_id = handoff_scores.handoff_id
    inner join calendar
        on handoffs.handed_off_date = calendar.date_day
    left join handoff_sla
        on persons.account_tier = handoff_sla.account_tier
    cross join default_sla

),

deadlines_set as (

    select
        persons_added.*,
        business_days.date_day as acceptance_deadline,
        business_days.date_day <= {{ as_of_date() }} as is_mature,
        coalesce(persons_added.accepted_date <= business_days.date_day, false) as is_accepted_in_time
    from persons_added
    inner join business_days
        on persons_added.deadline_business_day_number = business_days.business_day_number

),

outcomes_classified as (

    select
        *,
        case
            when is_accepted_in_time then 'accepted'
            when accepted_at is not null then 'accepted_late'
            when withdrawn_at is not null then 'withdrawn'
            when rejected_at is not null then 'rejected'
            when not is_mature then 'pending'
            when first_touch_at is not null then 'stalled'
            else 'untouched'
        end as outcome
    from deadlines_set

),

handoffs_published as (

    select
        handoff_id,
        person_id,
        cycle_number,
        handed_off_at,
        handed_off_date,
        {{ without_addresses('sales_team') }} as sales_team,
        {{ without_addresses('sales_rep') }} as sales_rep,
        {{ without_addresses('routed_by') }} as routed_by,
        {{ without_addresses('lead_source') }} as lead_source,
        fit_grade,
        account_tier,
        score_at_handoff,
        acceptance_deadline,
        first_touch_at,
        accepted_at,
        rejected_at,
        {{ without_addresses('reason') }} as reason,
        outcome,
        is_mature,
        is_mature and outcome <> 'withdrawn' and not is_accepted_in_time as is_ignored_at_deadline,
        {{ microseconds_between('handed_off_at', 'first_touch_at') }} / cast(3600000000 as double)
            as hours_to_first_touch,
        is_mature and outcome in ('rejected', 'stalled', 'untouched') as is_ignored
    from outcomes_classified

)

select * from handoffs_published
