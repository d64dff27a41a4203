with

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

score_contributions as (

    select * from {{ ref('fct_score_contributions') }}

),

scoring_rules as (

    select * from {{ ref('scoring_rules') }}

),

labels as (

    select * from {{ ref('labels') }}

),

labels_in_language as (

    select
        kind,
        key,
        label
    from labels
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
    from labels_in_language
    where kind = 'phrase'

),

rules_named as (

    select
        scoring_rules.rule_id,
        scoring_rules.every,
        scoring_rules.window_days,
        scoring_rules.hand_raise,
        coalesce(touchpoint_labels.label, scoring_rules.touchpoint_type) as touchpoint,
        coalesce(content_labels.label, scoring_rules.content_type) as content
    from scoring_rules
    left join labels_in_language as touchpoint_labels
        on
            scoring_rules.touchpoint_type = touchpoint_labels.key
            and touchpoint_labels.kind = 'touchpoint'
    left join labels_in_language as content_labels
        on
            scoring_rules.content_type = content_labels.key
            and content_labels.kind = 'content'

),

-- more active touches than the day before: one came in
hand_raises_dated as (

    select
        score_contributions.person_id,
        score_contributions.rule_id,
        score_contributions.valid_from,
        score_contributions.active_count > coalesce(lag(score_contributions.active_count) over (
            partition by score_contributions.person_id, score_contributions.rule_id
            order by score_contributions.valid_from
        ), 0) as is_rise
    from score_contributions
    inner join scoring_rules
        on score_contributions.rule_id = scoring_rules.rule_id
    where scoring_rules.hand_raise

),

last_hand_raises as (

    select
        person_id,
        rule_id,
        max(valid_from) as hand_raised_date
    from hand_raises_dated
    where is_rise
    group by person_id, rule_id

),

-- a raised hand is a reason even if its rule gives no points
reasons_found as (

    select
        score_contributions.person_id,
        score_contributions.active_count,
        score_contributions.points,
        rules_named.rule_id,
        rules_named.window_days,
        rules_named.touchpoint,
        rules_named.content,
        rules_named.hand_raise and score_contributions.active_count >= rules_named.every as is_hand_raise,
        last_hand_raises.hand_raised_date
    from score_contributions
    inner join qualifications
        on score_contributions.person_id = qualifications.person_id
    inner join rules_named
        on score_contributions.rule_id = rules_named.rule_id
    left join last_hand_raises
        on
            score_contributions.person_id = last_hand_raises.person_id
            and score_contributions.rule_id = last_hand_raises.rule_id
    where
        score_contributions.valid_to is null
        and qualifications.qualified_to is null
        and (
            score_contributions.points > 0
            or (rules_named.hand_raise and score_contributions.active_count >= rules_named.every)
        )

),

reasons_ranked as (

    select
        *,
        row_number() over (
            partition by person_id order by is_hand_raise desc, points desc, active_count desc, rule_id asc
        ) as reason_rank
    from reasons_found

),

reasons_formatted as (

    select
        reasons_ranked.person_id,
        reasons_ranked.reason_rank,
        case
            when reasons_ranked.points > 0
                then replace(phrases.with_points, '{points}', cast(reasons_ranked.points as {{ dbt.type_string() }}))
            else '{reason}'
        end as frame,
        cast(reasons_ranked.window_days as {{ dbt.type_string() }}) as days,
        case when reasons_ranked.window_days = 1 then phrases.reason_of_a_day else phrases.reason end as sentence,
        case
            when reasons_ranked.active_count = 1 then phrases.once
            else replace(phrases.times, '{count}', cast(reasons_ranked.active_count as {{ dbt.type_string() }}))
        end as times,
        coalesce(
            replace(
                replace(phrases.with_content, '{touchpoint}', reasons_ranked.touchpoint),
                '{content}',
                reasons_ranked.content
            ),
            reasons_ranked.touchpoint
        ) as what
    from reasons_ranked
    cross join phrases
    where reasons_ranked.reason_rank <= 3

),

-- the names that rules use come last, so that nothing in them is filled in
sentences_filled_in as (

    select
        person_id,
        reason_rank,
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
        max(reason) filter (where reason_rank = 3) as reason_3
    from sentences_filled_in
    group by person_id

),

hands_raised as (

    select
        person_id,
        max(hand_raised_date) as hand_raised_date
    from reasons_found
    where is_hand_raise
    group by person_id

),

hands_added as (

    select
        reasons_listed.*,
        hands_raised.hand_raised_date
    from reasons_listed
    left join hands_raised
        on reasons_listed.person_id = hands_raised.person_id

)

select * from hands_added
