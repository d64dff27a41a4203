"""The embedded default: a simulated company, written once per home."""

from datetime import date
from pathlib import Path

from orchestration.console import say
from orchestration.home import lock
from orchestration.home.records import read_records
from pipelines.errors import UsageError

LEADS = 2_000
DAYS = 540
SEED = 7


def demo_landing(home: Path) -> tuple[Path, date]:
    """The demo company's landing folder under the home and its last day.

    Raises UsageError for a home of other exports, which its rows would join.
    """
    from pipelines.simulate import simulate

    folder = home / "demo"
    last_day = folder / "as_of"
    run = read_records(home).run
    before = run.settings(home).landing if run else folder / "landing"
    if before != folder / "landing":
        raise UsageError(
            f"{home} was filled from {before}; give --landing, or another --home for the simulated"
            " company"
        )
    lock.hold(home)
    if not last_day.exists():
        say(f"no --landing given: writing the simulated company to {folder}")
        simulate(leads=LEADS, days=DAYS, seed=SEED, out=folder, progress=say)
    return folder / "landing", date.fromisoformat(last_day.read_text(encoding="utf-8").strip())
