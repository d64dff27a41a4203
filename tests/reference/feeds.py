"""The feeds, retold from sections 2 and 13, and one raw record turned into a row or a fault."""

from typing import Any

from tests.reference.values import PARSERS, BadValueError, blank_to_none

Row = dict[str, Any]

FEEDS = {
    "leads": "lead_id* created_at*:instant updated_at:instant email full_name company_name phone"
    " job_title department industry country employee_count:int lead_source=unknown campaign"
    " mail_opt_in:bool merged_into_lead_id is_deleted:bool=false",
    "web_events": "event_id* occurred_at*:instant anonymous_id* event_type* lead_id email form_type"
    " page_url referrer utm_source utm_medium utm_campaign user_agent properties",
    "mail_events": "event_id* occurred_at*:instant mail_id* event_type* lead_id email"
    " mail_type=newsletter subject url is_machine:bool=false",
    "offline_events": "event_id* occurred_at*:instant event_type* lead_id email campaign"
    " quantity:int=1",
    "sales_dispositions": "disposition_id* occurred_at*:instant disposition* lead_id email"
    " sales_team sales_rep routed_by reason amount:decimal opportunity_id",
    "enrollments": "enrollment_id* occurred_at*:instant scenario_id* action* arm=treated lead_id"
    " email",
    "costs": "cost_id* occurred_at*:instant channel* campaign amount*:decimal",
}
LABELS = {
    "web_events": "web",
    "mail_events": "mail",
    "offline_events": "offline",
    "sales_dispositions": "sales",
    "enrollments": "enrollment",
}
KEYS = {
    "leads": ("lead_id", "updated_at"),
    "sales_dispositions": ("disposition_id",),
    "enrollments": ("enrollment_id",),
    "costs": ("cost_id",),
} | dict.fromkeys(("web_events", "mail_events", "offline_events"), ("event_id",))
MAIL_TYPES = {"sent", "delivered", "open", "click", "bounce", "unsubscribe", "reply", "complaint"}
DOMAINS = {
    ("mail_events", "event_type"): MAIL_TYPES,
    ("enrollments", "action"): {"enter", "exit"},
    ("enrollments", "arm"): {"treated", "holdout"},
}


def column_names(feed: str) -> list[str]:
    return [_column(spec)[0] for spec in FEEDS[feed].split()]


def _column(spec: str) -> tuple[str, bool, str, str | None]:
    """name, required, type, default."""
    spec, _, default = spec.partition("=")
    marked, _, kind = spec.partition(":")
    name = marked.rstrip("*")
    untyped = "id" if name.endswith("_id") else "text"
    return name, marked != name, kind or untyped, default or None


def typed(feed: str, record: dict[str, Any], zone: str) -> Row:
    """One row of the feed; raises BadValueError for a record that breaks the contract."""
    by_name = {str(name).strip().lower(): blank_to_none(value) for name, value in record.items()}
    row: Row = {}
    for name, required, kind, default in map(_column, FEEDS[feed].split()):
        value = by_name.get(name)
        if value is None and required:
            raise BadValueError("required value blank")
        if value is None:
            value = default
        row[name] = None if value is None else PARSERS[kind](value, zone)
    if feed == "leads" and row["updated_at"] is None:
        row["updated_at"] = row["created_at"]
    for name in row:
        if (feed, name) in DOMAINS and row[name] not in DOMAINS[feed, name]:
            raise BadValueError(f"unknown {'mail event_type' if name == 'event_type' else name}")
    needs_who = feed in ("mail_events", "sales_dispositions", "enrollments")
    if needs_who and row["lead_id"] is None and row["email"] is None:
        raise BadValueError("lead_id and email blank")
    return row


def key_of(feed: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEYS[feed])
