"""Parquet files whose columns DuckDB does not read exactly, as copies in which those are texts.

DuckDB (1.5.5) takes decimals of more than 38 digits for floats and misreads them, durations for
whole numbers, and an INT96 of the year 600,000 for one of today; an instant that microseconds do
not reach and a text that is no JSON in a column of JSON make it fail on the whole file.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.limits import limits
from pipelines.load.content import too_much
from pipelines.load.copies import copied
from pipelines.load.relation import UnreadableError, refuse_wide

GREATEST_PRECISION = 38
# the bytes of a decimal of so many digits
GREATEST_LENGTH = 16
# seconds that microseconds in 64 bits reach
REACH = 2**63 // 10**6 - 1
LOGICAL_TYPES = {
    *("NONE", "UNKNOWN", "STRING", "ENUM", "JSON", "BSON", "UUID"),
    *("DECIMAL", "INT", "FLOAT16", "DATE", "TIME", "TIMESTAMP"),
}


class ParquetColumns:
    """The columns of a file by their places: how each is read, by what its schema says of it."""

    def __init__(self, path: Path) -> None:
        self.file = pq.ParquetFile(path, coerce_int96_timestamp_unit="us")
        self._path = path
        self.schema: pa.Schema = self.file.schema_arrow
        refuse_wide(len(self.file.schema))
        self._refuse_endless()
        self._leaves: list[list[Any]] = []
        start = 0
        for field in self.schema:
            end = start + _leaves(field.type)
            self._leaves.append([self.file.schema.column(leaf) for leaf in range(start, end)])
            start = end

    def _refuse_endless(self) -> None:
        """Raise UnreadableError for rows that cannot be in so few bytes: each value takes one."""
        size, rows = self._path.stat().st_size, self.file.metadata.num_rows
        most = limits().unpacked(size)
        if rows * len(self.file.schema) > most:
            raise UnreadableError(f"of its {rows:,} rows, {too_much(size, most)}")

    def refused(self) -> dict[int, str]:
        """The columns whose type neither DuckDB nor Arrow is known to read, with that type."""
        found = {}
        for place, leaves in enumerate(self._leaves):
            unknown = [leaf for leaf in leaves if leaf.logical_type.type not in LOGICAL_TYPES]
            if unknown:
                found[place] = str(unknown[0].logical_type)
        return found

    def readable(self, *, careful: bool) -> Path:
        """The file, or a copy in which what DuckDB misreads is text.

        A `careful` copy has as text too what DuckDB reads as long as it is in range, for files on
        which it failed. Raises UnreadableError.
        """
        places = {place for place in range(len(self.schema)) if self._is_misread(place)}
        if careful:
            places |= {place for place in range(len(self.schema)) if self._may_fail(place)}
        if not places:
            return self._path
        copy, _ = copied(self._path, careful, ".parquet", partial(self._write, places))
        return copy

    def _is_misread(self, place: int) -> bool:
        kind, leaves = self.schema.field(place).type, self._leaves[place]
        is_long = any(
            leaf.logical_type.type == "DECIMAL"
            and (leaf.precision > GREATEST_PRECISION or leaf.length > GREATEST_LENGTH)
            for leaf in leaves
        )
        return is_long or _holds(kind, pa.types.is_duration) or self._is_out_of_reach(place)

    def _may_fail(self, place: int) -> bool:
        return _holds(self.schema.field(place).type, pa.types.is_timestamp) or any(
            leaf.logical_type.type == "JSON" for leaf in self._leaves[place]
        )

    def _is_out_of_reach(self, place: int) -> bool:
        """Whether a column of INT96 has an instant for which DuckDB gives another."""
        if not self._is_int96(place):
            return False
        seconds = pc.abs(self._seconds(place).cast(pa.int64()))
        found: bool = pc.any(pc.greater(seconds, REACH)).as_py() or False
        return found

    def _is_int96(self, place: int) -> bool:
        is_plain = pa.types.is_timestamp(self.schema.field(place).type)
        return is_plain and str(self._leaves[place][0].physical_type) == "INT96"

    def _seconds(self, place: int) -> pa.ChunkedArray:
        """A column of INT96 in a unit that reaches all of it."""
        file = pq.ParquetFile(self._path, coerce_int96_timestamp_unit="s")
        return file.read(columns=[self._leaves[place][0].path]).column(0)

    def _write(self, places: set[int], copy: Path) -> None:
        seconds = {place: self._seconds(place) for place in places if self._is_int96(place)}
        fields = [
            pa.field(field.name, pa.string() if place in places else _plain(field.type))
            for place, field in enumerate(self.schema)
        ]
        schema, start = pa.schema(fields), 0
        with pq.ParquetWriter(copy, schema) as writer:
            for batch in self.file.iter_batches():
                columns = [
                    self._text(place, column)
                    if place in places
                    else column.cast(fields[place].type)
                    for place, column in enumerate(batch.columns)
                ]
                for place, whole in seconds.items():
                    part = whole.slice(start, len(batch)).combine_chunks()
                    columns[place] = _reached(batch.column(place), part, columns[place])
                start += len(batch)
                writer.write_batch(pa.record_batch(columns, schema=schema))

    def _text(self, place: int, column: pa.Array) -> pa.Array:
        try:
            return _text(column)
        except (ValueError, OverflowError) as error:
            field = self.schema.field(place)
            raise UnreadableError(
                f"column {field.name!r} of the type {field.type} cannot be read ({error}): export"
                " it as text"
            ) from None


def _reached(column: pa.Array, seconds: pa.Array, text: pa.Array) -> pa.Array:
    """The text of what microseconds reach, and that of the seconds of what they do not."""
    is_reached = pc.equal(column.cast(seconds.type, safe=False), seconds)
    return pc.if_else(is_reached, text, _text(seconds))


def _leaves(kind: pa.DataType) -> int:
    """How many columns of values a type takes in a file."""
    if isinstance(kind, pa.BaseExtensionType):
        return _leaves(kind.storage_type)
    return sum(_leaves(part) for part in _parts(kind)) or 1


def _parts(kind: pa.DataType) -> Sequence[pa.DataType]:
    """The types within one, in the order of the file."""
    if pa.types.is_dictionary(kind):
        return [kind.value_type]
    return [kind.field(number).type for number in range(kind.num_fields)]


def _holds(kind: pa.DataType, wanted: Any) -> bool:
    return wanted(kind) or any(_holds(part, wanted) for part in _parts(kind))


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of a column that stays as it is."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if isinstance(kind, pa.BaseExtensionType):
        return _text(column.storage)
    if pa.types.is_timestamp(kind):
        return _instants(column)
    if pa.types.is_duration(kind):
        return pc.binary_join_element_wise(column.cast(pa.string()), kind.unit, " ")
    if pa.types.is_decimal(kind) or pa.types.is_nested(kind):
        return pa.array([_told(value, kind) for value in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def _instants(column: pa.Array) -> pa.Array:
    """Instants as DuckDB writes them, of whatever year; `Z` behind those that have a zone."""
    kind = column.type
    if kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    values = column.to_numpy(zero_copy_only=False)
    text = pa.array(np.datetime_as_string(values), pa.string(), mask=np.isnat(values))
    text = pc.replace_substring(text, "T", " ")
    text = pc.replace_substring_regex(text, r"(\.[0-9]*?)0+$", r"\1")
    return pc.binary_join_element_wise(pc.utf8_rtrim(text, "."), "Z" if kind.tz else "", "")


def _told(value: Any, kind: pa.DataType) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return _digits(value)
    plain = _jsonable(value, kind)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)


def _jsonable(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return _digits(value)
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    if pa.types.is_map(kind):
        return {str(key): _jsonable(item, kind.item_type) for key, item in value}
    if pa.types.is_struct(kind):
        return {field.name: _jsonable(value[field.name], field.type) for field in kind}
    if isinstance(value, list):
        return [_jsonable(item, kind.value_type) for item in value]
    return value


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
