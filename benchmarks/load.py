"""Loading web events against bare DuckDB reading the same file into a table, in one run.

`python -m benchmarks.load --rows N --repeats N --folder DIR`; the process calls itself with
`bare FILE FOLDER`, `full FILE FOLDER` or `processor FILE FOLDER` for each single measurement.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.measure import Measured, measured, middle
from benchmarks.web_events import FORMATS, write_web_events
from pipelines.sql import literal

MODULE = "benchmarks.load"
BAD_AIM = 1.3
AIMS = {"parquet": 1.5, "jsonl.gz": 2.0, "csv": 2.0}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One format: bare DuckDB and the whole load, medians of the same run."""

    format: str
    bare: Measured
    load: Measured

    @property
    def ratio(self) -> float:
        return self.load.seconds / self.bare.seconds

    def __str__(self) -> str:
        return (
            f"{self.format:<9} bare {self.bare.seconds:6.1f} s   load {self.load.seconds:6.1f} s"
            f"   ratio {self.ratio:4.2f} (aim {AIMS[self.format]})"
            f"   peak {self.load.peak_bytes / (1 << 30):4.2f} GiB"
            f" (bare {self.bare.peak_bytes / (1 << 30):4.2f})"
        )


def compare(rows: int, repeats: int, folder: Path) -> Iterable[Comparison]:
    """Each format in turn; bare and load alternate, so that a noisy minute hits both."""
    files = write_web_events(folder / "files", rows)
    for name in FORMATS:
        bare: list[Measured] = []
        load: list[Measured] = []
        for _ in range(repeats):
            for kind, runs in (("bare", bare), ("full", load)):
                with tempfile.TemporaryDirectory(dir=folder) as scratch:
                    runs.append(measured(MODULE, kind, str(files[name]), scratch))
        yield Comparison(name, middle(bare), middle(load))


def bad_rows(rows: int, repeats: int, folder: Path) -> Iterable[str]:
    """Processor seconds of a load with one bad row in twenty, against the same without any."""
    sound = write_web_events(folder / "files", rows)
    bad = write_web_events(folder / "files", rows, with_bad=True)
    for name in FORMATS:
        seconds: list[float] = []
        for files in (sound, bad):
            runs = []
            for _ in range(repeats):
                with tempfile.TemporaryDirectory(dir=folder) as scratch:
                    runs.append(measured(MODULE, "processor", str(files[name]), scratch))
            seconds.append(middle(runs).seconds)
        yield (
            f"{name:<9} load {seconds[0]:6.1f} s of processors   with 5 % bad rows"
            f" {seconds[1]:6.1f} s   ratio {seconds[1] / seconds[0]:4.2f} (aim {BAD_AIM})"
        )


def bare(file: Path, folder: Path) -> None:
    """`create table as` with what the loader sets, up to the closed database."""
    import duckdb

    with duckdb.connect(str(folder / "bare.duckdb")) as connection:
        connection.execute("set memory_limit = '4GB'")
        connection.execute(f"create table events as from {literal(file)}")


def full(file: Path, folder: Path) -> None:
    """The load of a landing folder that holds this file alone, into an empty home."""
    from pipelines.load import load
    from pipelines.settings import Settings, Source

    landing = folder / "landing" / "web_events"
    landing.mkdir(parents=True)
    (landing / file.name).hardlink_to(file)
    sources = (Source(landing=landing.parent),)
    settings = Settings(home=folder / "home", sources=sources, as_of=date(2025, 1, 1))
    report = load(settings, lambda _message: None)
    if not any(counts.rows_loaded for counts in report.feeds):
        raise RuntimeError(f"nothing was loaded: {report}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(".funnel/bench"))
    given = parser.parse_args()
    folder = given.folder.absolute()
    try:
        for comparison in compare(given.rows, given.repeats, folder):
            print(comparison, flush=True)
        for line in bad_rows(given.rows, given.repeats, folder):
            print(line, flush=True)
    finally:
        shutil.rmtree(folder / "files", ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] in (["bare"], ["full"], ["processor"]):
        clock = time.process_time if sys.argv[1] == "processor" else time.perf_counter
        begun = clock()
        (bare if sys.argv[1] == "bare" else full)(Path(sys.argv[2]), Path(sys.argv[3]))
        print(clock() - begun)
    else:
        main()
