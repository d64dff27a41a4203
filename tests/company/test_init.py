"""`funnel init` writes a folder that can be run at once, and overwrites nothing."""

import io
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.build.root import RootProject
from orchestration.company.configuration import configuration
from orchestration.company.keys import COMPANY_FILE, SOURCE
from orchestration.company.reading import read_company
from orchestration.published.export.lists import ExportList
from pipelines.limits import Limits
from pipelines.rules import load_rules
from pipelines.settings import PROJECT, SHIPPED_RULES, Alerts, Retention, Spark
from pipelines.variables import Variables
from tests.orchestration.conftest import Outcome

Funnel = Callable[..., Outcome]


def test_defaults_make_a_folder_that_holds_what_held_without_it(
    funnel: Funnel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = funnel("init", tmp_path / "acme", "--yes")
    assert outcome.status == 0, outcome.err
    folder = tmp_path / "acme"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files - {f"rules/{path.name}" for path in SHIPPED_RULES.glob("*.csv")} == {
        *("funnel.toml", "README.md", ".gitignore", ".github/workflows/check.yml"),
        *("dbt_project.yml", "mappings/.gitkeep", "models/.gitkeep"),
    }
    assert len((folder / "README.md").read_text(encoding="utf-8").splitlines()) <= 10
    assert ".funnel/\n" in (folder / ".gitignore").read_text(encoding="utf-8")
    assert "@" not in re.sub(
        r"actions/\S+", "", (folder / ".github/workflows/check.yml").read_text()
    )

    monkeypatch.chdir(folder)
    monkeypatch.delenv("FUNNEL_HOME", raising=False)
    chosen = configuration()
    assert chosen.variables == Variables()
    assert (chosen.name, chosen.home, chosen.rules) == (
        "acme",
        folder / ".funnel",
        folder / "rules",
    )
    assert chosen.gates == {}
    assert chosen.project == folder
    RootProject(folder).check()
    assert [(source.name, source.landing) for source in chosen.sources] == [
        ("main", folder / "landing")
    ]
    assert load_rules(chosen.rules).rows.keys() == load_rules(SHIPPED_RULES).rows.keys()

    # what is missing is what the user has to bring
    refused = funnel("refresh")
    assert refused.status == 2
    assert f"{folder / 'landing'} has no file to load" in refused.err
    (folder / "landing" / "leads" / "new.csv").write_text("lead_id,created_at\nL1,2025-01-01\n")
    planned = funnel("refresh", "--dry-run")
    assert planned.status == 0, planned.err
    assert "1 file would load" in planned.out
    assert not (folder / ".funnel" / "warehouse.duckdb").exists()


def test_every_key_of_the_file_can_be_taken_out_of_its_comment(
    funnel: Funnel, tmp_path: Path
) -> None:
    assert funnel("init", tmp_path, "--yes", "--source", "crm=hubspot").status == 0
    path = tmp_path / "funnel.toml"
    text = path.read_text(encoding="utf-8")
    uncommented = re.sub(r"^# (\w+ = |\[)", r"\1", text, flags=re.MULTILINE)
    path.write_text(uncommented, encoding="utf-8")
    given = read_company(path).values
    tables = {"sources", "spark", "thresholds", "lists", "retention", "alerts", "limits", "gates"}
    assert COMPANY_FILE.model_fields.keys() - tables <= given.keys()
    assert given["sources.crm.mapping"] == "hubspot"
    variables = {key.removeprefix("thresholds.") for key in given}
    assert Variables.model_fields.keys() <= variables
    assert {f"retention.{key}" for key in Retention.model_fields} <= given.keys()
    assert {f"limits.{key}" for key in Limits.model_fields} <= given.keys()
    assert {f"spark.{key}" for key in Spark.model_fields} <= given.keys()
    assert given["gates.raw.freshness.quiet_days"] == 5
    assert given["lists.hot_leads.where"] == "fit_grade = 'A'"


def test_options_and_answers_are_what_the_file_says(
    funnel: Funnel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["", "Moon/Crater", "Europe/Berlin", "", "13", "1", "", "crm=hubspott", "crm=hubspot"]
    answers += ["web=mappings/web.toml", "", ""]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(answers)))
    outcome = funnel("init", tmp_path / "acme", "--language", "ja")
    assert outcome.status == 0, outcome.err
    assert "not a time zone name" in outcome.out
    assert "hubspott is no .toml file, and no shipped mapping" in outcome.out
    content = tomllib.loads((tmp_path / "acme" / "funnel.toml").read_text(encoding="utf-8"))
    tables = ("spark", "thresholds", "retention", "alerts", "limits")
    assert [content.pop(table) for table in tables] == [{}] * 5
    assert content == {
        "name": "acme",
        "reporting_timezone": "Europe/Berlin",
        "source_timezone": "UTC",
        "fiscal_year_start_month": 1,
        "language": "ja",
        "home": ".funnel",
        "rules": "rules",
        "sources": {
            "crm": {"landing": "landing/crm", "mapping": "hubspot"},
            "web": {"landing": "landing/web", "mapping": "mappings/web.toml"},
        },
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--language", "fr"], "language=fr: expected en or ja"),
        (["--fiscal-year-start-month", "13"], "fiscal_year_start_month=13: expected 1 to 12"),
        (["--source", "a b"], "--source a b: a name has letters, digits, - and _"),
        (["--source", "crm=hubspott"], "hubspott is no .toml file, and no shipped mapping"),
        (["--home", " "], "home is blank"),
    ],
)
def test_a_wrong_answer_is_refused(
    funnel: Funnel, tmp_path: Path, options: list[str], said: str
) -> None:
    outcome = funnel("init", tmp_path / "acme", "--yes", *options)
    assert outcome.status == 2
    assert said in outcome.err
    assert not (tmp_path / "acme").exists()


def test_where_nobody_answers_options_are_asked_for(
    funnel: Funnel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Acme\n"))
    outcome = funnel("init", tmp_path / "acme")
    assert outcome.status == 2
    assert "there is nobody to ask: give --yes" in outcome.err
    assert not (tmp_path / "acme").exists()


def test_what_is_there_is_not_overwritten(funnel: Funnel, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    outcome = funnel("init", tmp_path, "--yes")
    assert outcome.status == 2
    assert f"{tmp_path} has README.md already" in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "notes.txt"]
    (tmp_path / "README.md").unlink()
    assert funnel("init", tmp_path, "--yes").status == 0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_the_page_describes_every_key() -> None:
    page = (PROJECT / "docs" / "company-folder.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([\w.]+)` \| [^|]* \| ([^|]*) \|$", page, flags=re.MULTILINE))
    top = {key: field.description for key, field in COMPANY_FILE.model_fields.items()}
    sources = {
        f"sources.NAME.{key}": field.description for key, field in SOURCE.model_fields.items()
    }
    lists = {
        f"lists.NAME.{key}": field.description for key, field in ExportList.model_fields.items()
    }
    retention = {
        f"retention.{key}": field.description for key, field in Retention.model_fields.items()
    }
    alerts = {f"alerts.{key}": field.description for key, field in Alerts.model_fields.items()}
    limits = {f"limits.{key}": field.description for key, field in Limits.model_fields.items()}
    spark = {f"spark.{key}": field.description for key, field in Spark.model_fields.items()}
    assert rows == {**top, **sources, **spark, **lists, **retention, **alerts, **limits}
