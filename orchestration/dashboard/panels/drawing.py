"""What the charts share. Words and colours are marked here and put in by the page.

A text `@t.<key>` becomes that text in the chosen language, `@c.<name>` that colour of the theme.
"""

from typing import Any, Literal

import altair as alt

Spec = dict[str, Any]

SHARE = ".0%"
MONTH = "%Y-%m"
# how wide the card is, for an expression
NARROW = "containerSize()[0] < 420"
# on a phone a long name takes two lines: cut at its first space, or else in its middle
TWO_LINES = (
    f"!({NARROW}) || length(datum.label) < 8 ? datum.label"
    " : indexof(datum.label, ' ') > 0"
    " ? [slice(datum.label, 0, indexof(datum.label, ' ')),"
    " slice(datum.label, indexof(datum.label, ' ') + 1)]"
    " : length(datum.label) < 12 && test(/^[ -~]*$/, datum.label) ? datum.label"
    " : [slice(datum.label, 0, ceil(length(datum.label) / 2)),"
    " slice(datum.label, ceil(length(datum.label) / 2))]"
)


def text(key: str) -> str:
    return f"@t.{key}"


def color(name: str) -> str:
    return f"@c.{name}"


def over(table: str) -> alt.Chart:
    """A chart over a table of the panel."""
    return alt.Chart(alt.NamedData(name=table))


def tooltip(
    field: str, kind: Literal["nominal", "quantitative"] = "nominal", **options: Any
) -> alt.Tooltip:
    """A line of the tooltip; a day is read from its field `<name>_shown`, which the page adds."""
    title = text(f"column.{field.removesuffix('_shown')}")
    return alt.Tooltip(field, type=kind, title=title, **options)


def share_axis(**options: Any) -> alt.Axis:
    return alt.Axis(format=SHARE, tickCount=5, title=None, **options)


def name_axis(written: str = TWO_LINES) -> alt.Axis:
    """Names beside bars and points, on two lines where the card is narrow."""
    return alt.Axis(
        labelLimit=alt.ExprRef(f"{NARROW} ? 136 : 190"),
        labelFontSize=alt.ExprRef(f"{NARROW} ? 11 : 12"),
        labelExpr=written,
        labelLineHeight=13,
        title=None,
        domain=False,
        ticks=False,
    )


def month_axis() -> alt.Axis:
    """Months, as many labels as fit."""
    return alt.Axis(
        format=MONTH,
        tickCount={"interval": "month", "step": 1},
        title=None,
        grid=False,
        labelOverlap="parity",
        labelSeparation=6,
    )


def legend_on_top(narrow: int = 3, wide: int = 5, **options: Any) -> alt.Legend:
    """A legend of so many columns, by the width of the card."""
    columns = alt.ExprRef(f"{NARROW} ? {narrow} : {wide}")
    return alt.Legend(title=None, orient="top", columns=columns, **options)


def spec(chart: alt.Chart | alt.LayerChart | alt.FacetChart, height: int) -> Spec:
    """The specification, as wide as its card."""
    drawn: Spec = chart.properties(width="container", height=height).to_dict(
        context={"pre_transform": 0}
    )
    # the page has its own theme
    drawn.pop("config", None)
    return drawn
