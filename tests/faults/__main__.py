"""`python -m tests.faults [--points N] [--seeds S] [--first P]`: every fault tried, as one table.

Each file of a home is damaged in each way; then every command that writes is killed. Points are
kills at random moments, those of a refresh spread over companies of S seeds; a number printed with
a fault chooses the same company, delivery and moment again (`--first NUMBER --points 1`).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from pathlib import Path

from tests.faults.commands import Commands
from tests.faults.damage import Pair, pairs, try_pair
from tests.faults.kills import Company, Point
from tests.faults.warm import Server
from tests.readers.postgres_server import bin_folder, running_server

POINTS, SEEDS = 1000, 20
# kills of each other command for a hundred of a refresh
OF_COMMANDS = 10


def kill_points(server: Server, folder: Path, numbers: range, seeds: int) -> Iterator[Point]:
    """The points of these numbers; the company of a point is that of the number modulo `seeds`."""
    for seed in range(seeds):
        chosen = [number for number in numbers if number % seeds == seed]
        if chosen:
            company = Company(server, folder / f"seed_{seed}", seed)
            for number in chosen:
                yield company.try_point(number)


def kill_commands(
    server: Server, company: Company, folder: Path, numbers: range
) -> Iterator[tuple[str, Point]]:
    """The commands that hand on or erase, killed; by their names."""
    programs = bin_folder()
    with running_server(programs) if programs else nullcontext() as postgres:
        commands = Commands(server, company, folder, postgres)
        for number in numbers[:: 100 // OF_COMMANDS]:
            for name in commands.names:
                yield f"kills of {name}", commands.try_point(number, name)


def damaged_files(server: Server, company: Company, folder: Path) -> Iterator[Pair]:
    """Every damage of every file."""
    other = Company(server, folder / "other", 2).before.home
    for file, damage in pairs():
        yield try_pair(server, company, other, folder, file, damage)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--points", type=int, default=POINTS, help="kills of a refresh to try")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="companies they are spread over")
    parser.add_argument("--first", type=int, default=0, help="number of the first point")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin none after so many")
    parser.add_argument("--no-damage", action="store_true", help="leave the damaged files out")
    given = parser.parse_args()
    numbers = range(given.first, given.first + given.points)
    end = time.monotonic() + 60 * given.minutes
    tried: dict[str, list[Point | Pair]] = {}
    with tempfile.TemporaryDirectory() as name, Server(Path(name)) as server:
        folder = Path(name)
        company = Company(server, folder / "company", 1)
        refreshes = kill_points(server, folder / "kills", numbers, given.seeds)
        faults: list[Iterator[tuple[str, Point | Pair]]] = [
            kill_commands(server, company, folder, numbers),
            (("kills of a refresh", point) for point in refreshes),
        ]
        if not given.no_damage:
            damaged = damaged_files(server, company, folder)
            faults.append(("damaged files", pair) for pair in damaged)
        for what, one in chain.from_iterable(faults):
            tried.setdefault(what, []).append(one)
            if one.wrong:
                print(f"{one.label}: {'; '.join(one.wrong)}", flush=True)
            if one.outside:
                print(f"{one.label}: addresses in {', '.join(one.outside)}", flush=True)
            if time.monotonic() > end:
                break
    print("\n".join(table(tried)))
    return int(any(one.wrong or one.outside for found in tried.values() for one in found))


def table(tried: dict[str, list[Point | Pair]]) -> list[str]:
    """What was tried and what came of it, as Markdown."""
    lines = [
        "| fault | tried | recovered | rows lost or wrong, in raw tables or marts"
        " | addresses outside of the warehouse | of them |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in tried.items():
        wrong = sum(bool(one.wrong) for one in found)
        notes = ", ".join(
            f"{note} {sum(one.note == note for one in found)}"
            for note in dict.fromkeys(one.note for one in found)
            if note
        )
        outside = sum(bool(one.outside) for one in found)
        counts = (len(found), len(found) - wrong, wrong, outside)
        lines.append(f"| {name} | {' | '.join(map(str, counts))} | {notes} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
