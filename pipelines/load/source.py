"""The dlt pipeline: one resource a raw table, filled from the views of the stage."""

import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import dlt
import duckdb
from dlt.common.schema import Schema
from dlt.common.schema.typing import TColumnSchema
from dlt.extract import DltResource
from dlt.extract.items import DataItemWithMeta
from dlt.pipeline.exceptions import PipelineStepFailed

from pipelines.feeds import FEEDS
from pipelines.load.deliveries import Known
from pipelines.load.staging import DATABASE, Stage
from pipelines.load.state import LandingState, damaged_state
from pipelines.load.tables import LOAD_AUDIT, LOAD_ID, QUARANTINE, names, raw_columns
from pipelines.settings import Settings

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


def known_contents(pipeline: dlt.Pipeline) -> Known:
    """What earlier runs loaded."""
    resources = LandingState.of(pipeline.state).resources
    return {name: state.files for name, state in resources.items()}


def known_zone(pipeline: dlt.Pipeline) -> str | None:
    """The `source_timezone` that the rows of the warehouse were read in."""
    return LandingState.of(pipeline.state).source_timezone


def known_mappings(pipeline: dlt.Pipeline) -> Mapping[str, str]:
    """For each file that was read with a mapping the hash of that mapping."""
    return LandingState.of(pipeline.state).mappings


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of a load are read: the zone of instants without an offset, the mapping's hash.

    One that `starts_over` takes the place of all that was loaded before.
    """

    zone: str
    mapping: str | None = None
    starts_over: bool = False


@dlt.source(name=PIPELINE)
def landing(stage: Stage, reading: Reading, folder: Path) -> Iterator[DltResource]:
    """The raw tables and their audit; remembers the contents that were delivered."""
    for table, columns in TABLES.items():
        yield dlt.resource(
            _rows(stage, table, reading, folder),
            name=table,
            columns=[{"name": name, **HINTS[kind]} for name, kind in (columns | LOAD_ID).items()],
            write_disposition="append",
        )


def _rows(stage: Stage, table: str, reading: Reading, folder: Path) -> Iterator[DataItemWithMeta]:
    """Model files: the selects from which dlt fills the table inside DuckDB."""
    dlt.current.source_state()["source_timezone"] = reading.zone
    mappings = dlt.current.source_state().setdefault("mappings", {})
    files = dlt.current.resource_state().setdefault("files", {})
    if reading.starts_over:
        files.clear()
    for delivery in stage.deliveries:
        if delivery.unit.feed.name == table:
            files.setdefault(delivery.unit.file, []).append(delivery.content.digest)
            if reading.mapping:
                mappings[delivery.unit.file] = reading.mapping
    load_id = dlt.current.load_package_state()["load_id"]
    for view in stage.views[table]:
        query = (
            f"select {names(TABLES[table])}, '{load_id}' as _dlt_load_id"
            f" from {DATABASE}.main.{view}"
        )
        model = folder / f"{view}.model"
        model.write_text(f"dialect: duckdb\n{query}\n", encoding="utf-8")
        yield dlt.mark.with_file_import(str(model), "model")


def run(pipeline: dlt.Pipeline, stage: Stage, reading: Reading) -> str:
    """Load the stage's views as one dlt load package and return its id."""
    (load_id,) = pipeline.extract(landing(stage, reading, Path(pipeline.working_dir))).loads_ids
    pipeline.normalize(workers=1)
    # one after the other: each of them uses all threads and much of the memory
    pipeline.load(workers=1, raise_on_failed_jobs=True)
    return load_id
