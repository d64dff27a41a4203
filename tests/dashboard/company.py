"""A company of a year and a half whose sales ignored less from one day on."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any

from tests.dashboard.marts import AS_OF, Rows

Row = dict[str, Any]
MONTHS = [date(2025 + number // 12, number % 12 + 1, 1) for number in range(18)]
STAGES = ("mql", "handed_off", "sal", "appointment", "opportunity", "won")
TEAMS = ("East", "West", "</script><script>window.broken = 1</script>")
SOURCES = ("web_form", "exhibition", "rare")
LAST_MONTH = MONTHS[-1]


def company(teams: Sequence[str] = TEAMS) -> Rows:
    """Rows of all marts that the dashboard reads."""
    groups = ignore_rates(teams)
    return {
        "ignore_rate": groups,
        "ignore_rate_monthly": monthly(groups),
        "dim_kpis": KPIS,
        "kpi_scorecard": scorecard(),
        "funnel_cohorts": cohorts(),
        "conversion_curve": curves(),
        "conversion_curve_pooled": [
            {"stage": "won", "days_since_start": day, "at_risk": 90, "reached": 1, "share": share}
            for day, share in ((3, 0.02), (30, 0.05), (31, 0.06), (730, 0.19), (731, 0.2))
        ],
        "stage_durations": [
            {"from_stage": start, "to_stage": end, "cases": 80, "reached": 40, "days_25": 7}
            for start, end in (("lead", "won"), ("opportunity", "won"), ("lead", "mql"))
        ]
        + [{"from_stage": "mql", "to_stage": "won", "cases": 80, "reached": 8}],
        "fct_handoffs": handoffs(),
        "fct_lead_scores": scores(),
        "fct_qualifications": [
            {"person_id": "p1", "trigger": "score", "fit_grade": "A", "score_at_entry": 45},
            {"person_id": "p2", "trigger": "score", "fit_grade": "A", "score_at_entry": 40},
            {"person_id": "p3", "trigger": "hand_raise", "fit_grade": "A", "score_at_entry": 5},
        ],
        "fct_lead_cycles": [
            {"person_id": "p1", "cycle_number": 1, "started_date": AS_OF - timedelta(days=2)},
            {"person_id": "p2", "cycle_number": 1, "started_date": AS_OF - timedelta(days=730)},
        ],
        "lead_timeline": [
            {"feed": "web", "occurred_date": AS_OF},
            {"feed": "mail", "occurred_date": AS_OF - timedelta(days=9)},
        ],
        "mail_performance": mails(),
        "threshold_curve": thresholds(),
        "unresolved_events": [{"feed": "web", "month": LAST_MONTH, "rows": 7}],
        "load_audit": [
            audit("web_events", "a.csv", 100, 90, 6, 4),
            audit("web_events", "b.csv", 50, 50, 0, 0),
            audit("leads", "c.csv", 10, 10, 0, 0),
        ],
    }


def ignore_rates(teams: Sequence[str]) -> list[Row]:
    """The last month is open; `rare` has too few hand-offs to be shown, or none."""
    rows = []
    for number, month in enumerate(MONTHS):
        for place, team in enumerate(teams):
            for source in SOURCES:
                if source == "rare" and (number % 9 or place == 2):
                    continue
                mature = 1 if source == "rare" else 8 + place % 3
                ignored = 0 if source == "rare" else mature // 2 if number < 12 else place % 2 + 1
                rows.append(
                    {
                        "handoff_month": month,
                        "sales_team": team,
                        "routed_by": "ADR" if place == 0 else "marketing",
                        "lead_source": source,
                        "account_tier": "tier1" if source == "exhibition" else "none",
                        "fit_grade": "A",
                        "handoffs": mature,
                        "mature_handoffs": mature,
                        "not_mature": 3 if month == LAST_MONTH else 0,
                        "rejected": ignored,
                        "stalled": 0,
                        "untouched": 0,
                        "ignored": ignored,
                    }
                )
    return rows


def monthly(groups: list[Row]) -> list[Row]:
    rows = []
    for month in MONTHS:
        own = [row for row in groups if row["handoff_month"] == month]
        mature = sum(row["mature_handoffs"] for row in own)
        ignored = sum(row["ignored"] for row in own)
        low, high = wilson(ignored, mature)
        rows.append(
            {
                "handoff_month": month,
                "mature_handoffs": mature,
                "not_mature": sum(row["not_mature"] for row in own),
                "rejected": ignored,
                "stalled": 0,
                "untouched": 0,
                "ignored": ignored,
                "ignore_rate": ignored / mature,
                "ignore_rate_low": low,
                "ignore_rate_high": high,
                "is_feed_stale": False,
                "is_outcome_only": False,
            }
        )
    return rows


def wilson(hits: int, trials: int) -> tuple[float, float]:
    z = 1.959964
    centre = (hits + z * z / 2) / (trials + z * z)
    margin = z / (trials + z * z) * sqrt(hits * (trials - hits) / trials + z * z / 4)
    return centre - margin, centre + margin


KPIS = [
    {"kpi_id": "sals", "level": 0, "path": "sals", "name_en": "Accepted", "name_ja": "受諾数"}
    | {"numerator": "sals"},
    {"kpi_id": "rate", "level": 1, "path": "sals/rate", "name_en": "Accept rate"}
    | {
        "name_ja": "受諾率",
        "parent_kpi_id": "sals",
        "numerator": "sals",
        "denominator": "handoffs",
    },
    {"kpi_id": "stop", "level": 1, "path": "sals/stop", "name_en": "Unsubscribes"}
    | {"name_ja": "解除率", "parent_kpi_id": "sals", "numerator": "mail_unsubscribes"}
    | {"denominator": "mails_delivered"},
    {"kpi_id": "mqls", "level": 1, "path": "sals/z_mqls", "name_en": "MQLs per new lead"}
    | {"name_ja": "新規リードあたりMQL数", "parent_kpi_id": "sals", "numerator": "mqls"}
    | {"denominator": "new_leads"},
]


def scorecard() -> list[Row]:
    rows = []
    for number, month in enumerate(MONTHS):
        for kpi, actual, target in (
            ("sals", 20 + number, 40),
            ("rate", 0.5, 0.6),
            ("stop", 0.004, 0.005),
            ("mqls", 0.9 + number / 20, 1.0),
        ):
            rows.append({"kpi_id": kpi, "month": month, "actual": actual, "target": target})
            rows[-1]["achievement_rate"] = target / actual if kpi == "stop" else actual / target
    return rows


def cohorts() -> list[Row]:
    return [
        {
            "cohort_month": month,
            "lead_source": source,
            "cycles": 64,
            **{stage: 32 >> place for place, stage in enumerate(STAGES)},
        }
        for month in MONTHS
        for source in SOURCES
    ]


def curves() -> list[Row]:
    return [
        {"cohort_quarter": quarter, "stage": stage, "days_since_start": day}
        | {"at_risk": 200 - day, "reached": 1, "share": day / 500}
        for quarter in MONTHS[::3]
        for stage in STAGES
        for day in (0, 5, 40, 41, 180)
    ]


def handoffs() -> list[Row]:
    return [
        {"handoff_id": f"h{number}", "person_id": f"p{number}", "fit_grade": "A"}
        | {"handed_off_at": day, "handed_off_date": day, "outcome": outcome}
        | {"score_at_handoff": 50 + number, "is_ignored": outcome in ("untouched", "rejected")}
        for number, (outcome, day) in enumerate(
            [
                ("accepted", date(2026, 3, 1)),
                ("untouched", date(2026, 2, 1)),
                ("rejected", date(2026, 2, 5)),
                ("pending", date(2026, 6, 29)),
            ],
            1,
        )
    ]


def scores() -> list[Row]:
    rows = []
    for number in (1, 2, 3, 4):
        steps = [date(2026, 1, 10), date(2026, 2, 1), date(2026, 4, 1), None]
        for begin, end, score in zip(steps, steps[1:], (20, 50 + number, 10), strict=False):
            rows.append({"person_id": f"p{number}", "valid_from": begin, "valid_to": end})
            rows[-1]["behavior_score"] = score
    return rows


def mails() -> list[Row]:
    return [
        {"mail_id": f"M{number:02}", "mail_type": ("newsletter", "invite")[number % 2]}
        | {"first_sent_at": MONTHS[number], "delivered": 10 if number == 0 else 100 + number}
        | {"open_rate": 0.2 + number / 100, "click_rate": 0.03, "click_to_open_rate": 0.1}
        | {"unsubscribe_rate": 0.002, "conversions": number, "machine_openers": 1}
        for number in range(12)
    ]


def thresholds() -> list[Row]:
    return [
        {"threshold": threshold, "people": 300 - threshold, "people_per_week": 30 - threshold / 10}
        | {"handed_over": 90, "handed_over_rate": 0.4, "mature_handed_over": 80, "accepted": 60}
        | {"acceptance_rate": threshold / 200, "acceptance_rate_low": threshold / 250}
        | {"acceptance_rate_high": threshold / 160, "nearby_handoffs": 40}
        | {"nearby_acceptance_rate": 0.5, "is_small": threshold > 90}
        for threshold in range(10, 101, 10)
    ]


def audit(feed: str, file: str, read: int, loaded: int, replaced: int, quarantined: int) -> Row:
    return {
        "source": "landing",
        "feed": feed,
        "file": file,
        "rows_read": read,
        "rows_loaded": loaded,
        "rows_replaced": replaced,
        "rows_quarantined": quarantined,
    }
