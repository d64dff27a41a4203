"""`python -m tests.faults.growth [--days N] [--runs R]`: how a home grows with a run each day.

A small company delivers a file of leads, visits and mails each day; the last R runs are kept. What
each part of the home holds is printed as a table, in kilobytes.
"""

import argparse
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from tests.faults.home import EARLIER, deliveries
from tests.faults.warm import Server

PARTS = ("warehouse.duckdb", "marts.duckdb", "dagster", "gates", "dbt", "scratch", "logs")
SEED = 1


def deliver(landing: Path, day: date) -> None:
    """Write the files of one day: two leads, twenty visits and four mails."""
    leads = "".join(
        f"D{day:%m%d}{n},{day}T0{n}:00:00,d{day:%m%d}{n}@daily.example\n" for n in range(2)
    )
    visits = "".join(
        f"V{day:%m%d}{n},{day}T{n:02}:00:00,C{n % 7},page_view,/price/{n % 3}\n" for n in range(20)
    )
    mails = "".join(
        f"M{day:%m%d}{n},{day}T09:0{n}:00,news,{'open' if n % 2 else 'sent'},D{day:%m%d}0\n"
        for n in range(4)
    )
    for feed, header, rows in (
        ("leads", "lead_id,created_at,email", leads),
        ("web_events", "event_id,occurred_at,anonymous_id,event_type,page_url", visits),
        ("mail_events", "event_id,occurred_at,mail_id,event_type,lead_id", mails),
    ):
        (landing / feed / f"daily_{day}.csv").write_text(f"{header}\n{rows}", encoding="utf-8")


def sizes(home: Path) -> dict[str, int]:
    """Kilobytes of each part, and of all that is left."""
    found = dict.fromkeys((*PARTS, "rest"), 0)
    for path in home.rglob("*"):
        if path.is_file():
            part = path.relative_to(home).parts[0].removesuffix(".wal")
            found[part if part in PARTS else "rest"] += path.stat().st_size
    return {part: size // 1000 for part, size in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.growth", description=__doc__)
    parser.add_argument("--days", type=int, default=60, help="daily runs")
    parser.add_argument("--runs", type=int, default=10, help="retention.runs")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin none after so many")
    given = parser.parse_args()
    end = time.monotonic() + 60 * given.minutes
    with tempfile.TemporaryDirectory() as name, Server(Path(name)) as server:
        folder = Path(name)
        landing, home = deliveries(folder / "company", SEED).first, folder / "home"
        (folder / "funnel.toml").write_text(
            f'home = "home"\n[sources.daily]\nlanding = "{landing}"\n'
            f"[retention]\nruns = {given.runs}\n"
        )
        print("| run | seconds |", " | ".join((*PARTS, "rest")), "|")
        print("|---" * (len(PARTS) + 3) + "|")
        for number in range(given.days + 1):
            day = EARLIER + timedelta(days=number)
            if number:
                deliver(landing, day)
            ended = server.funnel("refresh", "--as-of", day, folder=folder)
            if ended.status:
                print(ended.said)
                return 1
            held = " | ".join(f"{size:,}" for size in sizes(home).values())
            print(f"| {number} | {ended.seconds:.0f} | {held} |", flush=True)
            if time.monotonic() > end:
                break
    return 0


if __name__ == "__main__":
    sys.exit(main())
