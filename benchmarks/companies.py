"""Generated companies, kept between runs: their landing folder, loaded homes and raw Parquet."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.running import run_step
from orchestration.job import demo
from pipelines.feeds import FEEDS, Feed
from pipelines.rules import load_rules, stage_rules
from pipelines.settings import SHIPPED_RULES
from pipelines.simulate import simulate
from pipelines.sql import literal

WEB_EVENTS_PER_LEAD = 100
DAYS = 730
SEED = 7
LATE_DAYS = 3
LATE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Company:
    """A generated company in `folder`, loaded into `home` when it is needed."""

    folder: Path

    @property
    def is_written(self) -> bool:
        return (self.folder / "as_of").exists()

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def rules(self) -> Path:
        return self.folder / "rules"

    @property
    def raw(self) -> Path:
        """The standing raw rows, one Parquet file per feed: what the bare script reads."""
        return self.folder / "raw"

    @property
    def as_of(self) -> date:
        return date.fromisoformat((self.folder / "as_of").read_text(encoding="utf-8").strip())

    def arguments(self, **more: object) -> dict[str, object]:
        """What every step needs to know."""
        return {
            "home": str(self.home),
            "landing": str(self.landing),
            "as_of": self.as_of.isoformat(),
            **more,
        }


def company(work: Path, web_events: int) -> Company:
    """Generate, load and export a company, or take the one that `work` holds from before."""
    made = Company(work / f"company_{web_events}")
    if not made.is_written:
        leads = max(web_events // WEB_EVENTS_PER_LEAD, 1)
        simulate(leads, DAYS, SEED, made.folder, web_events=web_events)
    return _loaded(made)


def demo_company(work: Path) -> Company:
    """The same for the company that a refresh without a landing folder simulates."""
    made = Company(work / "company_demo")
    if not made.is_written:
        simulate(demo.LEADS, demo.DAYS, demo.SEED, made.folder)
    return _loaded(made)


def _loaded(made: Company) -> Company:
    stage_rules(load_rules(SHIPPED_RULES), made.rules)
    if not _snapshot(made, "loaded").exists():
        shutil.rmtree(made.home, ignore_errors=True)
        run_step("load", **made.arguments())
        keep(made, "loaded")
    if not made.raw.exists():
        _export(made)
    return made


def keep(company: Company, name: str) -> None:
    """Remember the home as it is now."""
    partial = company.folder / f".{name}"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(company.home, partial)
    partial.rename(_snapshot(company, name))


def is_kept(company: Company, name: str) -> bool:
    return _snapshot(company, name).exists()


def restore(company: Company, name: str) -> None:
    """Put the home back to what `keep` remembered; what dbt parsed for it stays."""
    company.home.mkdir(exist_ok=True)
    for path in company.home.iterdir():
        if path.name != "dbt":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in _snapshot(company, name).iterdir():
        if path.is_dir() and path.name != "dbt":
            shutil.copytree(path, company.home / path.name)
        elif path.is_file():
            # with its time, by which the published file is known again
            shutil.copy2(path, company.home / path.name)


def split_last_day(company: Company) -> tuple[Path, Path]:
    """Landing folders of all but the last day, and of that day with late rows of the ones before.

    Both are made of the standing rows; the second holds only what comes on top of the first.
    """
    before, day = company.folder / "before", company.folder / "day"
    if not day.exists():
        connection = duckdb.connect()
        partial = company.folder / ".day"
        shutil.rmtree(partial, ignore_errors=True)
        for feed in FEEDS:
            raw = company.raw / f"{feed.name}.parquet"
            for folder, condition in ((before, "not"), (partial, "")):
                (folder / feed.name).mkdir(parents=True, exist_ok=True)
                name = "day" if folder == partial else "before"
                connection.execute(
                    f"copy (from {literal(raw)} where {condition} ({_is_new(feed, company.as_of)}))"
                    f" to {literal(folder / feed.name / f'{name}.parquet')}"
                )
        connection.close()
        partial.rename(day)
    return before, day


def _is_new(feed: Feed, as_of: date) -> str:
    # the company lives in Tokyo, nine hours ahead of UTC
    instant = "updated_at" if feed.name == "leads" else "occurred_at"
    local_date = f"cast({instant} + interval 9 hours as date)"
    share = f"hash({feed.key[0]}) % 1000 < {int(LATE_SHARE * 1000)}"
    first_late = as_of - timedelta(days=LATE_DAYS)
    return f"{local_date} >= date '{as_of}' or ({local_date} >= date '{first_late}' and {share})"


def _snapshot(company: Company, name: str) -> Path:
    return company.folder / f"home_{name}"


def _export(company: Company) -> None:
    partial = company.folder / ".raw"
    partial.mkdir(exist_ok=True)
    warehouse = _snapshot(company, "loaded") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for feed in FEEDS:
            connection.execute(
                f"copy (select {', '.join(feed.column_names)} from raw.{feed.name}"
                f" where not _is_replaced) to {literal(partial / f'{feed.name}.parquet')}"
            )
    partial.rename(company.raw)
