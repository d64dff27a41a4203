with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

person_owners as (

    select * from {{ ref('int_person_owners') }}

),

calendar as (

    select * from {{ ref('int_calendar') }}

),

reported_day as (

    select business_day_number
    from calendar
    where date_day = {{ as_of_date() }}

),

handoffs_to_follow_up as (

    select
        handoffs.handoff_id,
        handoffs.person_id,
        handoffs.sales_team,
        handoffs.sales_rep,
        handoffs.routed_by,
        handoffs.outcome,
        person_owners.open_handoff_id is not null as is_open,
        handoffs.handed_off_date,
        handoffs.acceptance_deadline,
        deadlines.business_day_number - reported_day.business_day_number as business_days_left,
        leads.behavior_score,
        handoffs.score_at_handoff,
        leads.fit_grade,
        leads.account_id,
        leads.account_tier,
        leads.buying_stage,
        leads.top_topic,
        leads.last_touch_date,
        leads.last_touch_type
    from handoffs
    inner join leads
        on handoffs.person_id = leads.person_id
    inner join calendar as deadlines
        on handoffs.acceptance_deadline = deadlines.date_day
    left join person_owners
        on handoffs.handoff_id = person_owners.open_handoff_id
    cross join reported_day
    where handoffs.outcome in ('pending', 'untouched')

),

ranked as (

    select
        row_number() over (
            order by
                is_open desc,
                {{ score_band_floor('behavior_score') }} desc nulls last,
                business_days_left asc,
                behavior_score desc,
                handed_off_date asc,
                handoff_id asc
        ) as follow_up_rank,
        *
    from handoffs_to_follow_up

)

select * from ranked
