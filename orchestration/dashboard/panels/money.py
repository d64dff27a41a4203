"""What money brings: cost and return by channel and by campaign, as a model shares the credit."""

from typing import Any

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel, Readout
from orchestration.dashboard.panels.drawing import (
    Spec,
    color,
    name_axis,
    over,
    spec,
    tooltip,
)
from orchestration.dashboard.published import Kind, Marts

MONTHS, ROWS = 12, 12
# below this a return says more about chance than about the campaign
FEW_WINS = 10
MODELS = ("linear", "first", "last", "position", "time_decay")
LEVELS = ("channel", "campaign")
ROW = 38

# nothing is shown unless something was spent, and of campaigns those that cost something; rows
# beyond the dearest ones are pooled: their name is null
FIGURES = """
    with recent as (
        select *
        from cost_performance
        where month > $as_of - to_months($months)
            and (select sum(abs(cost)) from cost_performance) > 0
    ),
    listed as (
        select 'channel' as level, channel as name, channel, * exclude (month, channel, campaign)
        from recent
        union all
        select
            'campaign',
            campaign,
            channel,
            * exclude (month, channel, campaign)
        from recent
        where (channel, campaign) in (select (channel, campaign) from recent where cost <> 0)
    ),
    ranked as (
        select
            level,
            name,
            channel,
            least(
                row_number() over (
                    partition by level order by sum(cost) desc, sum(won) desc, channel, name
                ),
                $rows + 1
            ) as position
        from listed
        group by level, name, channel
    ),
    summed as (
        select
            level,
            listed.model,
            position,
            case when position <= $rows then min(name) end as name,
            case when position <= $rows then min(channel) end as channel,
            sum(cost) as cost,
            sum(mql) as mql,
            sum(sal) as sal,
            sum(won) as won,
            sum(won_amount) as won_amount
        from listed
        inner join ranked using (level, name, channel)
        group by level, listed.model, position
    )
"""
PRICES = """
        cost,
        mql,
        sal,
        won,
        won_amount,
        case when cost > 0 and mql > 0 then cost / mql end as cost_per_mql,
        case when cost > 0 and sal > 0 then cost / sal end as cost_per_sal,
        case when cost > 0 and won > 0 then cost / won end as cost_per_win,
        case when cost > 0 then won_amount / cost end as return_on_cost
"""
BY_NAME = f"""{FIGURES}
    select
        level,
        model,
        name,
        channel,
        {PRICES},
        won < $few_wins as is_few
    from summed
    order by level, model, position
"""
IN_ALL = f"""{FIGURES}, paid as (
        select
            model,
            sum(cost) as cost,
            sum(mql) as mql,
            sum(sal) as sal,
            sum(won) as won,
            sum(won_amount) as won_amount
        from summed
        where level = 'channel' and cost > 0
        group by model
    )
    select model, {PRICES} from paid order by model
"""
SUMS: dict[str, Kind] = {
    "cost": "amount",
    "mql": "decimal",
    "sal": "decimal",
    "won": "decimal",
    "won_amount": "amount",
    "cost_per_mql": "amount",
    "cost_per_sal": "amount",
    "cost_per_win": "amount",
    "return_on_cost": "ratio",
}


def money(marts: Marts) -> Panel:
    """Two bars for each channel or campaign: what it cost, and the wins credited to it."""
    span = {"months": MONTHS, "rows": ROWS}
    figures = marts.table(
        BY_NAME,
        {
            "level": "hidden",
            "model": "hidden",
            "name": "group",
            "channel": "group",
            **SUMS,
            "is_few": "flag",
        },
        few_wins=FEW_WINS,
        **span,
    )
    in_all = marts.table(IN_ALL, {"model": "hidden", **SUMS}, **span)
    drawn = [row for row in figures.records() if row["model"] == MODELS[0] and row["cost"] > 0]
    most = max(sum(row["level"] == level for row in drawn) for level in LEVELS)
    return Panel(
        "money",
        {"figures": figures, "in_all": in_all},
        charts=[Chart(_bars(most), "figures", "money.alt", ["cost"])],
        controls=[
            _choice("level", "buttons", LEVELS),
            _choice("model", "select", MODELS),
        ],
        shown=["figures"],
        readout=Readout("money.readout", "in_all", "model"),
        extras={
            "legend": ["cost", "pays", "does_not"],
            "note": {"months": MONTHS, "few_wins": FEW_WINS},
        },
    )


def _choice(name: str, form: Any, values: tuple[str, ...]) -> Control:
    options = [Option(value, text=f"money.{value}") for value in values]
    return Control(name, form, "filter", options, values[0])


def _bars(rows: int) -> Spec:
    base = (
        over("figures")
        .transform_filter("datum.cost > 0")
        .transform_calculate(
            label="datum.level == 'campaign' && datum.name != datum.channel"
            " ? datum.name + ' · ' + datum.channel : datum.name",
            returned="format(datum.return_on_cost, '.2f') + ' ×'",
            end="max(datum.cost, datum.won_amount)",
            room="max(datum.cost, datum.won_amount) * 1.25",
        )
        .encode(
            y=alt.Y(
                "label",
                type="nominal",
                sort=None,
                axis=name_axis("split(datum.label, ' · ')"),
            ),
            tooltip=[
                tooltip("name"),
                tooltip("channel"),
                *(tooltip(name, "quantitative", format=",.0f") for name in ("cost", "won_amount")),
                tooltip("won", "quantitative", format=",.1f"),
                *(
                    tooltip(f"cost_per_{name}", "quantitative", format=",.0f")
                    for name in ("mql", "sal", "win")
                ),
                tooltip("return_on_cost", "quantitative", format=".2f"),
            ],
        )
    )
    axis = alt.Axis(format="~s", tickCount=4, title=None)
    cost = base.mark_bar(color=color("quiet"), height=11, yOffset=-7).encode(
        x=alt.X("cost", type="quantitative", axis=axis)
    )
    won = base.mark_bar(height=11, yOffset=6).encode(
        x=alt.X("won_amount", type="quantitative", axis=axis),
        color=alt.condition(
            "datum.return_on_cost >= 1", alt.value(color("good")), alt.value(color("bad"))
        ),
        opacity=alt.condition("datum.is_few", alt.value(0.6), alt.value(1)),
    )
    room = base.mark_rule(opacity=0).encode(
        x=alt.X("room", type="quantitative", axis=axis), tooltip=alt.value(None)
    )
    returned = base.mark_text(align="left", dx=5, fontSize=12, color=color("ink")).encode(
        x=alt.X("end", type="quantitative", axis=axis), text=alt.Text("returned", type="nominal")
    )
    return spec(alt.layer(cost, won, room, returned), ROW * max(1, rows))
