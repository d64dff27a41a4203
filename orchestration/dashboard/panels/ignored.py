"""What became of the leads that sales ignored, and what may have been lost by it, with bounds."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel, Readout
from orchestration.dashboard.panels.drawing import (
    Spec,
    color,
    name_axis,
    over,
    spec,
    text,
    tooltip,
)
from orchestration.dashboard.published import Kind, Marts

QUARTERS = 8
LEVELS = ("quarter", "grade")
ROW = 34

# of the last quarters; estimates of quarters and grades are independent, so that the bounds of
# their sum are as far away as the root of the summed squares, as Newcombe's are of two
SUMMED = """
    with recent as (
        select *, accepted_won_amount / nullif(accepted_won, 0) as amount_of_a_win
        from ignored_outcomes
        where handoff_quarter
            > (select max(handoff_quarter) from ignored_outcomes) - to_months(3 * $quarters)
    ),
    listed as (
        select 'quarter' as level, handoff_quarter as quarter, '' as grade, * from recent
        union all
        select 'grade', null, fit_grade, * from recent
        union all
        select 'all', null, '', * from recent
    ),
    summed as (
        select
            level,
            quarter,
            grade,
            max(handoff_quarter) as last_quarter,
            cast(sum(ignored_handoffs) as bigint) as ignored_handoffs,
            cast(sum(ignored_won) as bigint) as ignored_won,
            cast(sum(accepted_handoffs) as bigint) as accepted_handoffs,
            cast(sum(accepted_won) as bigint) as accepted_won,
            cast(coalesce(sum(ignored_handoffs) filter (where lost_wins is null), 0) as bigint)
                as not_compared,
            sum(lost_wins) as lost_wins,
            sqrt(sum(power(lost_wins - lost_wins_low, 2))) as below,
            sqrt(sum(power(lost_wins_high - lost_wins, 2))) as above,
            sum(lost_wins * amount_of_a_win) as lost_amount,
            sqrt(sum(power((lost_wins - lost_wins_low) * amount_of_a_win, 2))) as amount_below,
            sqrt(sum(power((lost_wins_high - lost_wins) * amount_of_a_win, 2))) as amount_above
        from listed
        group by level, quarter, grade
    )
"""
FIGURES = """
        ignored_handoffs,
        ignored_won,
        ignored_won / nullif(ignored_handoffs, 0) as ignored_win_rate,
        wilson_low(ignored_won, ignored_handoffs) as ignored_win_rate_low,
        wilson_high(ignored_won, ignored_handoffs) as ignored_win_rate_high,
        accepted_handoffs,
        accepted_won,
        accepted_won / nullif(accepted_handoffs, 0) as accepted_win_rate,
        wilson_low(accepted_won, accepted_handoffs) as accepted_win_rate_low,
        wilson_high(accepted_won, accepted_handoffs) as accepted_win_rate_high,
        lost_wins,
        lost_wins - below as lost_wins_low,
        lost_wins + above as lost_wins_high,
        lost_amount,
        lost_amount - amount_below as lost_amount_low,
        lost_amount + amount_above as lost_amount_high,
        not_compared
"""
IN_PARTS = f"""{SUMMED}
    select
        level,
        quarter,
        grade as fit_grade,
        {FIGURES},
        least(ignored_handoffs, accepted_handoffs) < $smallest_group as is_small
    from summed
    where level <> 'all'
    order by level, quarter, grade
"""
IN_ALL = f"{SUMMED} select last_quarter, {FIGURES} from summed where level = 'all'"
COUNTS: dict[str, Kind] = {
    "ignored_handoffs": "count",
    "ignored_won": "count",
    "ignored_win_rate": "rate",
    "ignored_win_rate_low": "rate",
    "ignored_win_rate_high": "rate",
    "accepted_handoffs": "count",
    "accepted_won": "count",
    "accepted_win_rate": "rate",
    "accepted_win_rate_low": "rate",
    "accepted_win_rate_high": "rate",
    "lost_wins": "decimal",
    "lost_wins_low": "decimal",
    "lost_wins_high": "decimal",
    "lost_amount": "amount",
    "lost_amount_low": "amount",
    "lost_amount_high": "amount",
    "not_compared": "count",
}


def ignored(marts: Marts) -> Panel:
    """Wins that may have been lost, by quarter of the hand-off or by grade, and in one sentence."""
    smallest_group = marts.variables.smallest_group
    outcomes = marts.table(
        IN_PARTS,
        {
            "level": "hidden",
            "quarter": "quarter",
            "fit_grade": "group",
            **COUNTS,
            "is_small": "flag",
        },
        quarters=QUARTERS,
        smallest_group=smallest_group,
    )
    in_all = marts.table(IN_ALL, {"last_quarter": "quarter", **COUNTS}, quarters=QUARTERS)
    rows = outcomes.records()
    most = max(sum(row["level"] == level for row in rows) for level in LEVELS)
    return Panel(
        "ignored",
        {"outcomes": outcomes, "in_all": in_all},
        charts=[Chart(_losses(most), "outcomes", "ignored.alt", ["lost_wins"])],
        controls=[
            Control(
                "level",
                "buttons",
                "filter",
                [Option(level, text=f"ignored.{level}") for level in LEVELS],
                LEVELS[0],
            )
        ],
        shown=["outcomes"],
        readout=Readout("ignored.readout", "in_all"),
        extras={
            "legend": ["effect"],
            "note": {
                "quarters": QUARTERS,
                "days": marts.variables.win_wait_days,
                "smallest_group": smallest_group,
            },
        },
    )


def _losses(rows: int) -> Spec:
    wins = alt.Axis(title=text("ignored.axis"), tickCount=5)
    base = (
        over("outcomes")
        .transform_filter("isValid(datum.lost_wins)")
        .transform_calculate(
            label="datum.level == 'quarter' ? datum.quarter : datum.fit_grade",
        )
        .encode(
            y=alt.Y("label", type="nominal", sort=None, axis=name_axis()),
            tooltip=[
                tooltip("ignored_handoffs", "quantitative", format=","),
                tooltip("ignored_win_rate", "quantitative", format=".1%"),
                tooltip("accepted_win_rate", "quantitative", format=".1%"),
                *(
                    tooltip(name, "quantitative", format=",.1f")
                    for name in ("lost_wins", "lost_wins_low", "lost_wins_high")
                ),
                tooltip("lost_amount", "quantitative", format=",.0f"),
            ],
        )
    )
    bounds = base.mark_rule(strokeWidth=7, strokeCap="round", color=color("bad_soft")).encode(
        x=alt.X("lost_wins_low", type="quantitative", axis=wins),
        x2=alt.X2("lost_wins_high"),
        opacity=alt.condition("datum.is_small", alt.value(0.4), alt.value(0.9)),
    )
    dot = base.mark_point(size=80, filled=True, opacity=1, strokeWidth=2).encode(
        x=alt.X("lost_wins", type="quantitative", axis=wins),
        fill=alt.condition("datum.is_small", alt.value(color("card")), alt.value(color("bad"))),
        stroke=alt.value(color("bad")),
    )
    zero = (
        over("outcomes")
        .mark_rule(color=color("quiet"), strokeDash=[3, 3])
        .encode(x=alt.XDatum(0, type="quantitative", axis=wins))
    )
    return spec(alt.layer(zero, bounds, dot), ROW * max(1, rows))
