with

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

handoff_deadlines as (

    select * from {{ ref('int_handoff_deadlines') }}

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

deadlines_added as (

    select
        handoffs.*,
        handoff_deadlines.acceptance_deadline,
        handoff_deadlines.is_mature,
        coalesce({{ local_date('handoffs.accepted_at') }} <= handoff_deadlines.acceptance_deadline, false)
            as is_accepted_in_time,
        disposition_cycles.cycle_number,
        handoff_scores.score_at_handoff,
        persons.lead_source,
        persons.fit_grade,
        persons.account_tier
    from handoffs
    inner join handoff_deadlines
        on handoffs.handoff_id = handoff_deadlines.handoff_id
    inner join disposition_cycles
        on handoffs.handoff_id = disposition_cycles.disposition_id
    inner join handoff_scores
        on handoffs.handoff_id = handoff_scores.handoff_id
    inner join persons
        on handoffs.person_id = persons.person_id

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
    from deadlines_added

),

handoffs_published as (

    select
        handoff_id,
        person_id,
        cycle_number,
        handed_off_at,
        handed_off_date,
        sales_team,
        sales_rep,
        routed_by,
        {{ without_addresses('lead_source') }} as lead_source,
        fit_grade,
        account_tier,
        score_at_handoff,
        acceptance_deadline,
        first_touch_at,
        accepted_at,
        rejected_at,
        reason,
        outcome,
        is_mature,
        is_mature and outcome <> 'withdrawn' and not is_accepted_in_time as is_ignored_at_deadline,
        {{ microseconds_between('handed_off_at', 'first_touch_at') }} / cast(3600000000 as double)
            as hours_to_first_touch,
        is_mature and outcome in ('rejected', 'stalled', 'untouched') as is_ignored
    from outcomes_classified

)

select * from handoffs_published
