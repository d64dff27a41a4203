"""Whole commands on the demo company, as a person waits for them."""

import csv
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.companies import Company, demo_company, split_last_day
from benchmarks.parts import link, rows_of
from benchmarks.running import line, run_step
from pipelines.settings import SHIPPED_RULES

CHANGED_RULES = "scoring_rules"


def demo_part(work: Path, rows: int, rounds: int) -> Iterator[str]:  # noqa: ARG001 - of one size
    """`funnel refresh` of the demo company: first, with nothing new, a changed rule, one more day.

    What was parsed is as the command leaves it: nothing before the first refresh.
    """
    made = demo_company(work)
    before, day = split_last_day(made)
    landing = made.folder / "daily"
    yesterday = (made.as_of - timedelta(days=1)).isoformat()
    rules = _with_one_more_point(made)
    first, idle, changed, daily = [], [], [], []
    for _ in range(rounds):
        shutil.rmtree(made.home, ignore_errors=True)
        first.append(run_step("refresh", **made.arguments()))
        idle.append(run_step("refresh", **made.arguments()))
        changed.append(run_step("refresh", **made.arguments(rules=str(rules))))
        shutil.rmtree(made.home)
        link(landing, before)
        run_step("refresh", **made.arguments(landing=str(landing), as_of=yesterday))
        link(landing, before, day)
        daily.append(run_step("refresh", **made.arguments(landing=str(landing))))
    yield line("first refresh", first)
    yield line("nothing new", idle, first)
    yield line("one changed scoring rule", changed, first)
    yield line(f"one more day, {rows_of(day):,} rows on top of {rows_of(before):,}", daily, first)


def _with_one_more_point(made: Company) -> Path:
    """The shipped rules, but the first scoring rule counts one point more."""
    folder = made.folder / "changed_rules"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SHIPPED_RULES, folder)
    path = folder / f"{CHANGED_RULES}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["points"] = str(int(rows[0]["points"]) + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder
