with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

outcomes_classified as (

    select
        {{ month_of('handed_off_date') }} as handoff_month,
        coalesce(sales_team, 'unknown') as sales_team,
        coalesce(routed_by, 'unknown') as routed_by,
        coalesce(lead_source, 'unknown') as lead_source,
        coalesce(account_tier, 'unknown') as account_tier,
        coalesce(fit_grade, 'unknown') as fit_grade,
        outcome,
        is_ignored_at_deadline,
        is_ignored,
        accepted_at is null and first_touch_at is null as is_not_followed_up,
        is_mature and outcome <> 'withdrawn' as is_judged,
        not is_mature and outcome <> 'withdrawn' as is_too_young
    from handoffs

),

handoffs_counted as (

    select
        handoff_month,
        sales_team,
        routed_by,
        lead_source,
        account_tier,
        fit_grade,
        count(*) as handoffs,
        count(*) filter (where is_judged) as mature_handoffs,
        count(*) filter (where is_too_young) as not_mature,
        count(*) filter (where outcome = 'withdrawn') as withdrawn,
        count(*) filter (where is_judged and outcome = 'accepted') as accepted,
        count(*) filter (where is_judged and outcome = 'accepted_late') as accepted_late,
        count(*) filter (where is_judged and outcome = 'rejected') as rejected,
        count(*) filter (where is_judged and outcome = 'stalled') as stalled,
        count(*) filter (where is_judged and outcome = 'untouched') as untouched,
        count(*) filter (where is_judged and is_not_followed_up) as no_follow_up,
        count(*) filter (where is_ignored_at_deadline) as ignored_at_deadline,
        count(*) filter (where is_ignored) as ignored
    from outcomes_classified
    group by handoff_month, sales_team, routed_by, lead_source, account_tier, fit_grade

),

rates_added as (

    select
        *,
        {{ share_of('ignored', 'mature_handoffs') }} as ignore_rate,
        {{ share_of('(accepted + accepted_late)', 'mature_handoffs') }} as sal_rate,
        {{ share_of('no_follow_up', 'mature_handoffs') }} as no_follow_up_rate,
        {{ share_of('ignored_at_deadline', 'mature_handoffs') }} as ignored_at_deadline_rate,
        {{ share_of('accepted_late', 'ignored_at_deadline') }} as rescue_rate
    from handoffs_counted

)

select * from rates_added
