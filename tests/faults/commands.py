"""Kill `export`, `publish` and `erase` at a random moment, and see what stands and what heals.

A point is named by a number, as those of `kills`; it chooses the command and the moment.
"""

import hashlib
import random
import shutil
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import duckdb

from tests.faults.home import (
    LAST_DAY,
    addresses_outside,
    copied_home,
    different,
    published,
    raw,
    refresh,
)
from tests.faults.kills import Company, Point
from tests.faults.warm import Ended, Server
from tests.readers.postgres_server import Server as Postgres

LIST = "handoff_queue"
# these alone are no change of a row (`lists.toml`)
UNWATCHED = ("priority", "days_waiting", "lead_score_change_7_days")


class Commands:
    """The commands on the published homes of a company; `publish` needs a PostgreSQL server."""

    def __init__(
        self, server: Server, company: Company, folder: Path, postgres: Postgres | None
    ) -> None:
        self._server = server
        self._company = company
        self._folder = folder
        self._postgres = postgres
        self._tries: dict[str, Callable[[Point, random.Random], None]] = {
            "export of all tables": self._export,
            "export of a list": self._export_list,
            "publish": self._publish,
            "erase": self._erase,
        }
        if postgres is None:
            del self._tries["publish"]

    @property
    def names(self) -> list[str]:
        return list(self._tries)

    def try_point(self, number: int, name: str) -> Point:
        """Kill the command once, and run it again."""
        point = Point(number, f"{name}, killed")
        self._tries[name](point, random.Random(f"{name} {number}"))
        return point

    def _home(self, name: str) -> Path:
        home = self._folder / name
        shutil.rmtree(home, ignore_errors=True)
        copied_home(self._company.after.home, home)
        return home

    def _killed(self, point: Point, moment: float, *command: object) -> Ended:
        ended = self._server.funnel(*command, kill_after=moment)
        point.done += f" after {moment:.2f} s"
        if ended.status and not ended.was_killed:
            point.wrong.append(f"ended by itself with {ended.status}: {ended.said[-800:]}")
        return ended

    def _run(self, point: Point, *command: object) -> Ended:
        ended = self._server.funnel(*command)
        if ended.status:
            point.wrong.append(f"the next one ends with {ended.status}: {ended.said[-800:]}")
        return ended

    @cached_property
    def _exported(self) -> tuple[dict[str, str], float]:
        out = self._folder / "exported"
        home = self._company.after.home
        seconds = self._server.funnel("export", "--out", out, "--home", home).seconds
        return _digests_of(out), seconds

    def _export(self, point: Point, chosen: random.Random) -> None:
        """Each file is whole or not there; the next export writes all of them."""
        goal, seconds = self._exported
        out = self._folder / f"out_{point.number}"
        command = ("export", "--out", out, "--home", self._company.after.home)
        ended = self._killed(point, chosen.uniform(0, seconds), *command)
        point.was_between = ended.was_killed
        found = _digests_of(out)
        point.wrong += [name for name in found if found[name] != goal.get(name)]
        self._run(point, *command)
        point.wrong += different(goal, _digests_of(out))

    @cached_property
    def _first_export(self) -> tuple[Path, Path, float]:
        """A home of the earlier day that has exported the list, its files, and the seconds."""
        home, out = self._folder / "first_export", self._folder / "first_list"
        copied_home(self._company.before.home, home)
        ended = self._server.funnel(*_list(home, out))
        if ended.status:
            raise AssertionError(f"an undisturbed export fails: {ended.said}")
        return home, out, ended.seconds

    def _export_list(self, point: Point, chosen: random.Random) -> None:
        """Whoever applies the files one after the other has the list as it stands."""
        earlier, first, seconds = self._first_export
        home, out = self._home("list"), self._folder / f"list_{point.number}"
        shutil.copytree(earlier / "exports", home / "exports")
        shutil.copytree(first, out)
        ended = self._killed(point, chosen.uniform(0, seconds), *_list(home, out))
        point.was_between = ended.was_killed
        self._run(point, *_list(home, out))
        whole = self._folder / f"whole_{point.number}"
        self._run(point, *_list(home, whole), "--all")
        point.wrong += different(_received(whole), _received(out))

    @cached_property
    def _seconds_of_publish(self) -> float:
        assert self._postgres is not None
        ended = self._server.funnel(*self._publishing("undisturbed"))
        if ended.status:
            raise AssertionError(f"an undisturbed publish fails: {ended.said}")
        return ended.seconds

    def _publishing(self, schema: str, home: Path | None = None) -> tuple[object, ...]:
        assert self._postgres is not None
        url = f"{self._postgres.url()}?schema={schema}"
        return ("publish", "--to", url, "--home", home or self._company.after.home)

    def _publish(self, point: Point, chosen: random.Random) -> None:
        """The schema has the tables of the earlier day, or all of the later one."""
        schema, seconds = f"point_{point.number}", self._seconds_of_publish
        self._run(point, *self._publishing(schema, self._company.before.home))
        old, goal = self._tables(schema), self._tables("undisturbed")
        ended = self._killed(point, chosen.uniform(0, seconds), *self._publishing(schema))
        found = self._tables(schema)
        point.was_between = ended.was_killed and not different(old, found)
        if different(old, found) and different(goal, found):
            point.wrong.append(f"half published: {different(goal, found)}")
        self._run(point, *self._publishing(schema))
        point.wrong += different(goal, self._tables(schema))

    def _tables(self, schema: str) -> dict[str, str]:
        """A digest per table of a schema, and the names of schemas beside it."""
        assert self._postgres is not None
        with self._postgres.connect() as connection:
            names = connection.execute(
                "select table_name from information_schema.tables where table_schema = %s",
                [schema],
            ).fetchall()
            return {
                name: _digest(
                    connection.execute(
                        f'select md5("it"::text) from "{schema}"."{name}" as "it"'
                    ).fetchall()
                )
                for (name,) in names
            }

    @cached_property
    def _erased(self) -> tuple[str, float, dict[str, str], dict[str, str]]:
        """Who is erased, and the seconds, marts and raw rows of an undisturbed erasure."""
        home = self._home("erased")
        with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
            (lead,) = warehouse.execute(
                "select min(lead_id) from raw.leads inner join raw.mail_events using (lead_id)"
            ).fetchone() or ("",)
        ended = self._server.funnel("erase", lead, "--home", home)
        if not list((home / "erasures").glob("*.json")):
            raise AssertionError(f"an undisturbed erasure fails: {ended.said}")
        return str(lead), ended.seconds, published(home), raw(home)

    def _erase(self, point: Point, chosen: random.Random) -> None:
        """It has not begun, or the next refresh goes on with it; the marts are old or new."""
        lead, seconds, marts, rows = self._erased
        home = self._home(f"erase_{point.number}")
        moment = chosen.uniform(0, seconds)
        ended = self._killed(point, moment, "erase", lead, "--home", home)
        standing, old = published(home), self._company.after.marts
        point.was_between = ended.was_killed and not different(old, standing)
        if different(old, standing) and different(marts, standing):
            point.wrong.append(f"half published: {different(marts, standing)}")
        again = refresh(self._server, self._company.files.second, home, LAST_DAY)
        if again.status:
            point.wrong.append(f"the refresh ends with {again.status}: {again.said[-800:]}")
        if not list((home / "erasures").glob("*.json")):
            self._server.funnel("erase", lead, "--home", home)
        if (home / "erasure.json").exists():
            point.wrong.append("the erasure is not finished")
        point.wrong += different(rows, raw(home)) + different(marts, published(home))
        point.outside = addresses_outside(home)
        if not point.wrong:
            shutil.rmtree(home)


def _list(home: Path, out: Path) -> tuple[object, ...]:
    return ("export", LIST, "--format", "parquet", "--out", out, "--home", home)


def _received(folder: Path) -> dict[str, str]:
    """By key the row of somebody who applied all files of a list in their order."""
    rows: dict[str, str] = {}
    for path in sorted(folder.glob(f"{LIST}-*.parquet")):
        table = duckdb.read_parquet(str(path)).to_arrow_table().to_pylist()
        for row in table:
            action, key = row.pop("action"), str(row["external_id"])
            rows.pop(key, None)
            if action == "upsert":
                rows[key] = repr({name: row[name] for name in row if name not in UNWATCHED})
    return rows


def _digests_of(folder: Path) -> dict[str, str]:
    """A digest of the rows of each file; of one that cannot be read, why."""
    found = {}
    for path in folder.glob("*.parquet"):
        try:
            found[path.name] = _digest(duckdb.read_parquet(str(path)).fetchall())
        except duckdb.Error as error:
            found[path.name] = str(error)
    return found


def _digest(rows: list[tuple[object, ...]]) -> str:
    text = "\n".join(sorted(map(repr, rows)))
    return f"{len(rows)} rows {hashlib.sha256(text.encode()).hexdigest()}"
