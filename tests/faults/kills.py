"""Kill a refresh at a random moment, refresh again, and compare with undisturbed runs.

A point is named by one number: it chooses the delivery, the moment, and what else happens.
"""

import random
import shutil
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from tests.faults.home import (
    EARLIER,
    LAST_DAY,
    Deliveries,
    addresses_outside,
    copied_home,
    deliveries,
    different,
    published,
    raw,
    refresh,
)
from tests.faults.warm import Ended, Server

# a second kill, while the first is recovered from
TWICE = 0.2
# power is lost instead: what lay in the folder at that moment goes on elsewhere
COPIED = 0.25
FIRST = 0.3


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a delivery leaves when nothing happens, and how long it takes, in seconds."""

    home: Path
    seconds: float
    marts: dict[str, str]
    raw: dict[str, str]


@dataclass(slots=True)
class Point:
    """One point: what was done, and what went wrong, if anything did.

    `was_between` says that the marts published before stood after the kill; `outside` are files
    with addresses of people where none belong.
    """

    number: int
    done: str = ""
    wrong: list[str] = field(default_factory=list)
    was_between: bool = False
    outside: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"point {self.number}: {self.done}"

    @property
    def note(self) -> str:
        return "after the kill the old state stood in" if self.was_between else ""


class Company:
    """A company of a seed with its two undisturbed homes, each made when it is needed."""

    def __init__(self, server: Server, folder: Path, seed: int) -> None:
        self._server = server
        self._folder = folder
        self.files: Deliveries = deliveries(folder / "company", seed)

    @cached_property
    def before(self) -> Undisturbed:
        """The first delivery in a fresh home."""
        return self._undisturbed("before", self.files.first, EARLIER)

    @cached_property
    def after(self) -> Undisturbed:
        """The second delivery on top of the first."""
        copied_home(self.before.home, self._folder / "after")
        return self._undisturbed("after", self.files.second, LAST_DAY)

    def _undisturbed(self, name: str, landing: Path, day: date) -> Undisturbed:
        home = self._folder / name
        ended = refresh(self._server, landing, home, day)
        if ended.status:
            raise AssertionError(f"an undisturbed refresh fails: {ended.said}")
        return Undisturbed(home, ended.seconds, published(home), raw(home))

    def try_point(self, number: int) -> Point:
        """Disturb a refresh as the number says, and recover."""
        chosen = random.Random(number)
        point = Point(number)
        home = self._folder / f"point_{number}"
        is_first = chosen.random() < FIRST
        if not is_first:
            copied_home(self.before.home, home)
        landing, day = (self.files.first, EARLIER) if is_first else (self.files.second, LAST_DAY)
        goal = self.before if is_first else self.after
        old = {} if is_first else self.before.marts
        moment = chosen.uniform(0, goal.seconds * 1.05)
        copy = self._folder / f"copy_{number}" if chosen.random() < COPIED else None
        twice = chosen.uniform(0, goal.seconds) if chosen.random() < TWICE else None
        name = "first refresh" if is_first else "one more day"
        point.done = f"{name}, {'copied' if copy else 'killed'} after {moment:.2f} s"

        ended = refresh(self._server, landing, home, day, kill_after=moment, copy=copy)
        if ended.was_killed and copy:
            shutil.rmtree(home)
            home = copy
        self._check_between(point, ended, home, old, goal)
        if twice is not None:
            point.done += f", again after {twice:.2f} s"
            ended = refresh(self._server, landing, home, day, kill_after=twice)
            self._check_between(point, ended, home, old, goal)
        last = refresh(self._server, landing, home, day)
        if last.status:
            point.wrong.append(f"the next refresh ends with {last.status}: {last.said[-2000:]}")
        else:
            point.wrong += different(goal.raw, raw(home))
            point.wrong += different(goal.marts, published(home))
            point.outside = addresses_outside(home)
        if not point.wrong:
            shutil.rmtree(home)
        return point

    def _check_between(
        self, point: Point, ended: Ended, home: Path, old: dict[str, str], goal: Undisturbed
    ) -> None:
        """What is published after a kill is the old state, or the new one."""
        if not ended.was_killed and ended.status:
            point.wrong.append(f"ended by itself with {ended.status}: {ended.said[-2000:]}")
        standing = published(home)
        point.was_between |= ended.was_killed and not different(old, standing)
        if different(old, standing) and different(goal.marts, standing):
            point.wrong.append(f"half published: {different(old, standing)}")
