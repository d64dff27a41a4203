"""A mistake in a model is told before anything is built, and costs no rebuild."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.settings import DBT_PROJECT
from tests.orchestration.conftest import LAST_DAY, Outcome

pytestmark = pytest.mark.xdist_group("refresh")

Funnel = Callable[..., Outcome]
SQL = """
with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

counted as (

    select
        sales_team,
        count(*) filter (where is_ignored) as ignored
    from handoffs
    group by sales_team

)

select * from counted
"""
YAML = """
version: 2

models:
  - name: ignored_teams
    description: Hand-offs that a team ignored. One row per sales team.
    columns:
      - name: sales_team
        data_type: varchar
        description: Sales team.
      - name: ignored
        data_type: bigint
        description: Hand-offs that were ignored.
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the dbt project, which dbt and the job read in place of the shipped one."""
    copy = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    return copy


@pytest.fixture
def refresh(
    funnel: Funnel, company: Path, home: Path, models: Path, tmp_path: Path
) -> Callable[[], Outcome]:
    shutil.copytree(home, tmp_path / "home")
    options = ["--landing", company / "landing", "--home", tmp_path / "home", "--as-of", LAST_DAY]
    return lambda: funnel("refresh", *options, "--project", models)


def write_mart(models: Path, sql: str, yaml: str | None, name: str = "ignored_teams") -> None:
    path = models / "models" / "marts" / f"{name}.sql"
    path.write_text(sql, encoding="utf-8")
    if yaml:
        path.with_suffix(".yml").write_text(yaml.replace("ignored_teams", name), encoding="utf-8")


def refused(refresh: Callable[[], Outcome]) -> str:
    """What a refresh says that builds nothing because of a mistake."""
    outcome = refresh()
    assert outcome.status == 2, outcome.err
    assert "looking for new files" not in outcome.err
    assert "in macro" not in outcome.err
    return outcome.err


def test_mistakes_in_columns_are_told_together_before_the_run(
    models: Path, refresh: Callable[[], Outcome]
) -> None:
    write_mart(models, SQL.replace("is_ignored", "is_ignorde"), YAML, "misspelt")
    write_mart(models, SQL, YAML.replace("name: ignored\n", "name: lost\n"), "renamed")
    write_mart(models, SQL, YAML.replace("bigint", "integer"), "retyped")
    said = refused(refresh)
    for model, told in {
        "misspelt": ['"is_ignorde" not found'],
        "renamed": [
            "column lost is in renamed.yml, but not selected",
            "column ignored is selected, but not in renamed.yml",
        ],
        "retyped": ["column ignored is BIGINT, and INTEGER in retyped.yml"],
    }.items():
        lines = [line for line in said.splitlines() if f"marts/{model}.sql: " in line]
        assert all(any(text in line for line in lines) for text in told), said


@pytest.mark.parametrize(
    ("sql", "yaml", "told"),
    [
        (SQL, None, "ignored_teams.yml is missing or has no columns"),
        (SQL.replace("ref('fct", "reff('fct"), YAML, "'reff' is undefined"),
    ],
)
def test_a_mistake_is_told_before_the_run(
    models: Path, refresh: Callable[[], Outcome], sql: str, yaml: str | None, told: str
) -> None:
    write_mart(models, sql, yaml)
    assert told in refused(refresh)


def test_a_new_mart_is_all_that_is_built(models: Path, refresh: Callable[[], Outcome]) -> None:
    write_mart(models, SQL, YAML)
    outcome = refresh()
    assert outcome.status == 0, outcome.err
    assert "verifying changed models: ignored_teams" in outcome.err
    assert "building 1 of" in outcome.err


def test_a_model_that_fails_is_built_again_alone(
    models: Path, refresh: Callable[[], Outcome]
) -> None:
    cast = "cast(max('x' || handoff_id) as bigint)"
    broken = SQL.replace("count(*) filter (where is_ignored)", cast)
    write_mart(models, broken, YAML)
    failed = refresh()
    assert failed.status == 1, failed.err
    assert "ignored_teams: " in failed.err
    assert "refresh --resume --home" in failed.err
    write_mart(models, SQL, YAML)
    mended = refresh()
    assert mended.status == 0, mended.err
    assert "building 1 of" in mended.err
