"""What another score threshold would mean: a slider over acceptance and load."""

from typing import Any

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel, Readout
from orchestration.dashboard.panels.drawing import (
    Spec,
    color,
    over,
    share_axis,
    spec,
    text,
    tooltip,
)
from orchestration.dashboard.published import Marts

# both charts begin at the same place, so that the rule and the bar of a threshold meet
WIDTH_OF_LABELS = 40

CURVE = """
    select
        threshold,
        people,
        people_per_week,
        handed_over,
        handed_over_rate,
        mature_handed_over,
        acceptance_rate,
        acceptance_rate_low,
        acceptance_rate_high,
        nearby_handoffs,
        nearby_acceptance_rate,
        is_small
    from threshold_curve
    order by threshold
"""

# the slider starts at the threshold of the grade by which most people qualify
USUAL = """
    select min(score_at_entry) as threshold
    from fct_qualifications
    where trigger = 'score'
    group by fit_grade
    order by count(*) desc, fit_grade
    limit 1
"""


def thresholds(marts: Marts) -> Panel:
    """Two charts above each other, and a sentence about the chosen threshold."""
    curve = marts.table(
        CURVE,
        {
            "threshold": "score",
            "people": "count",
            "people_per_week": "decimal",
            "handed_over": "count",
            "handed_over_rate": "rate",
            "mature_handed_over": "count",
            "acceptance_rate": "rate",
            "acceptance_rate_low": "rate",
            "acceptance_rate_high": "rate",
            "nearby_handoffs": "count",
            "nearby_acceptance_rate": "rate",
            "is_small": "flag",
        },
    )
    usual = [row[0] for row in marts.table(USUAL, {"threshold": "score"}).rows]
    candidates = [row[0] for row in curve.rows]
    chosen = min(candidates, key=lambda threshold: abs(threshold - usual[0])) if usual else None
    controls = [
        Control(
            "threshold",
            "slider",
            "signal",
            [Option(threshold, label=str(threshold)) for threshold in candidates],
            chosen,
        )
    ]
    has_people = ["handed_over_rate"]
    return Panel(
        "thresholds",
        {"curve": curve},
        charts=[
            Chart(_acceptance(chosen), "curve", "thresholds.alt_acceptance", has_people),
            Chart(_load(chosen), "curve", "thresholds.alt_load", has_people),
        ],
        controls=controls if usual else [],
        readout=Readout("thresholds.readout", "curve", "threshold") if usual else None,
        extras={"legend": ["accepted", "accepted_bounds", "nearby", "load"]},
    )


def _shares() -> alt.Axis:
    return share_axis(minExtent=WIDTH_OF_LABELS)


def _along(**axis: Any) -> alt.X:
    return alt.X(
        "threshold",
        type="quantitative",
        scale=alt.Scale(zero=False, nice=False, padding=8),
        axis=alt.Axis(grid=False, tickCount=8, **axis),
    )


def _tooltips() -> list[alt.Tooltip]:
    return [
        tooltip("threshold", "quantitative"),
        tooltip("people_per_week", "quantitative", format=",.1f"),
        tooltip("acceptance_rate", "quantitative", format=".1%"),
        tooltip("nearby_acceptance_rate", "quantitative", format=".1%"),
    ]


def _acceptance(chosen: int | None) -> Spec:
    base = over("curve").encode(x=_along(title=None, labels=False), tooltip=_tooltips())
    bounds = base.mark_area(color=color("good_soft"), opacity=0.5).encode(
        y=alt.Y(
            "acceptance_rate_low",
            type="quantitative",
            scale=alt.Scale(domain=[0, 1]),
            axis=_shares(),
        ),
        y2=alt.Y2("acceptance_rate_high"),
    )
    line = base.mark_line(color=color("good"), strokeWidth=2).encode(
        y=alt.Y("acceptance_rate", type="quantitative", axis=_shares())
    )
    nearby = base.mark_line(color=color("bad"), strokeDash=[2, 3], strokeWidth=2).encode(
        y=alt.Y("nearby_acceptance_rate", type="quantitative", axis=_shares())
    )
    here = (
        base.transform_filter("datum.threshold == threshold")
        .mark_rule(color=color("ink"), strokeWidth=1.5)
        .encode(tooltip=alt.value(None))
    )
    chart = alt.layer(bounds, nearby, line, here)
    return spec(chart.add_params(alt.param(name="threshold", value=chosen)), 170)


def _load(chosen: int | None) -> Spec:
    bars = (
        over("curve")
        .mark_rule(strokeWidth=7)
        .encode(
            x=_along(title=text("column.threshold")),
            y2=alt.datum(0),
            y=alt.Y(
                "people_per_week",
                type="quantitative",
                scale=alt.Scale(zero=True),
                axis=alt.Axis(title=None, tickCount=3, minExtent=WIDTH_OF_LABELS),
            ),
            color=alt.condition(
                "datum.threshold == threshold",
                alt.value(color("ink")),
                alt.value(color("quiet")),
            ),
            tooltip=_tooltips(),
        )
    )
    return spec(bars.add_params(alt.param(name="threshold", value=chosen)), 110)
