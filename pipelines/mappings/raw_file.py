"""One file of an export, and how its mapping has it read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.load.conversion import needs_copy
from pipelines.load.reading import format_of, read_file, ways_to_read
from pipelines.load.relation import Dialect, RawRelation, UnreadableError
from pipelines.mappings.folder import FoundFile
from pipelines.mappings.mapping import DELIVERED_AT, FILE_NAME, FileKind
from pipelines.sql import literal

JSON = ("jsonl", "json")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of the folder, what kind of file the mapping takes it for, and what it must have.

    `wanted` are columns that some expression reads and that are not optional.
    """

    found: FoundFile
    kind: FileKind
    wanted: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.found.name

    @property
    def path(self) -> Path:
        return self.found.path

    @property
    def dialect(self) -> Dialect:
        kind = self.kind
        format_name = format_of(self.path.name)
        delimiter = kind.delimiter or ("\t" if format_name == "tsv" else ",")
        return Dialect(
            delimiter="," if format_name == "xlsx" else delimiter,
            names=kind.header or None,
            explode=kind.explode,
            encoding=kind.encoding,
            skip=kind.skip,
            quoted=kind.quoted,
            sheet=kind.sheet,
        )

    @property
    def lineage(self) -> dict[str, str]:
        """The columns that tell of the file, as SQL: its name, and when it was last changed."""
        changed = datetime.fromtimestamp(self.found.landed.stat().st_mtime, UTC)
        values = {FILE_NAME: self.name, DELIVERED_AT: f"{changed:%Y-%m-%d %H:%M:%SZ}"}
        return {name: literal(value) for name, value in values.items()}

    @property
    def is_json(self) -> bool:
        """Whether each row may omit columns that others have."""
        return format_of(self.path.name) in JSON

    @property
    def is_copied(self) -> bool:
        """Whether it takes a copy to read it; its columns are seen when it is loaded."""
        return needs_copy(self.path, format_of(self.path.name), self.dialect)

    def columns(self, connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
        """The names of its columns; raises UnreadableError."""
        return frozenset(next(self._ways(connection)).columns)

    def absent(self, columns: frozenset[str]) -> list[str]:
        """The wanted columns that are not among these under any of their names."""
        aliases = self.kind.aliases
        return sorted(name for name in self.wanted if not columns & {name, *aliases.get(name, ())})

    def ways(self, connection: duckdb.DuckDBPyConnection) -> Iterator[RawRelation]:
        """The readings of the raw rows, as `ways_to_read` has them."""
        for raw in self._ways(connection):
            self._refuse_absent(raw)
            yield raw

    def read(self, connection: duckdb.DuckDBPyConnection) -> RawRelation:
        """The first reading that gets through all of them; raises UnreadableError."""
        if self.found.fault:
            raise UnreadableError(self.found.fault)
        raw = read_file(connection, self.path, self.dialect)
        self._refuse_absent(raw)
        return raw

    def _ways(self, connection: duckdb.DuckDBPyConnection) -> Iterator[RawRelation]:
        if self.found.fault:
            raise UnreadableError(self.found.fault)
        return ways_to_read(connection, self.path, self.dialect)

    def _refuse_absent(self, raw: RawRelation) -> None:
        """What other files could not tell of before the load, it is told of in it."""
        absent = [] if self.is_json else self.absent(frozenset(raw.columns))
        if absent:
            raise UnreadableError(f"it has no column `{absent[0]}`, only {', '.join(raw.columns)}")
