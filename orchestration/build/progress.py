"""How far a build of the models is, and how long it still takes if it goes like the last one."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from orchestration.console import say
from pipelines.files import atomic_write

FILE = "seconds_of_nodes.json"
SECONDS_BETWEEN_LINES = 3.0

SecondsByKind = dict[str, dict[str, float]]


class BuildProgress:
    """Tells now and then which node runs; `kind` parts builds that cannot be compared."""

    def __init__(self, folder: Path, kind: str, names: Iterable[str]) -> None:
        self._path = folder / FILE
        self._kind = kind
        self._all = self._read()
        self._expected: dict[str, float] = self._all.get(kind, {})
        self._left = set(names)
        self._total = len(self._left)
        self._took: dict[str, float] = {}
        self._started = self._told_at = time.monotonic()

    def starts(self, name: str) -> None:
        """Say so, unless something was said just before."""
        if time.monotonic() - self._told_at < SECONDS_BETWEEN_LINES:
            return
        self._told_at = time.monotonic()
        position = min(len(self._took) + 1, self._total)
        say(f"building {name}, {position} of at most {self._total}{self._remaining()}")

    def ends(self, name: str, seconds: float) -> None:
        self._left.discard(name)
        self._took[name] = seconds

    def keep(self) -> None:
        """Remember what each node took, for the next build of this kind."""
        took = {**self._expected, **self._took}
        atomic_write(self._path, json.dumps({**self._all, self._kind: took}))

    def _remaining(self) -> str:
        # by the clock, for nodes run side by side
        took = time.monotonic() - self._started
        expected = sum(self._expected.get(name, 0) for name in self._took)
        if not expected:
            return ""
        left = sum(self._expected.get(name, 0) for name in self._left) * took / expected
        return f", about {_duration(left)} left"

    def _read(self) -> SecondsByKind:
        try:
            return TypeAdapter(SecondsByKind).validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValidationError:
            say(f"{self._path} is damaged: how long is left is told again from the next build on")
            return {}


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
