"""One home and the landing folders of its sources, to load into and to look at."""

import gzip
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.feeds import FEEDS_BY_NAME
from pipelines.load import LoadReport, load
from pipelines.settings import Settings, Source, of_source
from pipelines.variables import Variables

Row = dict[str, Any]


@dataclass
class Home:
    """A folder for one test; `progress` collects what the loads said.

    A source lands in the folder of its name.
    """

    folder: Path
    progress: list[str] = field(default_factory=list)

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    def source(self, name: str, **options: Any) -> Source:
        return Source(name=name, landing=self.folder / name, **options)

    def settings(self, *sources: Source, **variables: Any) -> Settings:
        return Settings(
            home=self.folder / "home",
            sources=sources or (self.source("landing"),),
            as_of=date(2025, 6, 30),
            variables=Variables(**variables),
        )

    def write(self, feed: str, name: str, content: str | bytes, source: str = "landing") -> Path:
        """Put a file into a feed's folder, packed if its name says so."""
        data = content.encode() if isinstance(content, str) else content
        if name.endswith(".gz") and isinstance(content, str):
            data = gzip.compress(data, mtime=0)
        path = self.folder / source / feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def write_parquet(self, feed: str, name: str, select: str) -> Path:
        """Put the rows of a DuckDB select into a Parquet file of a feed's folder."""
        path = self.landing / feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(f"copy ({select}) to '{path}' (format parquet)")
        return path

    def load(self, *sources: Source, **variables: Any) -> LoadReport:
        return load(self.settings(*sources, **variables), self.progress.append)

    def query(self, sql: str) -> list[Row]:
        with duckdb.connect(str(self.folder / "home" / "warehouse.duckdb")) as connection:
            return connection.sql(sql).to_arrow_table().to_pylist()

    def standing(self, feed: str) -> list[Row]:
        """The rows that count, by key, without lineage."""
        columns = ", ".join(FEEDS_BY_NAME[feed].column_names)
        key = ", ".join(FEEDS_BY_NAME[feed].key)
        return self.query(f"select {columns} from raw.{feed} where not _is_replaced order by {key}")

    def audit(self) -> dict[tuple[str, int], tuple[int, int, int, int]]:
        """By file (of its source) and delivery: rows read, loaded, replaced and quarantined."""
        rows = self.query("select * from raw.load_audit")
        files = [(row["feed"], of_source(row["source"], row["file"])) for row in rows]
        deliveries = {(*file, row["_delivery"]) for file, row in zip(files, rows, strict=True)}
        assert len(deliveries) == len(rows)
        return {
            (file, row["_delivery"]): (
                row["rows_read"],
                row["rows_loaded"],
                row["rows_replaced"],
                row["rows_quarantined"],
            )
            for (_, file), row in zip(files, rows, strict=True)
        }

    def quarantine(self) -> list[Row]:
        return self.query(
            "select feed, file, row_number, reason, row from raw.quarantine"
            " order by feed, file, _delivery, row_number"
        )

    def raw(self) -> dict[str, list[Row]]:
        """Everything that must not depend on when and in how many pieces it was loaded."""
        tables = {
            feed: self.query(
                f"select * exclude (_dlt_load_id) from raw.{feed} order by _source, _file,"
                " _delivery, _row_number"
            )
            for feed in FEEDS_BY_NAME
        }
        tables["quarantine"] = self.quarantine()
        tables["load_audit"] = self.query(
            "select * exclude (_dlt_load_id, loaded_at) from raw.load_audit"
            " order by source, feed, file, _delivery"
        )
        return tables
