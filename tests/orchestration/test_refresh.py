"""Whole runs of a small company: what is published, when, and what is left alone."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.published.writing import AUDIT_COLUMNS
from pipelines.rules import fingerprint, load_rules, stage_rules
from pipelines.settings import PROJECT, SHIPPED_RULES
from tests.orchestration.conftest import LAST_DAY, Outcome

EARLIER = LAST_DAY - timedelta(days=30)
STORAGE_OF_DUCKDB_1_0 = 64
NEW_TARGET = 77

pytestmark = pytest.mark.xdist_group("refresh")
Funnel = Callable[..., Outcome]


@pytest.fixture(scope="module")
def undisturbed(home: Path) -> dict[str, str]:
    """What a run that nothing disturbed has published."""
    return content(home / "marts.duckdb")


def _tables(path: Path) -> list[str]:
    with duckdb.connect(str(path), read_only=True) as marts:
        return [
            name for (name,) in marts.execute("select table_name from duckdb_tables()").fetchall()
        ]


def content(path: Path) -> dict[str, str]:
    """A digest per published table, whatever the order of its rows.

    The audit's clock is left out, and kpi_revisions, which tells of publications before.
    """
    digests = {}
    with duckdb.connect(str(path), read_only=True) as marts:
        for table in set(_tables(path)) - {"kpi_revisions"}:
            columns = AUDIT_COLUMNS.replace(" loaded_at,", "") if table == "load_audit" else "*"
            rows = marts.execute(f"select {columns} from {table}").fetchall()
            digests[table] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
    return digests


def _refresh(funnel: Funnel, company: Path, home: Path, *options: object) -> Outcome:
    return funnel("refresh", "--landing", company / "landing", "--home", home, *options)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("loading", marks=pytest.mark.soak),
        pytest.param("judging the raw batch", marks=pytest.mark.soak),
        r"building \w+, \d+ of",
    ],
)
def test_a_run_after_a_kill_publishes_the_same(
    funnel: Funnel, company: Path, undisturbed: dict[str, str], new_home: Path, moment: str
) -> None:
    _kill_a_run(company, new_home, moment)
    outcome = _refresh(funnel, company, new_home, "--as-of", LAST_DAY)
    assert outcome.status == 0, outcome.err
    assert content(new_home / "marts.duckdb") == undisturbed


@pytest.mark.soak
@pytest.mark.parametrize(
    "moment", [r"building \w+, \d+ of", "judging the marts", "published what is new"]
)
def test_a_run_after_a_killed_daily_one_publishes_the_same(
    funnel: Funnel, company: Path, undisturbed: dict[str, str], new_home: Path, moment: str
) -> None:
    first = _refresh(funnel, company, new_home, "--as-of", EARLIER)
    assert first.status == 0, first.err
    _kill_a_run(company, new_home, moment)
    again = _refresh(funnel, company, new_home, "--as-of", LAST_DAY)
    assert again.status == 0, again.err
    assert content(new_home / "marts.duckdb") == undisturbed


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("looking for new files", marks=pytest.mark.soak),
        pytest.param("judging the raw batch", marks=pytest.mark.soak),
        r"building \w+, [1-9]\d+ of",
    ],
)
def test_an_interrupted_run_says_so_in_one_line_and_is_continued(
    funnel: Funnel, company: Path, undisturbed: dict[str, str], new_home: Path, moment: str
) -> None:
    said = _end_a_run(company, new_home, moment, signal.SIGINT, 130)
    assert said == (
        "funnel: interrupted; the marts published before stay;"
        f" go on with: funnel refresh --resume --home {new_home}\n"
    )
    resumed = funnel("refresh", "--home", new_home, "--resume")
    assert resumed.status == 0, resumed.err
    models = re.search(r"building (\d+) of (\d+) models", resumed.err)
    assert models is not None
    assert ("building" in moment) == (int(models[1]) < int(models[2]))
    assert content(new_home / "marts.duckdb") == undisturbed


def _kill_a_run(company: Path, home: Path, moment: str) -> None:
    _end_a_run(company, home, moment, signal.SIGKILL, -signal.SIGKILL)


def _end_a_run(company: Path, home: Path, moment: str, sign: signal.Signals, status: int) -> str:
    """Send a signal to a run and all that it started; returns what it says after that."""
    command = [sys.executable, "-c", "from orchestration.cli import main; main()", "refresh"]
    options = ["--landing", company / "landing", "--home", home, "--as-of", LAST_DAY]
    with subprocess.Popen(
        [*command, *map(str, options)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        start_new_session=True,
        # whoever runs the tests in the background has it ignored, and so would the run
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:
        assert run.stderr is not None
        assert any(re.search(moment, line) for line in run.stderr)
        os.killpg(run.pid, sign)
        said = run.stderr.read()
    assert run.returncode == status
    return said


def _identity(path: Path) -> tuple[int, int, int]:
    """What another file, or another content, would have otherwise."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def test_an_older_day_replaces_the_file_under_open_readers_and_the_days_after_go_on_from_it(
    funnel: Funnel, company: Path, copied: Path, undisturbed: dict[str, str]
) -> None:
    marts, page = copied / "marts.duckdb", copied / "dashboard.html"
    drawn = page.read_bytes()
    with duckdb.connect(str(marts), read_only=True) as reader:
        seen = reader.execute("select count(*) from fct_touchpoints").fetchone()
        older = _refresh(funnel, company, copied, "--as-of", EARLIER)
        assert older.status == 0, older.err
        assert f"{EARLIER} lies before {LAST_DAY}" in older.err
        assert reader.execute("select count(*) from fct_touchpoints").fetchone() == seen
    assert _last_day(marts) <= EARLIER
    assert page.read_bytes() != drawn

    later = _refresh(funnel, company, copied, "--as-of", LAST_DAY)
    assert later.status == 0, later.err
    assert f"incremental since {EARLIER}" in later.err
    assert "published what is new" in later.err
    assert content(marts) == undisturbed


def test_a_full_rebuild_publishes_the_same(
    funnel: Funnel, company: Path, copied: Path, undisturbed: dict[str, str]
) -> None:
    drawn = (copied / "dashboard.html").read_bytes()
    again = _refresh(funnel, company, copied, "--as-of", LAST_DAY, "--full")
    assert again.status == 0, again.err
    assert "full rebuild: --full was given" in again.err
    assert content(copied / "marts.duckdb") == undisturbed
    assert (copied / "dashboard.html").read_bytes() == drawn


def test_nothing_new_leaves_the_marts_and_draws_a_missing_page(
    funnel: Funnel, company: Path, copied: Path
) -> None:
    marts, page = copied / "marts.duckdb", copied / "dashboard.html"
    untouched, drawn = _identity(marts), page.read_bytes()
    page.unlink()
    unchanged = _refresh(funnel, company, copied, "--as-of", LAST_DAY)
    assert unchanged.status == 0, unchanged.err
    assert "nothing has changed" in unchanged.err
    assert _identity(marts) == untouched
    assert page.read_bytes() == drawn


def test_a_dry_run_tells_what_would_be_rebuilt(funnel: Funnel, company: Path, home: Path) -> None:
    untouched = _identity(home / "marts.duckdb")
    planned = _refresh(funnel, company, home, "--as-of", EARLIER, "--dry-run")
    assert planned.status == 0, planned.err
    assert "0 files would load" in planned.out
    assert f"as-of day: {LAST_DAY} becomes {EARLIER}" in planned.out
    assert f"full rebuild: {EARLIER} lies before {LAST_DAY}" in planned.out
    assert _identity(home / "marts.duckdb") == untouched


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of the current folder by which no row may be quarantined."""
    file = tmp_path / "funnel.toml"
    limits = "severity = 'blocks'\nfewest_rows = 1\nmost_share = 0.0\n"
    file.write_text(f"[gates.raw.quarantine]\n{limits}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return file


@pytest.fixture
def new_target(tmp_path: Path) -> Path:
    """The shipped rules with another target for June: little is built for it."""
    rules = shutil.copytree(SHIPPED_RULES, tmp_path / "rules")
    targets = (rules / "kpi_targets.csv").read_text(encoding="utf-8")
    changed, count = re.subn(r"(?m)^(won_amount,2026-06-01),\d+$", rf"\1,{NEW_TARGET}", targets)
    assert count == 1
    (rules / "kpi_targets.csv").write_text(changed, encoding="utf-8")
    return rules


def _target(marts: Path) -> float:
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute(
            "select target from kpi_scorecard"
            " where kpi_id = 'won_amount' and month = date '2026-06-01'"
        ).fetchone()
    assert found is not None
    return found[0]


def test_a_gate_that_blocks_keeps_the_marts_and_the_run_can_be_resumed(
    funnel: Funnel, company: Path, copied: Path, strict: Path, new_target: Path
) -> None:
    marts, page = copied / "marts.duckdb", copied / "dashboard.html"
    before, page_before = marts.read_bytes(), _identity(page)
    stopped = _refresh(funnel, company, copied, "--as-of", LAST_DAY, "--rules", new_target)
    assert stopped.status == 3, stopped.err
    assert "few_rows_quarantined" in stopped.err
    assert stopped.err.count("raw gate:") == 1
    assert "the marts published before stay\n" in stopped.err
    assert marts.read_bytes() == before
    assert _identity(page) == page_before

    strict.unlink()
    resumed = funnel("refresh", "--home", copied, "--resume")
    assert resumed.status == 0, resumed.err
    assert _target(marts) == NEW_TARGET

    nothing = funnel("refresh", "--home", copied, "--resume")
    assert nothing.status == 2
    assert "nothing to resume" in nothing.err


def test_a_changed_rule_rebuilds_what_reads_it(
    funnel: Funnel, company: Path, copied: Path, new_home: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(SHIPPED_RULES, rules)
    file = rules / "qualification_rules.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([lines[0], *(_lowered(line) for line in lines[1:])]) + "\n")
    options = ["--as-of", LAST_DAY, "--rules", rules]
    changed = _refresh(funnel, company, copied, *options)
    assert changed.status == 0, changed.err
    assert "some of them in full: rule qualification_rules changed" in changed.err
    assert "building fct_touchpoints" not in changed.err
    rebuilt = _refresh(funnel, company, new_home, *options)
    assert rebuilt.status == 0, rebuilt.err
    assert content(copied / "marts.duckdb") == content(new_home / "marts.duckdb")


def _lowered(line: str) -> str:
    """A qualification rule with half its threshold."""
    name, threshold, rest = re.fullmatch(r"([^,]*),(\d+)(.*)", line).groups()
    return f"{name},{int(threshold) // 2}{rest}"


def test_a_copied_home_is_written_by_its_own_runs(
    funnel: Funnel, company: Path, home: Path, copied: Path, strict: Path, new_target: Path
) -> None:
    before = {path.name: _identity(path) for path in home.iterdir() if path.is_file()}
    options = ["--as-of", LAST_DAY, "--rules", new_target]
    assert _refresh(funnel, company, copied, *options).status == 3
    strict.unlink()
    moved = copied.rename(copied.with_name("moved again"))
    resumed = funnel("refresh", "--home", moved, "--resume")
    assert resumed.status == 0, resumed.err
    assert _target(moved / "marts.duckdb") == NEW_TARGET
    assert {path.name: _identity(path) for path in home.iterdir() if path.is_file()} == before
    assert not copied.exists()


def test_a_home_may_be_named_by_a_link(
    funnel: Funnel, company: Path, home: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(home)
    landing = company / "landing" / ".." / "landing"
    for name in (link, home / ".." / home.name):
        options = ["--landing", landing, "--home", name, "--as-of", LAST_DAY]
        outcome = funnel("refresh", *options)
        assert outcome.status == 0, outcome.err
        assert str(home / "marts.duckdb") in outcome.out.replace("\n", "")


def test_published_file_is_what_bi_tools_expect(home: Path) -> None:
    marts = home / "marts.duckdb"
    header = marts.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == STORAGE_OF_DUCKDB_1_0
    with duckdb.connect(str(marts), read_only=True) as connection:
        uncommented = connection.execute(
            "select table_name, column_name from duckdb_columns()"
            " where not internal and comment is null"
        ).fetchall()
        huge = connection.execute(
            "select table_name, column_name from duckdb_columns()"
            " where not internal and data_type = 'HUGEINT'"
        ).fetchall()
    assert uncommented == []
    assert huge == []


def test_no_address_is_published(home: Path) -> None:
    with duckdb.connect(str(home / "marts.duckdb"), read_only=True) as marts:
        for table, column in marts.execute(
            "select table_name, column_name from duckdb_columns()"
            " where not internal and data_type = 'VARCHAR' and table_name <> 'load_audit'"
        ).fetchall():
            found = marts.execute(
                f"select count(*) from {table} where regexp_matches({column}, '[^ ]@[^ ]+[.]')"
            ).fetchone()
            assert found == (0,), f"{table}.{column}"


def test_rules_of_the_home_are_those_of_the_run(home: Path) -> None:
    staged = stage_rules(load_rules(SHIPPED_RULES), home / "compared")
    assert fingerprint(staged) == fingerprint(home / "rules")


def _last_day(marts: Path) -> date:
    with duckdb.connect(str(marts), read_only=True) as connection:
        found = connection.execute("select max(date) from funnel_daily").fetchone()
    assert found is not None
    return found[0]
