"""Whether the figures are reliable: files and rows, quarantine, gates and freshness."""

from expectations.report import sample_of
from orchestration.dashboard.panel import Panel
from orchestration.dashboard.published import Kind, Marts, Table
from orchestration.published.verdicts import last_verdicts

WARNINGS_SHOWN = 20

# freshness is measured by the days of the rows, not by load times: same rows, same page
FEEDS = """
    with audited as (
        select
            replace(replace(feed, '_events', ''), '_dispositions', '') as feed,
            count(*) as files,
            cast(sum(rows_read) as bigint) as rows_read,
            cast(sum(rows_loaded) as bigint) as rows_loaded,
            cast(sum(rows_replaced) as bigint) as rows_replaced,
            cast(sum(rows_quarantined) as bigint) as rows_quarantined
        from load_audit
        group by feed
    ),
    last_days as (
        select feed, max(occurred_date) as last_day from lead_timeline group by feed
        union all
        select 'leads', max(started_date) from fct_lead_cycles where cycle_number = 1
    ),
    unresolved as (
        select feed, cast(sum(rows) as bigint) as rows_unresolved
        from unresolved_events
        group by feed
    )
    select
        audited.feed,
        files,
        rows_read,
        rows_loaded,
        rows_replaced,
        rows_quarantined,
        rows_quarantined / nullif(rows_read, 0) as quarantined_rate,
        coalesce(rows_unresolved, 0) as rows_unresolved,
        last_day,
        cast($as_of - last_day as bigint) as days_behind
    from audited
    left join last_days on audited.feed = last_days.feed
    -- the one mart names a row of it, the other the feed
    left join unresolved on audited.feed = replace(unresolved.feed, 'enrollment', 'enrollments')
    order by list_position(['leads', 'web', 'mail', 'offline', 'sales'], audited.feed), audited.feed
"""

SOURCES = """
    select
        source,
        replace(replace(feed, '_events', ''), '_dispositions', '') as feed,
        count(*) as files,
        cast(sum(rows_read) as bigint) as rows_read,
        cast(sum(rows_loaded) as bigint) as rows_loaded,
        cast(sum(rows_replaced) as bigint) as rows_replaced,
        cast(sum(rows_quarantined) as bigint) as rows_quarantined
    from load_audit
    group by all
    order by all
"""
COUNTS: dict[str, Kind] = {
    "feed": "feed",
    "files": "count",
    "rows_read": "count",
    "rows_loaded": "count",
    "rows_replaced": "count",
    "rows_quarantined": "count",
}


def quality(marts: Marts) -> Panel:
    """Tables: the feeds, those of several sources, the gates of the published run, warnings."""
    feeds = marts.table(
        FEEDS,
        {
            **COUNTS,
            "quarantined_rate": "rate",
            "rows_unresolved": "count",
            "last_day": "day",
            "days_behind": "count",
        },
    )
    sources = marts.table(SOURCES, {"source": "text", **COUNTS})
    several = len({row["source"] for row in sources.records()}) > 1
    reports = last_verdicts(marts.home)
    verdicts = Table(
        {"gate": "gate", "expectations": "count", "failed": "count", "warnings": "count"},
        [
            (report.gate, len(report.results), len(report.failed_blocking), len(report.warnings))
            for report in reports
        ],
    )
    warnings = Table(
        {
            "gate": "gate",
            "table": "text",
            "message": "check",
            "observed": "text",
            "examples": "text",
        },
        [
            (
                report.gate,
                result.table,
                [result.name, result.message],
                result.observed,
                sample_of(result),
            )
            for report in reports
            for result in report.results
            if not result.success
        ][:WARNINGS_SHOWN],
    )
    return Panel(
        "quality",
        {
            "feeds": feeds,
            **({"sources": sources} if several else {}),
            "gates": verdicts,
            "warnings": warnings,
        },
        are_tables_open=True,
    )
