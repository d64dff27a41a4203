"""Five hand-offs and what every mart says of them on 2025-06-25, worked by hand."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import duckdb

from tests.expectations.small_funnel import JUNE, LATER_MARTS, MAY, Rows
from tests.expectations.warehouse import create_mart


def _handoff(number: int, team: str, day: date, outcome: str, **more: Any) -> dict[str, Any]:
    at = datetime.combine(day, datetime.min.time())
    return {
        "handoff_id": f"D{number}",
        "person_id": f"L{number}",
        "handed_off_at": at,
        "handed_off_date": day,
        "sales_team": team,
        "outcome": outcome,
        "is_mature": outcome != "pending",
        "is_ignored_at_deadline": outcome in ("stalled", "untouched"),
        "is_ignored": outcome in ("stalled", "untouched"),
        **more,
    }


HANDOFFS: Rows = [
    _handoff(1, "east", date(2025, 5, 5), "accepted"),
    _handoff(2, "east", date(2025, 5, 6), "stalled", hours_to_first_touch=30.5),
    _handoff(3, "west", date(2025, 5, 7), "untouched"),
    _handoff(4, "west", date(2025, 5, 8), "withdrawn"),
    _handoff(5, "east", date(2025, 6, 24), "pending"),
]

NO_COUNTS = dict.fromkeys(
    (
        "mature_handoffs",
        "not_mature",
        "withdrawn",
        "accepted",
        "accepted_late",
        "rejected",
        "stalled",
        "untouched",
        "no_follow_up",
        "ignored_at_deadline",
        "ignored",
    ),
    0,
)
JUNE_COUNTS = {**NO_COUNTS, "handoffs": 1, "not_mature": 1}
TEAM_GRAIN = {"lead_source": "web", "account_tier": "none", "fit_grade": "A"}

IGNORE_RATE: Rows = [
    {
        **TEAM_GRAIN,
        **NO_COUNTS,
        "handoff_month": MAY,
        "sales_team": "east",
        "routed_by": "marketing",
        "handoffs": 2,
        "mature_handoffs": 2,
        "accepted": 1,
        "stalled": 1,
        "ignored_at_deadline": 1,
        "ignored": 1,
        "ignore_rate": 0.5,
        "sal_rate": 0.5,
        "no_follow_up_rate": 0.0,
        "ignored_at_deadline_rate": 0.5,
        "rescue_rate": 0.0,
    },
    {
        **TEAM_GRAIN,
        **NO_COUNTS,
        "handoff_month": MAY,
        "sales_team": "west",
        "routed_by": "adr",
        "handoffs": 2,
        "mature_handoffs": 1,
        "withdrawn": 1,
        "untouched": 1,
        "no_follow_up": 1,
        "ignored_at_deadline": 1,
        "ignored": 1,
        "ignore_rate": 1.0,
        "sal_rate": 0.0,
        "no_follow_up_rate": 1.0,
        "ignored_at_deadline_rate": 1.0,
        "rescue_rate": 0.0,
    },
    {
        **TEAM_GRAIN,
        **JUNE_COUNTS,
        "handoff_month": JUNE,
        "sales_team": "east",
        "routed_by": "marketing",
    },
]

IGNORE_RATE_MONTHLY: Rows = [
    {
        **NO_COUNTS,
        "handoff_month": MAY,
        "handoffs": 4,
        "mature_handoffs": 3,
        "withdrawn": 1,
        "accepted": 1,
        "stalled": 1,
        "untouched": 1,
        "no_follow_up": 1,
        "ignored_at_deadline": 2,
        "ignored": 2,
        "ignore_rate": 2 / 3,
        "sal_rate": 1 / 3,
        "no_follow_up_rate": 1 / 3,
        "ignored_at_deadline_rate": 2 / 3,
        "rescue_rate": 0.0,
        "ignore_rate_low": 0.2076596,
        "ignore_rate_high": 0.9385081,
        "is_feed_stale": False,
        "is_outcome_only": False,
    },
    {**JUNE_COUNTS, "handoff_month": JUNE, "is_feed_stale": False, "is_outcome_only": False},
]

TOUCHPOINTS: Rows = [
    {
        "touchpoint_id": f"web:E{number}",
        "person_id": "L1",
        "feed": "web",
        "occurred_date": MAY,
        "known_date": date(2025, 5, 2),
        # as the models leave an address and an odd text that is none
        "campaign": campaign,
    }
    for number, campaign in enumerate(
        ("spring", "to :email@old.example", ":email-1c9e856b%40x.jp", "meet @ booth.3", "40.5%")
    )
]

MARTS: dict[str, Rows] = {
    "unresolved_events": [
        {"feed": "web", "month": MAY, "rows": 7},
        {"feed": "sales", "month": MAY, "rows": 1},
    ],
    "fct_touchpoints": TOUCHPOINTS,
    "fct_handoffs": HANDOFFS,
    "ignore_rate": IGNORE_RATE,
    "ignore_rate_monthly": IGNORE_RATE_MONTHLY,
    **LATER_MARTS,
}


def create_marts(connection: duckdb.DuckDBPyConnection, marts: Iterable[str] = MARTS) -> None:
    """The named marts, by default all of the contract's sections 5 to 10."""
    for mart in marts:
        create_mart(connection, mart, MARTS[mart])


def create_intermediate(connection: duckdb.DuckDBPyConnection) -> None:
    """What marts suites look at behind the marts: leads, a browser, a row of sales, costs."""
    connection.execute(
        """
        create schema intermediate;
        create table intermediate.int_lead_versions as
            select 'L1' as lead_id, true as is_current, timestamp '2025-05-01' as updated_at;
        create table intermediate.int_lead_records as
            select
                'L' || number as lead_id,
                'ken@acme.example' as normalized_email,
                '0312345678' as normalized_phone,
                'ken' as normalized_name
            from range(1, 12) as numbers (number);
        create table intermediate.int_web_events as
            select 'B1' as anonymous_id, 'L' || number as person_id, number < 9 as is_identified
            from range(1, 12) as numbers (number);
        create table intermediate.int_dispositions as
            select
                'D1' as disposition_id,
                'won' as disposition,
                90.5 as amount,
                'L1' as person_id,
                timestamp '2025-05-12 15:00:00' as occurred_at;
        create table intermediate.int_disposition_cycles as
            select 'D1' as disposition_id, 1 as cycle_number;
        create schema raw;
        create table raw.costs as
            select
                40 as amount,
                occurred_at,
                is_replaced as _is_replaced
            from (
                values
                (timestamp '2025-05-12 15:00:00', false),
                (timestamp '2025-05-12 15:00:00', true),
                (timestamp '2025-06-25 15:00:00', false)
            ) as costs (occurred_at, is_replaced);
        """
    )
