"""What `--set NAME=VALUE` changes: names, types and ranges. dbt_project.yml holds the defaults."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipelines.errors import UsageError
from pipelines.wording import nearest

DBT_PROJECT_FILE = Path(__file__).resolve().parent.parent / "dbt_project" / "dbt_project.yml"
# a mart has one row for each
MOST_CANDIDATES = 1_000


@cache
def declared_variables() -> dict[str, Any]:
    """The variables of the dbt project with their defaults."""
    declared: dict[str, Any] = yaml.safe_load(DBT_PROJECT_FILE.read_text(encoding="utf-8"))["vars"]
    return declared


def _declared(name: str, description: str) -> Any:
    default = declared_variables()[name]
    return Field(tuple(default) if isinstance(default, list) else default, description=description)


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


def _listed(value: object) -> tuple[str, ...]:
    """The items of a list, or of a text that separates them by commas; blank is an empty list."""
    items = value if isinstance(value, (list, tuple)) else str(value).split(",")
    return tuple(text for item in items if (text := str(item).strip()))


def _lowered(value: object) -> tuple[str, ...]:
    return tuple(text.lower() for text in _listed(value))


def _ascending(value: object) -> tuple[int, ...]:
    numbers = tuple(_whole_number(-1_000_000, 1_000_000)(text) for text in _listed(value))
    if not numbers or list(numbers) != sorted(set(numbers)):
        raise _invalid("expected whole numbers that rise, such as 0,20,40")
    return numbers


def _language(text: object) -> object:
    if str(text).strip() not in LANGUAGES:
        raise _invalid(f"expected {' or '.join(LANGUAGES)}")
    return str(text).strip()


def _yes_or_no(value: object) -> bool:
    text = str(value).strip().lower()
    if text not in {"true", "false"}:
        raise _invalid("expected true or false")
    return text == "true"


Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")
TimeZone = Annotated[str, AfterValidator(_timezone)]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Number = Annotated[int, BeforeValidator(_whole_number(0, 100_000))]
# a span that is looked back or ahead
Days = Annotated[int, BeforeValidator(_whole_number(1, 100_000))]
Count = Annotated[int, BeforeValidator(_whole_number(1, 100_000))]
Minutes = Annotated[int, BeforeValidator(_whole_number(1, 1_440))]
Month = Annotated[int, BeforeValidator(_whole_number(1, 12))]
Decile = Annotated[int, BeforeValidator(_whole_number(1, 10))]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
LoweredTexts = Annotated[tuple[str, ...], BeforeValidator(_lowered)]
Floors = Annotated[tuple[int, ...], BeforeValidator(_ascending)]


class Variables(BaseModel):
    """The values that `--set NAME=VALUE` and `funnel.toml` change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # the data contract
    reporting_timezone: TimeZone = _declared("reporting_timezone", "where days and months begin")
    # of the loader, which dbt does not know
    source_timezone: TimeZone = Field(
        default="UTC",
        description="how instants without an offset are read; rows already loaded stay as they are",
    )
    requalify_cooldown_days: Number = _declared(
        "requalify_cooldown_days", "spells of qualification at most so many days apart are one"
    )
    machine_seconds: Number = _declared(
        "machine_seconds", "an open or click so soon after a send or delivery is a machine's"
    )
    bot_pattern: str = _declared("bot_pattern", "user agents of bots, beside `machine_agents`")
    fiscal_year_start_month: Month = _declared(
        "fiscal_year_start_month", "first month of the fiscal year, for `dim_dates`"
    )
    language: Annotated[Language, BeforeValidator(_language)] = _declared(
        "language", "language of the sentences in the marts and of the dashboard"
    )
    win_wait_days: Days = _declared(
        "win_wait_days", "days that a win is waited for before a hand-off counts as not won"
    )
    segment_days: Days = _declared("segment_days", "days of touchpoints that `segments` count")
    content_days: Days = _declared("content_days", "days of page views in `content_performance`")
    publish_reasons: YesOrNo = _declared(
        "publish_reasons", "whether marts have the reasons that sales wrote, which may name people"
    )

    # leads and how they are compared
    interest_days: Days = _declared(
        "interest_days", "days up to the last content that give topic and buying stage of a lead"
    )
    score_band_floors: Floors = _declared(
        "score_band_floors", "least score of each band of `value_matrix` and of the worklists"
    )
    fewest_win_cases: Count = _declared(
        "fewest_win_cases", "decided cases from which a win rate may overrule the rules"
    )
    smallest_group: Count = _declared(
        "smallest_group", "shares over fewer cases are marked as small"
    )

    # whom not to mail
    bounces_in_a_row: Count = _declared(
        "bounces_in_a_row", "so many mails came back one after the other: the address takes no mail"
    )
    bounces_without_delivery: Count = _declared(
        "bounces_without_delivery", "the same for an address to which no mail ever got through"
    )
    consent_touchpoint_types: Texts = _declared(
        "consent_touchpoint_types", "touchpoints by which who unsubscribed agrees to mail once more"
    )
    mail_types_despite_block: LoweredTexts = _declared(
        "mail_types_despite_block", "kinds of mail that may go to whoever is not to be mailed"
    )
    neglect_days: Days = _declared(
        "neglect_days", "days without a touch that make a lead a neglected one"
    )

    # visitors without a name
    visitor_days: Days = _declared("visitor_days", "days that `anonymous_visitors` looks back at")
    session_gap_minutes: Minutes = _declared(
        "session_gap_minutes", "a longer pause begins a new visit"
    )
    pricing_content_types: Texts = _declared(
        "pricing_content_types", "kinds of content of `content_catalog` that are about prices"
    )
    faq_content_types: Texts = _declared(
        "faq_content_types", "kinds of content that answer questions"
    )
    uninterested_content_types: Texts = _declared(
        "uninterested_content_types", "kinds of content that buyers do not read"
    )

    # scores, thresholds and routing
    good_from_decile: Decile = _declared(
        "good_from_decile", "scores from this tenth up are good leads in `score_calibration`"
    )
    junk_to_decile: Decile = _declared(
        "junk_to_decile", "scores up to this tenth are junk; below `good_from_decile`"
    )
    prediction_days: Days = _declared(
        "prediction_days", "days of hand-offs that `lead_predictions` learns from"
    )
    prediction_touch_days: Days = _declared(
        "prediction_touch_days", "days of touches that tell a prediction what a lead does"
    )
    fewest_prediction_outcomes: Count = _declared(
        "fewest_prediction_outcomes", "judged hand-offs without which nothing is predicted"
    )
    prediction_prior_handoffs: Count = _declared(
        "prediction_prior_handoffs",
        "average hand-offs put on top of each band that is learned from",
    )
    prediction_shrinkage: Number = _declared(
        "prediction_shrinkage", "how strongly predictions are drawn to the average"
    )
    threshold_days: Days = _declared("threshold_days", "days that `threshold_curve` looks back at")
    threshold_lowest: Number = _declared("threshold_lowest", "its lowest candidate")
    threshold_highest: Number = _declared("threshold_highest", "its highest candidate")
    threshold_step: Count = _declared(
        "threshold_step", "points between two candidates; at most 1000 candidates"
    )
    threshold_band: Count = _declared(
        "threshold_band", "hand-offs at most so many points above a candidate show what it brings"
    )
    adr_routings: LoweredTexts = _declared(
        "adr_routings", "values of `routed_by` that mean account development representatives"
    )

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.junk_to_decile >= self.good_from_decile:
            raise _invalid("junk_to_decile must be below good_from_decile")
        span = self.threshold_highest - self.threshold_lowest
        if not 0 <= span // self.threshold_step < MOST_CANDIDATES:
            raise _invalid(
                "threshold_lowest, threshold_highest and threshold_step must give 1 to"
                f" {MOST_CANDIDATES} thresholds"
            )
        return self

    @classmethod
    def parse(cls, assignments: tuple[str, ...]) -> Self:
        """Read `NAME=VALUE` texts; raises UsageError with what is wrong."""
        return cls.checked(cls.assigned(assignments))

    @classmethod
    def assigned(cls, assignments: tuple[str, ...]) -> dict[str, str]:
        """The values of `NAME=VALUE` texts by name; raises UsageError for an unknown name."""
        values: dict[str, str] = {}
        for assignment in assignments:
            name, separator, text = assignment.partition("=")
            if not separator or name.strip() not in cls.model_fields:
                meant = nearest(name, cls.model_fields)
                raise UsageError(
                    f"--set {assignment}: expected NAME=VALUE with NAME one of"
                    f" {', '.join(cls.model_fields)}{f'; did you mean {meant}?' if meant else ''}"
                )
            values[name.strip()] = text
        return values

    @classmethod
    def checked(cls, values: Mapping[str, object]) -> Self:
        """The variables with these values; raises UsageError for the first wrong one."""
        try:
            return cls.model_validate(values)
        except ValidationError as invalid:
            error = invalid.errors()[0]
            place = f"--set {error['loc'][0]}={error['input']}" if error["loc"] else "--set"
            raise UsageError(f"{place}: {error['msg']}") from None

    def yesterday(self) -> date:
        """The last complete day in the reporting time zone."""
        today = datetime.now(ZoneInfo(self.reporting_timezone)).date()
        return today - timedelta(days=1)
