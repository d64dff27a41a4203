"""The ignore rate by month with its bounds, for all of sales or split into groups."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel
from orchestration.dashboard.panels.drawing import (
    MONTH,
    Spec,
    color,
    over,
    share_axis,
    spec,
    tooltip,
)
from orchestration.dashboard.periods import SETTLED
from orchestration.dashboard.published import Marts

MONTHS, GROUPS = 24, 8
SPLITS = ("all", "sales_team", "lead_source", "account_tier", "routing")

# groups beyond the largest ones are pooled: their name is null
RATES = f"""
    with settled as ({SETTLED}),
    months as (
        select unnest(generate_series(
            greatest(min(handoff_month), max(handoff_month) - to_months($months - 1)),
            max(handoff_month),
            interval 1 month
        )) as month
        from ignore_rate_monthly
    ),
    routed as (
        select
            *,
            case when lower(trim(routed_by)) = 'adr' then 'adr' else 'not_adr' end as routing
        from ignore_rate
        where handoff_month >= (select min(month) from months)
    ),
    split_up as (
        unpivot (
            select
                handoff_month, sales_team, lead_source, account_tier, routing,
                mature_handoffs, not_mature, ignored
            from routed
        )
        on sales_team, lead_source, account_tier, routing into name split value group_name
    ),
    ranked as (
        select
            split,
            group_name,
            least(
                row_number() over (
                    partition by split order by sum(mature_handoffs) desc, group_name
                ),
                $groups + 1
            ) as position
        from split_up
        group by split, group_name
    ),
    groups as (
        select
            split,
            position,
            case when position <= $groups then min(group_name) end as group_name
        from ranked
        group by split, position
    ),
    counted as (
        select
            split,
            position,
            handoff_month as month,
            cast(sum(mature_handoffs) as bigint) as mature_handoffs,
            cast(sum(not_mature) as bigint) as not_mature,
            cast(sum(ignored) as bigint) as ignored
        from split_up
        inner join ranked using (split, group_name)
        group by split, position, handoff_month
    ),
    targets as (
        select month, min(1 - target) as target
        from kpi_scorecard
        inner join dim_kpis using (kpi_id)
        where dim_kpis.numerator = 'sals' and dim_kpis.denominator = 'handoffs'
        group by month
    ),
    rates as (
        select
            groups.split,
            groups.group_name,
            groups.position,
            months.month,
            coalesce(counted.mature_handoffs, 0) as mature_handoffs,
            coalesce(counted.not_mature, 0) as not_mature,
            counted.ignored,
            counted.ignored / nullif(counted.mature_handoffs, 0) as ignore_rate,
            wilson_low(counted.ignored, counted.mature_handoffs) as ignore_rate_low,
            wilson_high(counted.ignored, counted.mature_handoffs) as ignore_rate_high
        from groups
        cross join months
        left join counted
            on groups.split = counted.split
            and groups.position = counted.position
            and months.month = counted.month
        union all
        select
            'all',
            '',
            0,
            months.month,
            coalesce(mature_handoffs, 0),
            coalesce(not_mature, 0),
            ignored,
            ignore_rate,
            ignore_rate_low,
            ignore_rate_high
        from months
        left join ignore_rate_monthly on months.month = ignore_rate_monthly.handoff_month
    )
    select
        rates.split,
        rates.position,
        rates.group_name,
        cast(rates.month as date) as month,
        rates.mature_handoffs,
        rates.not_mature,
        rates.ignored,
        rates.ignore_rate,
        rates.ignore_rate_low,
        rates.ignore_rate_high,
        targets.target,
        monthly.ignore_rate as rate_of_all,
        rates.not_mature = 0
            and rates.month + interval 1 month <= $as_of + 1
            and (settled.handoff_month is not null or not coalesce(monthly.is_feed_stale, false))
            as is_settled
    from rates
    left join targets on rates.month = targets.month
    left join ignore_rate_monthly as monthly on rates.month = monthly.handoff_month
    left join settled on rates.month = settled.handoff_month
    order by rates.split, rates.position, rates.month
"""


def ignore_rate(marts: Marts) -> Panel:
    """One chart for all, or one for each group of the chosen split."""
    rates = marts.table(
        RATES,
        {
            "split": "hidden",
            "position": "hidden",
            "group_name": "group",
            "month": "month",
            "mature_handoffs": "count",
            "not_mature": "count",
            "ignored": "count",
            "ignore_rate": "rate",
            "ignore_rate_low": "rate",
            "ignore_rate_high": "rate",
            "target": "rate",
            "rate_of_all": "hidden",
            "is_settled": "flag",
        },
        months=MONTHS,
        groups=GROUPS,
    )
    return Panel(
        "ignore_rate",
        {"rates": rates},
        charts=[
            Chart(
                _by_month(),
                "rates",
                "ignore_rate.alt",
                ["ignore_rate"],
                alt_values={
                    "group": ("group_name", "first"),
                    "first": ("month", "first"),
                    "last": ("month", "last"),
                    "value": ("ignore_rate", "last"),
                },
                repeat="position",
                heading="group_name",
            )
        ],
        controls=[
            Control(
                "split",
                "buttons",
                "filter",
                [Option(name, text=f"ignore_rate.{name}") for name in SPLITS],
                SPLITS[0],
            )
        ],
        extras={"legend": ["rate", "bounds", "open", "target", "all"]},
    )


def _by_month() -> Spec:
    base = over("rates").encode(
        x=alt.X(
            "month",
            type="temporal",
            scale=alt.Scale(type="utc", padding=10),
            axis=alt.Axis(
                format=MONTH, grid=False, labelOverlap="parity", labelSeparation=6, title=None
            ),
        ),
        tooltip=[
            tooltip("group_name"),
            tooltip("month_shown"),
            tooltip("ignore_rate", "quantitative", format=".1%"),
            tooltip("ignore_rate_low", "quantitative", format=".1%"),
            tooltip("ignore_rate_high", "quantitative", format=".1%"),
            tooltip("mature_handoffs", "quantitative", format=","),
            tooltip("not_mature", "quantitative", format=","),
        ],
    )
    shown = alt.Y(
        "ignore_rate", type="quantitative", scale=alt.Scale(domain=[0, 1]), axis=share_axis()
    )
    bounds = (
        base.transform_filter("datum.mature_handoffs > 0")
        .mark_rule(strokeWidth=7, strokeCap="round", color=color("bad_soft"), opacity=0.75)
        .encode(
            y=alt.Y("ignore_rate_low", type="quantitative", axis=share_axis()),
            y2=alt.Y2("ignore_rate_high"),
        )
    )
    target = base.mark_line(color=color("good"), strokeDash=[6, 4], strokeWidth=1.5).encode(
        y=alt.Y("target", type="quantitative", axis=share_axis()), tooltip=alt.value(None)
    )
    of_all = base.mark_line(color=color("quiet"), strokeWidth=1.5).encode(
        y=alt.Y("rate_of_all", type="quantitative", axis=share_axis()),
        opacity=alt.condition("datum.split == 'all'", alt.value(0), alt.value(1)),
    )
    line = base.mark_line(color=color("bad"), strokeWidth=2).encode(y=shown)
    points = (
        base.transform_filter("datum.mature_handoffs > 0")
        .mark_point(size=55, filled=True, opacity=1, color=color("bad"), strokeWidth=2)
        .encode(
            y=shown,
            fill=alt.condition(
                "datum.is_settled", alt.value(color("bad")), alt.value(color("card"))
            ),
            stroke=alt.value(color("bad")),
        )
    )
    return spec(alt.layer(bounds, of_all, target, line, points), 250)
