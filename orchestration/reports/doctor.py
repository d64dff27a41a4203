"""`funnel doctor`: what is wrong with an installation, a company's folder or a home.

Each check looks at one thing and touches nothing. What keeps a refresh from running is an error.
"""

import shlex
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from pydantic import BaseModel

from expectations.report import GATES, newest
from orchestration.build.root import RootProject
from orchestration.company.configuration import Configuration
from orchestration.company.reading import FILE
from orchestration.console import command_hint
from orchestration.home import lock
from orchestration.home.records import read_records
from orchestration.job.context import RunContext
from orchestration.published.record import file_identity
from orchestration.published.verdicts import FOLDER
from pipelines.database import open_database
from pipelines.errors import FunnelError
from pipelines.settings import DISTRIBUTION, Settings
from pipelines.wording import counted

# a full rebuild writes every table beside the old one, and the published file anew
ROOM_NEEDED = 2.0
LEAST_ROOM = 500_000_000


class Finding(BaseModel):
    """What one check found; `remedy` is the command, or the change, that mends it."""

    check: str
    level: Literal["ok", "warning", "error"]
    found: str
    remedy: str = ""


class Examination(BaseModel):
    """All that `funnel doctor --json` prints."""

    findings: list[Finding]

    @property
    def is_well(self) -> bool:
        """Whether a refresh can run."""
        return all(one.level != "error" for one in self.findings)

    def text(self) -> str:
        """A line for each check, and one for each remedy."""
        lines = []
        for one in self.findings:
            lines.append(f"{one.level:<8}  {one.check:<10}  {one.found}")
            if one.remedy:
                lines.append(f"{'':<8}  {'':<10}  -> {one.remedy}")
        return "\n".join(lines)


def examine(chosen: Configuration) -> Examination:
    """Look at everything that a refresh of this folder needs."""
    found = [_versions(), _company(chosen), _room(chosen.home), _held(chosen.home)]
    if chosen.sources:
        run = RunContext(chosen.settings(None))
        found += [
            _tried("sources", lambda: _sources(run)),
            _tried("rules", lambda: _rules(run)),
            _tried("gates", lambda: _limits(run)),
            _tried("project", lambda: _project(run.settings)),
            _tried("warehouse", lambda: _warehouse(run.settings)),
            _tried("published", lambda: _published(run.settings)),
        ]
    found += [_last_run(chosen.home), *_verdicts(chosen.home)]
    return Examination(findings=found)


def _tried(check: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except FunnelError as fault:
        return Finding(check=check, level="error", found=str(fault))


def _versions() -> Finding:
    """The installed packages against those that this version was tried with."""
    wanted = [Requirement(text) for text in requires(DISTRIBUTION) or []]
    others = [
        f"{one.name} is {version(one.name)}, not {one.specifier}"
        for one in wanted
        if one.marker is None and not one.specifier.contains(version(one.name))
    ]
    if others:
        return Finding(
            check="versions",
            level="error",
            found="; ".join(others),
            remedy=f"pip install '{DISTRIBUTION}=={version(DISTRIBUTION)}'",
        )
    return Finding(check="versions", level="ok", found=f"{DISTRIBUTION} {version(DISTRIBUTION)}")


def _company(chosen: Configuration) -> Finding:
    if chosen.company:
        return Finding(check="company", level="ok", found=str(chosen.company.path))
    return Finding(
        check="company",
        level="warning",
        found=f"no {FILE} in {Path.cwd()} or above: a refresh shows the simulated company",
        remedy="funnel init",
    )


def _room(home: Path) -> Finding:
    there = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(there).free
    files = [home / "warehouse.duckdb", home / "marts.duckdb"]
    taken = sum(file.stat().st_size for file in files if file.is_file())
    needed = max(taken * ROOM_NEEDED, LEAST_ROOM)
    found = f"{free / 1e9:,.1f} GB free at {there}, {needed / 1e9:,.1f} GB may be needed"
    if free < needed:
        return Finding(check="disk", level="error", found=found, remedy="free or add room")
    return Finding(check="disk", level="ok", found=found)


def _held(home: Path) -> Finding:
    holder = lock.holder(home)
    if holder is None:
        return Finding(check="home", level="ok", found=f"{home}, no run holds it")
    return Finding(
        check="home",
        level="warning",
        found=f"a run holds {home}: {holder}",
        remedy="wait for it to end",
    )


def _sources(run: RunContext) -> Finding:
    landing = run.landing
    files = counted(len(landing.units), "file")
    found = f"{files} of {counted(len(run.settings.sources), 'source')}"
    if landing.warnings:
        return Finding(
            check="sources",
            level="warning",
            found="; ".join([found, *landing.warnings]),
            remedy=command_hint(run.settings.home, "refresh --dry-run"),
        )
    return Finding(check="sources", level="ok", found=found)


def _rules(run: RunContext) -> Finding:
    found = str(run.settings.rules)
    if run.rules.warnings:
        return Finding(
            check="rules",
            level="warning",
            found="; ".join([found, *run.rules.warnings]),
            remedy=f"funnel rules check --rules {shlex.quote(found)}",
        )
    return Finding(check="rules", level="ok", found=found)


def _limits(run: RunContext) -> Finding:
    _ = run.limits
    return Finding(check="gates", level="ok", found="the limits can be read")


def _project(settings: Settings) -> Finding:
    RootProject(settings.project).check()
    return Finding(check="project", level="ok", found=str(settings.project))


def _warehouse(settings: Settings) -> Finding:
    if not settings.warehouse.exists():
        return Finding(
            check="warehouse",
            level="warning",
            found="nothing was loaded yet",
            remedy=command_hint(settings.home, "refresh"),
        )
    with open_database(settings.warehouse, read_only=True):
        return Finding(check="warehouse", level="ok", found=str(settings.warehouse))


def _published(settings: Settings) -> Finding:
    publication, found = read_records(settings.home).publication, file_identity(settings)
    remedy = command_hint(settings.home, "refresh")
    if publication is None:
        text = "nothing was published yet"
    elif found is None:
        text = f"{settings.marts} is missing"
    elif found != publication.file:
        text = f"{settings.marts} was changed since it was published"
    else:
        with open_database(settings.marts, read_only=True):
            text = f"{counted(len(publication.marts), 'mart')} as of {publication.inputs.as_of}"
        return Finding(check="published", level="ok", found=text)
    return Finding(check="published", level="warning", found=text, remedy=remedy)


def _last_run(home: Path) -> Finding:
    records = read_records(home)
    resume = command_hint(home, "refresh --resume")
    if records.run and not records.run.is_finished and lock.holder(home) is None:
        last = records.runs[-1] if records.runs else None
        why = f": {last.message}" if last and last.message else ""
        return Finding(
            check="last run",
            level="warning",
            found=f"it did not finish{why}",
            remedy=resume,
        )
    if not records.runs:
        return Finding(check="last run", level="ok", found="none is on record")
    last = records.runs[-1]
    found = f"{last.outcome} as of {last.as_of}, {last.began:%Y-%m-%d %H:%M} UTC"
    return Finding(check="last run", level="ok", found=found)


def _verdicts(home: Path) -> Iterator[Finding]:
    for gate in GATES:
        check = f"{gate} gate"
        try:
            report = newest(home / FOLDER, gate)
        except FunnelError as damage:
            remedy = command_hint(home, "refresh")
            yield Finding(check=check, level="warning", found=str(damage), remedy=remedy)
            continue
        if report is None:
            continue
        failing = [*report.failed_blocking, *report.warnings]
        if not failing:
            passed = counted(len(report.results), "expectation")
            yield Finding(check=check, level="ok", found=f"{passed} hold")
            continue
        what = "; ".join(f"{one.table}: expected that {one.message}" for one in failing)
        yield Finding(
            check=check,
            level="warning",
            found=f"{len(failing)} of {counted(len(report.results), 'expectation')} failed: {what}",
            remedy=command_hint(home, "status"),
        )
