"""Was the trust in a large file justified? Found out after its rows were loaded."""

import duckdb

from pipelines.load.deliveries import Delivery
from pipelines.load.examined import Trusted
from pipelines.load.source import DATASET
from pipelines.load.staging import Stage


class MistrustError(Exception):
    """A file must be read before it is loaded; the message says which and why."""


def judge(connection: duckdb.DuckDBPyConnection, stage: Stage, load_id: str) -> None:
    """Quarantine the bad rows of trusted files and count them; raises MistrustError."""
    feeds = {trusted.delivery.unit.feed.name for trusted in stage.trusted}
    counts = {feed: _counts(connection, feed, load_id) for feed in feeds}
    for trusted in stage.trusted:
        delivery = trusted.delivery
        feed = delivery.unit.feed.name
        rows, bad = counts[feed].get((delivery.unit.file, delivery.number), (0, 0))
        _refuse_misread(trusted, rows)
        if bad:
            _quarantine(connection, stage, delivery, load_id, (rows, bad))
        connection.execute(
            f"update {DATASET}.load_audit set rows_read = ?, rows_quarantined = ?"
            " where feed = ? and file = ? and _delivery = ? and _dlt_load_id = ?",
            [rows, bad, feed, delivery.unit.file, delivery.number, load_id],
        )


def _counts(
    connection: duckdb.DuckDBPyConnection, feed: str, load_id: str
) -> dict[tuple[str, int], tuple[int, int]]:
    """By file and delivery: the rows, and the bad ones among them."""
    rows = connection.execute(
        f"select _file, _delivery, count(*), count(*) - count(_is_replaced) from {DATASET}.{feed}"
        " where _dlt_load_id = ? group by _file, _delivery",
        [load_id],
    ).fetchall()
    return {(file, delivery): (count, bad) for file, delivery, count, bad in rows}


def _refuse_misread(trusted: Trusted, rows: int) -> None:
    label, fault = trusted.delivery.unit.label, trusted.delivery.content.fault
    if fault:
        raise MistrustError(f"{label} cannot be read: {fault}")
    if not trusted.raw.holds(rows):
        raise MistrustError(f"{label} has rows of different widths")
    if not trusted.is_proven.result():
        raise MistrustError(f"{label} has lines of different forms")


def _quarantine(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    delivery: Delivery,
    load_id: str,
    counts: tuple[int, int],
) -> None:
    found = stage.examine(delivery.unit, delivery.number)
    if found.bad_rows is None or found.rows_read != counts[0]:
        raise MistrustError(f"{delivery.unit.label} has rows that are read differently")
    (bad,) = connection.execute(
        f"insert into {DATASET}.quarantine by name"
        " select feed, file, row_number, row, reason, ? as quarantined_at, _delivery,"
        " ? as _dlt_load_id"
        f" from ({found.bad_rows}) as bad(feed, file, row_number, row, reason, _delivery)",
        [stage.now, load_id],
    ).fetchone() or (0,)
    if bad != counts[1]:
        raise MistrustError(f"{delivery.unit.label} has rows that are judged differently")
