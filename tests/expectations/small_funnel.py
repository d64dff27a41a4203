"""What the marts on scores, funnel, KPIs and mails say of the small company."""

from datetime import date
from typing import Any

AS_OF = date(2025, 6, 25)
MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)

Rows = list[dict[str, Any]]

SCORES: Rows = [
    {"valid_from": MAY, "valid_to": date(2025, 5, 10), "behavior_score": 3},
    {"valid_from": date(2025, 5, 10), "behavior_score": 0},
]
CYCLES: Rows = [
    {
        "person_id": "L1",
        "cycle_number": 1,
        "started_date": MAY,
        "mql_date": MAY,
        "handed_off_date": date(2025, 5, 5),
        "sal_date": date(2025, 5, 6),
        "closed_date": JUNE,
        "amount": 700,
    },
    {"person_id": "L1", "cycle_number": 2, "started_date": JUNE},
    {"person_id": "L2", "cycle_number": 1, "started_date": date(2025, 5, 2)},
]
COHORT_GRAIN = {"lead_source": "web", "fit_grade": "A", "account_tier": "none"}
NO_STAGES = dict.fromkeys(("mql", "handed_off", "sal", "appointment", "opportunity", "won"), 0)

LATER_MARTS: dict[str, Rows] = {
    "fct_lead_scores": [{"person_id": "L1", **row} for row in SCORES],
    "fct_score_contributions": [
        {"person_id": "L1", "rule_id": "R1", "active_count": 1, "points": 3, **SCORES[0]},
        {"person_id": "L1", "rule_id": "R1", "active_count": 0, "points": 0, **SCORES[1]},
        # R2 takes away what R3 gives
        {"person_id": "L1", "rule_id": "R2", "active_count": 1, "points": -5, "valid_from": MAY},
        {"person_id": "L1", "rule_id": "R3", "active_count": 1, "points": 5, "valid_from": MAY},
    ],
    "fct_qualifications": [
        {"person_id": "L1", "qualified_from": MAY, "qualified_to": date(2025, 5, 10)},
        {"person_id": "L2", "qualified_from": AS_OF},
    ],
    "fct_lead_cycles": CYCLES,
    "dim_leads": [
        {"person_id": person, "stage": stage, "owner": "marketing", "is_qualified": is_qualified}
        | {"is_customer": False, "is_contactable": True, "mail_block_reason": "bounced"}
        for person, stage, is_qualified in (("L1", "sal", False), ("L2", "mql", True))
    ],
    # too long ago to warn of
    "mailed_despite_block": [
        {"person_id": "L2", "last_mailed_date": date(2024, 6, 25), "mails": 1}
    ],
    "handoff_queue": [{"person_id": "L2", "priority_rank": 1}],
    "follow_up_worklist": [{"handoff_id": "D3"}, {"handoff_id": "D5"}],
    "value_matrix": [{"score_band": "0 - 19", "fit_grade": "A", "people": 2}],
    "funnel_cohorts": [
        {
            **COHORT_GRAIN,
            **NO_STAGES,
            "cohort_month": MAY,
            "is_returning": False,
            "cycles": 2,
            "mql": 1,
            "handed_off": 1,
            "sal": 1,
            "won_amount": 0,
        },
        {
            **COHORT_GRAIN,
            **NO_STAGES,
            "cohort_month": JUNE,
            "is_returning": True,
            "cycles": 1,
            "won_amount": 0,
        },
    ],
    "funnel_daily": [
        {"date": day, "stage": stage, "lead_source": "web", "entered": entered, "open_at_end": left}
        for day, stage, entered, left in (
            (MAY, "lead", 1, 0),
            (MAY, "mql", 1, 1),
            (date(2025, 5, 2), "lead", 1, 1),
            (JUNE, "lead", 1, 2),
            (AS_OF, "lead", 0, 2),
        )
    ],
    "conversion_curve": [
        {
            "cohort_quarter": date(2025, 4, 1),
            "stage": "mql",
            "days_since_start": days,
            "at_risk": at_risk,
            "reached": 1,
            "share": share,
        }
        for days, at_risk, share in ((0, 2, 0.5), (9, 1, 1.0))
    ],
    "dim_kpis": [
        {"kpi_id": "mqls", "better": "higher"},
        {"kpi_id": "sal_rate", "better": "higher"},
        {"kpi_id": "unsubscribes", "better": "lower"},
    ],
    "kpi_scorecard": [
        {"kpi_id": kpi, "month": month, "numerator": numerator, "denominator": denominator}
        | {"actual": actual, "target": target, "achievement_rate": rate}
        for kpi, month, numerator, denominator, actual, target, rate in (
            ("mqls", MAY, 1, None, 1.0, 2.0, 0.5),
            ("mqls", JUNE, 1, None, 1.0, 0.0, None),
            ("sal_rate", MAY, 3, 2, 1.5, None, None),
            ("sal_rate", JUNE, 0, 0, None, 1.0, None),
            # twice as many as there should be
            ("unsubscribes", MAY, 4, None, 4.0, 2.0, 0.5),
            ("unsubscribes", JUNE, 0, None, 0.0, 2.0, None),
        )
    ],
    "mail_performance": [
        # clicked by more than opened it, since pictures were not loaded: legal
        {
            "mail_id": "M1",
            "sent": 4,
            "delivered": 4,
            "bounced": 0,
            "openers": 1,
            "machine_openers": 1,
            "clickers": 2,
            "unsubscribes": 1,
            "replies": 0,
            "conversions": 1,
            "complaints": 1,
            "open_rate": 0.25,
            "click_rate": 0.5,
            "click_to_open_rate": 2.0,
            "unsubscribe_rate": 0.25,
            "retention_rate": 0.75,
        },
        # one bounce of a mail whose sending was never recorded
        {
            "mail_id": "M2",
            "sent": 0,
            "delivered": 0,
            "bounced": 1,
            "openers": 0,
            "machine_openers": 0,
            "clickers": 0,
            "unsubscribes": 0,
            "replies": 0,
            "conversions": 0,
            "complaints": 0,
        },
    ],
    "attribution": [
        {
            "conversion_stage": stage,
            "model": model,
            "channel": channel,
            "campaign": None,
            "month": MAY,
            "credit": 0.5,
            "credited_amount": 350.0,
        }
        for stage in ("mql", "sal")
        for model in ("first", "last", "linear", "position", "time_decay")
        for channel in ("mail", "direct")
    ],
    "cost_performance": [
        {"month": MAY, "channel": channel, "model": model, "cost": cost}
        | {"mql": 0.5, "sal": 0.5, "opportunity": 0, "won": 0, "won_amount": 0}
        for model in ("first", "last", "linear", "position", "time_decay")
        for channel, cost in (("mail", 40), ("direct", 0))
    ],
    "lead_segments": [{"segment_id": "all", "person_id": person} for person in ("L1", "L2")],
    "segment_performance": [
        {"segment_id": "all", "people": 2},
        {"segment_id": "nobody", "people": 0},
    ],
    "lead_predictions": [{"person_id": person} for person in ("L1", "L2")],
    "prediction_quality": [
        {"outcome": "accepted", "basis": "prediction", "status": "predicted", **group}
        for group in (
            {"handoff_quarter": date(2025, 4, 1), "handoffs": 2, "hits": 1},
            {"handoff_quarter": date(2025, 4, 1), "chance_decile": 3, "handoffs": 1, "hits": 0},
            {"handoff_quarter": date(2025, 4, 1), "chance_decile": 8, "handoffs": 1, "hits": 1},
            {"handoffs": 2, "hits": 1},
            {"chance_decile": 3, "handoffs": 1, "hits": 0},
            {"chance_decile": 8, "handoffs": 1, "hits": 1},
        )
    ],
}
