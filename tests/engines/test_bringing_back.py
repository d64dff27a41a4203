"""What Spark holds, as the warehouse shows it afterwards: without Spark, from what it would say."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from orchestration.build.plan import Stamp
from orchestration.build.stamps import read_stamps
from orchestration.spark import engine
from orchestration.spark.session import check_spark
from orchestration.spark.tables import forget_states, tables_of
from pipelines.database import connect
from pipelines.errors import UsageError
from pipelines.settings import Settings, Source, Spark

NODES = {
    "numbers": {
        "description": "Numbers, it's known.",
        "config": {
            "contract": {"enforced": True},
            "persist_docs": {"relation": True, "columns": True},
        },
        "columns": {
            "number": {"data_type": "bigint", "description": "The number."},
            "at": {"data_type": "timestamp", "description": "Its instant."},
        },
    },
    "given": {"description": "", "config": {}, "columns": {}},
}
VIEW = """Database: marts
Table: {name}
Type: VIEW
View Text: select /* funnel state {state} based on {based_on} */ * from {rows}
View Original Text: select 1
Schema: root
"""


class Session:
    """Answers what `tables_of` asks, and keeps what it is told to do."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        self.told: list[str] = []
        self._tables = tables
        self.catalog = SimpleNamespace(databaseExists=lambda schema: schema == "marts")

    def sql(self, text: str) -> Any:
        self.told.append(text)
        rows = [
            {"tableName": name, "information": information}
            for name, information in self._tables.items()
        ]
        return SimpleNamespace(collect=lambda: rows)


def session(folder: Path) -> Session:
    query = "(with a as (\n    select 1\n)\nselect * from a\n) as selected_rows"
    return Session(
        {
            "numbers": VIEW.format(
                name="numbers", state="abc", based_on="def", rows="marts.numbers__b"
            ),
            "numbers__b": f"Table: numbers__b\nType: MANAGED\nLocation: file:{folder}/it%20is\n",
            "given": VIEW.format(name="given", state="123", based_on="none", rows=query),
            "of_others": "Type: VIEW\nView Text: select 1\n",
        }
    )


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "it is").mkdir()
    rows = "select cast(1 as integer) as number, timestamp '2024-03-10 00:00:01' as at, 2 as more"
    duckdb.sql(f"copy ({rows}) to '{tmp_path}/it is/rows.parquet'")
    found = session(tmp_path)
    monkeypatch.setattr(engine, "_session", lambda _: found)
    sources = (Source(landing=tmp_path),)
    home = tmp_path / "home"
    home.mkdir()
    return Settings(home=home, sources=sources, as_of=date(2024, 3, 31), engine="spark")


def project() -> Any:
    nodes = {
        name: {"name": name, "resource_type": "model", "schema": "marts", **node}
        for name, node in NODES.items()
    }
    return SimpleNamespace(manifest=lambda: {"nodes": nodes})


def test_the_warehouse_shows_rows_types_comments_and_stamps(settings: Settings) -> None:
    with connect(settings) as connection:
        # what DuckDB had built before
        connection.execute("create schema marts; create table marts.numbers (number integer)")
    for _ in range(2):
        engine.bring_back(settings, project())
        assert read_stamps(settings) == {"numbers": Stamp("abc", "def"), "given": Stamp("123")}
    with connect(settings) as connection:
        assert connection.execute(
            'select typeof(number), cast("at" as varchar) from marts.numbers'
        ).fetchall() == [("BIGINT", "2024-03-10 00:00:01")]
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'numbers'"
        ).fetchall()
    assert comments == [("number", "The number."), ("at", "Its instant.")]


def test_a_full_rebuild_forgets_states_and_leaves_rows(tmp_path: Path) -> None:
    spark = session(tmp_path)
    assert [table.location for table in tables_of(spark, {"marts", "none"})] == [  # type: ignore[arg-type]
        *[f"{tmp_path}/it is", None]
    ]
    forget_states(spark, {"marts"})  # type: ignore[arg-type]
    assert spark.told[-2:] == [
        "alter view marts.numbers as select /* funnel state none based on none */ *"
        " from marts.numbers__b",
        "drop view marts.given",
    ]


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dbt.adapters.spark", None)
    with pytest.raises(UsageError, match="needs the extra spark"):
        check_spark(Spark())


@pytest.mark.parametrize(
    ("master", "java", "message"),
    [
        ("local[*]", None, "there is no java in PATH"),
        ("http://host:7077", "/usr/bin/java", "is no master of Spark"),
    ],
)
def test_no_java_and_no_master_are_told(
    monkeypatch: pytest.MonkeyPatch, master: str, java: str | None, message: str
) -> None:
    for module in ("dbt.adapters.spark", "pyspark"):
        monkeypatch.setitem(sys.modules, module, SimpleNamespace())  # type: ignore[arg-type]
    monkeypatch.setattr("shutil.which", lambda _: java)
    with pytest.raises(UsageError, match=message):
        check_spark(Spark(master=master))
