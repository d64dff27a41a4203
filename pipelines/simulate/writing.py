"""Files of every landing format, the same bytes for the same rows."""

import gzip
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.sql import literal

_STYLES = {
    "zulu": ("UTC", "%Y-%m-%dT%H:%M:%S", "Z"),
    "tokyo": ("Asia/Tokyo", "%Y-%m-%dT%H:%M:%S", "+09:00"),
    "naive": ("UTC", "%Y-%m-%d %H:%M:%S", ""),
    "slashed": ("UTC", "%Y/%m/%d %H:%M:%S", "+0000"),
}
STYLES = tuple(_STYLES)
_ROW_GROUP = 114_688


class Writer:
    """Writes tables as files of one folder; `close` it when done."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        # one thread keeps the order of the rows without buffering them all
        self._connection = duckdb.connect(config={"threads": 1})

    def close(self) -> None:
        self._connection.close()

    def write(
        self, name: str, rows: pa.Table, style: str = "zulu", odd_header: bool = False
    ) -> None:
        """Write rows in the format of the name's suffix.

        `style` says how instants are written as text, and their zone in Parquet. `odd_header`
        gives a CSV a byte order mark, capitals, padding and a column too many.
        """
        path = self._folder / name
        plain = path.with_suffix("") if path.suffix == ".gz" else path
        if plain.suffix == ".parquet":
            pq.write_table(
                _zoned(rows, style), plain, row_group_size=_ROW_GROUP, store_schema=False
            )
            return
        self._copy(plain, _as_text(rows, style), odd_header)
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(plain.read_bytes(), 6, mtime=0))
            plain.unlink()

    def write_bytes(self, name: str, content: bytes) -> None:
        """Write a file that no export would make on purpose."""
        (self._folder / name).write_bytes(content)

    def read_bytes(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def _copy(self, path: Path, rows: pa.Table, odd_header: bool) -> None:
        if odd_header:
            rows = rows.append_column("exported by", pa.array(["crm"] * rows.num_rows, pa.string()))
            rows = rows.rename_columns([f" {name.upper()} " for name in rows.column_names])
        options = "format csv, header" if path.suffix == ".csv" else "format json"
        self._connection.register("written_rows", rows)
        self._connection.execute(f"copy written_rows to {literal(path)} ({options})")
        self._connection.unregister("written_rows")
        if odd_header:
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def _as_text(rows: pa.Table, style: str) -> pa.Table:
    """Instants as text in the given style."""
    zone, pattern, suffix = _STYLES[style]
    for index, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            local = pc.assume_timezone(rows.column(index), "UTC").cast(
                pa.timestamp(field.type.unit, zone)
            )
            written = pc.binary_join_element_wise(pc.strftime(local, pattern), suffix, "")
            rows = rows.set_column(index, field.name, written)
    return rows


def _zoned(rows: pa.Table, style: str) -> pa.Table:
    """Instants as microseconds, with or without a zone."""
    zone = {"zulu": "UTC", "tokyo": "Asia/Tokyo"}.get(style)
    for index, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            instants = rows.column(index).cast(pa.timestamp("us"))
            if zone:
                instants = pc.assume_timezone(instants, "UTC").cast(pa.timestamp("us", zone))
            rows = rows.set_column(index, field.name, instants)
    return rows
