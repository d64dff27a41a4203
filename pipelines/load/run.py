"""One load: discover, stage, hand over to dlt, verify, settle."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import dlt
import duckdb
from dlt.pipeline.exceptions import PipelineStepFailed

from pipelines.database import connect
from pipelines.load import LoadReport, Progress
from pipelines.load.audit import (
    counts_of,
    first_quarantined,
    is_empty,
    remove_unfinished_loads,
    settle,
    warnings_of_shared_ids,
)
from pipelines.load.batches import batches
from pipelines.load.deliveries import (
    Content,
    Delivery,
    content_of,
    contents_of,
    is_new,
    next_number,
)
from pipelines.load.examined import Examined
from pipelines.load.landing import Landing, Reading, Unit, nothing_to_load
from pipelines.load.migration import add_declared_columns
from pipelines.load.readings import changed_sources, refuse_other_zones, sources_left
from pipelines.load.remapping import refuse_loss
from pipelines.load.retention import retire
from pipelines.load.source import landing_state, open_pipeline, run
from pipelines.load.staging import Stage, is_large
from pipelines.load.state import Known
from pipelines.load.verification import VerificationError, verify
from pipelines.personal.erased import read_erased
from pipelines.personal.secret import secret_of
from pipelines.settings import Settings, of_source
from pipelines.wording import counted

SECONDS_BETWEEN_LINES = 2.0


def load_landing(settings: Settings, landing: Landing, progress: Progress) -> LoadReport:
    """Load what is new in the sources; a UsageError leaves everything as it was."""
    connection = connect(settings)
    try:
        remove_unfinished_loads(connection)
        add_declared_columns(connection)
        if any(reading.mapping for reading in landing.readings.values()):
            _keep_faults_in_their_row(connection)
        try:
            report = _load(settings, landing, connection, progress, verify_later=True)
        except VerificationError as error:
            progress(f"{error}: reading every large file before loading it")
            report = _load(settings, landing, connection, progress, verify_later=False)
        connection.execute("reset disabled_optimizers")
        told = tuple(
            f"{feed}: {counted(rows, 'row')} past the time of [retention] deleted"
            for feed, rows in retire(connection, settings).items()
        )
        return replace(report, warnings=(*report.warnings, *told))
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
    state = landing_state(pipeline)
    refuse_other_zones(state, landing.readings)
    if not landing.units and not state.contents:
        raise nothing_to_load(settings)
    changed = changed_sources(state, landing)
    refuse_loss(landing, state.contents, changed, connection)
    for source, what in changed.items():
        progress(of_source(source, f"{what} changed: reading all files again"))
    starts_over = {*changed, *settings.dropped_sources}
    known = {file: seen for file, seen in state.contents.items() if file.source not in starts_over}
    erased = read_erased(settings.home)
    secret = secret_of(settings.home) if erased else ""
    stage, load_id = Stage(connection, erased, secret), None
    try:
        with contents_of(landing.units, known) as contents:
            for batch in batches(_new(landing.units, known, contents, progress)):
                _stage(stage, batch, verify_later=verify_later)
            if stage.deliveries or starts_over or is_empty(connection):
                stage.finish()
                progress(f"loading {counted(len(stage.deliveries), 'new file')}")
                load_id = _run(pipeline, stage, connection, landing.readings, starts_over)
    finally:
        stage.close()
    return LoadReport(
        counts_of(connection, load_id),
        (
            *landing.warnings,
            *sources_left(state, settings),
            *stage.warnings,
            *warnings_of_shared_ids(connection, load_id),
        ),
        first_quarantined(connection, load_id),
    )


def _new(
    units: Sequence[Unit],
    known: Known,
    contents: Mapping[Path, Future[Content]],
    progress: Progress,
) -> Iterator[Delivery]:
    """The units whose content is new."""
    told_at = 0.0
    for position, unit in enumerate(units, start=1):
        content = content_of(unit, contents)
        if is_new(unit, content, known):
            delivery = Delivery(unit, next_number(unit, known), content)
            if is_large(unit) or time.monotonic() - told_at > SECONDS_BETWEEN_LINES:
                progress(f"reading file {position} of {len(units)}: {unit.label}")
                told_at = time.monotonic()
            yield delivery


def _stage(stage: Stage, batch: Sequence[Delivery], *, verify_later: bool) -> None:
    (delivery, *others) = batch
    if others:
        found = stage.examine_together(batch)
    elif delivery.content.fault:
        # known before a row is loaded, of which there may be no end
        found = [Examined(fault=delivery.content.fault)]
    elif verify_later and is_large(delivery.unit) and not stage.has_erased:
        found = [stage.load_unverified(delivery)]
    else:
        found = [stage.examine(delivery)]
    for one, examined in zip(batch, found, strict=True):
        stage.accept(one, examined)


def _run(
    pipeline: dlt.Pipeline,
    stage: Stage,
    connection: duckdb.DuckDBPyConnection,
    readings: Mapping[str, Reading],
    starts_over: Collection[str],
) -> str:
    """Let dlt load the stage; a load that does not come to be settled is taken back."""
    try:
        load_id = _loaded(pipeline, stage, readings, starts_over)
        verify(connection, stage, load_id)
        _refuse_changes(stage)
        settle(connection, load_id, starts_over)
    except BaseException:
        remove_unfinished_loads(connection)
        raise
    return load_id


def _loaded(
    pipeline: dlt.Pipeline,
    stage: Stage,
    readings: Mapping[str, Reading],
    starts_over: Collection[str],
) -> str:
    try:
        return run(pipeline, stage, readings, starts_over)
    except PipelineStepFailed as error:
        _refuse_changes(stage)
        if stage.unverified:
            raise VerificationError("a large file has rows in different forms") from error
        raise


def _refuse_changes(stage: Stage) -> None:
    for delivery in stage.deliveries:
        delivery.content.refuse_change()
