with

waiting_leads as (

    select * from {{ ref('int_waiting_leads') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

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

leads_ranked as (

    select
        leads.*,
        waiting_leads.trigger,
        waiting_leads.waiting_since,
        waiting_leads.days_waiting,
        waiting_leads.is_given_back,
        waiting_leads.earlier_handoffs,
        waiting_leads.last_handed_off_date,
        lead_reasons.reason_1,
        lead_reasons.reason_2,
        lead_reasons.reason_3,
        lead_reasons.hand_raised_date,
        case
            when waiting_leads.is_given_back then 'marketing'
            when leads.account_tier <> 'none' then 'adr'
            else 'sales'
        end as suggested_route,
        row_number() over (
            order by
                waiting_leads.is_given_back asc,
                waiting_leads.trigger = 'hand_raise' or lead_reasons.hand_raised_date is not null desc,
                leads.account_tier <> 'none' desc,
                leads.behavior_score desc,
                leads.fit_score desc,
                waiting_leads.days_waiting desc,
                leads.person_id asc
        ) as priority_rank
    from waiting_leads
    inner join leads
        on waiting_leads.person_id = leads.person_id
    left join lead_reasons
        on waiting_leads.person_id = lead_reasons.person_id

),

queue_labelled as (

    select
        leads_ranked.priority_rank,
        leads_ranked.person_id,
        leads_ranked.account_id,
        leads_ranked.account_tier,
        leads_ranked.fit_grade,
        leads_ranked.behavior_score,
        leads_ranked.score_change_7_days,
        leads_ranked.trigger,
        coalesce(trigger_labels.label, leads_ranked.trigger) as trigger_label,
        leads_ranked.reason_1,
        leads_ranked.reason_2,
        leads_ranked.reason_3,
        leads_ranked.hand_raised_date,
        leads_ranked.top_topic,
        leads_ranked.buying_stage,
        coalesce(stage_labels.label, leads_ranked.buying_stage) as buying_stage_label,
        leads_ranked.suggested_route,
        coalesce(route_labels.label, leads_ranked.suggested_route) as suggested_route_label,
        leads_ranked.qualified_from,
        leads_ranked.waiting_since,
        leads_ranked.days_waiting,
        leads_ranked.is_given_back,
        leads_ranked.earlier_handoffs,
        leads_ranked.last_handed_off_date,
        leads_ranked.is_mailable,
        leads_ranked.mail_block_reason,
        leads_ranked.lead_source,
        leads_ranked.last_touch_date,
        leads_ranked.last_touch_type
    from leads_ranked
    left join labels_in_language as trigger_labels
        on leads_ranked.trigger = trigger_labels.key and trigger_labels.kind = 'trigger'
    left join labels_in_language as stage_labels
        on leads_ranked.buying_stage = stage_labels.key and stage_labels.kind = 'buying_stage'
    left join labels_in_language as route_labels
        on leads_ranked.suggested_route = route_labels.key and route_labels.kind = 'route'

)

select * from queue_labelled
