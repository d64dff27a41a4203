"""What a lint says: a rule that is allowed, but hardly what its author meant."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from pipelines.rules.seeds import SEEDS_BY_NAME

Kind = Literal["counts_twice", "contradicts", "never_applies", "no_effect", "unreachable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One warning; `rows` are those of the file that take part, the one to look at first."""

    kind: Kind
    seed: str
    rows: tuple[int, ...]
    text: str

    def __str__(self) -> str:
        noun = "row" if len(self.rows) == 1 else "rows"
        numbers = ", ".join(str(row) for row in self.rows)
        return f"{SEEDS_BY_NAME[self.seed].file_name} {noun} {numbers}: {self.text}"


@dataclass(frozen=True, slots=True)
class Observed:
    """What the data holds so far: touchpoint types, and (feed, key) of the channel map."""

    touchpoint_types: Collection[str] = ()
    channel_keys: Collection[tuple[str, str]] = ()
