"""The panels that a company declares in its dbt project, drawn from their description."""

from collections.abc import Mapping

import altair as alt

from orchestration.dashboard.own_panel import OwnPanel
from orchestration.dashboard.panel import Chart, Panel
from orchestration.dashboard.panels.drawing import (
    Spec,
    color,
    legend_on_top,
    month_axis,
    over,
    spec,
    tooltip,
)
from orchestration.dashboard.published import Kind, Marts
from orchestration.dashboard.texts import texts
from pipelines.sql import identifier
from pipelines.variables import LANGUAGES

MOST_ROWS = 500
TIMES = ("day", "month")
NUMBERS = {"rate": ".1%", "count": ",", "amount": ",", "decimal": ",.1f"}
# how a column is shown whose name or type begins or ends so
BY_NAME: Mapping[str, Kind] = {"_rate": "rate", "_share": "rate", "_amount": "amount"}
BY_TYPE: Mapping[str, Kind] = {
    "DATE": "day",
    "BOOLEAN": "flag",
    "DOUBLE": "decimal",
    "FLOAT": "decimal",
    "DECIMAL": "decimal",
    "HUGEINT": "count",
    "BIGINT": "count",
    "INTEGER": "count",
    "SMALLINT": "count",
    "TINYINT": "count",
}


def own(marts: Marts, mart: str, panel: OwnPanel) -> Panel:
    """The panel of a mart of the company's own, with the first 500 rows by `x` and `color`."""
    name = f"own-{mart}"
    columns = marts.columns(mart)
    kinds = {one: panel.formats.get(one) or _kind(one, columns[one]) for one in columns}
    cells = ", ".join(_cell(identifier(one), kind) for one, kind in kinds.items())
    # whoever has the first places, the order is total
    order = dict.fromkeys([*(one for one in (panel.x, panel.color) if one), *columns])
    rows = marts.table(
        f"select {cells} from {identifier(mart)}"
        f" order by {', '.join(map(identifier, order))} limit {MOST_ROWS}",
        kinds,
    )
    charts = []
    if panel.chart != "table":
        charts = [
            Chart(_drawn(mart, panel, kinds), mart, f"{name}.alt", [str(panel.x), str(panel.y)])
        ]
    return Panel(
        name,
        {mart: rows},
        charts=charts,
        are_tables_open=panel.chart == "table",
        texts=_texts(name, panel, kinds),
    )


def _cell(column: str, kind: Kind) -> str:
    return f"cast({column} as varchar) as {column}" if kind == "text" else column


def _kind(name: str, type_name: str) -> Kind:
    for ending, kind in BY_NAME.items():
        if name.endswith(ending):
            return kind
    return BY_TYPE.get(type_name.partition("(")[0], "text")


def _texts(name: str, panel: OwnPanel, kinds: Mapping[str, Kind]) -> dict[str, dict[str, str]]:
    known = texts()
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        words = {
            f"{name}.title": panel.title[language],
            f"{name}.alt": panel.title[language],
            f"{name}.question": panel.question[language],
            f"{name}.note": panel.note[language],
        }
        for column in kinds:
            key = f"column.{column}"
            if column in panel.labels:
                words[key] = panel.labels[column][language]
            elif key not in known[language]:
                words[key] = column.replace("_", " ").capitalize()
        found[language] = words
    return found


def _drawn(mart: str, panel: OwnPanel, kinds: Mapping[str, Kind]) -> Spec:
    x, y = str(panel.x), str(panel.y)
    number = NUMBERS.get(kinds[y], ",")
    value = alt.Axis(format=number, title=None, tickCount=5)
    told = [
        tooltip(f"{name}_shown" if kinds[name] in TIMES else name)
        for name in (x, panel.color)
        if name
    ]
    told.append(tooltip(y, "quantitative", format=number))
    shades = (
        alt.Color(panel.color, type="nominal", legend=legend_on_top())
        if panel.color
        else alt.value(color("good"))
    )
    base = over(mart)
    chart = base.mark_line(point=True) if panel.chart == "line" else base.mark_bar()
    if panel.chart == "bar" and kinds[x] not in TIMES:
        across = alt.X(y, type="quantitative", axis=value)
        down = alt.Y(x, type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=160))
        return spec(chart.encode(x=across, y=down, color=shades, tooltip=told), 320)
    up = alt.Y(y, type="quantitative", axis=value)
    along = (
        alt.X(x, type="temporal", scale=alt.Scale(type="utc"), axis=month_axis())
        if kinds[x] in TIMES
        else alt.X(x, type="nominal", sort=None, axis=alt.Axis(title=None))
    )
    return spec(chart.encode(x=along, y=up, color=shades, tooltip=told), 260)
