"""Files of a home that are damaged: what is kept is made again, and what is not is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.build.progress import BuildProgress
from orchestration.build.project import parsed_project
from orchestration.dashboard.bundle import drawing_bundle
from orchestration.dashboard.writing import refresh_dashboard
from orchestration.home import lock
from orchestration.home.records import published_run, read_records, remove_legacy, update_records
from orchestration.job.demo import demo_landing
from orchestration.published.verdicts import damaged_verdict
from pipelines.errors import file_error
from tests.orchestration.conftest import LAST_DAY, Outcome
from tests.orchestration.test_refresh import content

pytestmark = pytest.mark.xdist_group("refresh")

Funnel = Callable[..., Outcome]
PARSED = ("manifest.json", "partial_parse.msgpack", "semantic_manifest.json")


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _no_text(path: Path) -> None:
    path.write_bytes(bytes(range(128, 256)))


def _another_shape(path: Path) -> None:
    path.write_text('[{"run": 1}]\n', encoding="utf-8")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _read_metrics(home: Path) -> None:
    from orchestration.reports.metrics import published_definitions

    published_definitions(published_run(home))


def _read_seconds(home: Path) -> None:
    BuildProgress(home / "dbt", "full", []).keep()


# what reads each file, and writes it where it has to be made again
READERS: dict[str, Callable[[Path], object]] = {
    "record.json": update_records,
    "dashboard.html": refresh_dashboard,
    "scratch/vega-embed-*.js": drawing_bundle,
    "dbt/manifest.json": parsed_project,
    "dbt/partial_parse.msgpack": parsed_project,
    "dbt/seconds_of_nodes.json": _read_seconds,
    "metrics/semantic_manifest.json": _read_metrics,
}
DAMAGES = (_halve, _no_text, _another_shape, _empty)


def _parse_as_before(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Have dbt parse what it parsed for a home."""

    def parse(_home: Path, target: Path, *_: object, **__: object) -> None:
        target.mkdir(exist_ok=True)
        for name in PARSED:
            shutil.copyfile(home / "dbt" / name, target / name)

    for module in ("build.project", "reports.metrics"):
        patch.setattr(f"orchestration.{module}.parse", parse)


@pytest.fixture(scope="module")
def with_metrics(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published home without its warehouse, whose metrics have been asked for."""
    copy = tmp_path_factory.mktemp("with_metrics")
    for name in ("dbt", "gates", "scratch"):
        ignored = shutil.ignore_patterns("compiled", "run", "dlt")
        shutil.copytree(home / name, copy / name, ignore=ignored)
    for name in ("record.json", "dashboard.html", "marts.duckdb"):
        shutil.copy2(home / name, copy / name)
    with pytest.MonkeyPatch.context() as patch:
        _parse_as_before(home, patch)
        _read_metrics(copy)
    return copy


@pytest.fixture
def kept(home: Path, with_metrics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Such a home for a test to damage, in which dbt parses what it parsed before."""
    _parse_as_before(home, monkeypatch)
    return shutil.copytree(with_metrics, tmp_path / "home")


def _file(home: Path, pattern: str) -> Path:
    (found,) = home.glob(pattern)
    return found


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("pattern", READERS)
def test_a_damaged_file_is_made_again_once(
    kept: Path,
    pattern: str,
    damage: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, read = _file(kept, pattern), READERS[pattern]
    read(kept)
    assert "damaged" not in capsys.readouterr().err
    damage(path)
    read(kept)
    told = capsys.readouterr().err
    assert told.count(f"{path} is damaged: ") == 1
    read(kept)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("pattern", READERS)
def test_a_folder_in_place_of_a_file_is_named(kept: Path, pattern: str) -> None:
    path = _file(kept, pattern)
    _folder(path)
    with pytest.raises(IsADirectoryError) as raised:
        READERS[pattern](kept)
    told = str(file_error(raised.value))
    assert told.startswith(f"{path} is a folder, but a file belongs there; move it away (mv ")


@pytest.mark.parametrize(
    "options",
    [
        '{"run": {"options": {}}}',
        '{"run": {"options": {"landing": 1, "as_of": "2026-06-30"}}}',
        '{"run": {"options": {"sources": [{"name": "crm"}], "as_of": "2026-06-30"}}}',
        '{"version": 2}',
    ],
)
def test_a_record_of_impossible_options_is_damaged(
    tmp_path: Path, options: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "record.json").write_text(options, encoding="utf-8")
    assert read_records(tmp_path).run is None
    assert f"{tmp_path / 'record.json'} is damaged" in capsys.readouterr().err


def test_only_files_are_records_of_an_earlier_version(tmp_path: Path) -> None:
    (tmp_path / "last_run.json").mkdir()
    (tmp_path / "published.json").write_bytes(b"\xff")
    remove_legacy(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["last_run.json"]


@pytest.mark.parametrize("damage", [*DAMAGES, _folder])
@pytest.mark.parametrize("gate", ["raw", "marts"])
def test_what_shows_verdicts_names_a_damaged_one(
    funnel: Funnel, kept: Path, gate: str, damage: Callable[[Path], None]
) -> None:
    path, page = _file(kept, f"gates/*/{gate}.json"), (kept / "dashboard.html").read_bytes()
    damage(path)
    outcome = funnel("dashboard", "--home", kept)
    hint = f"run `funnel refresh --home {kept}`, which judges again"
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1] == f"funnel: {path} is damaged; {hint}"
    assert (kept / "dashboard.html").read_bytes() == page


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_simulated_company_is_written_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Path], None],
) -> None:
    file = tmp_path / "demo" / "as_of"

    def simulate(**_: object) -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{LAST_DAY}\n", encoding="utf-8")

    monkeypatch.setattr("pipelines.simulate.simulate", simulate)
    simulate()
    damage(file)
    assert demo_landing(tmp_path) == (tmp_path / "demo" / "landing", LAST_DAY)
    assert f"{file} is damaged" in capsys.readouterr().err
    lock.release(tmp_path)


def test_readers_of_a_damaged_record_say_what_mends_it(funnel: Funnel, kept: Path) -> None:
    published = (kept / "marts.duckdb").read_bytes()
    _halve(kept / "record.json")
    outcome = funnel("dashboard", "--home", kept)
    assert outcome.status == 2
    assert f"{kept} has no record of what is published in it" in outcome.err
    assert f"funnel refresh --home {kept}" in outcome.err
    assert (kept / "marts.duckdb").read_bytes() == published


@pytest.mark.parametrize("name", ["lock", "record.json", "dbt/manifest.json", "rules/holidays.csv"])
def test_a_run_stops_at_a_folder_before_anything_is_touched(
    funnel: Funnel, company: Path, copied: Path, name: str
) -> None:
    before = (copied / "marts.duckdb").read_bytes()
    _folder(copied / name)
    options = ["--landing", company / "landing", "--home", copied, "--as-of", LAST_DAY]
    outcome = funnel("refresh", *options)
    assert outcome.status == 1
    assert f"{copied / name} is a folder, but a file belongs there" in outcome.err
    assert not (copied / "logs" / "error.txt").exists()
    assert (copied / "marts.duckdb").read_bytes() == before


@pytest.mark.parametrize("name", ["dbt", "rules", "scratch"])
def test_a_run_stops_at_a_file_in_place_of_a_folder(
    funnel: Funnel, company: Path, copied: Path, name: str
) -> None:
    shutil.rmtree(copied / name)
    (copied / name).touch()
    options = ["--landing", company / "landing", "--home", copied, "--as-of", LAST_DAY]
    outcome = funnel("refresh", *options)
    assert outcome.status == 1
    assert f"{copied / name} is a file, but a folder belongs there" in outcome.err
    assert not (copied / "logs" / "error.txt").exists()


def test_a_run_mends_what_is_damaged_and_keeps_what_is_published(
    funnel: Funnel, company: Path, copied: Path
) -> None:
    before = content(copied / "marts.duckdb")
    damaged = [
        *(_file(copied, f"gates/*/{gate}.json") for gate in ("raw", "marts")),
        *(copied / name for name in ("dashboard.html", "dbt/manifest.json")),
    ]
    for path in damaged:
        _halve(path)
    options = ["--landing", company / "landing", "--home", copied, "--as-of", LAST_DAY]
    outcome = funnel("refresh", *options)
    assert outcome.status == 0, outcome.err
    assert all(f"{path} is damaged" in outcome.err for path in damaged)
    assert "of the gates:" in outcome.out
    assert content(copied / "marts.duckdb") == before
    assert not any(damaged_verdict(copied, gate) for gate in ("raw", "marts"))
    again = funnel("refresh", *options)
    assert again.status == 0, again.err
    assert "nothing has changed" in again.err
    assert "damaged" not in again.err
