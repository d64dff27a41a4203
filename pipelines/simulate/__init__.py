"""A made-up company whose raw exports hold everything that real ones do, with the truth beside."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.simulate.company import DEFAULT_LAST_DAY, build_company
from pipelines.simulate.exporting import export

_MOST_DAYS = 5_000
Progress = Callable[[str], None]


def simulate(
    leads: int,
    days: int,
    seed: int,
    out: Path,
    last_day: date = DEFAULT_LAST_DAY,
    web_events: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Write `out/landing/<feed>/`, `out/as_of` and `out/truth.json`; same arguments, same bytes.

    `leads` lead ids over `days` days up to `last_day`; `web_events` rows of the web feed in place
    of a tenth per lead and day. An earlier simulation in `out` is replaced, anything else refused.
    """
    _check(leads, days, seed, out, last_day, web_events)
    report = progress or _say_nothing
    report(f"planning {leads:,} leads over {days:,} days")
    company = build_company(leads, days, seed, last_day, web_events)
    building = out / ".simulating"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    truth = export(company, building / "landing", report)
    # `as_of` comes last and goes first: a folder that has it is whole
    (out / "as_of").unlink(missing_ok=True)
    (out / "truth.json").write_text(
        json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    _replace(building / "landing", out / "landing")
    (out / "as_of").write_text(f"{last_day}\n", encoding="utf-8")
    building.rmdir()


def _check(
    leads: int, days: int, seed: int, out: Path, last_day: date, web_events: int | None
) -> None:
    if leads < 1:
        raise UsageError(f"simulate: {leads} leads; at least 1 is needed")
    if not 1 <= days <= _MOST_DAYS:
        raise UsageError(f"simulate: {days} days; expected 1 to {_MOST_DAYS}")
    if seed < 0:
        raise UsageError(f"simulate: seed {seed}; expected 0 or more")
    if web_events is not None and web_events < 0:
        raise UsageError(f"simulate: {web_events} web events; expected 0 or more")
    if not 2001 <= last_day.year - days // 365 <= last_day.year <= 2098:
        raise UsageError(f"simulate: {days} days up to {last_day}; expected years 2001 to 2098")
    if out.exists() and not out.is_dir():
        raise UsageError(f"simulate: {out} is a file")
    if (out / "landing").exists() and not (out / "truth.json").exists():
        raise UsageError(f"simulate: {out / 'landing'} holds something else; choose another folder")


def _say_nothing(_: str) -> None:
    return


def _replace(new: Path, old: Path) -> None:
    shutil.rmtree(old, ignore_errors=True)
    new.rename(old)
