"""The rule files: columns, types, ranges and keys (sections 3 and 13 of the data contract)."""

from dataclasses import dataclass
from typing import Literal

TextType = Literal["text", "lowered", "folded", "metric", "attribute"]
RuleType = TextType | Literal["integer", "number", "date", "month", "bool"]

DISPOSITIONS = (
    "handed_off",
    "accepted",
    "rejected",
    "attempted",
    "contacted",
    "appointment",
    "opportunity",
    "won",
    "lost",
    "recycled",
    "withdrawn",
)
# a scenario brings leads to one of these
GOAL_STAGES = ("mql", "handed_off", "sal", "appointment", "opportunity", "won")
BUYING_STAGES = ("awareness", "interest", "search", "compare", "consider", "act", "share")
CHANNEL_FEEDS = ("web", "mail", "offline")
AGENT_KINDS = ("crawler", "preview", "monitor", "library", "ai_agent", "human")
PLACEHOLDER_COLUMNS = (
    "anonymous_id",
    "lead_id",
    "email",
    "phone",
    "full_name",
    "company_name",
)
FIT_ATTRIBUTES = (
    "industry",
    "job_title",
    "department",
    "country",
    "employee_count",
    "lead_source",
    "email_domain",
    "account_tier",
)
# columns of int_visitors
VISITOR_METRICS = (
    "days_seen",
    "interested_days",
    "sessions",
    "page_views",
    "interested_views",
    "pricing_views",
    "faq_views",
    "question_views",
)
FIT_OPERATORS = ("eq", "in", "contains", "gte", "lte", "blank")

# sums of points stay far inside 64 bits
POINTS = (-1_000_000_000, 1_000_000_000)
COUNT = (1, 1_000_000_000)
# a window that ends before the year 9999, which every engine can still write down
WINDOW = (1, 1_000_000)
# about forty years of business days
BUSINESS_DAYS = (1, 10_000)


@dataclass(frozen=True, slots=True)
class RuleColumn:
    """One column of a rule file.

    A `lowered` text is kept lower-cased, a `folded` one trimmed as well, any other text exactly as
    written. `one_of` lists the only texts allowed, `between` the least and greatest number. What
    has a `default` may be blank, and the file may lack the column. Outer spaces of a text draw a
    warning unless they are `spaced` on purpose.
    """

    name: str
    type: RuleType = "text"
    may_be_blank: bool = False
    one_of: tuple[str, ...] = ()
    between: tuple[int, int] | None = None
    default: str | None = None
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Seed:
    """One rule file; no two rows have the same key.

    What may be missing has no rows then, or those of the shipped file if `is_shipped`.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[RuleColumn, ...]
    may_be_missing: bool = False
    is_shipped: bool = False

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


SEEDS = (
    Seed(
        "disposition_map",
        key=("raw_disposition",),
        columns=(
            RuleColumn("raw_disposition", "folded"),
            RuleColumn("disposition", one_of=DISPOSITIONS),
        ),
    ),
    Seed(
        "content_catalog",
        key=("path_prefix",),
        columns=(
            RuleColumn("path_prefix"),
            RuleColumn("content_type"),
            RuleColumn("topic"),
            RuleColumn("buying_stage", one_of=BUYING_STAGES),
        ),
    ),
    Seed(
        "channel_map",
        key=("feed", "key"),
        columns=(
            RuleColumn("feed", one_of=CHANNEL_FEEDS),
            RuleColumn("key", "folded"),
            RuleColumn("channel"),
        ),
    ),
    Seed(
        "scoring_rules",
        key=("rule_id",),
        columns=(
            RuleColumn("rule_id"),
            RuleColumn("touchpoint_type"),
            RuleColumn("content_type", may_be_blank=True),
            RuleColumn("points", "integer", between=POINTS),
            RuleColumn("every", "integer", between=COUNT),
            RuleColumn("window_days", "integer", between=WINDOW),
            RuleColumn("max_points", "integer", may_be_blank=True, between=(1, POINTS[1])),
            RuleColumn("hand_raise", "bool"),
            RuleColumn("valid_from", "date", may_be_blank=True),
            RuleColumn("valid_to", "date", may_be_blank=True),
        ),
    ),
    Seed(
        "fit_rules",
        key=("rule_id",),
        columns=(
            RuleColumn("rule_id"),
            RuleColumn("attribute", one_of=FIT_ATTRIBUTES),
            RuleColumn("operator", one_of=FIT_OPERATORS),
            # only the operator `blank` may do without; a check of its own
            RuleColumn("value", may_be_blank=True),
            RuleColumn("points", "integer", may_be_blank=True, between=POINTS),
            RuleColumn("excludes", "bool"),
        ),
    ),
    Seed(
        "fit_grades",
        key=("fit_grade",),
        columns=(RuleColumn("fit_grade"), RuleColumn("min_points", "integer", between=POINTS)),
    ),
    Seed(
        "qualification_rules",
        key=("fit_grade",),
        columns=(RuleColumn("fit_grade"), RuleColumn("min_score", "integer", between=POINTS)),
    ),
    Seed(
        "target_accounts",
        key=("domain",),
        columns=(RuleColumn("domain", "folded"), RuleColumn("account_tier")),
    ),
    Seed("free_mail_domains", key=("domain",), columns=(RuleColumn("domain", "folded"),)),
    Seed(
        "company_forms",
        key=("form",),
        # a space in front keeps ` s.a.` out of `u.s.a.`
        columns=(RuleColumn("form", spaced=True),),
        may_be_missing=True,
    ),
    Seed(
        "machine_agents",
        key=("agent",),
        columns=(RuleColumn("agent", "lowered"), RuleColumn("kind", one_of=AGENT_KINDS)),
        may_be_missing=True,
    ),
    Seed(
        "placeholders",
        key=("column", "value"),
        columns=(
            RuleColumn("column", one_of=PLACEHOLDER_COLUMNS),
            RuleColumn("value", "folded"),
        ),
        may_be_missing=True,
    ),
    Seed(
        "visitor_offers",
        key=("rule_id", "metric"),
        columns=(
            RuleColumn("rule_id"),
            RuleColumn("priority", "integer", between=COUNT),
            RuleColumn("offer"),
            RuleColumn("metric", one_of=VISITOR_METRICS),
            RuleColumn("at_least", "integer", between=COUNT),
        ),
        is_shipped=True,
    ),
    Seed(
        "handoff_sla",
        key=("account_tier",),
        columns=(
            RuleColumn("account_tier"),
            RuleColumn("acceptance_business_days", "integer", between=BUSINESS_DAYS),
        ),
    ),
    Seed("holidays", key=("date",), columns=(RuleColumn("date", "date"), RuleColumn("name"))),
    Seed(
        "kpi_tree",
        key=("kpi_id",),
        columns=(
            RuleColumn("kpi_id"),
            RuleColumn("parent_kpi_id", may_be_blank=True),
            RuleColumn("name_en"),
            RuleColumn("name_ja"),
            RuleColumn("numerator", "metric"),
            RuleColumn("denominator", "metric", may_be_blank=True),
            RuleColumn("better", one_of=("higher", "lower"), default="higher"),
        ),
    ),
    Seed(
        "kpi_targets",
        key=("kpi_id", "month"),
        columns=(
            RuleColumn("kpi_id"),
            RuleColumn("month", "month"),
            RuleColumn("target", "number"),
        ),
    ),
    Seed(
        "scenarios",
        key=("scenario_id",),
        columns=(
            RuleColumn("scenario_id"),
            RuleColumn("name_en"),
            RuleColumn("name_ja"),
            RuleColumn("goal_stage", one_of=GOAL_STAGES),
            RuleColumn("goal_days", "integer", between=WINDOW),
        ),
        may_be_missing=True,
    ),
    Seed(
        "segments",
        key=("segment_id", "clause", "attribute", "operator", "value"),
        columns=(
            RuleColumn("segment_id"),
            RuleColumn("name_en"),
            RuleColumn("name_ja"),
            RuleColumn("clause"),
            RuleColumn("attribute", "attribute"),
            RuleColumn("operator", one_of=FIT_OPERATORS),
            # as in fit_rules
            RuleColumn("value", may_be_blank=True),
        ),
        may_be_missing=True,
    ),
)
SEEDS_BY_NAME = {seed.name: seed for seed in SEEDS}
