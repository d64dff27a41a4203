"""What pip installs is whole: it runs where no clone is, and writes nothing beside its own code."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT, SHIPPED_RULES
from tests.orchestration.conftest import LAST_DAY

PACKAGES = ("pipelines", "expectations", "orchestration", "dbt_project")
BESIDE = ("pyproject.toml", "README.md", "LICENSE")
# what is written where the clone is used, and what sqlfluff alone needs
NOT_INSTALLED = ("__pycache__", "target", "logs", ".user.yml", "lint")
BUILD_SDIST = "from setuptools.build_meta import build_sdist; build_sdist('dist')"
TARGET = "select target from kpi_scorecard where kpi_id = 'won_amount' and month = '2026-06-01'"
OFFLINE = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel was installed into; the wheel was built from the sdist."""
    folder = tmp_path_factory.mktemp("installed")
    source, target = folder / "source", folder / "site"
    for name in PACKAGES:
        ignored = shutil.ignore_patterns(*NOT_INSTALLED)
        shutil.copytree(PROJECT / name, source / name, ignore=ignored)
    for name in BESIDE:
        shutil.copyfile(PROJECT / name, source / name)
    _run([sys.executable, "-c", BUILD_SDIST], source)
    (archive,) = (source / "dist").glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    unpacked = folder / archive.name.removesuffix(".tar.gz")
    pip = [sys.executable, "-m", "pip"]
    wheels = ["--no-build-isolation", "--wheel-dir", str(folder), str(unpacked)]
    _run([*pip, "wheel", *OFFLINE, *wheels], folder)
    (wheel,) = folder.glob("*.whl")
    _run([*pip, "install", *OFFLINE, "--target", str(target), str(wheel)], folder)
    return target


def test_every_file_of_the_packages_is_installed(installed: Path) -> None:
    wanted = [path for name in PACKAGES for path in _files(PROJECT / name)]
    assert len(wanted) > 400
    assert {path.relative_to(PROJECT) for path in wanted} <= {
        path.relative_to(installed) for path in _files(installed)
    }


def test_it_runs_without_the_clone(
    installed: Path, company: Path, home: Path, tmp_path: Path
) -> None:
    # a home that the clone has built: what a changed rule needs takes half the time of all
    own_home, rules = tmp_path / ".funnel", tmp_path / "rules"
    shutil.copytree(home, own_home)
    shutil.copytree(SHIPPED_RULES, rules)
    targets = (rules / "kpi_targets.csv").read_text(encoding="utf-8")
    changed = re.sub(r"^(won_amount,2026-06-01),\d+$", r"\1,77", targets, flags=re.MULTILINE)
    (rules / "kpi_targets.csv").write_text(changed, encoding="utf-8")
    # without `site`, the packages of the environment are found, but not what it links to
    python = [sys.executable, "-S", "-P"]
    libraries = sysconfig.get_path("purelib")
    env = {name: value for name, value in os.environ.items() if not name.startswith("FUNNEL")}
    env |= {"PYTHONPATH": f"{installed}{os.pathsep}{libraries}", "PYTHONDONTWRITEBYTECODE": "1"}
    imported = "import pipelines, importlib.util as found; print(pipelines.__file__)"
    told = _run([*python, "-c", f"{imported}; print(found.find_spec('benchmarks'))"], tmp_path, env)
    assert told.splitlines() == [str(installed / "pipelines" / "__init__.py"), "None"]

    before = _content(installed)
    options = ["--landing", str(company / "landing"), "--as-of", str(LAST_DAY), "--rules", "rules"]
    told = _run([*python, str(installed / "bin" / "funnel"), "refresh", *options], tmp_path, env)

    assert "sales ignored" in told
    with duckdb.connect(str(own_home / "marts.duckdb"), read_only=True) as marts:
        assert marts.execute(TARGET).fetchone() == (77,)
    assert _content(installed) == before


def _run(command: list[str], folder: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not {*NOT_INSTALLED} & set(path.parts)
    ]


def _content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
