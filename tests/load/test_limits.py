"""What asks for more than it may costs itself alone: one load of one home, with small limits."""

import gzip
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import limits
from pipelines.limits import Limits
from pipelines.load import content, load, reading
from pipelines.load.archive import members_of
from pipelines.load.content import padding_of, refuse_truncated
from pipelines.load.relation import RawRelation
from tests.load.home import Home

HEADER = "event_id,occurred_at,event_type,campaign\n"
SMALL = Limits(unpacked_megabytes=2, unpacked_ratio=20, columns=50, row_megabytes=1)
WIDE = {f"c{number}": 1 for number in range(60)}
EVENT = {"occurred_at": "2025-01-05", "event_type": "visit"}


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_held", SMALL)


def line(**more: object) -> str:
    return json.dumps({**EVENT, **more}) + "\n"


def fill(home: Home) -> dict[str, str]:
    """Files that ask for too much, with what is said of each; others are sound."""
    long = "x" * 3_000_000
    wide = ",".join(WIDE)
    files = {
        "bomb.csv.gz": HEADER + "O-,2025-01-05,visit,\n" * 200_000,
        "bomb.jsonl.gz": line(event_id="O-", campaign=long),
        "line.csv": f"{HEADER}O-,2025-01-05,visit,{long}\nO-,2025-01-05,visit,\n",
        "header.csv": f"{long},{HEADER}",
        "line.jsonl": line(event_id="O-", campaign="x" * 40_000_000) + line(event_id="O-"),
        "wide.csv": f"event_id,{wide}\nO-{',' * 60}\n",
        "wide.jsonl": line(event_id="O-", **WIDE),
        "good.csv.gz": HEADER + "O1,2025-01-05,visit,\n",
        "good.jsonl": line(event_id="O2", campaign="y" * 500_000),
    }
    for name, text in files.items():
        home.write("offline_events", name, text)
    feed = home.landing / "offline_events"
    pq.write_table(
        pa.table({"event_id": ["O-"], **{key: [1] for key in WIDE}}), feed / "wide.parquet"
    )
    rows = 3_000_000
    pq.write_table(
        pa.table(
            {key: pa.array([value] * rows) for key, value in {"event_id": "O-", **EVENT}.items()}
        ),
        feed / "endless.parquet",
        compression="zstd",
    )
    too_much = "unpack to more than 2,000,000 (limits.unpacked_ratio and"
    too_wide = "columns, more than 50 (limits.columns in funnel.toml)"
    return {
        "bomb.csv.gz": too_much,
        "bomb.jsonl.gz": too_much,
        "endless.parquet": "of its 3,000,000 rows, ",
        "header.csv": "its header cannot be read",
        "line.csv": "line 2 is longer than 1 MB (limits.row_megabytes in funnel.toml)",
        "line.jsonl": "a line of it is longer than 1 MB (limits.row_megabytes in funnel.toml)",
        "wide.csv": f"it has 61 {too_wide}",
        "wide.jsonl": f"it has 63 {too_wide}",
        "wide.parquet": f"it has 61 {too_wide}",
    }


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("large_bytes", [16_000_000, 0], ids=["small", "large"])
def test_each_costs_its_own_file(
    home: Home, monkeypatch: pytest.MonkeyPatch, large_bytes: int
) -> None:
    monkeypatch.setattr("pipelines.load.staging.LARGE_BYTES", large_bytes)
    expected = fill(home)
    load(home.settings().replace(limits=SMALL), home.progress.append)
    said = {row["file"]: row["reason"] for row in home.quarantine()}
    assert said.keys() == expected.keys()
    for name, reason in expected.items():
        assert said[name].startswith("the file cannot be read: ")
        assert reason in said[name], said[name]
    assert [row["event_id"] for row in home.standing("offline_events")] == ["O1", "O2"]


def test_a_file_that_takes_too_long_costs_itself_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_held", Limits(file_seconds=1))
    ways = reading.ways_to_read

    def slow(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[RawRelation]:
        for raw in ways(connection, path):
            endless = f"{raw.sql} where (select count(*) from range(1000000000000)) > 0"
            yield replace(raw, sql=endless) if path.name == "slow.jsonl" else raw

    monkeypatch.setattr("pipelines.load.landing.ways_to_read", slow)
    for name in ("a.csv", "slow.jsonl", "z.csv"):
        text = line(event_id="S") if "jsonl" in name else f"{HEADER}{name},2025-01-05,visit,\n"
        home.write("offline_events", name, text)
    load(home.settings().replace(limits=Limits(file_seconds=1)), home.progress.append)
    assert [(row["file"], row["reason"]) for row in home.quarantine()] == [
        (
            "slow.jsonl",
            "the file cannot be read: it takes more than 1 s (limits.file_seconds in funnel.toml)",
        )
    ]
    assert [row["event_id"] for row in home.standing("offline_events")] == ["a.csv", "z.csv"]


@pytest.mark.usefixtures("small_limits")
def test_a_packed_file_is_unpacked_in_small_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "PIECE", 1_000)
    text = bytes(range(256)) * 4 + bytes(1_900_000)
    path = tmp_path / "it.csv.gz"
    for parts in ([text], [text[:1_000], text[1_000:]], [text[:5], b"", text[5:]]):
        for zeros in (0, 700):
            path.write_bytes(b"".join(map(gzip.compress, parts)) + bytes(zeros))
            pieces = list(content.chunks(path))
            assert b"".join(pieces) == text
            assert max(map(len, pieces)) <= 1_000
            assert padding_of(path) == zeros
    path.write_bytes(path.read_bytes()[:-720])
    with pytest.raises(content.UnreadableError, match="ends too early"):
        refuse_truncated(path)


@pytest.mark.usefixtures("small_limits")
def test_members_of_an_archive_that_overlap(tmp_path: Path) -> None:
    # many entries of a ZIP may point at one piece of data
    path = tmp_path / "it.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.csv", "0" * 1_000_000)
        for number in range(1, 5):
            info = zipfile.ZipInfo(f"{number}.csv")
            first = archive.filelist[0]
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(info, name, getattr(first, name))
            archive.filelist.append(info)
    with pytest.raises(content.UnreadableError, match=r"unpack to more than 2,000,000"):
        members_of(path)
