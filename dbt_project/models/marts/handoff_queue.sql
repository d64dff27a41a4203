with

leads as (

    select * from {{ ref('dim_leads') }}

),

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

handoff_answers as (

    select * from {{ ref('int_handoffs') }}

),

lead_reasons as (

    select * from {{ ref('int_lead_reasons') }}

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

-- marketing has the lead: what sales was handed it gave back, unless marketing withdrew it
handoffs_counted as (

    select
        leads.person_id,
        count(*) as earlier_handoffs,
        max(handoffs.handed_off_date) as last_handed_off_date,
        max({{ local_date('handoff_answers.withdrawn_at') }}) filter (
            where handoffs.cycle_number = leads.cycle_number
        ) as withdrawn_date,
        count(*) filter (
            where
            handoffs.handed_off_date >= leads.qualified_from
            and handoffs.outcome <> 'withdrawn'
            and (handoffs.outcome = 'rejected' or handoffs.cycle_number < leads.cycle_number)
        ) as given_back_handoffs
    from leads
    inner join handoffs
        on leads.person_id = handoffs.person_id
    inner join handoff_answers
        on handoffs.handoff_id = handoff_answers.handoff_id
    where leads.owner = 'marketing'
    group by leads.person_id

),

leads_waiting as (

    select
        leads.*,
        qualifications.trigger,
        coalesce(handoffs_counted.earlier_handoffs, 0) as earlier_handoffs,
        handoffs_counted.last_handed_off_date,
        leads.account_tier <> 'none' as is_target_account,
        lead_reasons.reason_1,
        lead_reasons.reason_2,
        lead_reasons.reason_3,
        lead_reasons.hand_raised_date,
        -- greatest() passes over nulls
        greatest(leads.qualified_from, leads.cycle_started_date, handoffs_counted.withdrawn_date) as waiting_since,
        coalesce(handoffs_counted.given_back_handoffs > 0, false) as was_given_back
    from leads
    inner join qualifications
        on
            leads.person_id = qualifications.person_id
            and qualifications.qualified_to is null
    left join handoffs_counted
        on leads.person_id = handoffs_counted.person_id
    left join lead_reasons
        on leads.person_id = lead_reasons.person_id
    where leads.owner = 'marketing'

),

-- a hand raised after the return is a new lead
returns_told as (

    select
        *,
        was_given_back and coalesce(hand_raised_date <= waiting_since, true) as is_given_back
    from leads_waiting

),

routes_suggested as (

    select
        *,
        {{ dbt.datediff('waiting_since', as_of_date(), 'day') }} as days_waiting,
        case
            when is_given_back then 'marketing'
            when is_target_account then 'adr'
            else 'sales'
        end as suggested_route
    from returns_told

),

ranked as (

    select
        *,
        row_number() over (
            order by
                is_given_back asc,
                case when trigger = 'hand_raise' or hand_raised_date is not null then 1 else 2 end asc,
                is_target_account desc,
                behavior_score desc,
                fit_score desc,
                days_waiting desc,
                person_id asc
        ) as priority_rank
    from routes_suggested

),

queue_labelled as (

    select
        ranked.priority_rank,
        ranked.person_id,
        ranked.account_id,
        ranked.account_tier,
        ranked.fit_grade,
        ranked.behavior_score,
        ranked.score_change_7_days,
        ranked.trigger,
        coalesce(trigger_labels.label, ranked.trigger) as trigger_label,
        ranked.reason_1,
        ranked.reason_2,
        ranked.reason_3,
        ranked.hand_raised_date,
        ranked.top_topic,
        ranked.buying_stage,
        coalesce(stage_labels.label, ranked.buying_stage) as buying_stage_label,
        ranked.suggested_route,
        coalesce(route_labels.label, ranked.suggested_route) as suggested_route_label,
        ranked.qualified_from,
        ranked.waiting_since,
        ranked.days_waiting,
        ranked.is_given_back,
        ranked.earlier_handoffs,
        ranked.last_handed_off_date,
        ranked.lead_source,
        ranked.last_touch_date,
        ranked.last_touch_type
    from ranked
    left join labels_in_language as trigger_labels
        on ranked.trigger = trigger_labels.key and trigger_labels.kind = 'trigger'
    left join labels_in_language as stage_labels
        on ranked.buying_stage = stage_labels.key and stage_labels.kind = 'buying_stage'
    left join labels_in_language as route_labels
        on ranked.suggested_route = route_labels.key and route_labels.kind = 'route'

)

select * from queue_labelled
