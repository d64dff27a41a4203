with

segments as (

    select * from {{ ref('segments') }}

),

lead_segments as (

    select * from {{ ref('lead_segments') }}

),

persons as (

    select * from {{ ref('int_persons') }}

),

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

segments_listed as (

    select distinct segment_id from segments

),

qualified_persons as (

    select distinct person_id from qualifications
    where qualified_to is null

),

handoffs_counted as (

    select
        person_id,
        count(*) as mature_handoffs,
        count(*) filter (where is_ignored) as ignored
    from handoffs
    where
        is_mature
        and outcome <> 'withdrawn'
        and handed_off_date > {{ add_days(as_of_date(), '-' ~ var('segment_result_days')) }}
    group by person_id

),

wins_counted as (

    select
        person_id,
        count(*) as wins,
        sum(amount) as won_amount
    from lead_cycles
    where won_date > {{ add_days(as_of_date(), '-' ~ var('segment_result_days')) }}
    group by person_id

),

members_summed as (

    select
        segments_listed.segment_id,
        count(lead_segments.person_id) as people,
        count(*) filter (where persons.is_contactable) as contactable,
        count(qualified_persons.person_id) as qualified,
        cast(coalesce(sum(handoffs_counted.mature_handoffs), 0) as bigint) as mature_handoffs,
        cast(coalesce(sum(handoffs_counted.ignored), 0) as bigint) as ignored,
        {{ share_of('sum(handoffs_counted.ignored)', 'sum(handoffs_counted.mature_handoffs)') }} as ignore_rate,
        cast(coalesce(sum(wins_counted.wins), 0) as bigint) as wins,
        cast(coalesce(sum(wins_counted.won_amount), 0) as decimal(38, 2)) as won_amount
    from segments_listed
    left join lead_segments
        on segments_listed.segment_id = lead_segments.segment_id
    left join persons
        on lead_segments.person_id = persons.person_id
    left join qualified_persons
        on lead_segments.person_id = qualified_persons.person_id
    left join handoffs_counted
        on lead_segments.person_id = handoffs_counted.person_id
    left join wins_counted
        on lead_segments.person_id = wins_counted.person_id
    group by segments_listed.segment_id

)

select * from members_summed
