"""What is known of a file before the load, and what the load must still show."""

from concurrent.futures import Future
from dataclasses import dataclass

import duckdb

from pipelines.load.deliveries import Delivery
from pipelines.load.relation import RawRelation

# faults of this machine, which say nothing about the file
MACHINE_FAULTS = (
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.InterruptException,
)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a reading of one file found; `rows_read` is None if the load itself will tell.

    `rows` selects all rows of a large file, the bad ones with a null `_is_replaced`, and
    `bad_rows` those for the quarantine. `raw` is the reading; `fault` says why the file cannot be
    read, which makes it one bad row. `rows_erased` are those of erased people, beside `rows_read`.
    """

    rows_read: int | None = 1
    raw: RawRelation | None = None
    rows: str | None = None
    bad_rows: str | None = None
    fault: str | None = None
    rows_erased: int = 0


@dataclass(frozen=True, slots=True)
class Unverified:
    """A file that is loaded before its reading is known to be right.

    `is_proven` comes true in the background, or false for a file that needs another reading.
    """

    delivery: Delivery
    raw: RawRelation
    is_proven: Future[bool]


def is_proven(connection: duckdb.DuckDBPyConnection, raw: RawRelation) -> bool:
    """Whether the proof of a reading finds nothing against it; closes the connection."""
    try:
        return raw.proof is None or connection.execute(raw.proof).fetchone() is None
    except MACHINE_FAULTS:
        raise
    except duckdb.Error:
        return False
    finally:
        connection.close()
