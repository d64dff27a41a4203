"""A refresh that stays: what is saved is refreshed, what is refused is told, Ctrl-C ends it."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.job.watching import saved_files
from pipelines.settings import DBT_PROJECT, LABELS, PROJECT, SHIPPED_RULES, Settings, Source
from tests.orchestration.conftest import LAST_DAY, Outcome

pytestmark = pytest.mark.xdist_group("refresh")

WAITS = "watching files, rules and models"
POINTS = "select sum(points) from fct_score_contributions"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED_RULES, tmp_path / "rules")


@pytest.fixture
def watching(company: Path, copied: Path, rules: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that watches a published home."""
    command = [sys.executable, "-c", "from orchestration.cli import main; main()", "refresh"]
    options = ["--landing", company / "landing", "--home", copied, "--as-of", LAST_DAY]
    with subprocess.Popen(
        [*command, *map(str, options), "--rules", str(rules), "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PROJECT,
        # whoever runs the tests in the background has it ignored, and so would the process
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        yield process
        process.kill()


def said_until(process: subprocess.Popen[str], pattern: str) -> str:
    """What the process says up to a line with the pattern; all of it if there is none."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if re.search(pattern, line):
            return said
    pytest.fail(f"{pattern} was not said:\n{said}")


def _points(home: Path) -> int:
    with duckdb.connect(str(home / "marts.duckdb"), read_only=True) as marts:
        (points,) = marts.execute(POINTS).fetchone() or (0,)
    return points


def test_a_saved_rule_is_refreshed_and_a_bad_one_is_told(
    watching: subprocess.Popen[str], copied: Path, rules: Path
) -> None:
    file = rules / "scoring_rules.csv"
    shipped, before = file.read_text(encoding="utf-8"), _points(copied)
    said_until(watching, WAITS)

    file.write_text(shipped + "one,two\n", encoding="utf-8")
    said = said_until(watching, WAITS)
    assert "changed: scoring_rules.csv" in said
    assert "funnel: scoring_rules.csv row" in said
    assert _points(copied) == before

    header, first, *_others = shipped.splitlines()
    file.write_text(f"{header}\n{first}\n", encoding="utf-8")
    said = said_until(watching, WAITS)
    assert "rule scoring_rules changed" in said
    assert "judging the marts" in said
    assert "sales ignored" in said
    assert 0 < _points(copied) < before

    watching.send_signal(signal.SIGINT)
    assert watching.communicate()[0] == "funnel: watching has ended; what was published stays\n"
    assert watching.returncode == 130


def test_what_a_run_reads_is_watched(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    landing = tmp_path / "landing"
    (landing / "leads").mkdir(parents=True)
    names = ("leads.csv", "leads.csv.gz", "upload.csv.part", ".hidden.csv")
    for name in names:
        (landing / "leads" / name).touch()
    mapping = tmp_path / "crm.toml"
    mapping.touch()
    settings = Settings(
        home=tmp_path,
        sources=(Source(landing=landing, mapping=str(mapping)),),
        rules=rules,
        as_of=LAST_DAY,
    )
    found = saved_files(settings)
    assert {path for path in found if path.is_relative_to(landing)} == {
        landing / "leads" / "leads.csv",
        landing / "leads" / "leads.csv.gz",
    }
    assert {mapping, rules / "fit_rules.csv", LABELS / "labels.csv"} <= found.keys()
    assert DBT_PROJECT / "dbt_project.yml" in found
    assert DBT_PROJECT / "macros" / "incremental.sql" in found
    assert DBT_PROJECT / "models" / "marts" / "fct_handoffs.sql" in found
    assert not any("target" in path.parts for path in found)

    (tmp_path / "funnel.toml").touch()
    os.utime(rules / "fit_rules.csv")
    changed = {path for path, saved in saved_files(settings).items() if found.get(path) != saved}
    assert changed == {tmp_path / "funnel.toml", rules / "fit_rules.csv"}


@pytest.mark.parametrize("other", ["--dry-run", "--resume"])
def test_what_does_not_go_with_watching(
    funnel: Callable[..., Outcome], tmp_path: Path, other: str
) -> None:
    outcome = funnel("refresh", "--home", tmp_path, "--watch", other)
    assert outcome.status == 2
    assert other in outcome.err
