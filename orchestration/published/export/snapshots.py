"""What a receiver may hold: one snapshot of keys and digests per export.

An export first writes its snapshot, then the file, and only then deletes the earlier snapshots.
Whatever interrupts it, a key is certain only where all remaining snapshots agree on it; every
other key is exported again.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.published.export.writing import FORMATS, put_in_place, write_query
from pipelines.sql import literal

NOTHING = "select null::varchar as key, null::varchar as digest where false"


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The snapshots of one list, in a folder of their own, numbered like the exports."""

    folder: Path

    def kept(self) -> list[Path]:
        return sorted(self.folder.glob("*.parquet"))

    def last_number(self) -> int:
        return int(self.kept()[-1].stem)

    def begin(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make sure that there is a snapshot: before the first export the receiver has no rows."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.kept():
            self.write(connection, 0, NOTHING)

    def write(self, connection: duckdb.DuckDBPyConnection, number: int, query: str) -> None:
        """Keep the (key, digest) rows of a query as those of export `number`."""
        target = self.folder / f"{number:06}.parquet"
        write_query(connection, query, target, FORMATS["parquet"])
        put_in_place([target])

    def delete_before(self, number: int) -> None:
        """Delete the snapshots of the exports before `number`."""
        for path in self.kept():
            if int(path.stem) < number:
                path.unlink()

    def query(self) -> str:
        """One row per key that a receiver may hold: `key`, `digest`, `is_certain`."""
        kept = self.kept()
        files = ", ".join(literal(path) for path in kept)
        return (
            "select key, min(digest) as digest,"
            f" count(*) = {len(kept)} and min(digest) = max(digest) as is_certain"
            f" from read_parquet([{files}]) group by key"
        )
