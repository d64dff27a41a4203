"""Verifies large files after their rows were loaded from the fastest reading."""

import duckdb

from pipelines.load.deliveries import Delivery
from pipelines.load.examined import Unverified
from pipelines.load.source import DATASET
from pipelines.load.staging import Stage


class VerificationError(Exception):
    """A file must be read before it is loaded; the message says which and why."""


def verify(connection: duckdb.DuckDBPyConnection, stage: Stage, load_id: str) -> None:
    """Quarantine the bad rows of unverified files and count them; raises VerificationError."""
    feeds = {loaded.delivery.unit.feed.name for loaded in stage.unverified}
    counts = {feed: _counts(connection, feed, load_id) for feed in feeds}
    for loaded in stage.unverified:
        delivery = loaded.delivery
        feed = delivery.unit.feed.name
        unit = delivery.unit
        rows, bad = counts[feed].get((unit.source, unit.file, delivery.number), (0, 0))
        _refuse_misread(loaded, rows)
        if bad:
            _quarantine(connection, stage, delivery, load_id, (rows, bad))
        connection.execute(
            f"update {DATASET}.load_audit set rows_read = ?, rows_quarantined = ?"
            " where feed = ? and source = ? and file = ? and _delivery = ? and _dlt_load_id = ?",
            [rows, bad, *unit.id, delivery.number, load_id],
        )


def _counts(
    connection: duckdb.DuckDBPyConnection, feed: str, load_id: str
) -> dict[tuple[str, str, int], tuple[int, int]]:
    """By source, file and delivery: the rows, and the bad ones among them."""
    rows = connection.execute(
        "select _source, _file, _delivery, count(*), count(*) - count(_is_replaced)"
        f" from {DATASET}.{feed} where _dlt_load_id = ? group by _source, _file, _delivery",
        [load_id],
    ).fetchall()
    return {(source, file, number): (count, bad) for source, file, number, count, bad in rows}


def _refuse_misread(loaded: Unverified, rows: int) -> None:
    label = loaded.delivery.unit.label
    if not loaded.raw.holds(rows):
        raise VerificationError(f"{label} has rows with different numbers of fields")
    if not loaded.is_proven.result():
        raise VerificationError(f"{label} has lines in different forms")


def _quarantine(
    connection: duckdb.DuckDBPyConnection,
    stage: Stage,
    delivery: Delivery,
    load_id: str,
    counts: tuple[int, int],
) -> None:
    found = stage.examine(delivery.unit, delivery.number)
    if found.bad_rows is None or found.rows_read != counts[0]:
        raise VerificationError(f"{delivery.unit.label} was read differently the second time")
    (bad,) = connection.execute(
        f"insert into {DATASET}.quarantine by name"
        " select feed, file, row_number, row, reason, ? as quarantined_at, _delivery, source,"
        " ? as _dlt_load_id"
        f" from ({found.bad_rows}) as bad(feed, file, row_number, row, reason, _delivery, source)",
        [stage.now, load_id],
    ).fetchone() or (0,)
    if bad != counts[1]:
        raise VerificationError(f"{delivery.unit.label} was checked differently the second time")
