"""What whoever runs it every day sees: the last runs, what is wrong, and who has the home."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.home import lock
from orchestration.home.records import EndedRun, Run, read_records, update_records
from orchestration.job import execution
from orchestration.job.context import RunContext, context_from
from orchestration.job.history import recorded
from orchestration.job.schedule import daily_refresh
from orchestration.job.sensor import new_files
from pipelines.errors import FunnelError, GateError
from pipelines.settings import Retention, Settings, Source
from tests.orchestration.conftest import LAST_DAY, Outcome
from tests.orchestration.test_locking import HOLDER, another_process

pytestmark = pytest.mark.xdist_group("refresh")

Funnel = Callable[..., Outcome]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    landing = tmp_path / "landing"
    (landing / "leads").mkdir(parents=True)
    (landing / "leads" / "leads.csv").write_text("lead_id,created_at\n", encoding="utf-8")
    return Settings(
        home=tmp_path / "home",
        sources=(Source(landing=landing),),
        as_of=LAST_DAY,
        retention=Retention(runs=2),
    )


def _findings(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {one["check"]: one for one in json.loads(outcome.out)["findings"]}


def test_a_home_before_its_first_run(funnel: Funnel, settings: Settings) -> None:
    outcome = funnel("status", "--home", settings.home)
    assert (outcome.status, outcome.err) == (0, "")
    assert "nothing yet" in outcome.out
    assert not settings.home.exists()
    (landing,) = [source.landing for source in settings.sources]
    found = _findings(funnel("doctor", "--home", settings.home, "--landing", landing, "--json"))
    assert found["warehouse"]["remedy"] == f"funnel refresh --home {settings.home}"
    assert {one["level"] for one in found.values()} <= {"ok", "warning"}


def test_a_published_home(funnel: Funnel, home: Path, company: Path) -> None:
    told = json.loads(funnel("status", "--home", home, "--json").out)
    assert told["published"]["as_of"] == LAST_DAY.isoformat()
    assert told["unfinished"] is False
    first = EndedRun.model_validate(told["runs"][-1])
    assert (first.outcome, first.as_of, first.message) == ("published", LAST_DAY, "")
    feeds = {one["feed"]: one for one in told["feeds"]}
    landed = [path for path in (company / "landing" / "leads").iterdir() if path.is_file()]
    assert feeds["leads"]["files"] == len([path for path in landed if path.suffix != ".part"])
    assert first.rows_loaded >= sum(one["rows_standing"] for one in feeds.values()) > 0
    assert told["bytes"]["warehouse.duckdb"] == (home / "warehouse.duckdb").stat().st_size
    shown = funnel("status", "--home", home).out
    assert f"as of {LAST_DAY}" in shown
    assert all(one["message"] in shown for one in told["failing"])


def test_what_ended_a_run_is_kept_without_addresses(settings: Settings) -> None:
    with pytest.raises(GateError), recorded(RunContext(settings)):
        raise GateError("row 3: ken@acme.example is no id\nand more")
    with recorded(RunContext(settings)):
        pass
    assert [(run.outcome, run.message) for run in read_records(settings.home).runs] == [
        ("failed", "row 3: :email is no id"),
        ("unchanged", ""),
    ]
    with pytest.raises(ZeroDivisionError), recorded(RunContext(settings)):
        raise ZeroDivisionError
    # the oldest is forgotten
    assert [run.message for run in read_records(settings.home).runs] == ["", "ZeroDivisionError"]


def test_who_holds_the_home(funnel: Funnel, settings: Settings) -> None:
    assert lock.holder(settings.home) is None
    with another_process(HOLDER, settings.home) as process:
        outcome = funnel("status", "--home", settings.home)
        assert f"running     process {process.pid}, since" in outcome.out
        with pytest.raises(FunnelError, match=f"another run holds .* \\(process {process.pid}, "):
            lock.hold(settings.home)
    assert lock.holder(settings.home) is None


def test_what_keeps_a_refresh_from_running(
    funnel: Funnel, settings: Settings, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "scoring_rules.csv").write_text("rule_id\n", encoding="utf-8")
    settings.home.mkdir()
    settings.warehouse.write_text("no database", encoding="utf-8")
    update_records(settings.home, run=Run.of(settings))
    options = ["--home", settings.home, "--landing", settings.sources[0].landing]
    outcome = funnel("doctor", *options, "--rules", rules)
    assert outcome.status == 1
    outcome = funnel("doctor", *options, "--rules", rules, "--json")
    found = _findings(outcome)
    assert outcome.status == 1
    assert {check for check, one in found.items() if one["level"] == "error"} == {
        "rules",
        "warehouse",
    }
    assert "scoring_rules.csv" in found["rules"]["found"]
    assert "is damaged" in found["warehouse"]["found"]
    assert found["last run"]["remedy"] == f"funnel refresh --resume --home {settings.home}"


def test_each_day_of_a_range_is_reported_and_the_newest_last(
    funnel: Funnel, copied: Path, company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[date] = []
    # the package has the command under the name of the module
    commands = sys.modules["orchestration.cli.refresh"]
    monkeypatch.setattr(commands, "_refresh", lambda settings: days.append(settings.as_of))
    options = ["--home", copied, "--landing", company / "landing"]
    first, last = LAST_DAY - timedelta(days=3), LAST_DAY - timedelta(days=2)
    assert funnel("backfill", *options, "--from", first, "--to", last).status == 0
    assert days == [first, last, LAST_DAY]
    days.clear()
    assert funnel("backfill", *options, "--from", LAST_DAY, "--to", LAST_DAY).status == 0
    assert days == [LAST_DAY]
    assert funnel("backfill", *options, "--from", last, "--to", first).status == 2


def test_the_schedule_and_its_runs_follow_the_companys_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "funnel.toml").write_text(
        'refresh_at = "06:15"\nreporting_timezone = "Europe/Berlin"\n'
        "[limits]\nrow_megabytes = 7\n"
        '[sources.crm]\nlanding = "crm"\n',
        encoding="utf-8",
    )
    (tmp_path / "dbt_project.yml").write_text("name: acme\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FUNNEL_HOME", raising=False)
    schedule = daily_refresh("refresh")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("15 6 * * *", "Europe/Berlin")
    given = context_from({"as_of": "2026-06-30"}).settings
    assert given.project == tmp_path
    assert given.limits.row_megabytes == 7
    assert [source.name for source in given.sources] == ["crm"]


def test_a_refresh_starts_once_new_files_are_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[sources.crm]\nlanding = "crm"\n'
    (tmp_path / "funnel.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    folder, cursor = tmp_path / "crm" / "leads", ""
    folder.mkdir(parents=True)

    def look() -> int:
        nonlocal cursor
        context = dg.build_sensor_context(cursor=cursor)
        ticked = new_files("refresh").evaluate_tick(context)
        cursor = ticked.cursor or cursor
        return len(ticked.run_requests or ())

    assert look() == 0
    (folder / "a.csv").write_text("lead_id\n", encoding="utf-8")
    (folder / "b.csv.part").write_text("lead_id\n", encoding="utf-8")
    assert [look() for _ in range(3)] == [0, 1, 0]
    (folder / "a.csv").write_text("lead_id\nL1\n", encoding="utf-8")
    assert look() == 0
    (folder / "a.csv").write_text("lead_id\nL1\nL2\n", encoding="utf-8")
    assert [look() for _ in range(3)] == [0, 1, 0]


def test_a_run_on_its_way_is_not_taken_for_a_killed_one(tmp_path: Path) -> None:
    one = dg.asset(name="one")(lambda: None)
    definitions = dg.Definitions([one], jobs=[dg.define_asset_job("refresh")])
    job, began = definitions.resolve_job_def("refresh"), dg.DagsterRunStatus.STARTED
    with execution.instance(tmp_path) as dagster:
        killed = dagster.create_run_for_job(job, status=began, tags={"process": "1"})
        on_its_way = dagster.create_run_for_job(job, status=began)
        execution._end_killed_runs(dagster)
        found = [dagster.get_run_by_id(run.run_id) for run in (killed, on_its_way)]
        assert [run.status for run in found if run] == [dg.DagsterRunStatus.FAILURE, began]
        execution._end_killed_runs(dagster, now=datetime.now(UTC) + timedelta(hours=1))
        ended = dagster.get_run_by_id(on_its_way.run_id)
        assert ended
        assert ended.status == dg.DagsterRunStatus.FAILURE
