"""One load: discover, stage, hand over to dlt, verify, settle."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

import dlt
import duckdb
from dlt.pipeline.exceptions import PipelineStepFailed

from pipelines.database import connect
from pipelines.errors import UsageError
from pipelines.load import LoadReport, Progress
from pipelines.load.audit import (
    counts_of,
    first_quarantined,
    is_empty,
    remove_unfinished_loads,
    settle,
)
from pipelines.load.deliveries import (
    Content,
    Delivery,
    Known,
    content_of,
    contents_of,
    is_new,
    next_number,
)
from pipelines.load.examined import Examined
from pipelines.load.landing import Landing, Unit, nothing_to_load
from pipelines.load.migration import add_declared_columns
from pipelines.load.remapping import refuse_loss, remapped_files
from pipelines.load.source import (
    Reading,
    known_contents,
    known_mappings,
    known_zone,
    open_pipeline,
    run,
)
from pipelines.load.staging import Stage, is_large
from pipelines.load.verification import VerificationError, verify
from pipelines.settings import Settings
from pipelines.wording import counted

SECONDS_BETWEEN_LINES = 2.0


def load_landing(settings: Settings, landing: Landing, progress: Progress) -> LoadReport:
    """Load what is new in the landing folder; a UsageError leaves everything as it was."""
    connection = connect(settings)
    try:
        remove_unfinished_loads(connection)
        add_declared_columns(connection)
        if landing.mapping:
            _keep_faults_in_their_row(connection)
        try:
            report = _load(settings, landing, connection, progress, verify_later=True)
        except VerificationError as error:
            progress(f"{error}: reading every large file before loading it")
            report = _load(settings, landing, connection, progress, verify_later=False)
        connection.execute("reset disabled_optimizers")
        return report
    finally:
        connection.close()


def _keep_faults_in_their_row(connection: duckdb.DuckDBPyConnection) -> None:
    """Have DuckDB compute expressions of a mapping as they are written.

    What occurs twice in one it would compute before, outside of the `try` around the expression: a
    single text that is no JSON would make its file unreadable.
    """
    connection.execute("set disabled_optimizers = 'common_subexpressions'")


def _load(
    settings: Settings,
    landing: Landing,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress,
    *,
    verify_later: bool,
) -> LoadReport:
    pipeline = open_pipeline(settings, connection)
    zone = settings.variables.source_timezone
    _refuse_other_zone(known_zone(pipeline), zone)
    known = known_contents(pipeline)
    if not landing.units and not any(known.values()):
        raise nothing_to_load(settings)
    changed = remapped_files(landing, known_mappings(pipeline))
    if changed:
        refuse_loss(landing, known, connection)
        progress("the mapping changed: reading all files again")
        known = {}
    reading = Reading(zone, landing.mapping, starts_over=bool(changed))
    stage, load_id = Stage(connection, zone), None
    try:
        with contents_of(landing.units, known) as contents:
            for unit, number, content in _new(landing.units, known, contents, progress):
                _stage(stage, unit, number, content, verify_later=verify_later)
            if stage.deliveries or is_empty(connection):
                stage.finish()
                progress(f"loading {counted(len(stage.deliveries), 'new file')}")
                load_id = _run(pipeline, stage, connection, reading)
    finally:
        stage.close()
    warnings = (*landing.warnings, *stage.warnings)
    quarantined = first_quarantined(connection, load_id)
    return LoadReport(counts_of(connection, load_id), warnings, quarantined)


def _new(
    units: Sequence[Unit],
    known: Known,
    contents: Mapping[Path, Future[Content]],
    progress: Progress,
) -> Iterator[tuple[Unit, int, Content]]:
    """The units whose content is new, with the number of the delivery that it makes."""
    told_at = 0.0
    for position, unit in enumerate(units, start=1):
        content = content_of(unit, contents)
        if is_new(unit, content, known):
            if is_large(unit) or time.monotonic() - told_at > SECONDS_BETWEEN_LINES:
                progress(f"reading file {position} of {len(units)}: {unit.label}")
                told_at = time.monotonic()
            yield unit, next_number(unit, known), content


def _stage(stage: Stage, unit: Unit, number: int, content: Content, *, verify_later: bool) -> None:
    if verify_later and is_large(unit):
        found = stage.load_unverified(unit, number)
    elif content.fault:
        found = Examined(fault=content.fault)
    else:
        found = stage.examine(unit, number)
    stage.accept(Delivery(unit, number, content), found)


def _run(
    pipeline: dlt.Pipeline, stage: Stage, connection: duckdb.DuckDBPyConnection, reading: Reading
) -> str:
    """Let dlt load the stage; a load that does not come to be settled is taken back."""
    try:
        load_id = _loaded(pipeline, stage, reading)
        verify(connection, stage, load_id)
        _refuse_changes(stage)
        settle(connection, load_id, reading.starts_over)
    except BaseException:
        remove_unfinished_loads(connection)
        raise
    return load_id


def _loaded(pipeline: dlt.Pipeline, stage: Stage, reading: Reading) -> str:
    try:
        return run(pipeline, stage, reading)
    except PipelineStepFailed as error:
        _refuse_changes(stage)
        if stage.unverified:
            raise VerificationError("a large file has rows in different forms") from error
        raise


def _refuse_changes(stage: Stage) -> None:
    for delivery in stage.deliveries:
        delivery.content.refuse_change()


def _refuse_other_zone(known: str | None, zone: str) -> None:
    if known is not None and known != zone:
        raise UsageError(
            f"this home was loaded with source_timezone={known}; source_timezone={zone} would read"
            " new rows differently; use it with a new home (--home)"
        )
