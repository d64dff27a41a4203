with

qualifying_reasons as (

    select * from {{ ref('int_qualifying_reasons') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

labels as (

    select * from {{ ref('labels') }}
    where language = '{{ var("language") }}'

),

phrases as (

    select
        max(label) filter (where key = 'once') as once,
        max(label) filter (where key = 'times') as times,
        max(label) filter (where key = 'with_content') as with_content,
        max(label) filter (where key = 'reason') as reason,
        max(label) filter (where key = 'reason_of_a_day') as reason_of_a_day,
        max(label) filter (where key = 'with_points') as with_points
    from labels
    where kind = 'phrase'

),

rules_named as (

    select
        scoring_rules.rule_id,
        scoring_rules.window_days,
        coalesce(touchpoint_labels.label, scoring_rules.touchpoint_type) as touchpoint,
        coalesce(content_labels.label, scoring_rules.content_type) as content
    from scoring_rules
    left join labels as touchpoint_labels
        on
            scoring_rules.touchpoint_type = touchpoint_labels.key
            and touchpoint_labels.kind = 'touchpoint'
    left join labels as content_labels
        on
            scoring_rules.content_type = content_labels.key
            and content_labels.kind = 'content'

),

reasons_formatted as (

    select
        qualifying_reasons.person_id,
        qualifying_reasons.reason_rank,
        qualifying_reasons.hand_raised_date,
        case
            when qualifying_reasons.points > 0
                then replace(phrases.with_points, '{points}', cast(qualifying_reasons.points as {{ dbt.type_string() }}))
            else '{reason}'
        end as frame,
        cast(rules_named.window_days as {{ dbt.type_string() }}) as days,
        case when rules_named.window_days = 1 then phrases.reason_of_a_day else phrases.reason end as sentence,
        case
            when qualifying_reasons.active_count = 1 then phrases.once
            else replace(phrases.times, '{count}', cast(qualifying_reasons.active_count as {{ dbt.type_string() }}))
        end as times,
        coalesce(
            replace(
                replace(phrases.with_content, '{touchpoint}', rules_named.touchpoint),
                '{content}',
                rules_named.content
            ),
            rules_named.touchpoint
        ) as what
    from qualifying_reasons
    inner join rules_named
        on qualifying_reasons.rule_id = rules_named.rule_id
    cross join phrases

),

-- the names that rules use come last, so that nothing in them is filled in
sentences_filled_in as (

    select
        person_id,
        reason_rank,
        hand_raised_date,
        replace(
            replace(replace(replace(frame, '{reason}', sentence), '{days}', days), '{times}', times),
            '{what}',
            what
        ) as reason
    from reasons_formatted

),

reasons_listed as (

    select
        person_id,
        max(reason) filter (where reason_rank = 1) as reason_1,
        max(reason) filter (where reason_rank = 2) as reason_2,
        max(reason) filter (where reason_rank = 3) as reason_3,
        max(hand_raised_date) as hand_raised_date
    from sentences_filled_in
    group by person_id

)

select * from reasons_listed
