"""Files of one feed each whose columns have any type that a tool writes, with any value of it."""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.reference.landing import Delivery

Rng = random.Random
Made = Callable[[Rng], Any]
EPOCH = datetime(1970, 1, 1)
MOMENTS = (datetime(1999, 12, 31, 23), datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59))
# for each feed its required columns by type, and those that it may lack
COLUMNS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "leads": (
        {"lead_id": "id", "created_at": "instant"},
        {
            **{"updated_at": "instant", "employee_count": "int", "mail_opt_in": "bool"},
            **{"is_deleted": "bool", "full_name": "text", "merged_into_lead_id": "id"},
        },
    ),
    "offline_events": (
        {"event_id": "id", "occurred_at": "instant", "event_type": "text"},
        {"quantity": "int", "campaign": "text", "lead_id": "id"},
    ),
    "costs": (
        {"cost_id": "id", "occurred_at": "instant", "channel": "text", "amount": "decimal"},
        {"campaign": "text"},
    ),
    "sales_dispositions": (
        {"disposition_id": "id", "occurred_at": "instant", "disposition": "text", "lead_id": "id"},
        {"amount": "decimal", "sales_team": "text", "opportunity_id": "id"},
    ),
}


def moment(rng: Rng) -> datetime:
    if rng.random() < 0.05:
        return rng.choice(MOMENTS)
    seconds = rng.randint(800_000_000, 4_200_000_000 if rng.random() < 0.1 else 4_000_000_000)
    return EPOCH + timedelta(seconds=seconds, microseconds=rng.choice([0, 0, 5 * 10**5, 123_456]))


def since_1970(per_second: int) -> Made:
    """An instant in a unit, now and then of a year that no microsecond reaches."""

    def made(rng: Rng) -> int:
        if per_second < 10**6 and rng.random() < 0.01:
            # the second of them is one of the year 2025 to whom 64 bits of microseconds run over
            seconds = rng.choice([4 * 10**12, 2**64 // 10**6 + 1_740_787_200, -(10**13), 10**12])
            return seconds * per_second
        since = moment(rng) - EPOCH
        micros = (since.days * 86_400 + since.seconds) * 10**6 + since.microseconds
        return micros * per_second // 10**6

    return made


def instants(unit: str, zone: str | None, per_second: int) -> tuple[pa.DataType, Made]:
    return pa.timestamp(unit, zone), since_1970(per_second)


def decimals(kind: pa.DataType) -> tuple[pa.DataType, Made]:
    def made(rng: Rng) -> Decimal:
        digits = min(kind.precision - kind.scale, rng.choice([1, 3, 16, 17, 40]))
        sign, number = rng.choice(["", "-"]), rng.randint(0, 10**digits - 1)
        part = rng.choice(["0", "5", "005", "1", "995"])[: kind.scale]
        return Decimal(f"{sign}{number}.{part}")

    return kind, made


def ints(kind: pa.DataType, low: int, high: int) -> tuple[pa.DataType, Made]:
    return kind, lambda rng: rng.choice([rng.randint(0, 100), 0, 1, low, high])


def floats(kind: pa.DataType, values: list[float]) -> tuple[pa.DataType, Made]:
    return kind, lambda rng: rng.choice(values)


def texts(values: list[str], kind: pa.DataType | None = None) -> tuple[pa.DataType, Made]:
    return kind or pa.string(), lambda rng: rng.choice(values)


NUMBERS: list[tuple[pa.DataType, Made]] = [
    ints(pa.int8(), -128, 127),
    ints(pa.int16(), -(2**15), 2**15 - 1),
    ints(pa.int32(), -(2**31), 2**31 - 1),
    ints(pa.int64(), -(2**63) + 1, 2**63 - 1),
    ints(pa.uint8(), 0, 255),
    ints(pa.uint16(), 0, 2**16 - 1),
    ints(pa.uint32(), 0, 2**32 - 1),
    ints(pa.uint64(), 0, 2**64 - 1),
    floats(pa.float64(), [0.0, -1.5, 3.0, 0.1, 1.005, -0.005, 1e-9, 2.0**60, 1e20, float("nan")]),
    floats(pa.float32(), [0.0, -1.5, 7.0, 0.1, 1.005, 16777216.0, float("inf"), float("nan")]),
    floats(pa.float16(), [np.float16(x) for x in (0, 1.5, 3, 0.1, 1000)]),
    *map(decimals, (pa.decimal32(9, 2), pa.decimal64(18, 4), pa.decimal128(38, 10))),
    *map(decimals, (pa.decimal128(38, 0), pa.decimal256(38, 2), pa.decimal256(39, 2))),
    *map(decimals, (pa.decimal256(50, 2), pa.decimal256(76, 38), pa.decimal256(76, 0))),
    texts(["1", "+12.0", "-3.50", "1e3", "", " 5 ", "9223372036854775807", "9223372036854775808"]),
    texts(["12.345", "-1.005", "abc", "9999999999999999.995", ".5"], pa.large_string()),
    texts(["2", "2.00"], pa.dictionary(pa.int8(), pa.string())),
    (pa.bool_(), lambda rng: rng.random() < 0.5),
    (pa.duration("s"), lambda rng: rng.randint(0, 100)),
    (pa.date32(), lambda rng: rng.randint(10_000, 20_000)),
]
KINDS: dict[str, list[tuple[pa.DataType, Made]]] = {
    "int": NUMBERS,
    "decimal": NUMBERS,
    "bool": [
        *NUMBERS[:1],
        (pa.bool_(), lambda rng: rng.random() < 0.5),
        floats(pa.float64(), [0.0, 1.0, 1.5, float("nan")]),
        texts(["true", "F", "Yes", "0", "maybe", ""]),
        texts(["no", "1"], pa.dictionary(pa.int32(), pa.string())),
        (pa.decimal256(40, 2), lambda rng: Decimal(rng.randint(0, 2))),
    ],
    "instant": [
        instants("s", None, 1),
        instants("s", "UTC", 1),
        instants("ms", None, 10**3),
        instants("ms", "Asia/Tokyo", 10**3),
        instants("us", None, 10**6),
        instants("us", "America/New_York", 10**6),
        instants("ns", None, 10**9),
        instants("ns", "UTC", 10**9),
        (pa.date32(), lambda rng: rng.choice([rng.randint(10_950, 47_490), -1, 2**31 - 2])),
        (pa.date64(), lambda rng: 86_400_000 * rng.randint(10_950, 47_490)),
        texts(["2025-01-02", "2025/01/02 03:04", "2025-01-02T03:04:05.678901+09:00", "soon", ""]),
        texts(["2024-02-29 23:59:59Z", "2023-02-29"], pa.dictionary(pa.int32(), pa.string())),
        (pa.int64(), lambda rng: rng.randint(0, 2 * 10**9)),
    ],
    "id": [
        ints(pa.int64(), -(2**63) + 1, 2**63 - 1),
        ints(pa.uint64(), 0, 2**64 - 1),
        floats(pa.float64(), [1.0, 2.0, 2.0**53 - 1, 2.0**53, 7.5, -0.0, float("nan")]),
        decimals(pa.decimal128(38, 0)),
        decimals(pa.decimal256(76, 0)),
        texts(["L1", " L2 ", "7.0", "", "日本"]),
        texts(["L1", "L3"], pa.dictionary(pa.int32(), pa.string())),
    ],
    "text": [
        texts(["a", "", " ", "日本", "=1", "a\x00b", "\u200b", 'quo"te,'], pa.large_string()),
        texts(["x", "é"], pa.dictionary(pa.int32(), pa.string())),
        texts(["view", ""], pa.string_view()),
        (pa.binary(), lambda rng: rng.choice([b"bytes", "é".encode(), b""])),
        (pa.bool_(), lambda rng: rng.random() < 0.5),
        ints(pa.int64(), -(2**63) + 1, 2**63 - 1),
        ints(pa.uint64(), 0, 2**64 - 1),
        floats(pa.float64(), [1.5, -0.25, 100.0, float("nan")]),
        (pa.date32(), lambda rng: rng.randint(10_000, 20_000)),
        (pa.duration("s"), lambda rng: rng.randint(0, 100)),
        (pa.list_(pa.int64()), lambda rng: [rng.randint(0, 9)] * rng.randint(0, 2)),
        (
            pa.struct({"a": pa.int64(), "b": pa.string()}),
            lambda rng: {"a": rng.randint(0, 9), "b": "é"},
        ),
    ],
}


def typed_files(seed: int, files: int, rows: int) -> list[Delivery]:
    """So many files, most of them Parquet, of so many rows each."""
    rng = Rng(seed)
    found: list[Delivery] = []
    for number in range(files):
        feed = rng.choice(sorted(COLUMNS))
        name, write = rng.choice([("parquet", _parquet)] * 2 + [("csv", _csv), ("jsonl", _jsonl)])
        required, others = COLUMNS[feed]
        columns = required | {name: others[name] for name in others if rng.random() < 0.7}
        content = write(rng, columns, rows, f"{number}-")
        is_packed = name != "parquet" and rng.random() < 0.3
        if is_packed:
            content = gzip.compress(content, 1)
        found.append((feed, f"{number:04}.{name}{'.gz' if is_packed else ''}", content))
    return found


def _parquet(rng: Rng, columns: dict[str, str], rows: int, prefix: str) -> bytes:
    arrays = {}
    for place, (name, kind) in enumerate(columns.items()):
        # the key tells the rows apart, in half of the files
        if place == 0 and rng.random() < 0.5:
            arrays[name] = pa.array([f"{prefix}{row}" for row in range(rows)])
            continue
        arrow, made = rng.choice(KINDS[kind])
        values = [None if rng.random() < 0.02 else made(rng) for _ in range(rows)]
        arrays[name] = _array(values, arrow)
    written = io.BytesIO()
    pq.write_table(
        pa.table(arrays),
        written,
        use_deprecated_int96_timestamps=rng.random() < 0.15,
        store_decimal_as_integer=rng.random() < 0.3,
        use_dictionary=rng.random() < 0.5,
        compression=rng.choice(["none", "snappy", "zstd"]),
        row_group_size=rng.choice([rows, max(rows // 3, 1)]),
    )
    return written.getvalue()


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return pa.array(values, pa.string()).cast(kind)
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        return pa.array(values, pa.int64()).cast(kind)
    if pa.types.is_date32(kind):
        return pa.array(values, pa.int32()).cast(kind)
    return pa.array(values, kind)


def _text(rng: Rng, kind: str, key: str | None) -> Any:
    """A value as CSV and JSON have it."""
    if key:
        return key
    if rng.random() < 0.02:
        return None
    if kind == "instant":
        given = moment(rng)
        zone = rng.choice(["", "Z", "+09:00", "-0330"])
        return given.isoformat(rng.choice("T "), "microseconds") + zone
    if kind == "decimal":
        return rng.choice([rng.randint(-(10**6), 10**6), f"{rng.uniform(-1e5, 1e5):.3f}", "1.005"])
    if kind == "int":
        return rng.choice([rng.randint(-(2**63), 2**64), "3.0", "007", "many", rng.randint(0, 99)])
    if kind == "bool":
        return rng.choice(["true", "F", "1", "0", "yes", "2"])
    return rng.choice(["a", " b ", 'quo"te, é', "line\nbreak", "", "日本", str(rng.random())])


def _csv(rng: Rng, columns: dict[str, str], rows: int, prefix: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writerow(columns)
    for row in range(rows):
        key = f"{prefix}{row}"
        kinds = enumerate(columns.values())
        values = [_text(rng, kind, None if place else key) for place, kind in kinds]
        extra = ["more"] if rng.random() < 0.002 else []
        writer.writerow(["" if value is None else value for value in values] + extra)
    return text.getvalue().encode()


def _jsonl(rng: Rng, columns: dict[str, str], rows: int, prefix: str) -> bytes:
    numbers: dict[str, list[Any]] = {
        "decimal": [1.005, -2.5, 3, 0.1, 12345678901234567890],
        "int": [5, 2.0, 2.5, 10**25, True],
        "id": [7, 7.0, 2.0**53, 10**24 + 1, 2**64, -(2**63) - 1],
        "bool": [True, False, 1, 0],
        "text": [1, 1.5, True, {"a": [1, "é"]}, [], None],
    }
    lines = []
    for row in range(rows):
        event = {
            name: rng.choice(numbers[kind])
            if place and kind in numbers and rng.random() < 0.3
            else _text(rng, kind, None if place else f"{prefix}{row}")
            for place, (name, kind) in enumerate(columns.items())
        }
        line = json.dumps(event, ensure_ascii=rng.random() < 0.5)
        lines.append(line[:-1] if rng.random() < 0.002 else line)
    return "\n".join(lines).encode()
