"""A run with nothing to do ends before the job is prepared, and only such a run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.home import loaded
from orchestration.home.loaded import loaded_state
from orchestration.home.records import read_records, update_records
from orchestration.job.context import RunContext
from orchestration.job.nothing_new import nothing_new
from pipelines.database import connect
from pipelines.load.source import landing_state, open_pipeline
from pipelines.load.state import FileId, SourceState
from pipelines.settings import PROJECT, SHIPPED_RULES, Settings, Source
from pipelines.variables import Variables
from tests.load.home import Home
from tests.orchestration.conftest import LAST_DAY

pytestmark = pytest.mark.xdist_group("refresh")

HEAVY = {"altair", "dagster", "dbt", "dlt", "great_expectations", "metricflow", "pandas"}
REFRESH = f"""
import sys
from orchestration.cli import main
main()
print("imported:", *sorted({HEAVY} & sys.modules.keys()))
"""
Change = Callable[[Settings, pytest.MonkeyPatch], Settings | None]


@pytest.fixture
def settings(company: Path, copied: Path, tmp_path: Path) -> Settings:
    """Those of the last run of a published home, with files and rules of its own."""
    shutil.copytree(company / "landing", tmp_path / "landing")
    shutil.copytree(SHIPPED_RULES, tmp_path / "rules")
    return Settings(
        home=copied,
        sources=(Source(landing=tmp_path / "landing"),),
        rules=tmp_path / "rules",
        as_of=LAST_DAY,
    )


def landing_of(settings: Settings) -> Path:
    (source,) = settings.sources
    return source.landing


def is_nothing_new(settings: Settings) -> bool:
    return nothing_new(RunContext(settings), read_records(settings.home)) is not None


def test_it_imports_nothing_that_it_does_not_use(company: Path, copied: Path) -> None:
    marts = copied / "marts.duckdb"
    published, before = marts.read_bytes(), read_records(copied)
    assert before.run is not None
    # as if the last run had had another landing folder
    other = before.run.model_copy(
        update={"options": {**before.run.options, "sources": [{"landing": "/other"}]}}
    )
    update_records(copied, run=other)
    options = ["--landing", company / "landing", "--home", copied, "--as-of", LAST_DAY]
    run = subprocess.run(
        [sys.executable, "-c", REFRESH, "refresh", *map(str, options)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    assert [line.partition("] ")[2] for line in run.stderr.splitlines()] == [
        "looking for new files",
        "warning: offline_events: skipped, unfinished: offline_events_2026-06_upload.csv.part",
        "nothing has changed since the marts were published: they stay as they are",
    ]
    assert "Rows per feed, all files so far" in run.stdout
    assert "sales ignored" in run.stdout
    assert run.stdout.splitlines()[-1] == "imported:"
    assert marts.read_bytes() == published
    after = read_records(copied)
    assert after == before.model_copy(update={"runs": after.runs})
    assert [run.outcome for run in after.runs] == ["published", "unchanged"]


def test_files_count_by_their_bytes(settings: Settings) -> None:
    assert is_nothing_new(settings)
    for path in landing_of(settings).rglob("*.*"):
        os.utime(path, (0, 0))
    assert is_nothing_new(settings)
    # what the last run had is known, and so is what any run before it had
    (landing_of(settings) / "leads").joinpath("later.part").touch()
    assert is_nothing_new(settings)


def _changed_file(settings: Settings, _: pytest.MonkeyPatch) -> None:
    path = next((landing_of(settings) / "leads").iterdir())
    written = path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes() + b"\n")
    os.utime(path, ns=(written, written))


def _late_file(settings: Settings, _: pytest.MonkeyPatch) -> None:
    (landing_of(settings) / "leads" / "late.csv").write_text("lead_id,created_at\n")


def _loaded_content_under_another_name(settings: Settings, _: pytest.MonkeyPatch) -> None:
    path = next((landing_of(settings) / "leads").iterdir())
    path.rename(path.with_name(f"renamed-{path.name}"))


def _changed_rule(settings: Settings, _: pytest.MonkeyPatch) -> None:
    path = settings.rules / "scoring_rules.csv"
    *rows, _last = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _changed_limit(settings: Settings, _: pytest.MonkeyPatch) -> None:
    settings.gates["raw"] = {"quarantine": {"most_share": 0.9}}


def _changed_model(_: Settings, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("orchestration.build.project.project_digest", lambda _: "another")


def _other_engine(_: Settings, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("orchestration.build.inputs._engine", lambda _: "DuckDB 99")


def _other_code(_: Settings, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("orchestration.build.inputs._code_digest", lambda: "another")


def _other_dlt(_: Settings, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loaded, "TRIED_WITH", "0.0.1")


def _other_mapping(settings: Settings, patch: pytest.MonkeyPatch) -> None:
    path = next((landing_of(settings) / "leads").iterdir())
    with connect(settings) as warehouse:
        found = loaded_state(warehouse)
    assert found is not None
    read = SourceState(mappings={path.name: "an earlier mapping"})
    mapped = found.model_copy(update={"readings": {"landing": read}})
    patch.setattr("orchestration.job.nothing_new.loaded_state", lambda _: mapped)


def _day(settings: Settings, _: pytest.MonkeyPatch) -> Settings:
    return settings.replace(as_of=date(2026, 7, 1))


def _variable(settings: Settings, _: pytest.MonkeyPatch) -> Settings:
    return settings.replace(variables=Variables(machine_seconds=4))


def _zone(settings: Settings, _: pytest.MonkeyPatch) -> Settings:
    return settings.replace(variables=Variables(source_timezone="Asia/Tokyo"))


def _full(settings: Settings, _: pytest.MonkeyPatch) -> Settings:
    return settings.replace(full=True)


def _missing(name: str) -> Change:
    def remove(settings: Settings, _: pytest.MonkeyPatch) -> None:
        (settings.home / name).unlink()

    return remove


def _damaged(name: str) -> Change:
    def damage(settings: Settings, _: pytest.MonkeyPatch) -> None:
        (settings.home / name).write_bytes(b"damaged")

    return damage


def _in_the_warehouse(statement: str) -> Change:
    def execute(settings: Settings, _: pytest.MonkeyPatch) -> None:
        with duckdb.connect(str(settings.warehouse)) as connection:
            connection.execute(statement)

    return execute


def _record(**changes: object) -> Change:
    def update(settings: Settings, _: pytest.MonkeyPatch) -> None:
        update_records(settings.home, **changes)

    return update


def _interrupted_run(settings: Settings, _: pytest.MonkeyPatch) -> None:
    run = read_records(settings.home).run
    assert run is not None
    update_records(settings.home, run=run.model_copy(update={"is_finished": False}))


@pytest.mark.parametrize(
    "change",
    [
        *(_changed_file, _late_file, _loaded_content_under_another_name),
        *(
            _changed_rule,
            _changed_limit,
            _changed_model,
            _other_engine,
            _other_code,
            _other_dlt,
            _other_mapping,
        ),
        *(_day, _variable, _zone, _full, _interrupted_run),
        *(_record(publication=None), _record(build=None), _record(parsed=None), _record(judged={})),
        *(_missing("marts.duckdb"), _missing("warehouse.duckdb"), _missing("record.json")),
        *(_missing("dbt/manifest.json"), _missing("dbt/partial_parse.msgpack")),
        *(_damaged("marts.duckdb"), _damaged("record.json")),
        _in_the_warehouse("drop table marts.funnel_daily"),
        _in_the_warehouse(
            "update main.node_states set state = 'by hand' where node = 'lead_timeline'"
        ),
        _in_the_warehouse("delete from raw.leads where _row_number = 1"),
        _in_the_warehouse("drop table raw.quarantine"),
        _in_the_warehouse("drop table raw._dlt_loads"),
        _in_the_warehouse("delete from raw._dlt_pipeline_state"),
        _in_the_warehouse("update raw.load_audit set rows_loaded = null"),
        _in_the_warehouse("update raw.quarantine set _dlt_load_id = 'killed'"),
    ],
)
def test_anything_else_is_left_to_the_job(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    changed = change(settings, monkeypatch) or settings
    assert not is_nothing_new(changed)


def test_what_was_loaded_is_what_dlt_says(tmp_path: Path) -> None:
    home = Home(tmp_path)
    head = "lead_id,created_at,full_name\n"
    home.write("leads", "a.csv", f"{head}1,2025-06-01,Ägidius\n")
    home.write("leads", "b \uf029.csv", f"{head}2,2025-06-01,B\n")
    home.load(source_timezone="Asia/Tokyo")
    home.write("leads", "a.csv", f"{head}1,2025-06-02,C\n")
    home.load(source_timezone="Asia/Tokyo")
    settings = home.settings(source_timezone="Asia/Tokyo")
    with connect(settings) as warehouse:
        found = loaded_state(warehouse)
        assert found == landing_state(open_pipeline(settings, warehouse))
    assert found is not None
    assert found.reading_of("landing").timezone == "Asia/Tokyo"
    assert len(found.contents[FileId("leads", "landing", "a.csv")]) == 2
