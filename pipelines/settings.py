"""What one run works on: folders, the reported day and the variables of the rules."""

import os
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from pipelines.errors import UsageError

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SHIPPED_RULES = DBT_PROJECT / "seeds"
# how the marts word what is a code elsewhere
LABELS = DBT_PROJECT / "labels"


def _invalid(text: str) -> PydanticCustomError:
    return PydanticCustomError("variable", "{text}", {"text": text})


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _invalid("not a time zone name such as Asia/Tokyo") from None
    return text.strip()


def _whole_number(lowest: int, highest: int) -> Callable[[object], int]:
    def parsed(value: object) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise _invalid("expected a whole number") from None
        if not lowest <= number <= highest:
            raise _invalid(f"expected {lowest} to {highest}")
        return number

    return parsed


def _language(text: object) -> object:
    if str(text).strip() not in LANGUAGES:
        raise _invalid(f"expected {' or '.join(LANGUAGES)}")
    return str(text).strip()


Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")
TimeZone = Annotated[str, AfterValidator(_timezone)]
Number = Annotated[int, BeforeValidator(_whole_number(0, 100_000))]
Month = Annotated[int, BeforeValidator(_whole_number(1, 12))]


class Variables(BaseModel):
    """The values that `--set NAME=VALUE` changes; the defaults are the contract's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reporting_timezone: TimeZone = "Asia/Tokyo"
    source_timezone: TimeZone = "UTC"
    requalify_cooldown_days: Number = 14
    machine_seconds: Number = 3
    bot_pattern: str = "bot|crawl|spider|slurp|headless"
    fiscal_year_start_month: Month = 4
    language: Annotated[Language, BeforeValidator(_language)] = "en"

    @classmethod
    def parse(cls, assignments: tuple[str, ...]) -> Self:
        """Read `NAME=VALUE` texts; raises UsageError with what is wrong."""
        values: dict[str, str] = {}
        for assignment in assignments:
            name, separator, text = assignment.partition("=")
            if not separator or name.strip() not in cls.model_fields:
                known = ", ".join(cls.model_fields)
                raise UsageError(
                    f"--set {assignment}: expected NAME=VALUE with NAME one of {known}"
                )
            values[name.strip()] = text
        return cls.checked(values)

    @classmethod
    def checked(cls, values: Mapping[str, object]) -> Self:
        """The variables with these values; raises UsageError for the first wrong one."""
        try:
            return cls.model_validate(values)
        except ValidationError as invalid:
            error = invalid.errors()[0]
            raise UsageError(f"--set {error['loc'][0]}={error['input']}: {error['msg']}") from None

    def yesterday(self) -> date:
        """The last complete day in the reporting time zone."""
        today = datetime.now(ZoneInfo(self.reporting_timezone)).date()
        return today - timedelta(days=1)


class Settings(BaseModel):
    """One run: `home` takes everything it writes, `landing` and `rules` are only read.

    `source` names a mapping (a shipped one or a file) that turns foreign exports into feeds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    landing: Path
    as_of: date
    rules: Path = SHIPPED_RULES
    source: str | None = None
    full: bool = False
    variables: Variables = Variables()

    def replace(self, **changes: object) -> Self:
        """The same settings but for these fields."""
        return self.model_copy(update=changes)

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
    def staged_rules(self) -> Path:
        """The canonical copy of the rules that dbt reads as seeds."""
        return self.home / "rules"

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
