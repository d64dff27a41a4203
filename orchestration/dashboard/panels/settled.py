"""Which months are settled: nothing that sales will still write can lie in them."""

# a month is settled when it has ended and each of its hand-offs has met its deadline; while the
# sales feed is stale also only if sales still wrote when the last of these deadlines passed
SETTLED = """
    with sales_until as (
        select coalesce(max(occurred_date), date '0001-01-01') as last_day
        from lead_timeline
        where feed = 'sales'
    ),
    deadlines as (
        select date_trunc('month', handed_off_date) as handoff_month,
            max(acceptance_deadline) as last_deadline
        from fct_handoffs
        group by all
    )
    select monthly.*
    from ignore_rate_monthly as monthly
    left join deadlines on monthly.handoff_month = deadlines.handoff_month
    cross join sales_until
    where not_mature = 0
        and monthly.handoff_month + interval 1 month <= $as_of + 1
        and (
            not is_feed_stale
            or coalesce(last_deadline, monthly.handoff_month + interval 1 month)
                <= sales_until.last_day
        )
"""
