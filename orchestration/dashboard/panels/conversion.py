"""How long a conversion takes: the share that reached a stage after so many days."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel
from orchestration.dashboard.panels.drawing import (
    Spec,
    legend_on_top,
    over,
    share_axis,
    spec,
    text,
    tooltip,
)
from orchestration.dashboard.published import Marts

STAGES = ("mql", "handed_off", "sal", "appointment", "opportunity", "won")
QUARTERS, DAYS = 8, 730
# where fewer are left to wait for, the curve is chance
FEW_AT_RISK = 30
# after the first month one point a week draws the same curve
DAILY = 30

CURVES = """
    with recent as (
        select distinct cohort_quarter
        from conversion_curve
        order by cohort_quarter desc
        limit $quarters
    ),
    thinned as (
        select
            *,
            row_number() over (
                partition by
                    cohort_quarter,
                    stage,
                    case when days_since_start <= $daily then days_since_start
                        else 1000 + days_since_start // 7 end
                order by days_since_start desc
            ) as from_the_end
        from conversion_curve
        where cohort_quarter in (select cohort_quarter from recent)
            and days_since_start <= $days
            and at_risk >= $few_at_risk
    )
    select stage, cohort_quarter, days_since_start, at_risk, share
    from thinned
    where from_the_end = 1
    order by stage, cohort_quarter, days_since_start
"""


def conversion(marts: Marts) -> Panel:
    """One curve for each quarter in which cycles started."""
    curves = marts.table(
        CURVES,
        {
            "stage": "hidden",
            "cohort_quarter": "quarter",
            "days_since_start": "count",
            "at_risk": "count",
            "share": "rate",
        },
        quarters=QUARTERS,
        days=DAYS,
        few_at_risk=FEW_AT_RISK,
        daily=DAILY,
    )
    return Panel(
        "conversion",
        {"curves": curves},
        charts=[Chart(_curves(), "curves", "conversion.alt", ["share"])],
        controls=[
            Control(
                "stage",
                "select",
                "filter",
                [Option(stage, text=f"stage.{stage}") for stage in STAGES],
                "sal",
            )
        ],
        extras={"note": {"few_at_risk": FEW_AT_RISK}},
    )


def _curves() -> Spec:
    lines = (
        over("curves")
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X(
                "days_since_start",
                type="quantitative",
                axis=alt.Axis(
                    title=text("column.days_since_start"),
                    grid=False,
                    tickCount=8,
                    labelOverlap="parity",
                    labelSeparation=8,
                ),
            ),
            y=alt.Y("share", type="quantitative", axis=share_axis()),
            color=alt.Color(
                "cohort_quarter",
                type="ordinal",
                scale=alt.Scale(range="ordinal"),
                legend=legend_on_top(symbolType="stroke", symbolSize=260),
            ),
            # every second quarter is dashed: colours alone are not told apart by everybody
            strokeDash=alt.StrokeDash(
                "cohort_quarter",
                type="ordinal",
                scale=alt.Scale(range=[[1, 0], [5, 2]] * (QUARTERS // 2)),
            ),
            tooltip=[
                tooltip("cohort_quarter"),
                tooltip("days_since_start", "quantitative"),
                tooltip("share", "quantitative", format=".1%"),
                tooltip("at_risk", "quantitative", format=","),
            ],
        )
    )
    return spec(lines, 320)
