"""A company's own dbt project is built, judged, published and asked with the warehouse's."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.build.root import RootProject
from orchestration.home.records import read_records
from pipelines.errors import UsageError
from pipelines.settings import DBT_PROJECT
from tests.orchestration.acme import FILES, write_project
from tests.orchestration.conftest import LAST_DAY, Outcome

pytestmark = pytest.mark.xdist_group("refresh")

Funnel = Callable[..., Outcome]
MART = "models/handoffs_of_teams.sql"
FLAG = "require_explicit_package_overrides_for_builtin_materializations"


@dataclass(frozen=True, slots=True)
class Acme:
    """The company: its project, its home, and how it is refreshed."""

    funnel: Funnel
    project: Path
    home: Path
    landing: Path

    def refresh(self, *options: object) -> Outcome:
        given = ["--landing", self.landing, "--home", self.home, "--project", self.project]
        return self.funnel("refresh", *given, "--as-of", LAST_DAY, *options)

    def rows(self, query: str, file: str = "marts.duckdb") -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.home / file), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def write(self, name: str, text: str) -> None:
        (self.project / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def first(
    funnel: Funnel, company: Path, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Acme, Outcome]:
    """The published home once more, and what its first refresh with the company's project said."""
    folder = tmp_path_factory.mktemp("acme")
    shutil.copytree(home, folder / "home")
    shutil.copystat(home / "marts.duckdb", folder / "home" / "marts.duckdb")
    project = write_project(folder / "project")
    acme = Acme(funnel, project, folder / "home", company / "landing")
    outcome = acme.refresh()
    assert outcome.status == 0, outcome.err
    return acme, outcome


@pytest.fixture
def acme(first: tuple[Acme, Outcome], tmp_path: Path) -> Acme:
    """The company, for a test to change."""
    one, _ = first
    shutil.copytree(one.home, tmp_path / "home")
    shutil.copystat(one.home / "marts.duckdb", tmp_path / "home" / "marts.duckdb")
    shutil.copytree(one.project, tmp_path / "project", symlinks=True)
    return Acme(one.funnel, tmp_path / "project", tmp_path / "home", one.landing)


def test_only_what_the_company_adds_is_built(first: tuple[Acme, Outcome]) -> None:
    acme, outcome = first
    # the mart, the log, the query that is part of it, and the seed, which is no model
    assert "building 3 of" in outcome.err
    assert (acme.project / "dbt_packages" / "lead_funnel").resolve() == DBT_PROJECT
    assert "warning: few_handoffs" in outcome.err


def test_own_marts_are_published_with_their_comments(first: tuple[Acme, Outcome]) -> None:
    acme, _ = first
    expected = "select sales_team, count(*) from fct_handoffs group by all order by all"
    found = "select sales_team, handoffs from handoffs_of_teams order by all"
    assert acme.rows(found) == acme.rows(expected) != []
    comment = "select comment from duckdb_tables() where table_name = 'handoffs_of_teams'"
    assert acme.rows(comment) == [("Hand-offs of a sales team. One row per sales team.",)]
    # a model of another schema stays in the warehouse
    published = "select 1 from duckdb_tables() where table_name = 'handoff_log'"
    assert acme.rows(published) == []
    assert acme.rows("select count(*) > 0 from acme.handoff_log", "warehouse.duckdb") == [(True,)]


def test_own_marts_are_exported_drawn_and_measured(
    first: tuple[Acme, Outcome], tmp_path: Path
) -> None:
    acme, _ = first
    outcome = acme.funnel("export", "--out", tmp_path, "--home", acme.home, "--format", "csv")
    assert outcome.status == 0, outcome.err
    assert (tmp_path / "handoffs_of_teams.csv").is_file()
    page = (acme.home / "dashboard.html").read_text(encoding="utf-8")
    content = page.partition('<script type="application/json" id="content">')[2]
    shown = json.loads(content.partition("</script>")[0])
    (panel,) = (one for one in shown["panels"] if one["name"] == "own-handoffs_of_teams")
    assert len(panel["tables"]["handoffs_of_teams"]["rows"]) > 1
    assert panel["charts"][0]["spec"]["mark"]["type"] == "bar"
    assert shown["texts"]["ja"]["own-handoffs_of_teams.title"] == "チーム別の引き渡し"
    asked = acme.funnel("metrics", "--home", acme.home, "query", "--metrics", "team_handoffs")
    assert asked.status == 0, asked.err
    assert str(acme.rows("select sum(handoffs) from handoffs_of_teams")[0][0]) in asked.out


def test_a_changed_mart_is_all_that_is_built(acme: Acme) -> None:
    acme.write(MART, FILES[MART].replace("count(*) as", "2 * count(*) as"))
    # a macro that nothing uses yet changes nothing
    (acme.project / "macros").mkdir()
    acme.write("macros/later.sql", "{% macro later() %} 1 {% endmacro %}")
    before = acme.rows("select sum(handoffs) from handoffs_of_teams")[0][0]
    outcome = acme.refresh()
    assert outcome.status == 0, outcome.err
    assert "building 1 of" in outcome.err
    assert acme.rows("select sum(handoffs) from handoffs_of_teams") == [(2 * before,)]


def test_an_own_incremental_model_goes_on_where_it_stood(acme: Acme) -> None:
    stood = "select count(*), max(built_for) from acme.handoff_log"
    (before,) = acme.rows(stood, "warehouse.duckdb")
    acme.write("seeds/team_regions.csv", "sales_team,region\nEast Japan,other\n")
    next_day = LAST_DAY.replace(month=7, day=1)
    outcome = acme.refresh("--as-of", next_day)
    assert outcome.status == 0, outcome.err
    assert "incremental since" in outcome.err
    kept = f"select count(*) from acme.handoff_log where built_for = date '{LAST_DAY}'"
    assert acme.rows(kept, "warehouse.duckdb") == [(before[0],)]
    assert ("other",) in acme.rows("select region from handoffs_of_teams")
    # an older day is a full rebuild, the company's own incremental model included
    assert acme.refresh().status == 0
    assert acme.rows(stood, "warehouse.duckdb") == [before]


def test_dbt_by_hand_leaves_the_record_and_is_built_again(acme: Acme) -> None:
    build = read_records(acme.home).build
    shown = acme.funnel("dbt", "--home", acme.home, "show", "-s", "handoffs_of_teams")
    assert shown.status == 0, shown.out + shown.err
    given = '{"smallest_team": 1000000}'
    command = ("build", "-s", "handoffs_of_teams", "--vars", given)
    assert acme.funnel("dbt", "--home", acme.home, *command).status == 0
    empty = "select count(*) from marts.handoffs_of_teams"
    assert acme.rows(empty, "warehouse.duckdb") == [(0,)]
    assert read_records(acme.home).build == build
    outcome = acme.refresh()
    assert outcome.status == 0, outcome.err
    assert "built by hand or missing: handoffs_of_teams" in outcome.err
    assert acme.rows(empty, "warehouse.duckdb") != [(0,)]


def test_a_gate_of_the_company_keeps_the_marts(acme: Acme) -> None:
    published = read_records(acme.home).publication
    acme.write("tests/few_handoffs.sql", FILES["tests/few_handoffs.sql"].replace("warn", "error"))
    outcome = acme.refresh()
    assert outcome.status == 3, outcome.err
    assert "few_handoffs failed for" in outcome.err
    assert read_records(acme.home).publication == published


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "models/fct_handoffs.sql",
            "select 1 as one",
            "fct_handoffs is the name of a table of the warehouse; give it another",
        ),
        (
            "dbt_project.yml",
            FILES["dbt_project.yml"].replace(f"{FLAG}: false", "send_anonymous_usage_stats: false"),
            f"add `flags: {{{FLAG}: false}}`",
        ),
        (
            "dbt_project.yml",
            FILES["dbt_project.yml"].replace("acme, lead_funnel, dbt", "acme, dbt"),
            "search_order: [acme, lead_funnel, dbt]",
        ),
        (
            "dbt_project.yml",
            FILES["dbt_project.yml"].replace("smallest_team", "smallest_group"),
            "the variable smallest_group is the warehouse's",
        ),
    ],
)
def test_what_a_project_may_not_say(tmp_path: Path, name: str, text: str, told: str) -> None:
    project = write_project(tmp_path)
    RootProject(project).check()
    (project / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        RootProject(project).check()
    assert told in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_what_models_may_not_be_is_told_at_once(acme: Acme) -> None:
    acme.write("models/affected.sql", "select * from {{ ref('int_affected_persons') }}")
    acme.write(MART, "{{ config(alias='teams') }} select 1 as one")
    outcome = acme.refresh()
    assert outcome.status == 2
    assert "the table of handoffs_of_teams must have its name" in outcome.err
    acme.write(MART, FILES[MART])
    outcome = acme.refresh()
    assert outcome.status == 2
    assert "affected reads int_affected_persons, which holds but the affected rows" in outcome.err


def test_a_copied_package_is_not_taken_for_the_installed_one(tmp_path: Path) -> None:
    project = RootProject(write_project(tmp_path))
    copy = project.packages / "lead_funnel"
    copy.parent.mkdir()
    copy.symlink_to(tmp_path)
    project.link_package()
    assert copy.resolve() == DBT_PROJECT
    copy.unlink()
    copy.mkdir()
    with pytest.raises(UsageError, match="no upgrade would reach"):
        project.link_package()
