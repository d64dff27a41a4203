"""The raw feeds: columns, types, defaults, keys (sections 2 and 13 of the data contract)."""

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "instant", "int", "bool", "decimal"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a feed.

    `default` is the text used for a blank value; `default_from` names the column whose value is
    used instead; `domain` lists the only texts allowed; an id that one system gives and another may
    give too `takes_prefix`, the `id_prefix` of its source.
    """

    name: str
    type: ColumnType = "text"
    required: bool = False
    default: str | None = None
    default_from: str | None = None
    domain: tuple[str, ...] = ()
    takes_prefix: bool = False

    @property
    def is_id(self) -> bool:
        return self.type == "text" and self.name.endswith("_id")


@dataclass(frozen=True, slots=True)
class Feed:
    """One landing folder and the raw table of the same name.

    `label` is how marts call the feed; a row needs a value in at least one column of each group
    in `one_of`. Of files of the contract `mapped_columns` are not read: a mapping alone gives them.
    A landing folder says nothing by not having the folder of an `is_optional` feed.
    """

    name: str
    label: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    mapped_columns: tuple[Column, ...] = ()
    is_optional: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def raw_columns(self) -> tuple[Column, ...]:
        return self.columns + self.mapped_columns

    @property
    def raw_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.raw_columns)

    @property
    def is_of_persons(self) -> bool:
        """Whether its rows belong to persons; those that belong to nobody are unresolved events."""
        return self.name != LEADS.name and "lead_id" in self.column_names


MAIL_EVENT_TYPES = (
    "sent",
    "delivered",
    "open",
    "click",
    "bounce",
    "unsubscribe",
    "reply",
    "complaint",
)

# in place of the one that `channel_map` has for a medium or a type
CHANNEL = Column("channel")

LEADS = Feed(
    name="leads",
    label="leads",
    key=("lead_id", "updated_at"),
    columns=(
        Column("lead_id", required=True, takes_prefix=True),
        Column("created_at", "instant", required=True),
        Column("updated_at", "instant", default_from="created_at"),
        Column("email"),
        Column("full_name"),
        Column("company_name"),
        Column("phone"),
        Column("job_title"),
        Column("department"),
        Column("industry"),
        Column("country"),
        Column("employee_count", "int"),
        Column("lead_source", default="unknown"),
        Column("campaign"),
        Column("mail_opt_in", "bool"),
        Column("merged_into_lead_id", takes_prefix=True),
        Column("is_deleted", "bool", default="false"),
    ),
)

WEB_EVENTS = Feed(
    name="web_events",
    label="web",
    key=("event_id",),
    columns=(
        Column("event_id", required=True, takes_prefix=True),
        Column("occurred_at", "instant", required=True),
        Column("anonymous_id", required=True),
        Column("event_type", required=True),
        Column("lead_id", takes_prefix=True),
        Column("email"),
        Column("form_type"),
        Column("page_url"),
        Column("referrer"),
        Column("utm_source"),
        Column("utm_medium"),
        Column("utm_campaign"),
        Column("user_agent"),
        Column("properties"),
    ),
    mapped_columns=(CHANNEL,),
)

MAIL_EVENTS = Feed(
    name="mail_events",
    label="mail",
    key=("event_id",),
    columns=(
        Column("event_id", required=True, takes_prefix=True),
        Column("occurred_at", "instant", required=True),
        Column("mail_id", required=True),
        Column("event_type", required=True, domain=MAIL_EVENT_TYPES),
        Column("lead_id", takes_prefix=True),
        Column("email"),
        Column("mail_type", default="newsletter"),
        Column("subject"),
        Column("url"),
        Column("is_machine", "bool", default="false"),
    ),
    one_of=(("lead_id", "email"),),
)

OFFLINE_EVENTS = Feed(
    name="offline_events",
    label="offline",
    key=("event_id",),
    columns=(
        Column("event_id", required=True, takes_prefix=True),
        Column("occurred_at", "instant", required=True),
        Column("event_type", required=True),
        Column("lead_id", takes_prefix=True),
        Column("email"),
        Column("campaign"),
        Column("quantity", "int", default="1"),
    ),
    mapped_columns=(CHANNEL,),
)

SALES_DISPOSITIONS = Feed(
    name="sales_dispositions",
    label="sales",
    key=("disposition_id",),
    columns=(
        Column("disposition_id", required=True, takes_prefix=True),
        Column("occurred_at", "instant", required=True),
        Column("disposition", required=True),
        Column("lead_id", takes_prefix=True),
        Column("email"),
        Column("sales_team"),
        Column("sales_rep"),
        Column("routed_by"),
        Column("reason"),
        Column("amount", "decimal"),
        Column("opportunity_id"),
    ),
    one_of=(("lead_id", "email"),),
)

ENROLLMENTS = Feed(
    name="enrollments",
    label="enrollment",
    key=("enrollment_id",),
    columns=(
        Column("enrollment_id", required=True, takes_prefix=True),
        Column("occurred_at", "instant", required=True),
        Column("scenario_id", required=True),
        Column("action", required=True, domain=("enter", "exit")),
        Column("arm", default="treated", domain=("treated", "holdout")),
        Column("lead_id", takes_prefix=True),
        Column("email"),
    ),
    one_of=(("lead_id", "email"),),
    is_optional=True,
)

COSTS = Feed(
    name="costs",
    label="cost",
    key=("cost_id",),
    columns=(
        Column("cost_id", required=True, takes_prefix=True),
        Column("occurred_at", "instant", required=True),
        Column("channel", required=True),
        Column("campaign"),
        Column("amount", "decimal", required=True),
    ),
    is_optional=True,
)

FEEDS = (
    LEADS,
    WEB_EVENTS,
    MAIL_EVENTS,
    OFFLINE_EVENTS,
    SALES_DISPOSITIONS,
    ENROLLMENTS,
    COSTS,
)
FEEDS_BY_NAME = {feed.name: feed for feed in FEEDS}
