with

threshold_entries as (

    select * from {{ ref('int_threshold_entries') }}

),

lead_handoffs as (

    select * from {{ ref('int_lead_handoffs') }}

),

candidate_thresholds as (

    select {{ each_of(candidate_thresholds().split(',')) }} as threshold

),

handoffs_ranked as (

    select
        threshold_entries.threshold,
        lead_handoffs.is_mature,
        lead_handoffs.outcome,
        row_number() over (
            partition by threshold_entries.threshold, threshold_entries.person_id
            order by lead_handoffs.handed_off_at
        ) = 1 as is_first
    from threshold_entries
    left join lead_handoffs
        on
            threshold_entries.person_id = lead_handoffs.person_id
            and threshold_entries.entered_date <= lead_handoffs.handed_off_date

),

people_counted as (

    select
        threshold,
        count(*) as people,
        count(outcome) as handed_over,
        count(*) filter (where is_mature) as mature_handed_over,
        count(*) filter (where is_mature and outcome in ('accepted', 'accepted_late')) as accepted
    from handoffs_ranked
    where is_first
    group by threshold

),

nearby_handoffs_counted as (

    select
        candidate_thresholds.threshold,
        count(lead_handoffs.outcome) as nearby_handoffs,
        count(*) filter (where lead_handoffs.outcome in ('accepted', 'accepted_late')) as nearby_accepted
    from candidate_thresholds
    left join lead_handoffs
        on
            candidate_thresholds.threshold <= lead_handoffs.score_at_handoff
            and candidate_thresholds.threshold > lead_handoffs.score_at_handoff - {{ var('threshold_band') }}
            and lead_handoffs.is_mature
            and lead_handoffs.handed_off_date >= {{ add_days(as_of_date(), '1 - ' ~ var('threshold_days')) }}
    group by candidate_thresholds.threshold

),

zeros_filled_in as (

    select
        cast(nearby_handoffs_counted.threshold as bigint) as threshold,
        coalesce(people_counted.people, 0) as people,
        coalesce(people_counted.handed_over, 0) as handed_over,
        coalesce(people_counted.mature_handed_over, 0) as mature_handed_over,
        coalesce(people_counted.accepted, 0) as accepted,
        nearby_handoffs_counted.nearby_handoffs,
        nearby_handoffs_counted.nearby_accepted
    from nearby_handoffs_counted
    left join people_counted
        on nearby_handoffs_counted.threshold = people_counted.threshold

),

rates_added as (

    select
        threshold,
        people,
        people * cast(7 as double) / {{ var('threshold_days') }} as people_per_week,
        handed_over,
        {{ share_of('handed_over', 'people') }} as handed_over_rate,
        mature_handed_over,
        accepted,
        {{ share_of('accepted', 'mature_handed_over') }} as acceptance_rate,
        {{ wilson_bound('accepted', 'mature_handed_over', 'low') }} as acceptance_rate_low,
        {{ wilson_bound('accepted', 'mature_handed_over', 'high') }} as acceptance_rate_high,
        mature_handed_over < {{ var('smallest_group') }} as is_small,
        nearby_handoffs,
        nearby_accepted,
        {{ share_of('nearby_accepted', 'nearby_handoffs') }} as nearby_acceptance_rate,
        {{ wilson_bound('nearby_accepted', 'nearby_handoffs', 'low') }} as nearby_acceptance_rate_low,
        {{ wilson_bound('nearby_accepted', 'nearby_handoffs', 'high') }} as nearby_acceptance_rate_high,
        nearby_handoffs < {{ var('smallest_group') }} as is_nearby_small
    from zeros_filled_in

)

select * from rates_added
