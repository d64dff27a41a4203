"""`python -m benchmarks [PART ...] [--rows N] [--rounds R] [--work DIR] [--memory LIMIT]`."""

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks import load
from benchmarks.demo import demo_part
from benchmarks.parts import build_part, daily_part, growth_part, publish_part
from benchmarks.prediction import prediction_part
from benchmarks.running import GIB

Part = Callable[[Path, int, int], Iterable[str]]


def load_part(work: Path, rows: int, rounds: int) -> Iterator[str]:
    """Loading web events of three formats against bare DuckDB reading the same file."""
    for comparison in load.compare(rows, rounds, work):
        yield f"- {comparison}"
    for line in load.bad_rows(rows, rounds, work):
        yield f"- {line}"


PARTS: dict[str, Part] = {
    "load": load_part,
    "build": build_part,
    "daily": daily_part,
    "publish": publish_part,
    "growth": growth_part,
    "demo": demo_part,
    "prediction": prediction_part,
}


def machine() -> str:
    """What the figures were measured on."""
    memory = psutil.virtual_memory().total / GIB
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dlt", "dbt-core"))
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, {versions}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--rows", type=int, default=1_000_000, help="web events; the rest follows")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, help="keeps generated companies between runs")
    parser.add_argument("--memory", default="4GB", help="DuckDB's limit, ours and the script's")
    given = parser.parse_args()
    unknown = set(given.parts) - PARTS.keys()
    if unknown or given.rows < max(1, 16) or given.rounds < 1:
        parser.error(f"expected parts of {', '.join(PARTS)}, at least 16 rows and 1 round")
    work = (given.work or Path(tempfile.gettempdir()) / "funnel_benchmarks").absolute()
    work.mkdir(parents=True, exist_ok=True)
    os.environ["FUNNEL_MEMORY_LIMIT"] = given.memory
    print(f"{given.rows:,} web events, medians of {given.rounds} rounds, limit {given.memory}")
    print(machine(), flush=True)
    for name in given.parts or PARTS:
        print(f"\n## {name}\n", flush=True)
        for line in PARTS[name](work, given.rows, given.rounds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
