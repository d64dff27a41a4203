"""What nurture scenarios bring: more leads at their goal than without them, or nobody knows."""

import altair as alt

from orchestration.dashboard.panel import Chart, Panel
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

ROW = 62
EFFECT = ("effect", "effect_low", "effect_high")

# nothing is shown unless somebody has entered a scenario
EFFECTS = """
    select
        treated.scenario_id as scenario,
        dim_scenarios.goal_stage,
        dim_scenarios.goal_days,
        case
            when treated.entered + holdout.entered = 0 then 'nobody'
            when holdout.entered = 0 then 'no_holdout'
            when treated.effect is null then 'early'
            when treated.effect_low > 0 then 'works'
            when treated.effect_high < 0 then 'harms'
            else 'no_effect'
        end as verdict,
        treated.effect,
        treated.effect_low,
        treated.effect_high,
        treated.judged as treated_judged,
        treated.reach_rate as treated_reach_rate,
        holdout.judged as holdout_judged,
        holdout.reach_rate as holdout_reach_rate,
        least(treated.judged, holdout.judged) < $smallest_group as is_small,
        treated.not_mature + holdout.not_mature as still_to_judge,
        treated.still_in + holdout.still_in as still_in
    from scenario_effect as treated
    inner join scenario_effect as holdout
        on treated.scenario_id = holdout.scenario_id
        and treated.arm = 'treated'
        and holdout.arm = 'holdout'
    inner join dim_scenarios on treated.scenario_id = dim_scenarios.scenario_id
    where (select sum(entered) from scenario_effect) > 0
    order by treated.effect desc nulls last, treated.scenario_id
"""
NAMES = "select scenario_id, name_en, name_ja from dim_scenarios order by scenario_id"


def scenarios(marts: Marts) -> Panel:
    """One effect with its bounds for each scenario that has a holdout."""
    smallest_group = marts.variables.smallest_group
    effects = marts.table(
        EFFECTS,
        {
            "scenario": "scenario",
            "goal_stage": "stage",
            "goal_days": "count",
            "verdict": "verdict",
            "effect": "points",
            "effect_low": "points",
            "effect_high": "points",
            "treated_judged": "count",
            "treated_reach_rate": "rate",
            "holdout_judged": "count",
            "holdout_reach_rate": "rate",
            "is_small": "flag",
            "still_to_judge": "count",
            "still_in": "count",
        },
        smallest_group=smallest_group,
    )
    words: dict[str, Kind] = {"scenario_id": "text", "name_en": "text", "name_ja": "text"}
    names = marts.table(NAMES, words).rows
    return Panel(
        "scenarios",
        {"effects": effects},
        charts=[Chart(_effects(len(effects.rows)), "effects", "scenarios.alt", ["verdict"])],
        extras={"legend": ["effect"], "note": {"smallest_group": smallest_group}},
        texts={
            "en": {f"scenario.{scenario}": english for scenario, english, _ in names},
            "ja": {f"scenario.{scenario}": japanese for scenario, _, japanese in names},
        },
    )


def _effects(rows: int) -> Spec:
    points = alt.Axis(title=text("scenarios.axis"), labelExpr="format(datum.value * 100, '+d')")
    base = over("effects").encode(
        y=alt.Y("scenario", type="nominal", sort=None, axis=name_axis()),
        tooltip=[
            tooltip("scenario"),
            tooltip("verdict"),
            *(tooltip(name, "quantitative", format="+.1%") for name in EFFECT),
            tooltip("treated_reach_rate", "quantitative", format=".1%"),
            tooltip("holdout_reach_rate", "quantitative", format=".1%"),
        ],
    )
    known = base.transform_filter("isValid(datum.effect)")
    bounds = known.mark_rule(strokeWidth=2, color=color("quiet")).encode(
        x=alt.X("effect_low", type="quantitative", axis=points), x2=alt.X2("effect_high")
    )
    dot = known.mark_point(size=110, filled=True, opacity=1, strokeWidth=2).encode(
        x=alt.X("effect", type="quantitative", axis=points),
        color=alt.when("datum.effect_low > 0")
        .then(alt.value(color("good")))
        .when("datum.effect_high < 0")
        .then(alt.value(color("bad")))
        .otherwise(alt.value(color("soft"))),
        fillOpacity=alt.condition("datum.is_small", alt.value(0), alt.value(1)),
    )
    zero = (
        over("effects")
        .mark_rule(color=color("quiet"), strokeDash=[3, 3])
        .encode(x=alt.XDatum(0, type="quantitative", axis=points))
    )
    verdict = base.mark_text(align="left", dy=-17, fontSize=12, color=color("ink")).encode(
        x=alt.value(4), text=alt.Text("verdict", type="nominal")
    )
    return spec(alt.layer(zero, bounds, dot, verdict), ROW * max(1, rows))
