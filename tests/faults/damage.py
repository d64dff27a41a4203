"""Damage each file of a published home in each way, refresh, and see that it heals.

A refresh either puts the file right, or ends with one line that names it and the command that does;
after that command the next refresh has to. What is published is right in the end, or as it was.
"""

import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.home import (
    LAST_DAY,
    addresses_outside,
    copied_home,
    different,
    published,
    raw,
    refresh,
)
from tests.faults.kills import Company
from tests.faults.warm import Ended, Server

# the files of a home; what dbt compiled is written anew by each build
FILES = (
    "marts.duckdb",
    "warehouse.duckdb",
    "record.json",
    "kpi_revisions.json",
    "dashboard.html",
    "lock",
    "dbt/manifest.json",
    "dbt/partial_parse.msgpack",
    "dbt/seconds_of_nodes.json",
    "gates/*/raw.json",
    "gates/*/marts.json",
    "rules/scoring_rules.csv",
    "dagster/dagster.yaml",
    "dagster/history/runs.db",
    "dagster/history/runs/index.db",
    "dagster/schedules/schedules.db",
)
MOVE_AWAY = re.compile(r"\((mv [^)]+)\)|`(mv [^`]+)`")

Damage = Callable[[Path, Path], None]


def _truncate(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _randomize(path: Path, _: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(max(path.stat().st_size, 64)))


def _spoil_the_middle(path: Path, _: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = random.Random(8).randbytes(min(4096, len(content) - middle))
    path.write_bytes(content)


def _empty(path: Path, _: Path) -> None:
    path.write_bytes(b"")


def _delete(path: Path, _: Path) -> None:
    path.unlink()


def _put_a_folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


def _take_from_another_home(path: Path, other: Path) -> None:
    shutil.copyfile(other, path)


def _mark_another_version(path: Path, _: Path) -> None:
    """The version in the header of a DuckDB or SQLite file; in others it stands in the text."""
    content = bytearray(path.read_bytes())
    if path.suffix == ".duckdb":
        content[12:20] = (9999).to_bytes(8, "little")
    elif path.suffix == ".db":
        content[18:20] = b"\x09\x09"
    else:
        content[:0] = b'{"version": 9999}\n'
    path.write_bytes(content)


DAMAGES: dict[str, Damage] = {
    "truncated": _truncate,
    "random bytes": _randomize,
    "a block spoiled": _spoil_the_middle,
    "empty": _empty,
    "deleted": _delete,
    "a folder": _put_a_folder,
    "of another home": _take_from_another_home,
    "of another version": _mark_another_version,
}


@dataclass(slots=True)
class Pair:
    """One file and one damage: how the refresh after it ended, and what went wrong."""

    file: str
    damage: str
    healed_by: str = ""
    wrong: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.file}, {self.damage}"

    @property
    def note(self) -> str:
        return "" if self.healed_by == "the refresh" else "healed by the command that is named in"


def pairs() -> Iterator[tuple[str, str]]:
    for file in FILES:
        for damage in DAMAGES:
            yield file, damage


def try_pair(
    server: Server, company: Company, other: Path, folder: Path, file: str, damage: str
) -> Pair:
    """Damage a file of a copy of the published home; `other` is the home of another company."""
    pair = Pair(file, damage)
    home = folder / "damaged"
    shutil.rmtree(home, ignore_errors=True)
    copied_home(company.after.home, home)
    (path,) = home.glob(file)
    (theirs,) = other.glob(file)
    DAMAGES[damage](path, theirs)

    ended = _refresh(server, company, home)
    if ended.status:
        _check_message(pair, ended, path)
        hint = MOVE_AWAY.search(ended.said)
        if hint:
            subprocess.run(next(filter(None, hint.groups())), shell=True, check=True, cwd=home)
            pair.healed_by = "the command it names"
        ended = _refresh(server, company, home)
    else:
        pair.healed_by = "the refresh"
    if ended.status:
        pair.wrong.append(f"the second refresh ends with {ended.status}: {ended.said[-1500:]}")
        return pair
    if not (path.is_file() or file == "lock"):
        pair.wrong.append("the file is not made again")
    pair.wrong += different(company.after.raw, _raw_or_nothing(home))
    pair.wrong += different(company.after.marts, published(home))
    pair.outside = addresses_outside(home)
    again = _refresh(server, company, home)
    if again.status or "nothing has changed" not in again.said:
        pair.wrong.append(
            f"the refresh after that is not one with nothing new: {again.said[-800:]}"
        )
    return pair


def _refresh(server: Server, company: Company, home: Path) -> Ended:
    return refresh(server, company.files.second, home, LAST_DAY)


def _raw_or_nothing(home: Path) -> dict[str, str]:
    return raw(home) if (home / "warehouse.duckdb").is_file() else {}


def _check_message(pair: Pair, ended: Ended, path: Path) -> None:
    last = ended.said.rstrip().splitlines()[-1] if ended.said.strip() else ""
    if "Traceback" in ended.said or ended.status not in {1, 2, 3, 4}:
        pair.wrong.append(f"ends with {ended.status}: {ended.said[-1500:]}")
    elif str(path) not in ended.said or not last.startswith("funnel: "):
        pair.wrong.append(f"does not name the file: {last}")
    elif not MOVE_AWAY.search(ended.said):
        pair.wrong.append(f"names no command: {last}")
