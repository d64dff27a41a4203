"""What a run ends with in the terminal, read from the published marts."""

from collections.abc import Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from expectations.report import sample_of
from orchestration.console import command_hint
from orchestration.dashboard.periods import ignore_rates, sales_feed
from orchestration.dashboard.published import Marts
from orchestration.published.reading import ask, open_published
from orchestration.published.verdicts import last_verdicts
from pipelines.load import LoadReport
from pipelines.settings import Settings, of_source
from pipelines.wording import counted

MONTHS_SHOWN = 6
QUARANTINED_SHOWN = 5
WARNINGS_SHOWN = 10
WIDTH = 110

FEEDS = """
    select
        source,
        feed,
        count(*) as files,
        sum(rows_read) as rows_read,
        sum(rows_loaded) as rows_loaded,
        sum(rows_replaced) as rows_replaced,
        sum(rows_quarantined) as rows_quarantined
    from load_audit
    group by source, feed
    order by source, feed
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
    where entered.month + interval 1 month <= $as_of + 1
    order by entered.month desc
    limit $months
"""


def summary(settings: Settings, load_report: LoadReport | None) -> str:
    """Rows per feed, quarantine, the last full months, the ignore rate, files and commands."""
    with open_published(settings.home) as marts:
        feeds = marts.execute(FEEDS).fetchall()
        months = ask(marts, MONTHS, as_of=settings.as_of, months=MONTHS_SHOWN).fetchall()
        dashboard = Marts(marts, settings)
        periods, feed = ignore_rates(dashboard).records(), sales_feed(dashboard)
    out = StringIO()
    console = Console(file=out, width=WIDTH, highlight=False, markup=False)
    console.print(_feeds_table(feeds))
    if load_report and load_report.rows_quarantined:
        console.print(*quarantine_lines(load_report, settings.home), sep="\n", soft_wrap=True)
    console.print(_months_table(months[::-1]))
    console.print(
        *ignored_lines(periods, feed, settings.as_of),
        *warning_lines(settings),
        f"marts       {settings.marts} (DuckDB, BI tools)",
        f"dashboard   {settings.dashboard} (open it in a browser)",
        f"quarantine  {command_hint(settings.home, 'quarantine')}",
        f"gates       {settings.gate_results}",
        f"one person  {command_hint(settings.home, 'explain PERSON|LEAD|E-MAIL')}",
        sep="\n",
        soft_wrap=True,
    )
    return out.getvalue().rstrip()


def _feeds_table(rows: list[tuple[Any, ...]]) -> Table:
    table = _table(
        "Rows per feed, all files so far",
        *("feed", "files", "read", "standing", "replaced", "quarantined"),
    )
    for source, feed, *counts in rows:
        table.add_row(of_source(source, feed), *(f"{count:,}" for count in counts))
    return table


def quarantine_lines(report: LoadReport, home: Path) -> list[str]:
    """The rows that the run quarantined, a few of them by name."""
    rows, shown = report.rows_quarantined, report.quarantined[:QUARANTINED_SHOWN]
    lines = [
        f"{counted(rows, 'row')} quarantined by this run:",
        *(f"  {row}" for row in shown),
    ]
    if rows > len(shown):
        lines.append(f"  and {rows - len(shown):,} more: {command_hint(home, 'quarantine')}")
    return [*lines, ""]


def _months_table(rows: list[tuple[Any, ...]]) -> Table:
    table = _table(
        "The last complete months with news: lead cycles by the day of the stage (funnel_daily),\n"
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


def ignored_lines(periods: list[dict[str, Any]], feed: Mapping[str, Any], as_of: date) -> list[str]:
    """The ignore rate that leads the dashboard, then that of all months."""
    rates = {row["periods_ago"]: row for row in periods if row["ignore_rate"] is not None}
    if None not in rates:
        return [f"Up to {as_of}: no mature hand-off yet, so no ignore rate."]
    lines = ["No month is settled yet."]
    if 0 in rates:
        lines = [
            "In the last settled months, {first_month:.7} to {last_month:.7}, sales ignored"
            " {ignore_rate:.1%} of {mature_handoffs:,} mature hand-offs"
            " (95 % bounds {ignore_rate_low:.1%} to {ignore_rate_high:.1%}).".format(**rates[0])
        ]
    lines.append(
        "Since {first_month:.7}, up to {as_of}, sales ignored {ignore_rate:.1%}"
        " of {mature_handoffs:,}.".format(**rates[None], as_of=as_of)
    )
    if feed["is_feed_stale"]:
        lines.append("The sales feed is stale: the rates are provisional.")
    if feed["is_outcome_only"]:
        lines.append("Sales records outcomes alone, so ignored only means not won.")
    return lines


def warning_lines(settings: Settings) -> list[str]:
    """What the gates of the published run warn of, each with what was found and the first rows."""
    failed = [
        result
        for report in last_verdicts(settings.home)
        for result in report.results
        if not result.success
    ]
    lines = []
    for result in failed[:WARNINGS_SHOWN]:
        lines.append(f"  {result.table}: expected that {result.message}")
        found, sample = result.observed, sample_of(result, most=1)
        lines.append(f"    found {found}{f', the first: {sample}' if sample else ''}")
    if len(failed) > WARNINGS_SHOWN:
        lines.append(f"  and {len(failed) - WARNINGS_SHOWN:,} more in {settings.gate_results}")
    return ["", f"{counted(len(failed), 'warning')} of the gates:", *lines, ""] if failed else []
