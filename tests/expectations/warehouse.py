"""Small warehouses by hand: raw tables with their lineage, marts with the contract's columns."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipelines.feeds import FEEDS, FEEDS_BY_NAME

Row = Mapping[str, Any]

TYPES = {
    "text": "varchar",
    "instant": "timestamp",
    "int": "bigint",
    "bool": "boolean",
    "decimal": "decimal(18, 2)",
}
LINEAGE = {
    "_file": "varchar",
    "_delivery": "integer",
    "_row_number": "bigint",
    "_is_replaced": "boolean",
    "_source": "varchar",
    "_dlt_load_id": "varchar",
}
AUDIT = {
    "feed": "varchar",
    "file": "varchar",
    "rows_read": "bigint",
    "rows_loaded": "bigint",
    "rows_replaced": "bigint",
    "rows_quarantined": "bigint",
    "loaded_at": "timestamp",
    "_delivery": "integer",
    "_dlt_load_id": "varchar",
    "source": "varchar",
}
QUARANTINE = {
    "feed": "varchar",
    "file": "varchar",
    "row_number": "bigint",
    "row": "varchar",
    "reason": "varchar",
    "quarantined_at": "timestamp",
    "_delivery": "integer",
    "_dlt_load_id": "varchar",
    "source": "varchar",
}

COUNTS = (
    "handoffs mature_handoffs not_mature withdrawn accepted accepted_late rejected stalled"
    " untouched no_follow_up ignored_at_deadline ignored"
)
RATES = "ignore_rate sal_rate no_follow_up_rate ignored_at_deadline_rate rescue_rate"
STAGE_DATES = "mql_date handed_off_date sal_date appointment_date opportunity_date won_date"

# columns of each mart by type
MARTS = {
    "unresolved_events": {"varchar": "feed", "date": "month", "bigint": "rows"},
    "fct_touchpoints": {
        "varchar": "touchpoint_id person_id feed touchpoint_type channel campaign page_path"
        " content_type topic buying_stage",
        "timestamp": "occurred_at",
        "date": "occurred_date known_date",
        "boolean": "is_stitched",
    },
    "fct_handoffs": {
        "varchar": "handoff_id person_id sales_team sales_rep routed_by lead_source fit_grade"
        " account_tier reason outcome",
        "bigint": "cycle_number score_at_handoff",
        "timestamp": "handed_off_at first_touch_at accepted_at rejected_at",
        "date": "handed_off_date acceptance_deadline",
        "boolean": "is_mature is_ignored_at_deadline is_ignored",
        "double": "hours_to_first_touch",
    },
    "ignore_rate": {
        "date": "handoff_month",
        "varchar": "sales_team routed_by lead_source account_tier fit_grade",
        "bigint": COUNTS,
        "double": RATES,
    },
    "ignore_rate_monthly": {
        "date": "handoff_month",
        "bigint": COUNTS,
        "double": f"{RATES} ignore_rate_low ignore_rate_high",
        "boolean": "is_feed_stale is_outcome_only",
    },
    "fct_lead_scores": {
        "varchar": "person_id",
        "date": "valid_from valid_to",
        "bigint": "behavior_score",
    },
    "fct_score_contributions": {
        "varchar": "person_id rule_id",
        "date": "valid_from valid_to",
        "bigint": "active_count points",
    },
    "fct_qualifications": {
        "varchar": "person_id trigger fit_grade account_tier",
        "date": "qualified_from qualified_to",
        "bigint": "score_at_entry",
    },
    "fct_lead_cycles": {
        "varchar": "person_id lead_source fit_grade account_tier furthest_stage outcome",
        "bigint": "cycle_number implied_stages",
        "date": f"started_date {STAGE_DATES} closed_date",
        "decimal(18, 2)": "amount",
    },
    "funnel_cohorts": {
        "date": "cohort_month",
        "varchar": "lead_source fit_grade account_tier",
        "boolean": "is_returning",
        "bigint": "cycles mql handed_off sal appointment opportunity won",
        "decimal(18, 2)": "won_amount",
    },
    "funnel_daily": {
        "date": "date",
        "varchar": "stage lead_source",
        "bigint": "entered open_at_end",
    },
    "conversion_curve": {
        "date": "cohort_quarter",
        "varchar": "stage",
        "bigint": "days_since_start at_risk reached",
        "double": "share",
    },
    "kpi_scorecard": {
        "varchar": "kpi_id",
        "date": "month",
        "decimal(18, 2)": "numerator denominator",
        "double": "actual target achievement_rate",
    },
    "mail_performance": {
        "varchar": "mail_id mail_type",
        "timestamp": "first_sent_at",
        "bigint": "sent delivered bounced openers machine_openers clickers unsubscribes replies"
        " conversions complaints",
        "double": "open_rate click_rate click_to_open_rate unsubscribe_rate retention_rate",
    },
    "attribution": {
        "varchar": "conversion_stage model channel campaign",
        "date": "month",
        "double": "credit credited_amount",
    },
    "cost_performance": {
        "date": "month",
        "varchar": "channel campaign model",
        "decimal(38, 2)": "cost",
        "double": "mql sal opportunity won won_amount",
    },
    "lead_segments": {"varchar": "segment_id person_id"},
    "segment_performance": {"varchar": "segment_id", "bigint": "people"},
}

# what people act on: no worked company holds it, and only these columns are judged
LISTS = {
    "dim_leads": {
        "varchar": "person_id stage owner mail_block_reason",
        "boolean": "is_qualified is_customer is_contactable",
    },
    "mailed_despite_block": {
        "varchar": "person_id",
        "date": "last_mailed_date",
        "bigint": "mails",
    },
    "dim_kpis": {"varchar": "kpi_id numerator denominator better"},
    "handoff_queue": {"varchar": "person_id", "bigint": "priority_rank"},
    "follow_up_worklist": {"varchar": "handoff_id"},
    "value_matrix": {"varchar": "score_band fit_grade", "bigint": "people"},
    "lead_predictions": {"varchar": "person_id"},
    "prediction_quality": {
        "date": "handoff_quarter",
        "varchar": "outcome basis status",
        "bigint": "chance_decile handoffs hits",
    },
}


def create_raw(connection: duckdb.DuckDBPyConnection) -> None:
    """All raw tables, empty, as the loader leaves them after a load of nothing."""
    connection.execute("create schema raw")
    for feed in FEEDS:
        columns = {column.name: TYPES[column.type] for column in feed.raw_columns}
        _create(connection, f"raw.{feed.name}", {**columns, **LINEAGE})
    _create(connection, "raw.load_audit", AUDIT)
    _create(connection, "raw.quarantine", QUARANTINE)


def deliver(
    connection: duckdb.DuckDBPyConnection,
    feed: str,
    rows: Iterable[Row],
    *,
    file: str = "export.csv",
    loaded_at: datetime = datetime(2025, 6, 26, 3),
    load_id: str = "1",
) -> None:
    """Load one file whose rows all stand, with its audit."""
    filled = [
        {
            **_defaults(feed),
            **row,
            "_file": file,
            "_delivery": 1,
            "_row_number": number,
            "_is_replaced": False,
            "_source": "landing",
            "_dlt_load_id": load_id,
        }
        for number, row in enumerate(rows, start=1)
    ]
    insert(connection, f"raw.{feed}", filled)
    audit = {"feed": feed, "file": file, "rows_read": len(filled), "rows_loaded": len(filled)}
    audit |= {"rows_replaced": 0, "rows_quarantined": 0, "loaded_at": loaded_at}
    audit |= {"_delivery": 1, "_dlt_load_id": load_id, "source": "landing"}
    insert(connection, "raw.load_audit", [audit])


def create_mart(connection: duckdb.DuckDBPyConnection, mart: str, rows: Iterable[Row]) -> None:
    """A mart with the contract's columns; a column that a row does not give is null."""
    columns = {
        name: kind for kind, names in (MARTS | LISTS)[mart].items() for name in names.split()
    }
    connection.execute("create schema if not exists marts")
    _create(connection, f"marts.{mart}", columns)
    insert(connection, f"marts.{mart}", [{name: row.get(name) for name in columns} for row in rows])


@contextmanager
def changed(
    connection: duckdb.DuckDBPyConnection, change: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a warehouse that lies in a file, after `change`."""
    connection.execute("checkpoint")
    row = connection.execute("select path from duckdb_databases() where not internal").fetchone()
    assert row
    with TemporaryDirectory() as folder:
        copy = shutil.copyfile(row[0], Path(folder) / "changed.duckdb")
        with duckdb.connect(str(copy)) as other:
            other.execute(change)
            yield other


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        places = ", ".join("?" for _ in names)
        connection.executemany(
            f"insert into {table} ({', '.join(names)}) values ({places})",
            [[row[name] for name in names] for row in rows],
        )


def _defaults(feed: str) -> Row:
    columns = FEEDS_BY_NAME[feed].columns
    values = {"false": False, "1": 1}
    given = {column.name: column.default for column in columns if column.default}
    return {column.name: None for column in columns} | {
        name: values.get(text, text) for name, text in given.items()
    }


def _create(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"create table {table} ({listed})")
