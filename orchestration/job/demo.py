"""The embedded default: a simulated company, written once per home."""

from datetime import date
from pathlib import Path

from orchestration.console import say
from orchestration.home import lock
from orchestration.home.records import read_records
from pipelines.errors import UsageError

LEADS = 2_000
DAYS = 760
SEED = 7


def demo_landing(home: Path) -> tuple[Path, date]:
    """The demo company's landing folder under the home and its last day.

    Raises UsageError for a home of other exports, which its rows would join.
    """
    from pipelines.simulate import simulate

    folder = home / "demo"
    run = read_records(home).run
    before = {source.landing for source in run.settings(home).sources} if run else set()
    others = sorted(map(str, before - {folder / "landing"}))
    if others:
        raise UsageError(
            f"{home} was filled from {', '.join(others)}; give --landing, or another --home for the"
            " simulated company"
        )
    lock.hold(home)
    last_day = _last_day(folder)
    if last_day is None:
        say(f"no --landing given: writing the simulated company to {folder}")
        simulate(leads=LEADS, days=DAYS, seed=SEED, out=folder, progress=say)
        last_day = date.fromisoformat(_text(folder))
    return folder / "landing", last_day


def _last_day(folder: Path) -> date | None:
    """The last day of the company; None if it is not there or damaged."""
    try:
        return date.fromisoformat(_text(folder))
    except FileNotFoundError:
        return None
    except ValueError:
        say(f"{folder / 'as_of'} is damaged: it is made again")
        return None


def _text(folder: Path) -> str:
    return (folder / "as_of").read_text(encoding="utf-8").strip()
