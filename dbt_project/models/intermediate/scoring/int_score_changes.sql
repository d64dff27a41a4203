with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

rescored_persons as (

    select * from {{ ref('int_rescored_persons') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

-- a person's touchpoints of one kind on one day count alike: far fewer rows meet the rules
touchpoints_counted as (

    select
        person_id,
        touchpoint_type,
        content_type,
        occurred_date,
        known_date,
        count(*) as touchpoint_count
    from touchpoints
    where {{ is_affected('person_id', 'rescored_persons') }}
    group by person_id, touchpoint_type, content_type, occurred_date, known_date

),

rules_matched as (

    select
        touchpoints_counted.person_id,
        scoring_rules.rule_id,
        touchpoints_counted.known_date as active_from,
        {{ add_days('touchpoints_counted.occurred_date', 'scoring_rules.window_days') }} as active_to,
        touchpoints_counted.touchpoint_count
    from touchpoints_counted
    inner join scoring_rules
        on
            touchpoints_counted.touchpoint_type = scoring_rules.touchpoint_type
            and (
                scoring_rules.content_type is null
                or touchpoints_counted.content_type = scoring_rules.content_type
            )
            and (scoring_rules.valid_from is null or touchpoints_counted.occurred_date >= scoring_rules.valid_from)
            and (scoring_rules.valid_to is null or touchpoints_counted.occurred_date < scoring_rules.valid_to)

),

-- history that became known only after its window is never active
ever_active as (

    select * from rules_matched
    where active_from < active_to

),

changes_listed as (

    select
        person_id,
        rule_id,
        active_from as changed_date,
        touchpoint_count as active_change
    from ever_active
    union all
    select
        person_id,
        rule_id,
        active_to as changed_date,
        -touchpoint_count as active_change
    from ever_active
    where active_to <= {{ as_of_date() }}

),

changes_summed_to_day as (

    select
        person_id,
        rule_id,
        changed_date,
        cast(sum(active_change) as bigint) as active_change
    from changes_listed
    group by person_id, rule_id, changed_date

),

days_with_change as (

    select * from changes_summed_to_day
    where active_change <> 0

)

select * from days_with_change
