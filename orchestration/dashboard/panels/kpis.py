"""The KPI tree in the last complete month, against its targets and with its history."""

from orchestration.dashboard.panel import Panel
from orchestration.dashboard.published import Marts

MONTHS = 13

# months that the reported day cuts short are left out
TREE = """
    with complete as (
        select * from kpi_scorecard where month + interval 1 month <= $as_of + 1
    ),
    months as (
        select unnest(generate_series(
            greatest(min(month), max(month) - to_months($months - 1)), max(month), interval 1 month
        )) as month
        from complete
    ),
    series as (
        select
            dim_kpis.kpi_id,
            max(months.month) as month,
            list(complete.actual order by months.month) as actuals
        from dim_kpis
        cross join months
        left join complete on dim_kpis.kpi_id = complete.kpi_id and months.month = complete.month
        group by dim_kpis.kpi_id
    )
    select
        dim_kpis.level,
        dim_kpis.name_en,
        dim_kpis.name_ja,
        case
            when dim_kpis.numerator = 'won_amount' then 'amount'
            when dim_kpis.denominator is null then 'count'
            -- more than one of the one for each of the other: no share of it
            when list_max(series.actuals) > 1 or complete.target > 1 then 'ratio'
            else 'rate'
        end as kind,
        cast(series.month as date) as month,
        complete.actual,
        complete.target,
        complete.achievement_rate,
        series.actuals
    from dim_kpis
    left join series on dim_kpis.kpi_id = series.kpi_id
    left join complete on series.kpi_id = complete.kpi_id and series.month = complete.month
    order by dim_kpis.path, dim_kpis.kpi_id
"""


def kpis(marts: Marts) -> Panel:
    """Drawn by the page as one table, indented as the tree is."""
    tree = marts.table(
        TREE,
        {
            "level": "count",
            "name_en": "text",
            "name_ja": "text",
            "kind": "hidden",
            "month": "month",
            "actual": "decimal",
            "target": "decimal",
            "achievement_rate": "rate",
            "actuals": "series",
        },
        months=MONTHS,
    )
    return Panel("kpis", {"tree": tree}, shown=())
