"""What a mapping file says."""

from dataclasses import dataclass, field
from pathlib import Path

from pipelines.feeds import Feed
from pipelines.load.jsonl_file import quoted_key
from pipelines.load.relation import UTF_8

ROW_ID = "_row_id"
FILE_NAME = "_file"
# when it was last changed in the landing folder
DELIVERED_AT = "_delivered_at"
FILE_COLUMNS = frozenset({FILE_NAME, DELIVERED_AT})
# an element of an array, of which each makes a row
ELEMENT = "_element"
# the whole of a JSON line
WHOLE_LINE = "$"


@dataclass(frozen=True, slots=True)
class Array:
    """An array in a column, or behind keys in the JSON text of one.

    With a `separator` the column is a list in plain text, and each part of it an element.
    """

    column: str
    keys: tuple[str, ...] = ()
    separator: str | None = None

    @property
    def path(self) -> str:
        """Where in the column's JSON it is, as DuckDB has it."""
        return "$" + "".join(f".{quoted_key(key)}" for key in self.keys)


@dataclass(frozen=True, slots=True)
class Lookup:
    """One more column for a kind of file: `take` from the row of `file` whose `there` is `here`.

    All are SQL, `here` over the columns of the file that looks up, the others over those of `file`.
    Of several rows the last one with a value counts: the last in the order of `order_by`, the first
    if it `takes_first`, or of the files and their rows. The `file` may be of another `source` of
    the home, as that one's mapping has it.
    """

    name: str
    file: str
    here: tuple[str, ...]
    there: tuple[str, ...]
    take: str
    order_by: str | None = None
    takes_first: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class FileKind:
    """Raw files of one layout, found by the glob `patterns` of their names.

    `header` names the columns of CSV files that have no header line, `delimiter` parts their fields
    (a comma, or a tab by the suffix), which are not `quoted` where double quotes mean nothing;
    texts are in `encoding`, with `skip` lines before the table; `sheet` is read of a workbook; with
    `explode`, the keys of a JSON line behind which it has an array (none, if it is one), the
    elements of that are the rows. `aliases` gives the other names of a column; a file may lack the
    `optional` columns; `identity` are the columns that `_row_id` is made of; `timezone` is that of
    instants without an offset. A folder must hold a file of each pattern of a kind that is
    `required`.
    """

    name: str
    patterns: tuple[str, ...]
    header: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str = UTF_8
    skip: int = 0
    quoted: bool = True
    sheet: str | None = None
    explode: tuple[str, ...] | None = None
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    identity: tuple[str, ...] = ()
    timezone: str | None = None
    lookups: tuple[Lookup, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """One `[[rows]]` block: every row of a file that `where` selects gives one row of the feed.

    Where it has an array to `explode`, every element of that gives a row. Of its rows with one id
    the first stands if it `keeps_first`, the last of one key otherwise.
    """

    position: int
    feed: Feed
    file: str
    columns: dict[str, str]
    where: str | None = None
    keeps_first: bool = False
    explode: Array | None = None

    @property
    def label(self) -> str:
        return f"rows {self.position} ({self.feed.name} from {self.file})"


@dataclass(frozen=True, slots=True)
class Mapping:
    """One source system."""

    path: Path
    files: dict[str, FileKind]
    rows: tuple[Rows, ...]
