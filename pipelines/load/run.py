"""One load: discover, examine, hand over to dlt, settle."""

import time
from collections.abc import Sequence

import dlt
import duckdb

from pipelines.database import connect
from pipelines.errors import FunnelError, UsageError
from pipelines.feeds import FEEDS
from pipelines.load import LoadReport, Progress
from pipelines.load.audit import (
    counts_of,
    is_empty,
    remove_unfinished_loads,
    settle,
    undo,
)
from pipelines.load.deliveries import (
    Delivery,
    Known,
    content_of,
    contents_of,
    is_new,
    next_number,
)
from pipelines.load.landing import Landing, Unit, discover
from pipelines.load.source import DATASET, known_contents, known_zone, open_pipeline, run
from pipelines.load.staging import Stage, is_large
from pipelines.settings import Settings

SECONDS_BETWEEN_LINES = 2.0


def load_landing(settings: Settings, progress: Progress) -> LoadReport:
    """Load what is new in the landing folder; a UsageError leaves everything as it was."""
    landing = discover(settings)
    if not landing.units and not settings.warehouse.exists():
        raise _nothing_to_load(settings)
    connection = connect(settings)
    try:
        return _load(settings, landing, connection, progress)
    finally:
        connection.close()


def _load(
    settings: Settings,
    landing: Landing,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress,
) -> LoadReport:
    pipeline = open_pipeline(settings, connection)
    zone = settings.variables.source_timezone
    _refuse_other_zone(known_zone(pipeline), zone)
    known = known_contents(pipeline)
    if not landing.units and not any(known.values()):
        raise _nothing_to_load(settings)
    remove_unfinished_loads(connection)
    # a killed run may have loaded rows that it did not come to compare
    settle(connection)
    stage = Stage(connection, zone)
    try:
        _examine(landing.units, known, stage, progress)
        load_id = None
        if stage.deliveries or is_empty(connection):
            stage.finish()
            progress(f"loading {len(stage.deliveries)} new files")
            load_id = _run(pipeline, stage, connection, zone)
    finally:
        stage.close()
    settle(connection)
    return LoadReport(counts_of(connection, load_id), (*landing.notices, *stage.notices))


def _examine(units: Sequence[Unit], known: Known, stage: Stage, progress: Progress) -> None:
    """Check the rows of every new content."""
    told_at = 0.0
    with contents_of(units, known) as contents:
        for position, unit in enumerate(units, start=1):
            number = next_number(unit, known)
            # a large file of a new name is new for certain: no need to wait for its hash
            is_early = number == 1 and is_large(unit)
            found = stage.examine(unit, number) if is_early else None
            content = content_of(unit, contents)
            if is_new(unit, content, known):
                if is_large(unit) or time.monotonic() - told_at > SECONDS_BETWEEN_LINES:
                    progress(f"reading file {position} of {len(units)}: {unit.label}")
                    told_at = time.monotonic()
                if found is None and content.fault is None:
                    found = stage.examine(unit, number)
                stage.accept(Delivery(unit, number, content), found)


def _run(
    pipeline: dlt.Pipeline, stage: Stage, connection: duckdb.DuckDBPyConnection, zone: str
) -> str:
    """Let dlt load the stage; a load that is not what was examined is taken back."""
    load_id = run(pipeline, stage, zone)
    try:
        for delivery in stage.deliveries:
            delivery.content.refuse_change()
        for feed in FEEDS:
            _refuse_other_count(connection, feed.name, load_id, stage.good_rows(feed.name))
    except FunnelError:
        undo(connection, load_id)
        raise
    return load_id


def _refuse_other_count(
    connection: duckdb.DuckDBPyConnection, feed: str, load_id: str, expected: int
) -> None:
    (rows,) = connection.execute(
        f"select count(*) from {DATASET}.{feed} where _dlt_load_id = ?", [load_id]
    ).fetchone() or (0,)
    if rows != expected:
        raise FunnelError(
            f"{feed}: {expected} rows were checked, but {rows} were loaded; run again"
        )


def _refuse_other_zone(known: str | None, zone: str) -> None:
    if known is not None and known != zone:
        raise UsageError(
            f"this home holds rows read with source_timezone={known}, and source_timezone={zone}"
            " would read the next ones differently; use a new home (--home) for it"
        )


def _nothing_to_load(settings: Settings) -> UsageError:
    return UsageError(f"landing folder {settings.landing} has no file to load")
