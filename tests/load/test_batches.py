"""Small files that one statement reads give the same as one by one, whatever is wrong with some."""

import csv
import gzip
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.load import batches
from pipelines.load.staging import Stage
from pipelines.personal.erased import add_erased, hash_of
from pipelines.personal.secret import secret_of
from tests.load.home import Home, Row

COLUMNS = ("event_id", "occurred_at", "event_type", "email", "campaign", "quantity")
FORMATS = ("csv", "jsonl", "parquet")
ERASED = "gone@x.example"


def rows_of(chosen: random.Random, number: int) -> list[Row]:
    def row(place: int) -> Row:
        return {
            "event_id": f"E{chosen.choice((number, number, place))}-{place}",
            "occurred_at": chosen.choice(("2025-01-05", "2025-01-06T09:00:00+09:00", "soon")),
            "event_type": "visit",
            "email": chosen.choice(("", "ken@x.example", ERASED)),
            "campaign": chosen.choice(("fair", 'the "big" one', "a,b", "x\ny", " ")),
            "quantity": chosen.choice(("", "1", "2.0", "many")),
        }

    return [row(place) for place in range(chosen.randrange(6))]


def as_csv(chosen: random.Random, rows: list[Row], names: Sequence[str], end: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator=end, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    more = ("",) * 6 + ("short,row", "long" + "," * 9, '"open', "\ufeff", "a\rb,,,,,", end, "  ")
    return text.getvalue() + chosen.choice(more) + chosen.choice(("", end))


def as_jsonl(chosen: random.Random, rows: list[Row]) -> str:
    spelt = chosen.choice(("email", "email", " Email"))
    told = [
        {spelt if key == "email" else key: value for key, value in row.items() if value != ""}
        for row in rows
    ]
    if chosen.random() < 0.3:
        told = [{**row, "event_id": 7.5, "note": {"depth": 1.50}} for row in told]
    more = ("",) * 6 + ("{", "[1,]", '{"event_id": "E", "event_id": "F"}', "null", "\n", "\ufeff")
    return "".join(f"{json.dumps(row)}\n" for row in told) + chosen.choice(more)


def write_parquet(chosen: random.Random, rows: list[Row], path: Path) -> None:
    names = COLUMNS if chosen.random() < 0.8 else COLUMNS[1:]
    table = pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})
    pq.write_table(table, path)
    if chosen.random() < 0.1:
        path.write_bytes(path.read_bytes()[:-9])


def fill(home: Home, files: int) -> None:
    chosen = random.Random(5)
    folder = home.landing / "offline_events"
    folder.mkdir(parents=True)
    for number in range(files):
        # files that follow each other are alike, most of them
        run = random.Random(number // 12)
        kind, is_packed = FORMATS[number // 12 % 3], number // 12 > 3
        names = run.choice((COLUMNS, (*COLUMNS, "note")))
        end = run.choice(("\n", "\r\n"))
        rows = rows_of(chosen, number)
        path = folder / f"{number:03}[{kind}]'{chosen.choice('?*é ')}.{kind}"
        if kind == "parquet":
            write_parquet(chosen, rows, path)
            continue
        if chosen.random() < 0.1:
            names = COLUMNS[1:]
        text = as_csv(chosen, rows, names, end) if kind == "csv" else as_jsonl(chosen, rows)
        data = text.encode()
        if is_packed:
            path = path.with_name(f"{path.name}.gz")
            data = gzip.compress(data) + chosen.choice((b"", b"", bytes(9), b"x"))
        path.write_bytes(data)


def test_files_together_are_as_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[int, Any] = {}
    tried: list[int] = []
    examine = Stage.examine_together

    def counted(stage: Stage, batch: Any) -> Any:
        tried.append(len(batch))
        return examine(stage, batch)

    monkeypatch.setattr(Stage, "examine_together", counted)
    for most in (1, 500):
        monkeypatch.setattr(batches, "MOST_FILES", most)
        home = Home(tmp_path / str(most))
        fill(home, 72)
        folder = home.folder / "home"
        folder.mkdir()
        add_erased(folder, [hash_of(secret_of(folder), "address", ERASED)])
        report = home.load()
        found[most] = (home.raw(), report.warnings, report.feeds)
        assert bool(tried) == (most > 1)
    assert found[1] == found[500]
    raw, warnings, _ = found[500]
    reasons = " ".join(row["reason"] for row in raw["quarantine"])
    for said in ("more fields", "is not a JSON", "cannot be read", "not a whole number", "no col"):
        assert said in reasons, said
    assert any("erased people" in one for one in warnings)
    # few enough statements that most files were read with others
    assert max(tried) > 5
