"""One file of an export, and how its mapping has it read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.load.reading import format_of, read_file, ways_to_read
from pipelines.load.relation import Dialect, RawRelation, UnreadableError
from pipelines.mappings.folder import FoundFile
from pipelines.mappings.mapping import DELIVERED_AT, FILE_NAME, FileKind
from pipelines.sql import literal


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of the folder and what kind of file the mapping takes it for."""

    found: FoundFile
    kind: FileKind

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

    def ways(self, connection: duckdb.DuckDBPyConnection) -> Iterator[RawRelation]:
        """The readings of the raw rows, as `ways_to_read` has them."""
        if self.found.fault:
            raise UnreadableError(self.found.fault)
        return ways_to_read(connection, self.path, self.dialect)

    def read(self, connection: duckdb.DuckDBPyConnection) -> RawRelation:
        """The first reading that gets through all of them; raises UnreadableError."""
        if self.found.fault:
            raise UnreadableError(self.found.fault)
        return read_file(connection, self.path, self.dialect)
