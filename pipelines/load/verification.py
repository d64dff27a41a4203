"""Verifies large files after their rows were loaded from the fastest reading."""

import duckdb

from pipelines.load.examined import Unverified
from pipelines.load.source import DATASET
from pipelines.load.staging import FAULT_END, Stage


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
        if bad and _quarantine(connection, stage, loaded, load_id) != bad:
            raise VerificationError(f"{unit.label} was read differently the second time")
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
    connection: duckdb.DuckDBPyConnection, stage: Stage, loaded: Unverified, load_id: str
) -> int:
    """Put the bad rows of a file into quarantine, by what they carry; returns how many."""
    unit, number, raw = loaded.delivery.unit, loaded.delivery.number, loaded.raw
    table = f"{DATASET}.{unit.feed.name}"
    of_file = "_dlt_load_id = ? and _source = ? and _file = ? and _delivery = ?"
    given = [load_id, unit.source, unit.file, number]
    # the rows of a file are one block of the table, in their order
    (first,) = connection.execute(
        f"select min(rowid) from {table} where {of_file}", given
    ).fetchone() or (0,)
    bad = (
        f"select coalesce(_row_number, rowid - {first} + 1) as row_number,"
        f" left(_id_prefix, strpos(_id_prefix, {FAULT_END}) - 1) as reason,"
        f" substr(_id_prefix, strpos(_id_prefix, {FAULT_END}) + 1) as row"
        f" from {table} where {of_file} and _is_replaced is null"
    )
    if raw.originals:
        bad = (
            f"select bad.row_number, bad.reason, {raw.row_json} as row from ({bad}) as bad"
            f" join (select row_number() over () as row_number, _row from ({raw.originals}))"
            " using (row_number)"
        )
    (count,) = connection.execute(
        f"insert into {DATASET}.quarantine by name"
        " select ? as feed, ? as file, row_number, row, reason, ? as quarantined_at,"
        f" ? as _delivery, ? as source, ? as _dlt_load_id from ({bad}) order by row_number",
        [unit.feed.name, unit.file, stage.now, number, unit.source, load_id, *given],
    ).fetchone() or (0,)
    return int(count)
