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
        "dim_scenarios": SCENARIOS,
        "scenario_effect": effects(),
        "cost_performance": costs(),
        "ignored_outcomes": outcomes(),
        "unresolved_events": [
            {"feed": "web", "month": LAST_MONTH, "rows": 7},
            {"feed": "enrollment", "month": LAST_MONTH, "rows": 2},
        ],
        "load_audit": [
            audit("web_events", "a.csv", 100, 90, 6, 4),
            audit("web_events", "b.csv", 50, 50, 0, 0),
            audit("leads", "c.csv", 10, 10, 0, 0),
            audit("enrollments", "d.csv", 300, 300, 0, 0),
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


SCENARIOS = [
    {"scenario_id": "hello", "name_en": "Hello", "name_ja": "こんにちは"}
    | {"goal_stage": "sal", "goal_days": 60},
    {"scenario_id": "again", "name_en": "Again", "name_ja": "もう一度"}
    | {"goal_stage": "mql", "goal_days": 30},
    # no two scenarios with one name become one
    {"scenario_id": "twin", "name_en": "Hello", "name_ja": "こんにちは"}
    | {"goal_stage": "won", "goal_days": 90},
    {"scenario_id": "empty", "name_en": "Nobody's", "name_ja": "空"}
    | {"goal_stage": "won", "goal_days": 90},
]


def effects() -> list[Row]:
    """One that works, one that shows nothing, one without holdout, one that nobody has entered."""
    arms = {
        ("hello", "treated"): (120, 100, 30, 0.3, 0.2, 0.08, 0.31),
        ("hello", "holdout"): (60, 50, 5, 0.1, None, None, None),
        ("again", "treated"): (80, 29, 10, 0.34, 0.01, -0.2, 0.22),
        ("again", "holdout"): (40, 30, 10, 0.33, None, None, None),
        ("twin", "treated"): (9, 8, 2, 0.25, None, None, None),
        ("twin", "holdout"): (0, 0, 0, None, None, None, None),
        ("empty", "treated"): (0, 0, 0, None, None, None, None),
        ("empty", "holdout"): (0, 0, 0, None, None, None, None),
    }
    names = ("entered", "judged", "reached", "reach_rate", "effect", "effect_low", "effect_high")
    return [
        {"scenario_id": scenario, "arm": arm, **dict(zip(names, figures, strict=True))}
        | {"in_no_cycle": 0, "already": 0, "not_mature": figures[0] - figures[1], "still_in": 3}
        for (scenario, arm), figures in arms.items()
    ]


def costs() -> list[Row]:
    """Two campaigns of search, one of display that brings little, and what costs nothing."""
    spent = {
        ("paid_search", "brand"): (100, 4.0, 900),
        ("paid_search", "trial"): (50, 1.0, 40),
        ("display", "banner"): (1000, 0.5, 90),
        ("mail", None): (30, 6.5, 700),
        ("direct", None): (0, 5.0, 5000),
    }
    return [
        {"month": month, "channel": channel, "campaign": campaign, "model": model}
        | {"cost": cost, "mql": won * 8 * share, "sal": won * 2 * share, "opportunity": won * share}
        | {"won": won * share, "won_amount": amount * share}
        for month in (MONTHS[0], MONTHS[10], MONTHS[16])
        for model, share in (("linear", 1.0), ("first", 0.5))
        for (channel, campaign), (cost, won, amount) in spent.items()
    ]


def outcomes() -> list[Row]:
    """Two quarters of two grades; in one of them sales accepted nobody."""
    rows = [
        (MONTHS[3], "A", 40, 10, 1000, 30, 3, 60, 4.5, -0.9, 9.6),
        (MONTHS[3], "B", 50, 5, 400, 60, 0, 0, 6.0, -0.6, 13.0),
        (MONTHS[6], "A", 20, 4, 300, 20, 0, 0, 4.0, 0.2, 8.3),
        (MONTHS[6], "B", 0, 0, 0, 7, 1, 10, None, None, None),
    ]
    names = ("accepted_handoffs", "accepted_won", "accepted_won_amount", "ignored_handoffs")
    names += ("ignored_won", "ignored_won_amount", "lost_wins", "lost_wins_low", "lost_wins_high")
    return [
        {"handoff_quarter": quarter, "fit_grade": grade, **dict(zip(names, figures, strict=True))}
        for quarter, grade, *figures in rows
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
