with

cases as (

    select * from {{ ref('int_prediction_cases') }}

),

profiles as (

    select * from {{ ref('int_prediction_profiles') }}

),

touches as (

    select * from {{ ref('int_prediction_touches') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

numbers_joined as (

    select
        cases.*,
        {% for attribute in ['fit_grade', 'account_tier', 'lead_source', 'is_excluded'] -%}
            coalesce(profiles.{{ attribute }}, leads.{{ attribute }}) as {{ attribute }},
        {% endfor -%}
        {{ dbt.datediff('leads.created_date', 'cases.case_date', 'day') }} as days_known,
        coalesce(touches.score, 0) as score,
        touches.days_since_touch,
        touches.days_since_hand_raise,
        {{ dbt.datediff('leads.created_date', 'touches.first_hand_raise_date', 'day') }} as days_to_hand_raise,
        coalesce(touches.touches, 0) as touches,
        coalesce(touches.mail_reactions, 0) as mail_reactions,
        coalesce(touches.offline_touches, 0) as offline_touches,
        touches.top_topic
    from cases
    inner join leads
        on cases.person_id = leads.person_id
    left join profiles
        on cases.case_id = profiles.case_id
    left join touches
        on cases.case_id = touches.case_id

),

bands_found as (

    select
        case_id,
        person_id,
        case_date,
        known_until is null as is_open,
        accepted_judged_date,
        accepted_hit_date,
        won_judged_date,
        won_hit_date,
        score as score_points,
        {{ prediction_band('score', 'score') }} as score,
        fit_grade,
        account_tier,
        lead_source,
        case when is_excluded then 'yes' else 'no' end as is_excluded,
        case when was_handed_over then 'yes' else 'no' end as was_handed_over,
        {% for attribute in [
            'days_known', 'days_since_touch', 'days_since_hand_raise', 'days_to_hand_raise', 'touches',
            'mail_reactions', 'offline_touches'
        ] -%}
            {{ prediction_band(attribute, attribute) }} as {{ attribute }},
        {% endfor -%}
        coalesce(top_topic, 'none') as top_topic
    from numbers_joined

)

select * from bands_found
