"""The materializations of DuckDB, on a project of one-line models with the real macros."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner

from orchestration.build.invocation import close_warehouse
from pipelines.settings import DBT_PROJECT

CONTRACT = """
models:
  - name: numbers
    description: Numbers, the company's own. One row per number.
    config: {contract: {enforced: true}, persist_docs: {relation: true, columns: true}}
    columns:
      - name: number
        data_type: integer
        description: The number, it's known.
        constraints: [{type: not_null}]
      - {name: word, data_type: varchar, description: The number in words.}
"""


@dataclass(frozen=True)
class Project:
    """A dbt project with a database beside it; `run` gives each model its state as a stamp."""

    folder: Path

    def write(self, name: str, text: str) -> None:
        (self.folder / "models" / name).write_text(text)

    def run(self, state: str, *arguments: str, **variables: Any) -> dict[str, str]:
        """Build all models; what failed, by model."""
        stamps = {path.stem: [state, None] for path in (self.folder / "models").glob("*.sql")}
        folder = ["--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]
        given = ["--vars", json.dumps({"node_states": stamps, **variables})]
        quiet = ["--log-level", "none", "--log-path", str(self.folder / "logs")]
        outcome = dbtRunner().invoke(["run", *folder, *given, *quiet, *arguments])
        close_warehouse()
        assert outcome.exception is None
        return {
            result.node.name: result.message
            for result in outcome.result
            if result.status == "error"
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "warehouse.duckdb")) as connection:
            return connection.execute(query).fetchall()

    def stamps(self) -> dict[str, str]:
        return dict(self.rows("select node, state from node_states"))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    shutil.copytree(DBT_PROJECT / "macros", tmp_path / "macros")
    (tmp_path / "models").mkdir()
    real = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())
    settings = {name: real[name] for name in ("name", "profile", "flags", "vars", "on-run-start")}
    settings["models"] = {"+incremental_strategy": "affected_keys", "+on_schema_change": "fail"}
    (tmp_path / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    database = {"type": "duckdb", "path": str(tmp_path / "warehouse.duckdb"), "threads": 2}
    profile = {"target": "duckdb", "outputs": {"duckdb": database}}
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump({"lead_funnel": profile}))
    yield Project(tmp_path)
    close_warehouse()


def test_a_table_is_replaced_under_the_views_that_read_it(project: Project) -> None:
    project.write("numbers.sql", "{{ config(materialized='table') }} select 1 as number")
    for name in ("doubled", "tripled", "negated"):
        project.write(f"{name}.sql", "select -number as number from {{ ref('numbers') }}")
    assert project.run("first") == {}
    project.write("numbers.sql", "{{ config(materialized='table') }} select 2 as number")
    assert project.run("second", "--select", "numbers") == {}
    assert project.rows("from doubled union all from tripled union all from negated") == [(-2,)] * 3
    assert project.run("third") == {}
    assert project.rows("from doubled union all from tripled union all from negated") == [(-2,)] * 3


@pytest.mark.parametrize(
    ("before", "after"),
    [("view", "table"), ("table", "view"), ("view", "incremental"), ("incremental", "view")],
)
def test_a_model_changes_its_materialization(project: Project, before: str, after: str) -> None:
    config = "{{{{ config(materialized='{}', unique_key='number') }}}} select {} as number"
    project.write("numbers.sql", config.format(before, 1))
    project.write("readers.sql", "select number from {{ ref('numbers') }}")
    assert project.run("first") == {}
    project.write("numbers.sql", config.format(after, 2))
    assert project.run("second") == {}
    assert project.rows("from readers") == [(2,)]
    kind = "VIEW" if after == "view" else "BASE TABLE"
    assert project.rows(
        "select table_type from information_schema.tables where table_name = 'numbers'"
    ) == [(kind,)]
    assert project.stamps() == {"numbers": "second", "readers": "second"}


@pytest.mark.parametrize("materialized", ["table", "incremental"])
def test_a_model_that_breaks_its_contract_leaves_table_and_stamp(
    project: Project, materialized: str
) -> None:
    config = f"{{{{ config(materialized='{materialized}', unique_key='number') }}}} select "
    project.write("numbers.yml", CONTRACT)
    project.write("numbers.sql", config + "'one' as word, 1 as number")
    assert project.run("first") == {}
    errors = {
        "1 as number": "column word is in numbers.yml, but not selected",
        "1 as number, 'a' as word, 2 as more": "column more is selected, but not in numbers.yml",
        "1.5 as number, 'a' as word": "column number is DECIMAL(2,1), and INTEGER in numbers.yml",
        "cast(null as integer) as number, 'a' as word": "NOT NULL constraint failed",
    }
    for selected, error in errors.items():
        project.write("numbers.sql", config + selected)
        assert error in project.run("second")["numbers"]
        # in the contract's order, whatever that of the query
        assert project.rows("from numbers") == [(1, "one")]
        assert project.stamps() == {"numbers": "first"}


def test_columns_and_tables_are_commented(project: Project) -> None:
    project.write("numbers.yml", CONTRACT)
    project.write(
        "numbers.sql", "{{ config(materialized='table') }} select 1 as number, 'a' as word"
    )
    assert project.run("first") == {}
    comments = "select comment from duckdb_tables() where table_name = 'numbers'"
    assert project.rows(comments) == [("Numbers, the company's own. One row per number.",)]
    comments = "select comment from duckdb_columns() where table_name = 'numbers'"
    assert project.rows(comments) == [("The number, it's known.",), ("The number in words.",)]


def test_an_incremental_model_replaces_the_rows_of_affected_keys(project: Project) -> None:
    config = "{{ config(materialized='incremental', unique_key='number', affected_by='keys') }}"
    project.write("keys.sql", "select unnest([2, 3]) as number")
    project.write("words.sql", f"{config} select unnest([1, 2, 3]) as number, 'before' as word")
    assert project.run("first") == {}
    # 3 is affected and has no row any more
    project.write("words.sql", f"{config} select 'after' as word, 2 as number")
    assert project.run("second", last_as_of_date="2026-01-01") == {}
    assert project.rows("from words order by number") == [(1, "before"), (2, "after")]
    project.write("words.sql", f"{config} select 2 as number, 'after' as word, 1 as more")
    error = project.run("third", last_as_of_date="2026-01-01")["words"]
    assert "column more is selected, but not in the table" in error
    assert project.rows("from words order by number") == [(1, "before"), (2, "after")]
    assert project.stamps() == {"keys": "third", "words": "second"}
    assert project.run("fourth", "--full-refresh") == {}
    assert project.rows("from words") == [(2, "after", 1)]


def test_hooks_run_in_the_transaction_of_their_model(project: Project) -> None:
    project.write("numbers.sql", "{{ config(materialized='table') }} select 1 as number")
    assert project.run("first") == {}
    hooked = "{{ config(materialized='table', pre_hook='create table kept as from {{ this }}',"
    hooked += " post_hook='insert into kept from {{ this }}') }} select "
    project.write("numbers.sql", hooked + "error('no number') as number")
    assert "no number" in project.run("second")["numbers"]
    assert project.rows("select * from duckdb_tables() where table_name = 'kept'") == []
    project.write("numbers.sql", hooked + "2 as number")
    assert project.run("third") == {}
    assert project.rows("from kept") == [(1,), (2,)]
