"""What a mapping file says."""

from dataclasses import dataclass, field
from pathlib import Path

from pipelines.feeds import Feed

ROW_ID = "_row_id"
FILE_NAME = "_file"


@dataclass(frozen=True, slots=True)
class Lookup:
    """One more column for a kind of file: `take` from the row of `file` whose `there` is `here`."""

    name: str
    file: str
    here: str
    there: str
    take: str


@dataclass(frozen=True, slots=True)
class FileKind:
    """Raw files of one layout, found by the glob `patterns` of their base names.

    `header` names the columns of CSV files that have no header line, `delimiter` parts their
    fields; `aliases` gives the other
    names of a column; a file may lack the `optional` columns; `identity` are the columns that
    `_row_id` is made of; `timezone` is that of instants without an offset.
    """

    name: str
    patterns: tuple[str, ...]
    header: tuple[str, ...] = ()
    delimiter: str = ","
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    identity: tuple[str, ...] = ()
    timezone: str | None = None
    lookups: tuple[Lookup, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """One `[[rows]]` block: every row of a file that `where` selects gives one row of the feed."""

    position: int
    feed: Feed
    file: str
    columns: dict[str, str]
    where: str | None = None

    @property
    def label(self) -> str:
        return f"rows {self.position} ({self.feed.name} from {self.file})"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One source system."""

    path: Path
    files: dict[str, FileKind]
    rows: tuple[Rows, ...]
