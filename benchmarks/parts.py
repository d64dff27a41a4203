"""The parts of the benchmark: each prints what it compares, as lines of Markdown."""

import math
import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.companies import Company, company, is_kept, keep, restore, split_last_day
from benchmarks.equality import MARTS, different_marts
from benchmarks.running import Step, line, middle_seconds, run_step
from pipelines.sql import literal

GROWTH_STEPS = (16, 4, 1)


def build_part(work: Path, rows: int, rounds: int) -> Iterator[str]:
    """The marts of the bare script against it, then all models with their data tests."""
    made = company(work, rows)
    built, bare = _built_and_bare(made, rounds)
    yield line("bare script", bare)
    yield line("full build of the same marts", built, bare)
    yield from _equality(made)
    nodes, inside = built[-1].told["nodes"], built[-1].told["seconds_in_nodes"]
    yield f"- {nodes} seeds and models took {inside:.1f} s of {built[-1].seconds:.1f} s"
    yield _slowest("models", built[-1])
    yield _slowest("statements of the script", bare[-1])
    tested = []
    for _ in range(rounds):
        restore(made, "loaded")
        tested.append(run_step("build", **made.arguments(full=True, tests=True)))
    yield line("full build of all models with data tests", tested, bare)


def publish_part(work: Path, rows: int, rounds: int) -> Iterator[str]:
    """The marts into a fresh published file, against the full build before it."""
    made = company(work, rows)
    built, judged, published = [], [], []
    for _ in range(rounds):
        restore(made, "loaded")
        built.append(run_step("build", **made.arguments(full=True, tests=True)))
        judged.append(run_step("judge", **made.arguments()))
        published.append(run_step("publish", **made.arguments()))
    yield line("full build of all models with data tests", built)
    yield line("judging the marts", judged, built)
    yield line(f"publishing {published[-1].told['gib']:.2f} GiB", published, built)


def daily_part(work: Path, rows: int, rounds: int) -> Iterator[str]:
    """One more day, with late rows of the three days before, against the full build."""
    made = company(work, rows)
    before, day = split_last_day(made)
    landing = made.folder / "daily"
    link(landing, before)
    yesterday = (made.as_of - timedelta(days=1)).isoformat()
    base = made.arguments(landing=str(landing), as_of=yesterday)
    today = made.arguments(landing=str(landing), tests=True)
    if not is_kept(made, "yesterday"):
        shutil.rmtree(made.home, ignore_errors=True)
        run_step("refresh", **base)
        keep(made, "yesterday")
    idle, daily, full, parts = [], [], [], []
    for _ in range(rounds):
        link(landing, before)
        restore(made, "yesterday")
        idle.append(run_step("refresh", **base))
        link(landing, before, day)
        daily.append(run_step("refresh", **today))
        restore(made, "yesterday")
        parts.append([run_step(step, **today) for step in ("load", "build", "judge", "publish")])
        full.append(run_step("build", **{**today, "full": True}))
    loaded, built, judged, published = (list(steps) for steps in zip(*parts, strict=True))
    yield f"{rows_of(day):,} rows on top of {rows_of(before):,}"
    yield line("full build of all models with data tests", full)
    yield line("refresh with nothing new", idle, full)
    yield line("refresh with one more day", daily, full)
    above = middle_seconds(daily) - middle_seconds(idle)
    yield f"- above the refresh with nothing new: {above:.1f} s, {above / middle_seconds(full):.0%}"
    yield line("of it: loading the day", loaded, full)
    yield line("of it: building the day", built, full)
    yield line("of it: judging the marts", judged, full)
    yield line("of it: publishing", published, full)
    yield _slowest("models", built[-1])
    restore(made, "yesterday")
    run_step("load", **today)
    run_step("build", **today)
    _run_bare(made)
    yield from _equality(made)


def growth_part(work: Path, rows: int, rounds: int) -> Iterator[str]:
    """Load, build and bare script over three sizes: the exponent of seconds over rows."""
    sizes = [rows // divisor for divisor in GROWTH_STEPS]
    seconds: dict[str, list[float]] = {"load": [], "full build": [], "bare script": []}
    for size in sizes:
        made = company(work, size)
        loads = []
        for _ in range(rounds):
            shutil.rmtree(made.home, ignore_errors=True)
            loads.append(run_step("load", **made.arguments()))
        built, bare = _built_and_bare(made, rounds)
        for name, steps in zip(seconds, (loads, built, bare), strict=True):
            seconds[name].append(middle_seconds(steps))
            yield line(f"{size:,} web events: {name}", steps)
    for name, found in seconds.items():
        last = found[-1] / found[-2] / (sizes[-1] / sizes[-2])
        yield (
            f"- {name}: exponent {_exponent(sizes, found):.2f};"
            f" last step {last:.2f} times linear (aim 1.1)"
        )


def _built_and_bare(made: Company, rounds: int) -> tuple[list[Step], list[Step]]:
    built, bare = [], []
    for _ in range(rounds):
        bare.append(_run_bare(made))
        restore(made, "loaded")
        built.append(run_step("build", **made.arguments(full=True, marts=MARTS)))
    return built, bare


def _run_bare(made: Company) -> Step:
    return run_step(
        "bare",
        raw=str(made.raw),
        rules=str(made.rules),
        as_of=made.as_of.isoformat(),
        database=str(_bare_database(made)),
    )


def _bare_database(made: Company) -> Path:
    return made.folder / "bare.duckdb"


def _equality(made: Company) -> Iterator[str]:
    with duckdb.connect() as connection:
        for name, path in (
            ("ours", made.home / "warehouse.duckdb"),
            ("bare", _bare_database(made)),
        ):
            connection.execute(f"attach {literal(path)} as {name} (read_only)")
        found = different_marts(connection, "ours.marts", "bare.main")
    if found:
        yield f"- **the marts differ from the bare script's: {', '.join(found)}**"
    else:
        yield "- every mart equals the bare script's"


def link(landing: Path, *sources: Path) -> None:
    """Have a landing folder hold the files of others, and nothing else."""
    shutil.rmtree(landing, ignore_errors=True)
    for source in sources:
        for file in source.glob("*/*.parquet"):
            target = landing / file.parent.name / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(file)


def rows_of(folder: Path) -> int:
    found = [
        duckdb.execute(f"select count(*) from {literal(file)}").fetchone()
        for file in folder.glob("*/*.parquet")
    ]
    return sum(row[0] for row in found if row)


def _slowest(name: str, step: Step) -> str:
    shown = "; ".join(f"`{title}` {seconds:.1f} s" for title, seconds in step.told["slowest"])
    return f"- slowest {name}: {shown}"


def _exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of the least-squares line through the logarithms."""
    across = [math.log(size) for size in sizes]
    up = [math.log(second) for second in seconds]
    middle_x, middle_y = sum(across) / len(across), sum(up) / len(up)
    products = [(x - middle_x) * (y - middle_y) for x, y in zip(across, up, strict=True)]
    return sum(products) / sum((x - middle_x) ** 2 for x in across)
