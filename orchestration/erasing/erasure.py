"""An erasure from its order to its receipt; killed at any moment it goes on with the next refresh.

What is left to do stands in a file of the home, the only one that still names the person. The rows
go first, in one step; then the traces in files; then the marts are built and published anew by the
refresh; last everything is searched.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.console import command_hint, say
from orchestration.erasing.people import Person, find_person
from orchestration.erasing.traces import find_traces, pattern_of, remove_traces
from orchestration.home import lock
from orchestration.home.records import published_run
from pipelines.database import open_database, register_functions
from pipelines.errors import FunnelError, UsageError
from pipelines.files import atomic_write
from pipelines.personal.erased import CELL, add_erased, hash_of
from pipelines.personal.secret import secret_of
from pipelines.settings import Settings
from pipelines.wording import counted

if TYPE_CHECKING:
    from orchestration.erasing.warehouse import Removed

FILE = "erasure.json"
RECEIPTS = "erasures"


class Erasure(BaseModel):
    """Who is to be erased, how far it is, and what went: rows by table, and their landing files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: tuple[Person, ...]
    stage: Literal["rows", "traces", "proof"] = "rows"
    rows: dict[str, int] = {}
    files: tuple[str, ...] = ()

    @property
    def tokens(self) -> list[str]:
        return sorted({token for person in self.people for token in person.tokens})

    @property
    def ids(self) -> list[str]:
        return sorted({one for person in self.people for one in person.ids})


class Receipt(BaseModel):
    """What was done, without a word about whom: `leads` are salted hashes, `left` are places."""

    erased_at: datetime
    people: int
    leads: tuple[str, ...]
    rows: dict[str, int]
    landing_files: tuple[str, ...]
    left: tuple[str, ...]

    def text(self) -> str:
        """The receipt for the terminal."""
        rows = ", ".join(f"{counted(n, 'row')} of {table}" for table, n in self.rows.items())
        lines = [f"erased {counted(self.people, 'person')}: {rows or 'no rows'}"]
        if self.landing_files:
            lines.append("still in landing files, which are only read; delete or correct them:")
            lines += [f"  {name}" for name in self.landing_files]
        if self.left:
            lines += ["still found in the home:", *(f"  {place}" for place in self.left)]
        else:
            lines.append("every file of the home was searched: nothing of them is left")
        return "\n".join(lines)


def order(home: Path, wanted: Sequence[str]) -> Settings:
    """Write down who is to be erased; returns the settings of the refresh that does it.

    Raises UsageError for somebody of whom nothing is known, HomeLockedError during a run.
    """
    settings = published_run(home)
    if pending(home):
        hint = command_hint(home, "refresh")
        raise UsageError(f"an erasure of {home} is not finished; run `{hint}` first")
    lock.hold(home)
    try:
        with open_database(settings.warehouse, read_only=True) as warehouse:
            register_functions(warehouse)
            found = [find_person(warehouse, one) for one in wanted]
        unknown = [place for place, one in enumerate(found, start=1) if one is None]
        if unknown:
            whom = f"number {', '.join(map(str, unknown))} of those given" if found[1:] else "this"
            raise UsageError(
                f"nobody is known by {whom}: give a person_id, lead_id or e-mail address that"
                " `funnel explain` knows; nothing was erased"
            )
        people = {one.model_dump_json(): one for one in found if one}
        _keep(home, Erasure(people=tuple(people.values())))
    finally:
        lock.release(home)
    return settings


def pending(home: Path) -> Erasure | None:
    """The erasure that is not finished; raises FunnelError for a damaged file."""
    path = home / FILE
    try:
        return Erasure.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        raise FunnelError(
            f"{path} is damaged: remove it, and give `funnel erase` the person again"
        ) from None


def go_on(settings: Settings) -> None:
    """Do what is left of an erasure before the models are built; the home is held."""
    home, erasure = settings.home, pending(settings.home)
    if erasure is None or erasure.stage == "proof":
        return
    if erasure.stage == "rows":
        say(f"erasing {counted(len(erasure.people), 'person')} from the raw rows")
        secret = secret_of(home)
        hashes = sorted({one for person in erasure.people for one in person.hashes(secret)})
        add_erased(home, hashes)

        # it imports dlt, which a run without an erasure may not need
        from orchestration.erasing.warehouse import rewrite

        rewrite(settings, hashes, secret, partial(_remember, home, erasure))
        erasure = _moved_on(home, "traces")
    remove_traces(home, erasure.tokens, erasure.ids)
    _moved_on(home, "proof")


def finish(home: Path) -> Receipt | None:
    """Search the whole home once all is published anew, and leave a receipt."""
    erasure = pending(home)
    if erasure is None:
        return None
    say("searching the home for what was erased")
    secret = secret_of(home)
    pattern = pattern_of(erasure.tokens)
    receipt = Receipt(
        erased_at=datetime.now(UTC),
        people=len(erasure.people),
        leads=tuple(hash_of(secret, "lead", one) for p in erasure.people for one in p.leads),
        rows=erasure.rows,
        landing_files=tuple(
            CELL if pattern.search(name.encode()) else name for name in erasure.files
        ),
        left=tuple(find_traces(home, erasure.tokens, erasure.ids)),
    )
    folder = home / RECEIPTS
    folder.mkdir(exist_ok=True)
    name = f"{receipt.erased_at:%Y-%m-%dT%H%M%S.%f}.json"
    atomic_write(folder / name, json.dumps(receipt.model_dump(mode="json"), indent=1) + "\n")
    (home / FILE).unlink()
    return receipt


def last_receipt(home: Path) -> Receipt:
    """The receipt of the erasure that finished last."""
    newest = max((home / RECEIPTS).glob("*.json"))
    return Receipt.model_validate_json(newest.read_bytes())


def _remember(home: Path, erasure: Erasure, removed: "Removed") -> None:
    # where all was rewritten before a kill, nothing more is found
    if removed.rows:
        went = {"rows": removed.rows, "files": removed.files}
        _keep(home, erasure.model_copy(update=went))


def _moved_on(home: Path, stage: Literal["traces", "proof"]) -> Erasure:
    erasure = pending(home)
    assert erasure is not None
    erasure = erasure.model_copy(update={"stage": stage})
    _keep(home, erasure)
    return erasure


def _keep(home: Path, erasure: Erasure) -> None:
    atomic_write(home / FILE, erasure.model_dump_json(indent=1) + "\n")
