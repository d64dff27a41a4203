{% set engaged_after = add_days(as_of_date(), -30) %}

with

leads as (

    select * from {{ ref('dim_leads') }}

),

lead_cycles as (

    select * from {{ ref('fct_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

person_owners as (

    select * from {{ ref('int_person_owners') }}

),

handoffs_counted as (

    select
        handoffs.person_id,
        count(person_owners.open_handoff_id) as open_handoffs,
        count(*) filter (where handoffs.is_mature and handoffs.outcome <> 'withdrawn') as mature_handoffs,
        count(*) filter (where handoffs.is_ignored) as ignored_handoffs
    from handoffs
    left join person_owners
        on handoffs.handoff_id = person_owners.open_handoff_id
    group by handoffs.person_id

),

wins_summed as (

    select
        person_id,
        count(*) as wins,
        sum(amount) as won_amount
    from lead_cycles
    where outcome = 'won'
    group by person_id

),

leads_joined as (

    select
        leads.*,
        handoffs_counted.open_handoffs,
        handoffs_counted.mature_handoffs,
        handoffs_counted.ignored_handoffs,
        wins_summed.wins,
        wins_summed.won_amount
    from leads
    left join handoffs_counted
        on leads.person_id = handoffs_counted.person_id
    left join wins_summed
        on leads.person_id = wins_summed.person_id
    where leads.account_id is not null

),

people_summed_to_account as (

    select
        account_id,
        coalesce(min(account_tier) filter (where account_tier <> 'none'), 'none') as account_tier,
        count(*) as people,
        count(*) filter (where last_touch_date > {{ engaged_after }}) as engaged_people_30_days,
        count(*) filter (where is_qualified) as qualified_people,
        cast(sum(behavior_score) as bigint) as account_score,
        max(behavior_score) as highest_score,
        max(last_touch_date) as last_touch_date,
        cast(coalesce(sum(open_handoffs), 0) as bigint) as open_handoffs,
        cast(coalesce(sum(mature_handoffs), 0) as bigint) as mature_handoffs,
        cast(coalesce(sum(ignored_handoffs), 0) as bigint) as ignored_handoffs,
        cast(coalesce(sum(wins), 0) as bigint) as wins,
        cast(coalesce(sum(won_amount), 0) as decimal(38, 2)) as won_amount
    from leads_joined
    group by account_id

),

rates_added as (

    select
        *,
        {{ share_of('ignored_handoffs', 'mature_handoffs') }} as ignore_rate
    from people_summed_to_account

)

select * from rates_added
