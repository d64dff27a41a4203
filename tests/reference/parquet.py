"""The values of a Parquet file as Python's own, as Arrow reads them and the contract wants them."""

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
EPOCH = datetime(1970, 1, 1)
# the seconds that a datetime can be
FIRST, LAST = ((limit - EPOCH) // timedelta(seconds=1) for limit in (datetime.min, datetime.max))


def parquet_records(content: bytes) -> list[dict[str, Any]]:
    # an INT96 may lie where no microsecond reaches
    table, coarse = (
        pq.read_table(io.BytesIO(content), coerce_int96_timestamp_unit=unit) for unit in ("us", "s")
    )
    columns = [_values(*both) for both in zip(table.columns, coarse.columns, strict=True)]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray, coarse: pa.ChunkedArray) -> list[Any]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return [_plain(value, kind.value_type) for value in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        seconds = [_seconds(one, coarse.type) for one in coarse.cast(pa.int64()).to_pylist()]
        values = column.cast(pa.int64()).to_pylist()
        return [_instant(*both, kind) for both in zip(values, seconds, strict=True)]
    if pa.types.is_date32(kind):
        days = column.cast(pa.int32()).to_pylist()
        return [None if one is None else _day(one) for one in days]
    return [_plain(value, kind) for value in column.to_pylist()]


def _seconds(value: int | None, kind: pa.DataType) -> int | None:
    return value if value is None else value // UNITS[kind.unit]


def _instant(value: int | None, seconds: int | None, kind: pa.DataType) -> datetime | str | None:
    """A text for what no datetime can be."""
    if value is None or seconds is None:
        return None
    if not FIRST <= seconds <= LAST:
        return f"{seconds} seconds since 1970"
    rest = value % UNITS[kind.unit]
    moment = EPOCH + timedelta(seconds=seconds, microseconds=rest * 10**6 // UNITS[kind.unit])
    return moment.replace(tzinfo=UTC) if kind.tz else moment


def _day(days: int) -> date | str:
    return EPOCH.date() + timedelta(days) if abs(days) < 10**6 else f"{days} days since 1970"


def _plain(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, float):
        return _number(value, kind)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, time | date):
        return str(value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.0f} s"
    return value


def _number(value: float, kind: pa.DataType) -> np.float64 | None:
    """The fewest digits that give this float, of half a float those of a float."""
    if np.isnan(value):
        return None
    return np.float64(value if pa.types.is_float64(kind) else str(np.float32(value)))
