"""Which marts the reference knows, with which columns, and how two sets of them differ."""

from pipelines.settings import DBT_PROJECT
from tests.companies.company import Company
from tests.companies.rulebook import as_reference
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings
from tests.reference.compare import differences
from tests.reference.feeds import Row
from tests.reference.marts import Marts, build

# what the reference's rows hold for its own use
NOT_PUBLISHED = {
    *("stage_dates", "held", "emails", "normalized_name", "open_handoff_id", "withdrawn_at"),
}
MODELS = {path.stem for path in (DBT_PROJECT / "models" / "marts").rglob("*.sql")}
MARTS = [
    "unresolved_events",
    "fct_touchpoints",
    "fct_score_contributions",
    "fct_lead_scores",
    "fct_qualifications",
    "fct_handoffs",
    "ignore_rate",
    "ignore_rate_monthly",
    "fct_lead_cycles",
    "funnel_cohorts",
    "funnel_daily",
    "conversion_curve",
    "conversion_curve_pooled",
    "stage_durations",
    "mail_performance",
    "attribution",
    "kpi_scorecard",
    "dim_leads",
    "dim_accounts",
    "dim_dates",
    "handoff_queue",
    "follow_up_worklist",
    "value_matrix",
    "mailed_despite_block",
    "agent_traffic",
    "anonymous_visitors",
    "lead_timeline",
    "neglected_leads",
    "routing_effect",
    "score_calibration",
    "threshold_curve",
    "scenario_effect",
    "content_performance",
    "cost_performance",
    "ignored_outcomes",
    "lead_segments",
    "segment_performance",
    "lead_predictions",
    "prediction_quality",
]
PERSONS = "intermediate.int_persons"
SHOWN = 3


def reference(feeds: dict[str, list[Row]], company: Company, settings: Settings) -> Marts:
    return build(feeds, as_reference(company.rules), settings)


def built_marts(warehouse: Warehouse, settings: Settings) -> Marts:
    """The marts of the last build, and the persons behind them."""
    marts = warehouse.marts([name for name in MARTS if name in MODELS], settings)
    return marts | {"persons": warehouse.table(PERSONS, settings)}


def report(expected: Marts, actual: Marts) -> str:
    """The first differences of every mart that is not the same; empty if all are."""
    lines: list[str] = []
    for name, rows in actual.items():
        wanted = expected[name]
        columns = [
            column
            for column in (wanted or rows or [{}])[0]
            if column not in NOT_PUBLISHED and (name != "persons" or column in (rows or wanted)[0])
        ]
        found = differences(wanted, rows, columns)
        if found:
            lines += [f"{name}: {len(found)} differences", *found[:SHOWN]]
    return "\n".join(lines)
