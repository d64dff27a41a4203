"""What a run ends with in the terminal, read from the published marts."""

from io import StringIO

import duckdb
from rich.console import Console
from rich.table import Table

from pipelines.settings import Settings

MONTHS_SHOWN = 6
WIDTH = 100

FEEDS = """
    select
        feed,
        count(*) as files,
        sum(rows_read) as rows_read,
        sum(rows_loaded) as rows_loaded,
        sum(rows_replaced) as rows_replaced,
        sum(rows_quarantined) as rows_quarantined
    from load_audit
    group by feed
    order by feed
"""

MONTHS = """
    with touched as (
        select
            date_trunc('month', occurred_date) as month,
            count(*) as touchpoints,
            count(distinct person_id) as people
        from fct_touchpoints
        group by month
    )
    select
        coalesce(touched.month, handed_off.handoff_month) as month,
        coalesce(touched.touchpoints, 0) as touchpoints,
        coalesce(touched.people, 0) as people,
        coalesce(handed_off.handoffs, 0) as handoffs,
        coalesce(handed_off.mature_handoffs, 0) as mature_handoffs,
        coalesce(handed_off.accepted + handed_off.accepted_late, 0) as accepted,
        handed_off.ignore_rate,
        handed_off.ignore_rate_low,
        handed_off.ignore_rate_high
    from touched
    full join ignore_rate_monthly as handed_off on touched.month = handed_off.handoff_month
    where coalesce(touched.month, handed_off.handoff_month) + interval 1 month <= ?
    order by month desc
    limit ?
"""

OVERALL = """
    select
        sum(rejected + stalled + untouched) / nullif(sum(mature_handoffs), 0) as ignore_rate,
        sum(mature_handoffs) as mature_handoffs,
        coalesce(bool_or(is_feed_stale), false) as is_feed_stale
    from ignore_rate_monthly
"""


def summary(settings: Settings) -> str:
    """Rows per feed, the last full months, the ignore rate, and where to look next."""
    with duckdb.connect(str(settings.marts), read_only=True) as marts:
        feeds = marts.execute(FEEDS).fetchall()
        day_after = settings.as_of.toordinal() + 1
        months = marts.execute(MONTHS, [_date(day_after), MONTHS_SHOWN]).fetchall()
        overall = marts.execute(OVERALL).fetchone()
    out = StringIO()
    console = Console(file=out, width=WIDTH)
    console.print(_feeds_table(feeds))
    console.print(_months_table(months[::-1]))
    console.print(_overall_line(overall, settings))
    console.print(f"marts:      {settings.marts}  (open it with DuckDB or a BI tool)")
    console.print(f"quarantine: raw.quarantine in {settings.warehouse}")
    console.print(f"gates:      {settings.gate_results}")
    return out.getvalue().rstrip()


def _date(ordinal: int) -> str:
    from datetime import date

    return date.fromordinal(ordinal).isoformat()


def _feeds_table(rows: list[tuple]) -> Table:
    table = Table(title="Rows per feed, all files so far", title_justify="left")
    table.add_column("feed")
    for heading in ("files", "read", "standing", "replaced", "quarantined"):
        table.add_column(heading, justify="right")
    for feed, *counts in rows:
        table.add_row(feed, *(f"{count:,}" for count in counts))
    return table


def _months_table(rows: list[tuple]) -> Table:
    table = Table(title="The last full months", title_justify="left")
    table.add_column("month")
    for heading in ("touchpoints", "people", "hand-offs", "mature", "accepted", "ignore rate"):
        table.add_column(heading, justify="right")
    table.add_column("95 % bounds", justify="right")
    for month, *counts, rate, low, high in rows:
        bounds = "" if low is None else f"{low:.1%} to {high:.1%}"
        table.add_row(
            f"{month:%Y-%m}",
            *(f"{count:,}" for count in counts),
            "" if rate is None else f"{rate:.1%}",
            bounds,
        )
    return table


def _overall_line(row: tuple | None, settings: Settings) -> str:
    rate, mature, is_stale = row or (None, 0, False)
    if rate is None:
        return f"Up to {settings.as_of}: no mature hand-off yet, so no ignore rate."
    stale = " The sales feed is stale: the rates are provisional." if is_stale else ""
    return (
        f"Up to {settings.as_of}: sales ignored {rate:.1%} of {mature:,} mature hand-offs.{stale}"
    )
