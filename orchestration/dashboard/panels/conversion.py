"""How long a conversion takes: the share that reached a stage after so many days."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel, Readout
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
# two years; and who buys at once buys within a month
QUARTERS, DAYS, SOON = 8, 730, 30
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


# of buyers; what no cycle was watched for long enough to tell is null
READINGS = """
    with bought as (
        select days_since_start, share
        from conversion_curve_pooled
        where stage = 'won'
    ),
    watched as (
        select max($as_of - started_date) as days
        from fct_lead_cycles
    ),
    read as (
        select
            case when any_value(watched.days) >= $soon
                then coalesce(max(share) filter (where days_since_start <= $soon), 0) / max(share)
            end as bought_soon_rate,
            case when any_value(watched.days) >= $late
                then coalesce(max(share) filter (where days_since_start <= $late), 0) / max(share)
            end as bought_late_rate
        from bought
        cross join watched
        having count(*) > 0
    )
    select curves.stage, read.bought_soon_rate, read.bought_late_rate
    from (select distinct stage from conversion_curve) as curves
    cross join read
    order by curves.stage
"""

IN_ORDER = ["lead", *STAGES]
# from each stage to the next, and the whole way
DURATIONS = f"""
    select from_stage, to_stage, cases, reached, days_25, days_50, days_75
    from stage_durations
    where from_stage = 'lead' and to_stage = 'won'
        or list_position({IN_ORDER}, to_stage) = list_position({IN_ORDER}, from_stage) + 1
    order by list_position({IN_ORDER}, to_stage), from_stage = 'lead'
"""


def conversion(marts: Marts) -> Panel:
    """One curve for each quarter, what they say of buyers, and how long each stage takes."""
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
    readings = marts.table(
        READINGS,
        {"stage": "hidden", "bought_soon_rate": "rate", "bought_late_rate": "rate"},
        soon=SOON,
        late=DAYS,
    )
    durations = marts.table(
        DURATIONS,
        {
            "from_stage": "stage",
            "to_stage": "stage",
            "cases": "count",
            "reached": "count",
            "days_25": "count",
            "days_50": "count",
            "days_75": "count",
        },
    )
    return Panel(
        "conversion",
        {"curves": curves, "durations": durations, "readings": readings},
        shown=["curves", "durations"],
        readout=Readout("conversion.readout", "readings", "stage"),
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
                # the rows are in their order, which the names are not in Japanese
                sort=None,
                scale=alt.Scale(range="ordinal"),
                legend=legend_on_top(2, 3, symbolType="stroke", symbolSize=260),
            ),
            # every second quarter is dashed: colours alone are not told apart by everybody
            strokeDash=alt.StrokeDash(
                "cohort_quarter",
                type="ordinal",
                sort=None,
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
