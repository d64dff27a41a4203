"""What a run ends with in the terminal, read from the published marts."""

from io import StringIO

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from orchestration.reports.quarantine import NewlyQuarantined
from pipelines.settings import Settings, default_home
from pipelines.wording import counted

MONTHS_SHOWN = 6
QUARANTINED_SHOWN = 5
WIDTH = 110

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
    with entered as (
        select
            date_trunc('month', date) as month,
            sum(entered) filter (where stage = 'lead') as leads,
            sum(entered) filter (where stage = 'mql') as mqls,
            sum(entered) filter (where stage = 'handed_off') as handoffs,
            sum(entered) filter (where stage = 'sal') as sals,
            sum(entered) filter (where stage = 'opportunity') as opportunities,
            sum(entered) filter (where stage = 'won') as wins
        from funnel_daily
        group by month
        having sum(entered) > 0
    )
    select
        entered.month,
        coalesce(leads, 0),
        coalesce(mqls, 0),
        coalesce(entered.handoffs, 0),
        coalesce(sals, 0),
        coalesce(opportunities, 0),
        coalesce(wins, 0),
        monthly.ignore_rate,
        monthly.ignore_rate_low,
        monthly.ignore_rate_high,
        coalesce(monthly.not_mature, 0)
    from entered
    left join ignore_rate_monthly as monthly on entered.month = monthly.handoff_month
    where entered.month + interval 1 month <= cast(? as date) + 1
    order by entered.month desc
    limit ?
"""

OVERALL = """
    select
        sum(ignored) / nullif(sum(mature_handoffs), 0) as ignore_rate,
        sum(mature_handoffs) as mature_handoffs,
        coalesce(bool_or(is_feed_stale), false) as is_feed_stale
    from ignore_rate_monthly
"""


def summary(settings: Settings, news: NewlyQuarantined) -> str:
    """Rows per feed, what was set aside, the last full months, the ignore rate, where to look."""
    with duckdb.connect(str(settings.marts), read_only=True) as marts:
        feeds = marts.execute(FEEDS).fetchall()
        months = marts.execute(MONTHS, [settings.as_of, MONTHS_SHOWN]).fetchall()
        overall = marts.execute(OVERALL).fetchone()
    out = StringIO()
    console = Console(file=out, width=WIDTH)
    console.print(_feeds_table(feeds))
    if news.rows:
        console.print("\n".join(quarantine_lines(news)), soft_wrap=True, highlight=False)
    console.print(_months_table(months[::-1]))
    console.print(_overall_line(overall, settings))
    of_home = "" if settings.home == default_home() else f" --home {settings.home}"
    console.print(
        f"marts       {settings.marts} (DuckDB, BI tools)\n"
        f"dashboard   {settings.dashboard} (open it in a browser)\n"
        f"quarantine  funnel quarantine{of_home}\n"
        f"gates       {settings.gate_results}\n"
        f"one person  funnel explain PERSON|LEAD|E-MAIL{of_home}",
        soft_wrap=True,
        highlight=False,
    )
    return out.getvalue().rstrip()


def _feeds_table(rows: list[tuple]) -> Table:
    table = _table(
        "Rows per feed, all files so far",
        *("feed", "files", "read", "standing", "replaced", "quarantined"),
    )
    for feed, *counts in rows:
        table.add_row(feed, *(f"{count:,}" for count in counts))
    return table


def quarantine_lines(news: NewlyQuarantined) -> list[str]:
    """The rows that the run set aside, a few of them by name."""
    shown = news.first[:QUARANTINED_SHOWN]
    lines = [
        f"{counted(news.rows, 'row')} quarantined by this run:",
        *(f"  {row}" for row in shown),
    ]
    if news.rows > len(shown):
        lines.append(f"  and {news.rows - len(shown):,} more: funnel quarantine")
    return [*lines, ""]


def _months_table(rows: list[tuple]) -> Table:
    table = _table(
        "The last full months with news: lead cycles by the day of the stage (funnel_daily),\n"
        "and, of the hand-offs of that month, what sales ignored (ignore_rate_monthly)",
        *("month", "lead", "MQL", "handed off", "SAL", "opportunity", "won"),
        *("ignore rate", "95 % bounds", "not mature"),
    )
    for month, *counts, rate, low, high, not_mature in rows:
        table.add_row(
            f"{month:%Y-%m}",
            *(f"{count:,}" for count in counts),
            "" if rate is None else f"{rate:.1%}",
            "" if low is None else f"{low:.1%} to {high:.1%}",
            f"{not_mature:,}",
        )
    return table


def _table(title: str, first: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(first)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _overall_line(row: tuple | None, settings: Settings) -> str:
    rate, mature, is_stale = row or (None, 0, False)
    if rate is None:
        return f"Up to {settings.as_of}: no mature hand-off yet, so no ignore rate."
    stale = " The sales feed is stale: the rates are provisional." if is_stale else ""
    return (
        f"Up to {settings.as_of}: sales ignored {rate:.1%} of {mature:,} mature hand-offs.{stale}"
    )
