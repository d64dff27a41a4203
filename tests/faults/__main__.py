"""`python -m tests.faults [--points N] [--seeds S] [--first P]`: every fault tried, as one table.

Points are kills of a refresh at random moments, spread over companies of S seeds; a number printed
with a fault chooses the same company, delivery and moment again (`--first NUMBER --points 1`).
After them each file of a home is damaged in each way.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults.damage import Pair, pairs, try_pair
from tests.faults.kills import Company, Point
from tests.faults.warm import Server

POINTS, SEEDS = 1000, 20


def kill_points(server: Server, folder: Path, numbers: range, seeds: int) -> Iterator[Point]:
    """The points of these numbers; the company of a point is that of the number modulo `seeds`."""
    for seed in range(seeds):
        chosen = [number for number in numbers if number % seeds == seed]
        if chosen:
            company = Company(server, folder / f"seed_{seed}", seed)
            for number in chosen:
                yield company.try_point(number)


def damaged_files(server: Server, folder: Path) -> Iterator[Pair]:
    """Every damage of every file."""
    company = Company(server, folder / "one", 1)
    other = Company(server, folder / "other", 2).before.home
    for file, damage in pairs():
        yield try_pair(server, company, other, folder, file, damage)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--points", type=int, default=POINTS, help="kills to try")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="companies they are spread over")
    parser.add_argument("--first", type=int, default=0, help="number of the first point")
    parser.add_argument("--no-damage", action="store_true", help="leave the damaged files out")
    given = parser.parse_args()
    numbers = range(given.first, given.first + given.points)
    points: list[Point] = []
    damaged: list[Pair] = []
    with tempfile.TemporaryDirectory() as name, Server(Path(name)) as server:
        for point in kill_points(server, Path(name) / "kills", numbers, given.seeds):
            points.append(point)
            if point.wrong:
                print(f"point {point.number}: {point.done}: {'; '.join(point.wrong)}", flush=True)
        if not given.no_damage:
            for pair in damaged_files(server, Path(name) / "damage"):
                damaged.append(pair)
                if pair.wrong:
                    print(f"{pair.file}, {pair.damage}: {'; '.join(pair.wrong)}", flush=True)
    print("\n".join(table(points, damaged)))
    return int(any(one.wrong for one in [*points, *damaged]))


def table(points: list[Point], damaged: list[Pair]) -> list[str]:
    """What was tried and what came of it, as Markdown."""
    by_command = sum(pair.healed_by != "the refresh" for pair in damaged)
    rows = [
        ("kills of a refresh", points, sum(point.was_between for point in points)),
        ("damaged files", damaged, by_command),
    ]
    lines = [
        "| fault | tried | recovered | rows lost or wrong, in raw tables or marts | of them |",
        "|---|---|---|---|---|",
    ]
    words = ("after the kill the old marts stood in {}", "{} by the command that the message names")
    for (name, tried, some), word in zip(rows, words, strict=True):
        wrong = sum(bool(one.wrong) for one in tried)
        right = len(tried) - wrong
        lines.append(f"| {name} | {len(tried)} | {right} | {wrong} | {word.format(some)} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
