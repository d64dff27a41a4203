"""A warehouse of the pipeline for one test session: filled or loaded, built, and read."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.build.building import Planned, build_models
from orchestration.build.project import parsed_project
from orchestration.home.records import read_records, update_records
from pipelines.database import connect
from pipelines.feeds import FEEDS, ColumnType
from pipelines.load.replacement import mark_replaced
from pipelines.rules import load_rules, stage_rules
from pipelines.settings import Settings as RunSettings
from pipelines.settings import Source
from pipelines.variables import Variables
from tests.companies.rulebook import RuleTexts, write_rules
from tests.reference.clock import Settings
from tests.reference.feeds import Row, key_of

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "instant": pa.timestamp("us"),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "decimal": pa.decimal128(18, 2),
}
LINEAGE = [
    ("_file", pa.string()),
    ("_delivery", pa.int32()),
    ("_row_number", pa.int64()),
    ("_is_replaced", pa.bool_()),
    ("_keeps_first", pa.bool_()),
    ("_source", pa.string()),
    ("_id_prefix", pa.string()),
    ("_dlt_load_id", pa.string()),
]


class Warehouse:
    """One home; each filling replaces all raw rows."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "scratch").mkdir(parents=True, exist_ok=True)

    def settings(self, settings: Settings) -> RunSettings:
        return RunSettings(
            home=self.home,
            sources=(Source(landing=self.home / "landing"),),
            as_of=settings.as_of,
            rules=self.home / "given_rules",
            variables=Variables(
                reporting_timezone=settings.reporting_timezone,
                source_timezone=settings.source_timezone,
                requalify_cooldown_days=settings.requalify_cooldown_days,
                machine_seconds=settings.machine_seconds,
                bot_pattern=settings.bot_pattern,
                win_wait_days=settings.win_wait_days,
                segment_days=settings.segment_days,
                content_days=settings.content_days,
                fewest_prediction_outcomes=settings.fewest_prediction_outcomes,
            ),
        )

    def clear(self) -> None:
        """Forget everything but the parsed dbt project."""
        records = read_records(self.home)
        for path in self.home.iterdir():
            if path.name != "dbt":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (self.home / "scratch").mkdir()
        update_records(self.home, records.files, parsed=records.parsed)

    @contextmanager
    def opened(self, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = connect(self.settings(settings))
        try:
            yield connection
        finally:
            connection.close()

    def fill(self, delivered: dict[str, list[Row]], settings: Settings) -> None:
        """Write the raw tables as the loader would, without files."""
        self.clear()
        with self.opened(settings) as connection:
            connection.execute("create schema raw")
            for feed in FEEDS:
                table = _raw_table(feed.name, delivered[feed.name])
                connection.register("given", table)
                connection.execute(f"create table raw.{feed.name} as select * from given")

    def deliver(self, load_id: str, file: str, rows: dict[str, list[Row]], now: Settings) -> None:
        """Add rows to the raw tables as one load of the loader would."""
        with self.opened(now) as connection:
            connection.execute("create schema if not exists raw")
            for feed in FEEDS:
                given = _raw_table(feed.name, rows[feed.name], file, load_id)
                connection.register("given", given)
                connection.execute(
                    f"create table if not exists raw.{feed.name} as from given limit 0"
                )
                connection.execute(f"insert into raw.{feed.name} from given")
                mark_replaced(connection, feed, load_id)

    def build(
        self, rules: RuleTexts, settings: Settings, *, tested: bool = False, full: bool = False
    ) -> Planned:
        """Build every model, and run every data test if asked to."""
        run = self.settings(settings).replace(full=full)
        write_rules(rules, run.rules)
        stage_rules(load_rules(run.rules), run.staged_rules)
        planned, _ = build_models(run, parsed_project(self.home), with_tests=tested)
        return planned

    def table(self, name: str, settings: Settings) -> list[Row]:
        """The rows of `schema.table`."""
        with self.opened(settings) as connection:
            found = connection.execute(f"select * from {name}")
            columns = [column[0] for column in found.description]
            return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def marts(self, names: list[str], settings: Settings) -> dict[str, list[Row]]:
        return {name: self.table(f"marts.{name}", settings) for name in names}


def _raw_table(
    feed: str, rows: list[Row], file: str = "filled.csv", load_id: str = "1"
) -> pa.Table:
    spec = next(spec for spec in FEEDS if spec.name == feed)
    schema = pa.schema([(column.name, ARROW_TYPES[column.type]) for column in spec.raw_columns])
    last = {key_of(feed, row): number for number, row in enumerate(rows)}
    table = pa.Table.from_pylist(
        [
            {name: row[name] for name in spec.column_names}
            | {column.name: row.get(column.name) for column in spec.mapped_columns}
            for row in rows
        ],
        schema,
    )
    lineage = [
        {
            "_file": file,
            "_delivery": 1,
            "_row_number": number + 1,
            "_is_replaced": last[key_of(feed, row)] != number,
            "_keeps_first": False,
            "_source": "landing",
            "_id_prefix": None,
            "_dlt_load_id": load_id,
        }
        for number, row in enumerate(rows)
    ]
    made = pa.Table.from_pylist(lineage, pa.schema(LINEAGE))
    for name in made.column_names:
        table = table.append_column(name, made.column(name))
    return table
