"""A company in two deliveries, its undisturbed homes, and whether another home holds the same."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from pipelines.simulate import simulate
from tests.faults.warm import Ended, Server

LAST_DAY = date(2026, 6, 30)
EARLIER = LAST_DAY - timedelta(days=30)
LEADS, DAYS = 40, 120
ADDRESS = re.compile(rb"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
# what differs between two runs of the same: clocks, ids of loads, and the order of deliveries
UNSTABLE = {"_dlt_load_id", "_dlt_id", "loaded_at", "quarantined_at"}
OF_PUBLICATIONS = {"kpi_revisions"}


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The files of a company up to `EARLIER`, and all of them."""

    first: Path
    second: Path


def deliveries(folder: Path, seed: int) -> Deliveries:
    """Simulate a company; its first delivery lacks the files of the last month."""
    simulate(leads=LEADS, days=DAYS, seed=seed, out=folder, last_day=LAST_DAY)
    first, second = folder / "first", folder / "landing"
    last_month = f"{LAST_DAY:%Y-%m}"

    def of_last_month(_: str, names: list[str]) -> set[str]:
        return {name for name in names if last_month in name}

    shutil.copytree(second, first, ignore=of_last_month)
    return Deliveries(first, second)


def refresh(
    server: Server,
    landing: Path,
    home: Path,
    day: date,
    *,
    kill_after: float | None = None,
    copy: Path | None = None,
) -> Ended:
    """`funnel refresh` of a delivery; see `Server.funnel` for being killed and copied."""
    options = ("--landing", landing, "--home", home, "--as-of", day)
    copied = (home, copy) if copy else None
    return server.funnel("refresh", *options, kill_after=kill_after, copy=copied)


def copied_home(home: Path, copy: Path) -> None:
    """Copy a home; the published file keeps its time, by which it is known again."""
    shutil.copytree(home, copy)
    shutil.copystat(home / "marts.duckdb", copy / "marts.duckdb")


def published(home: Path) -> dict[str, str]:
    """A digest per published table; nothing if there is no file of marts."""
    path = home / "marts.duckdb"
    return _digests(path, "main", but=OF_PUBLICATIONS) if path.exists() else {}


def raw(home: Path) -> dict[str, str]:
    """A digest per raw table, dlt's own left out."""
    return _digests(home / "warehouse.duckdb", "raw", but=set())


def _digests(path: Path, schema: str, but: set[str]) -> dict[str, str]:
    found = {}
    with duckdb.connect(str(path), read_only=True) as database:
        columns: dict[str, list[str]] = {}
        for table, column in database.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = ? order by all",
            [schema],
        ).fetchall():
            if table not in but and not table.startswith("_dlt"):
                columns.setdefault(table, []).append(column)
        for table, names in columns.items():
            taken = ", ".join(f'"{name}"' for name in names if name not in UNSTABLE)
            rows = database.execute(f"select {taken} from {schema}.{table}").fetchall()
            digest = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode())
            found[table] = f"{len(rows)} rows {digest.hexdigest()}"
    return found


def addresses_outside(home: Path) -> list[str]:
    """The files beside the warehouse in which an address of a raw row stands.

    Those of the rules, which name placeholders, are no person's.
    """
    if not (home / "warehouse.duckdb").is_file():
        return []
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as database:
        rows = database.execute(
            "select lower(trim(email)) from raw.leads union select lower(trim(email))"
            " from raw.mail_events"
        ).fetchall()
    texts = {path: _addresses_in(path) for path in home.rglob("*") if _is_outside(path, home)}
    in_rules = set().union(*(found for path, found in texts.items() if path.parent.name == "rules"))
    known = {address.encode() for (address,) in rows if address} - in_rules
    return sorted(str(path.relative_to(home)) for path, found in texts.items() if found & known)


def _is_outside(path: Path, home: Path) -> bool:
    top = path.relative_to(home).parts[0]
    return path.is_file() and not top.startswith(("warehouse.duckdb", "scratch", "erasure.json"))


def _addresses_in(path: Path) -> set[bytes]:
    content = path.read_bytes().lower()
    # a pattern that begins with any letter would try them all
    places = [found.start() for found in re.finditer(b"@", content)]
    around = (content[max(place - 64, 0) : place + 64] for place in places)
    return {one for text in around for one in ADDRESS.findall(text)}


def different(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """The tables that one side alone has, or that differ, with their rows."""
    return [
        f"{table}: {expected.get(table, 'missing')[:24]}, found {found.get(table, 'missing')[:24]}"
        for table in sorted({*expected, *found})
        if expected.get(table) != found.get(table)
    ]
