"""What one run works on: folders, the reported day and the variables of the rules."""

import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.errors import UsageError

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SHIPPED_RULES = DBT_PROJECT / "seeds"
# how the marts word what is a code elsewhere, and in which languages
LABELS = DBT_PROJECT / "labels"
LANGUAGES = ("en", "ja")


@dataclass(frozen=True, slots=True)
class Variables:
    """The values that `--set NAME=VALUE` changes; the defaults are the contract's."""

    reporting_timezone: str = "Asia/Tokyo"
    source_timezone: str = "UTC"
    requalify_cooldown_days: int = 14
    machine_seconds: int = 3
    bot_pattern: str = "bot|crawl|spider|slurp|headless"
    fiscal_year_start_month: int = 4
    language: str = "en"

    def yesterday(self) -> date:
        """The last complete day in the reporting time zone."""
        today = datetime.now(ZoneInfo(self.reporting_timezone)).date()
        return today - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """One run: `home` takes everything it writes, `landing` and `rules` are only read.

    `source` names a mapping (a shipped one or a file) that turns foreign exports into feeds.
    """

    home: Path
    landing: Path
    as_of: date
    rules: Path = SHIPPED_RULES
    source: str | None = None
    full: bool = False
    variables: Variables = field(default_factory=Variables)

    @property
    def warehouse(self) -> Path:
        """The pipeline's own database; no BI tool may open it."""
        return self.home / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        """The published database."""
        return self.home / "marts.duckdb"

    @property
    def dashboard(self) -> Path:
        """The page that shows the published database."""
        return self.home / "dashboard.html"

    @property
    def scratch(self) -> Path:
        """Spilled and staged data of one run; may be deleted between runs."""
        return self.home / "scratch"

    @property
    def gate_results(self) -> Path:
        return self.home / "gates"


def default_home() -> Path:
    """FUNNEL_HOME, or `.funnel/` in the project."""
    return Path(os.environ.get("FUNNEL_HOME") or PROJECT / ".funnel").resolve()


def memory_limit() -> str:
    """FUNNEL_MEMORY_LIMIT, or what leaves a small laptop usable."""
    return os.environ.get("FUNNEL_MEMORY_LIMIT") or "4GB"


def parse_variables(assignments: tuple[str, ...]) -> Variables:
    """Read `NAME=VALUE` texts; raises UsageError with the fault."""
    values: dict[str, str | int] = {}
    for assignment in assignments:
        name, separator, text = assignment.partition("=")
        name = name.strip()
        if not separator or name not in Variables.__dataclass_fields__:
            known = ", ".join(Variables.__dataclass_fields__)
            raise UsageError(f"--set {assignment}: expected NAME=VALUE with NAME one of {known}")
        values[name] = _checked(name, text)
    return Variables(**values)  # type: ignore[arg-type]


def _checked(name: str, text: str) -> str | int:
    if name.endswith("_timezone"):
        return _timezone(name, text.strip())
    if name == "bot_pattern":
        return text
    if name == "language":
        return _language(name, text.strip())
    lowest, highest = {"fiscal_year_start_month": (1, 12)}.get(name, (0, 100_000))
    try:
        number = int(text)
    except ValueError:
        raise UsageError(f"--set {name}={text}: expected a whole number") from None
    if not lowest <= number <= highest:
        raise UsageError(f"--set {name}={text}: expected {lowest} to {highest}")
    return number


def _language(name: str, text: str) -> str:
    if text not in LANGUAGES:
        raise UsageError(f"--set {name}={text}: expected {' or '.join(LANGUAGES)}")
    return text


def _timezone(name: str, text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"--set {name}={text}: not a time zone name such as Asia/Tokyo") from None
    return text
