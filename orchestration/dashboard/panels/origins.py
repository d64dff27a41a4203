"""Where ignored leads come from: sales team by lead source, small groups masked."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel
from orchestration.dashboard.panels.drawing import (
    NARROW,
    TWO_LINES,
    Spec,
    color,
    over,
    spec,
    tooltip,
)
from orchestration.dashboard.published import Marts, Table

# below this a rate says more about chance than about the team
SMALL_GROUP = 10
MONTHS = 12
TEAMS, SOURCES = 12, 8
# together as high as the chart beside, unless there are very few or many
LOWEST_ROW, HIGHEST_ROW, ALL_ROWS = 32, 60, 240
WIDE = "containerSize()[0] > 900"


# teams and sources beyond the largest ones are pooled: their name is null
ORIGINS = """
    with counted as (
        select
            sales_team,
            lead_source,
            mature_handoffs,
            ignored
        from ignore_rate
        where handoff_month > $as_of - to_months($months)
            and mature_handoffs > 0
    ),
    teams as (
        select
            sales_team,
            least(row_number() over (order by sum(mature_handoffs) desc, sales_team), $teams + 1)
                as team_position
        from counted
        group by sales_team
    ),
    sources as (
        select
            lead_source,
            least(row_number() over (order by sum(mature_handoffs) desc, lead_source), $sources + 1)
                as source_position
        from counted
        group by lead_source
    ),
    pooled as (
        select
            team_position,
            source_position,
            case when team_position <= $teams then min(sales_team) end as sales_team,
            case when source_position <= $sources then min(lead_source) end as lead_source,
            cast(sum(mature_handoffs) as bigint) as mature_handoffs,
            cast(sum(ignored) as bigint) as ignored
        from counted
        inner join teams using (sales_team)
        inner join sources using (lead_source)
        group by team_position, source_position
    )
    select
        *,
        ignored / mature_handoffs as ignore_rate,
        ignored / nullif(sum(ignored) over (), 0) as ignored_share
    from pooled
"""

CELLS = f"""
    with origins as ({ORIGINS}),
    -- a pair without any hand-off is drawn like one with too few
    pairs as (
        select *
        from (select distinct sales_team, team_position from origins)
        cross join (select distinct lead_source, source_position from origins)
    ),
    masked as (
        select
            pairs.*,
            mature_handoffs,
            ignored,
            ignore_rate,
            ignored_share,
            coalesce(mature_handoffs, 0) < $small_group as is_masked
        from pairs
        left join origins using (team_position, source_position)
    )
    select
        sales_team,
        lead_source,
        case when not is_masked then mature_handoffs end as mature_handoffs,
        case when not is_masked then ignored end as ignored,
        case when not is_masked then ignore_rate end as ignore_rate,
        case when not is_masked then ignored_share end as ignored_share,
        is_masked,
        max(case when not is_masked then ignored end) over () as most_ignored,
        team_position,
        source_position
    from masked
    order by team_position, source_position
"""


def origins(marts: Marts) -> Panel:
    """The heat map over the last twelve months."""
    cells = marts.table(
        CELLS,
        {
            "sales_team": "group",
            "lead_source": "group",
            "mature_handoffs": "count",
            "ignored": "count",
            "ignore_rate": "rate",
            "ignored_share": "rate",
            "is_masked": "flag",
            "most_ignored": "hidden",
            "team_position": "hidden",
            "source_position": "hidden",
        },
        small_group=SMALL_GROUP,
        **origin_parameters(),
    )
    return Panel(
        "origins",
        {"cells": cells},
        charts=[Chart(_heat_map(cells), "cells", "origins.alt", ["team_position"])],
        controls=[
            Control(
                "measure",
                "buttons",
                "signal",
                [
                    Option("ignore_rate", text="column.ignore_rate"),
                    Option("ignored", text="column.ignored"),
                ],
                "ignore_rate",
            )
        ],
        extras={"note": {"small_group": SMALL_GROUP, "months": MONTHS}},
    )


def origin_parameters() -> dict[str, int]:
    return {"months": MONTHS, "teams": TEAMS, "sources": SOURCES}


def _heat_map(cells: Table) -> Spec:
    teams = {row["team_position"] for row in cells.records()}
    is_rate = "measure == 'ignore_rate'"
    base = (
        over("cells")
        .transform_calculate(
            shade=f"datum.is_masked ? null : {is_rate} ? datum.ignore_rate"
            " : datum.most_ignored > 0 ? datum.ignored / datum.most_ignored : 0",
            label=f"datum.is_masked ? '·' : {is_rate}"
            f" ? format(datum.ignore_rate * 100, '.0f') + '%'"
            " : format(datum.ignored, ',')",
        )
        .encode(
            x=alt.X(
                "lead_source",
                type="nominal",
                sort=alt.EncodingSortField("source_position", op="min"),
                axis=alt.Axis(
                    orient="top",
                    labelAngle=alt.ExprRef(f"{NARROW} ? -70 : -35"),
                    labelLimit=130,
                    title=None,
                    domain=False,
                    ticks=False,
                ),
            ),
            y=alt.Y(
                "sales_team",
                type="nominal",
                sort=alt.EncodingSortField("team_position", op="min"),
                axis=alt.Axis(
                    labelLimit=alt.ExprRef(f"{NARROW} ? 84 : {WIDE} ? 260 : 120"),
                    labelExpr=TWO_LINES,
                    labelLineHeight=13,
                    title=None,
                ),
            ),
            tooltip=[
                tooltip("sales_team"),
                tooltip("lead_source"),
                tooltip("ignore_rate", "quantitative", format=".1%"),
                tooltip("ignored", "quantitative", format=","),
                tooltip("mature_handoffs", "quantitative", format=","),
            ],
        )
    )
    cell = base.mark_rect(invalid=None, cornerRadius=4, stroke=color("card"), strokeWidth=3).encode(
        color=alt.condition(
            "datum.is_masked",
            alt.value(color("chip")),
            alt.Color(
                "shade",
                type="quantitative",
                scale=alt.Scale(range="heatmap", domain=[0, 1]),
                legend=None,
            ),
        )
    )
    size = alt.ExprRef(f"{NARROW} ? 10 : 12")
    figure = base.mark_text(fontSize=size, color=color("ink")).encode(
        text=alt.Text("label", type="nominal")
    )
    measure = alt.param(name="measure", value="ignore_rate")
    chart = alt.layer(cell, figure).add_params(measure)
    row = min(HIGHEST_ROW, max(LOWEST_ROW, ALL_ROWS // max(1, len(teams))))
    return spec(chart, row * max(1, len(teams)))
