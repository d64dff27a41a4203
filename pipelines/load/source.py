"""The dlt pipeline: one resource a raw table, filled from the views of the stage."""

import shutil
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import dlt
import duckdb
from dlt.common.schema import Schema
from dlt.common.schema.typing import TColumnSchema
from dlt.extract import DltResource
from dlt.extract.items import DataItemWithMeta
from dlt.pipeline.exceptions import PipelineStepFailed

from pipelines.feeds import FEEDS
from pipelines.load.landing import Reading
from pipelines.load.staging import DATABASE, Stage
from pipelines.load.state import LandingState, damaged_state, upgrade
from pipelines.load.tables import (
    LOAD_AUDIT,
    LOAD_ID,
    QUARANTINE,
    raw_columns,
    with_load_id,
)
from pipelines.settings import Settings
from pipelines.sql import identifier

PIPELINE = "landing"
# what dlt meets in a state that is no packed JSON, or JSON of another shape
UNREADABLE = (ValueError, zlib.error, AttributeError, KeyError, TypeError)
DATASET = "raw"
# dlt's names for the DuckDB types of the raw tables
HINTS: dict[str, TColumnSchema] = {
    "VARCHAR": {"data_type": "text"},
    "TIMESTAMP": {"data_type": "timestamp", "timezone": False},
    "BIGINT": {"data_type": "bigint"},
    "INTEGER": {"data_type": "bigint", "precision": 32},
    "BOOLEAN": {"data_type": "bool"},
    "DECIMAL(18, 2)": {"data_type": "decimal", "precision": 18, "scale": 2},
}
TABLES = {feed.name: raw_columns(feed) for feed in FEEDS} | {
    "quarantine": QUARANTINE,
    "load_audit": LOAD_AUDIT,
}


def open_pipeline(settings: Settings, connection: duckdb.DuckDBPyConnection) -> dlt.Pipeline:
    """The pipeline with the state that the warehouse holds; raises FunnelError for a damaged one.

    What a killed run left in dlt's working folder is thrown away: it refers to files that may
    have changed since. The warehouse alone says what was loaded.
    """
    folder = settings.scratch / "dlt"
    shutil.rmtree(folder, ignore_errors=True)
    pipeline = dlt.pipeline(
        PIPELINE,
        destination=dlt.destinations.duckdb(connection),
        dataset_name=DATASET,
        pipelines_dir=str(folder),
    )
    try:
        pipeline.sync_destination()
        LandingState.of(pipeline.state)
    except PipelineStepFailed as error:
        if isinstance(error.exception, UNREADABLE):
            raise damaged_state(settings) from error
        raise
    except ValueError:
        raise damaged_state(settings) from None
    for name in pipeline.schema_names:
        _forget_undeclared(pipeline.schemas[name])
    return pipeline


def _forget_undeclared(schema: Schema) -> None:
    """Drop undeclared columns from dlt's schema, which fails on a select without them.

    The warehouse keeps them, null in new rows.
    """
    for table in TABLES.keys() & schema.tables.keys():
        columns = schema.tables[table]["columns"]
        for name in columns.keys() - TABLES[table].keys() - LOAD_ID.keys():
            del columns[name]


def landing_state(pipeline: dlt.Pipeline) -> LandingState:
    """What earlier runs loaded, and how they read it."""
    return LandingState.of(pipeline.state)


@dlt.source(name=PIPELINE)
def landing(
    stage: Stage, readings: Mapping[str, Reading], starts_over: Collection[str], folder: Path
) -> Iterator[DltResource]:
    """The raw tables and their audit; remembers the contents that were delivered.

    Of the sources that start over what was delivered before is forgotten.
    """
    for table, columns in TABLES.items():
        yield dlt.resource(
            _rows(stage, table, readings, starts_over, folder),
            name=table,
            columns=[{"name": name, **HINTS[kind]} for name, kind in with_load_id(columns).items()],
            write_disposition="append",
        )


def _rows(
    stage: Stage,
    table: str,
    readings: Mapping[str, Reading],
    starts_over: Collection[str],
    folder: Path,
) -> Iterator[DataItemWithMeta]:
    """Model files: the selects from which dlt fills the table inside DuckDB."""
    state = dlt.current.source_state()
    upgrade(state)
    known = state.setdefault("readings", {})
    contents = dlt.current.resource_state().setdefault("contents", {})
    for source in starts_over:
        contents.pop(source, None)
        if source not in readings:
            known.pop(source, None)
    for source, reading in readings.items():
        known.setdefault(source, {}).update(
            timezone=reading.zone, id_prefix=reading.id_prefix, id_hash=reading.id_hash
        )
    for delivery in stage.deliveries:
        feed, source, file = delivery.unit.id
        if feed == table:
            contents.setdefault(source, {}).setdefault(file, []).append(delivery.content.digest)
            if readings[source].mapping:
                known[source].setdefault("mappings", {})[file] = readings[source].mapping
    load_id = dlt.current.load_package_state()["load_id"]
    for view in stage.views[table]:
        columns = [
            f"'{load_id}' as _dlt_load_id" if name in LOAD_ID else identifier(name)
            for name in with_load_id(TABLES[table])
        ]
        query = f"select {', '.join(columns)} from {DATABASE}.main.{view}"
        model = folder / f"{view}.model"
        model.write_text(f"dialect: duckdb\n{query}\n", encoding="utf-8")
        yield dlt.mark.with_file_import(str(model), "model")


def run(
    pipeline: dlt.Pipeline,
    stage: Stage,
    readings: Mapping[str, Reading],
    starts_over: Collection[str],
) -> str:
    """Load the stage's views as one dlt load package and return its id."""
    folder = Path(pipeline.working_dir)
    (load_id,) = pipeline.extract(landing(stage, readings, starts_over, folder)).loads_ids
    pipeline.normalize(workers=1)
    # one after the other: each of them uses all threads and much of the memory
    pipeline.load(workers=1, raise_on_failed_jobs=True)
    return load_id
