"""Companies written down by hand: a few rows, a few rules, and what dbt makes of them."""

from dataclasses import dataclass, field
from typing import Any

from tests.companies.rulebook import RuleTexts
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings
from tests.reference.feeds import FEEDS, Row, typed


def seed(header: str, *lines: str) -> list[dict[str, str]]:
    return [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]


RULES: RuleTexts = {
    "disposition_map": seed(
        "raw_disposition,disposition",
        *(
            f"{name},{name}"
            for name in (
                *("handed_off", "accepted", "rejected", "attempted", "contacted"),
                *("appointment", "opportunity", "won", "lost", "recycled"),
            )
        ),
    ),
    "content_catalog": seed("path_prefix,content_type,topic,buying_stage", "/,site,site,search"),
    "channel_map": seed("feed,key,channel", "web,cpc,paid"),
    "scoring_rules": seed(
        "rule_id,touchpoint_type,content_type,points,every,window_days,max_points,hand_raise,"
        "valid_from,valid_to",
        "R1,page_view,,1,1,30,,false,,",
    ),
    "fit_rules": seed("rule_id,attribute,operator,value,points,excludes", "F1,industry,eq,it,5,no"),
    "fit_grades": seed("fit_grade,min_points", "A,5"),
    "qualification_rules": seed("fit_grade,min_score", "A,10"),
    "target_accounts": seed("domain,account_tier", "big.example,tier1"),
    "free_mail_domains": seed("domain", "mail.example"),
    "handoff_sla": seed("account_tier,acceptance_business_days", "default,2", "tier1,261"),
    "holidays": seed("date,name", "2025-05-03,Saturday", "2025-05-05,Monday", "2025-05-06,Tuesday"),
    "kpi_tree": seed("kpi_id,parent_kpi_id,name_en,name_ja,numerator,denominator", "w,,W,W,wins,"),
    "kpi_targets": seed("kpi_id,month,target", "w,2025-05-01,3"),
}


@dataclass
class Company:
    """Rows per feed; every method adds one row, written as an export would write it."""

    settings: Settings
    rows: dict[str, list[Row]] = field(default_factory=lambda: {feed: [] for feed in FEEDS})

    def _add(self, feed: str, record: dict[str, Any]) -> None:
        self.rows[feed].append(typed(feed, record, "UTC"))

    def lead(self, lead_id: str, created_at: str = "2025-01-01", **others: Any) -> None:
        self._add("leads", {"lead_id": lead_id, "created_at": created_at, **others})

    def web(self, event_id: str, occurred_at: str, browser: str, **others: Any) -> None:
        record = {"event_id": event_id, "occurred_at": occurred_at, "anonymous_id": browser}
        self._add("web_events", {"event_type": "page_view", **record, **others})

    def mail(self, event_id: str, occurred_at: str, event_type: str, **others: Any) -> None:
        record = {"event_id": event_id, "occurred_at": occurred_at, "event_type": event_type}
        self._add("mail_events", {**record, **others})

    def offline(self, event_id: str, occurred_at: str, **others: Any) -> None:
        record = {"event_id": event_id, "occurred_at": occurred_at, "event_type": "visit"}
        self._add("offline_events", {**record, **others})

    def sales(self, row_id: str, occurred_at: str, disposition: str, **others: Any) -> None:
        record = {"disposition_id": row_id, "occurred_at": occurred_at}
        self._add("sales_dispositions", {"disposition": disposition, **record, **others})


@dataclass(frozen=True)
class Built:
    """What was built, each table by the id of its rows."""

    persons: dict[str, str]
    described: dict[str, Row]
    touchpoints: dict[str, Row]
    handoffs: dict[str, Row]
    unresolved: dict[tuple[str, str], int]
    calendar: dict[str, Row]


def build(
    warehouse: Warehouse, company: Company, rules: RuleTexts = RULES, *, tested: bool = True
) -> Built:
    """Fill the warehouse, run every model and, if asked to, data test, and read what came out."""
    settings = company.settings
    warehouse.fill(company.rows, settings)
    warehouse.build(rules, settings, tested=tested)

    def rows(table: str) -> list[Row]:
        return warehouse.table(table, settings)

    return Built(
        {row["lead_id"]: row["person_id"] for row in rows("intermediate.int_lead_persons")},
        {row["person_id"]: row for row in rows("intermediate.int_persons")},
        {row["touchpoint_id"]: row for row in rows("marts.fct_touchpoints")},
        {row["handoff_id"]: row for row in rows("marts.fct_handoffs")},
        {(row["feed"], str(row["month"])): row["rows"] for row in rows("marts.unresolved_events")},
        {str(row["date_day"]): row for row in rows("intermediate.int_calendar")},
    )
