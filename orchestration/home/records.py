"""What a home knows of its last run, build and publication: one file, written atomically.

Without the file, or with one that is damaged, tables that stand in another state than is wanted
are rebuilt in full, and all of them are tested, judged and published again.
"""

import fcntl
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from orchestration.build.inputs import Inputs
from orchestration.console import command_hint, say
from orchestration.dashboard.own_panel import OwnPanel
from pipelines.errors import UsageError
from pipelines.files import atomic_write
from pipelines.settings import DBT_PROJECT, SHIPPED_RULES, Settings

FILE = "record.json"
FOLDERS = {"rules", "project"}
# what versions before this file kept instead of it
LEGACY = ("last_run.json", "published.json", "dashboard.made_from")


class Record(BaseModel):
    """Base of the parts of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NodeState(Record):
    """Digests of one dbt node: of what it is, and of that with all data that it is built from."""

    definition: str
    state: str


class Run(Record):
    """The options of a run; folders in them are relative to the home where they lie in it."""

    options: dict[str, Any]
    is_finished: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        options = settings.model_dump(mode="json", exclude={"home"})
        for source in options["sources"]:
            source["landing"] = _as_kept(source["landing"], settings.home)
        for name in FOLDERS:
            options[name] = _as_kept(options[name], settings.home)
        if settings.rules == SHIPPED_RULES:
            del options["rules"]
        if settings.project == DBT_PROJECT:
            del options["project"]
        return cls(options=options)

    @field_validator("options")
    @classmethod
    def _with_sources(cls, options: dict[str, Any]) -> dict[str, Any]:
        # before version 0.4 a run had one landing folder, and perhaps a mapping for it
        if "landing" not in options:
            return options
        others = {name: options[name] for name in options.keys() - {"landing", "source"}}
        source = {"landing": options["landing"], "mapping": options.get("source")}
        return {**others, "sources": [source]}

    @model_validator(mode="after")
    def _has_settings(self) -> Self:
        try:
            self.settings(Path())
        except (TypeError, KeyError) as error:
            raise ValueError(repr(error)) from None
        return self

    def settings(self, home: Path) -> Settings:
        """The settings of the run, for the home as it lies now."""
        options = {**self.options, "home": home}
        options["sources"] = [
            {**source, "landing": home / source["landing"]} for source in options["sources"]
        ]
        for name in FOLDERS & options.keys():
            options[name] = home / options[name]
        return Settings.model_validate(options)


def _as_kept(folder: str, home: Path) -> str:
    """The folder relative to the home if it lies in it."""
    path = Path(folder)
    return str(path.relative_to(home)) if path.is_relative_to(home) else folder


class Build(Record):
    """The last complete build: the state of each lasting table and test, and partial models."""

    id: str
    run: Run
    inputs: Inputs
    nodes: dict[str, NodeState]
    partial: dict[str, NodeState]
    tests: dict[str, NodeState]


class Publication(Record):
    """The published file: the build that it holds, and the file as it was left (bytes, ns).

    `bytes_when_whole` is its size when all of it was last written; `panels` are those of a company.
    """

    build_id: str
    run: Run
    inputs: Inputs
    marts: dict[str, str]
    file: tuple[int, int]
    bytes_when_whole: int
    panels: dict[str, OwnPanel] = Field(default_factory=dict)


class EndedRun(Record):
    """How one run ended: `began` in UTC, `message` what stopped it, without addresses of people."""

    began: datetime
    seconds: float
    as_of: date
    outcome: Literal["published", "unchanged", "failed", "interrupted"]
    message: str = ""
    rows_loaded: int = 0
    rows_quarantined: int = 0


class Records(Record):
    """All records of a home; `tests` holds the state in which each data test passed last.

    `runs` are the last ones that ended, the newest at the end; one that was killed is not in it.
    `home_id` is what its files are known by (see `identity`). `judged` holds what each gate judged
    last without a blocking failure; `parsed`, `metrics` and `dashboard` are digests of what these
    were made from, `files` of what was written (see `kept`).
    """

    version: Literal[1] = 1
    home_id: str | None = None
    run: Run | None = None
    runs: tuple[EndedRun, ...] = ()
    build: Build | None = None
    tests: dict[str, str] = Field(default_factory=dict)
    judged: dict[str, str] = Field(default_factory=dict)
    publication: Publication | None = None
    parsed: str | None = None
    metrics: str | None = None
    dashboard: str | None = None
    files: dict[str, str] = Field(default_factory=dict)


def read_records(home: Path) -> Records:
    """What is known of a home; empty if there is no file or it is damaged."""
    path = home / FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Records()
    try:
        return Records.model_validate_json(content)
    except ValidationError:
        _tell_damage(path, content)
        return Records()


@cache
def _tell_damage(path: Path, content: bytes) -> None:  # noqa: ARG001 - told once for each content
    say(f"warning: {path} is damaged: the next refresh builds, judges and publishes all anew")


def update_records(
    home: Path, files: Mapping[str, str] | None = None, **changes: object
) -> Records:
    """Replace some of the records of a home, add to those of `files`; returns all of them."""
    home.mkdir(parents=True, exist_ok=True)
    # commands that hold no home, such as `metrics`, write here beside a run
    with (home / f"{FILE}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        before = read_records(home)
        records = before.model_copy(update={**changes, "files": {**before.files, **(files or {})}})
        atomic_write(home / FILE, records.model_dump_json(indent=1) + "\n")
    return records


def is_legacy(home: Path) -> bool:
    """Whether the home was last written by a version that kept its records in other files."""
    return any((home / name).is_file() for name in LEGACY)


def remove_legacy(home: Path) -> None:
    """Remove the files that the records have taken the place of."""
    for name in LEGACY:
        if (home / name).is_file():
            (home / name).unlink()


def published_run(home: Path) -> Settings:
    """The settings of the build that is published; raises UsageError if there is none."""
    publication = read_records(home).publication
    if publication is None:
        raise nothing_published(home)
    return publication.run.settings(home)


def complete_build(home: Path) -> Build:
    """The last complete build; raises UsageError if none is recorded."""
    build = read_records(home).build
    if build is None:
        raise UsageError(f"no complete build is recorded in {home}; run the whole job first")
    return build


def nothing_published(home: Path) -> UsageError:
    """The error of a command that needs what a refresh publishes."""
    hint = command_hint(home, "refresh")
    if (home / "marts.duckdb").exists():
        return UsageError(f"{home} has no record of what is published in it; run `{hint}` first")
    return UsageError(f"nothing was published in {home} yet; run `{hint}` first")
