"""A user's mistake is one clear message and exit status 2, and touches nothing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.settings import SHIPPED_RULES
from tests.orchestration.conftest import Outcome

Funnel = Callable[..., Outcome]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing" / "leads"
    folder.mkdir(parents=True)
    (folder / "leads.csv").write_text("lead_id,created_at\nL1,2025-01-01\n", encoding="utf-8")
    return folder.parent


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--nonsense"], "No such option"),
        (["--as-of", "yesterday"], "'yesterday' is not a day as YYYY-MM-DD"),
        (["--as-of", "2025-02-30"], "'2025-02-30' is not a day as YYYY-MM-DD"),
        (["--as-of", "20250228"], "'20250228' is not a day as YYYY-MM-DD"),
        (["--as-of", "9999-12-31"], "no row can be dated after"),
        (["--set", "colour=red"], "expected NAME=VALUE with NAME one of"),
        (["--set", "machine_seconds=soon"], "expected a whole number"),
        (["--set", "machine_seconds=-1"], "expected 0 to"),
        (["--set", "fiscal_year_start_month=13"], "expected 1 to 12"),
        (["--set", "language=fr"], "--set language=fr: expected en or ja"),
        (["--set", "reporting_timezone=Moon/Crater"], "not a time zone name"),
        (["--set", "bot_pattern=("], "bot_pattern=(: DuckDB says"),
        (["--set", "bot_pattern=(?=x)"], "DuckDB says"),
        (["--rules", "no-such-folder"], "no-such-folder"),
        (["--source", "no-such-source"], "no-such-source"),
    ],
)
def test_wrong_options_are_refused(
    funnel: Funnel, tmp_path: Path, landing: Path, options: list[str], said: str
) -> None:
    home = tmp_path / "home"
    outcome = funnel("refresh", "--home", home, "--landing", landing, *options)
    assert outcome.status == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert not home.exists()


def test_limits_of_the_gates_in_the_old_place_are_refused(
    funnel: Funnel, tmp_path: Path, landing: Path
) -> None:
    (tmp_path / "gates.toml").write_text("[raw.volume]\nseverity = 'warns'\n", encoding="utf-8")
    outcome = funnel("refresh", "--home", tmp_path, "--landing", landing)
    assert outcome.status == 2
    assert f"{tmp_path / 'gates.toml'} is no longer read: move its sections" in outcome.err
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_missing_landing_folder_is_refused(funnel: Funnel, tmp_path: Path) -> None:
    home = tmp_path / "home"
    outcome = funnel("refresh", "--home", home, "--landing", tmp_path / "nowhere")
    assert outcome.status == 2
    assert "nowhere does not exist" in outcome.err
    assert not home.exists()


def test_a_landing_folder_that_is_a_file_is_said_to_be_one(funnel: Funnel, landing: Path) -> None:
    home = landing.parent / "home"
    file = landing / "leads" / "leads.csv"
    outcome = funnel("refresh", "--home", home, "--landing", file)
    assert outcome.status == 2
    assert f"--landing {file} is a file" in outcome.err
    assert not home.exists()


def test_a_mapping_needs_a_folder(funnel: Funnel, tmp_path: Path) -> None:
    home = tmp_path / "home"
    outcome = funnel("refresh", "--home", home, "--source", "olist")
    assert outcome.status == 2
    assert "--source olist needs --landing" in outcome.err
    assert not home.exists()


@pytest.mark.parametrize("command", ["refresh", "dashboard", "docs", "explain"])
@pytest.mark.parametrize("place", ["leads.csv", "leads.csv/home", "/proc/no-home"])
def test_a_home_that_cannot_be_is_refused(
    funnel: Funnel, landing: Path, command: str, place: str
) -> None:
    home = landing / "leads" / place
    options = {"refresh": ["--landing", landing], "explain": ["L1"]}.get(command, [])
    outcome = funnel(command, *options, "--home", home)
    assert outcome.status == 2
    assert str(home) in outcome.err
    assert len(outcome.err.splitlines()) <= 2
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("name", ["a?b", "100%25"])
def test_a_home_whose_name_dagster_cannot_keep(
    funnel: Funnel, tmp_path: Path, landing: Path, name: str
) -> None:
    outcome = funnel("refresh", "--landing", landing, "--home", tmp_path / name)
    assert outcome.status == 2
    assert "use another home" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["landing"]


def test_a_landing_folder_without_a_file_touches_nothing(funnel: Funnel, tmp_path: Path) -> None:
    (tmp_path / "landing" / "leads").mkdir(parents=True)
    home = tmp_path / "home"
    outcome = funnel("refresh", "--landing", tmp_path / "landing", "--home", home)
    assert outcome.status == 2
    assert "has no file to load" in outcome.err
    assert not home.exists()


def test_a_folder_that_may_not_be_read_is_named(
    funnel: Funnel, tmp_path: Path, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied", str(folder))

    # whoever runs the tests may be allowed to read everything
    monkeypatch.setattr(Path, "iterdir", refuse)
    outcome = funnel("refresh", "--landing", landing, "--home", tmp_path / "home")
    assert outcome.status == 1
    assert outcome.err.splitlines() == [f"funnel: {landing}: Permission denied"]


def test_resume_takes_no_other_options(funnel: Funnel, tmp_path: Path, landing: Path) -> None:
    for options in (["--as-of", "2025-03-01"], ["--landing", landing], ["--set", "foo=1"]):
        outcome = funnel("refresh", "--resume", "--home", tmp_path / "home", *options)
        assert outcome.status == 2
        assert "--resume" in outcome.err


def test_there_is_nothing_to_resume_where_nothing_ran(funnel: Funnel, tmp_path: Path) -> None:
    outcome = funnel("refresh", "--resume", "--home", tmp_path / "home")
    assert outcome.status == 2
    assert "nothing to resume" in outcome.err
    assert not (tmp_path / "home").exists()


def test_bad_rule_names_file_row_and_fault(funnel: Funnel, tmp_path: Path, landing: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(SHIPPED_RULES, rules)
    with (rules / "handoff_sla.csv").open("a", encoding="utf-8") as handle:
        handle.write("tier9,soon\n")
    row = len((rules / "handoff_sla.csv").read_text(encoding="utf-8").splitlines()) - 1
    outcome = funnel("refresh", "--home", tmp_path / "home", "--landing", landing, "--rules", rules)
    assert outcome.status == 2
    assert f"handoff_sla.csv row {row}" in outcome.err
    assert not (tmp_path / "home").exists()


def test_without_a_command_the_help_is_shown(funnel: Funnel) -> None:
    assert "refresh" in funnel("--help").out
