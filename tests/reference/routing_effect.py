"""Who routed, to whom, and what sales made of it."""

from collections.abc import Callable
from typing import Any

from tests.reference.feeds import Row
from tests.reference.ignore_rate import ratio, wilson_bounds

SMALLEST_GROUP = 30

Key = Callable[[Row], Any]


def routing_effect(handoffs: list[Row]) -> list[Row]:
    rows = [row | {"routed_by": row["routed_by"] or "unknown"} for row in handoffs]
    mature = [row for row in rows if row["is_mature"] and row["outcome"] != "withdrawn"]
    found: list[Row] = []
    for routed_by, tier in sorted({(row["routed_by"], row["account_tier"]) for row in rows}):
        own = [row for row in rows if (row["routed_by"], row["account_tier"]) == (routed_by, tier)]
        withdrawn = sum(row["outcome"] == "withdrawn" for row in own)
        of_tier = [row for row in mature if row["account_tier"] == tier]
        compared = {
            "": _compared(of_tier, lambda row: row["routed_by"], routed_by, _grade),
            "routing_group_": _compared(
                mature, _routing_group, _routing_group(own[0]), _tier_and_grade
            ),
            "account_group_": _compared(
                mature, _account_group, _account_group(own[0]), _routing_and_grade
            ),
        }
        judged = compared[""]["mature_handoffs"]
        found.append(
            {
                "routed_by": routed_by,
                "account_tier": tier,
                "handoffs": len(own),
                "withdrawn": withdrawn,
                "not_mature": len(own) - withdrawn - judged,
                "is_small": judged < SMALLEST_GROUP,
                "routing_group": _routing_group(own[0]),
                "account_group": _account_group(own[0]),
                **{
                    f"{group}{name}": value
                    for group, values in compared.items()
                    for name, value in values.items()
                },
            }
        )
    return found


def _grade(row: Row) -> Any:
    return row["fit_grade"]


def _tier_and_grade(row: Row) -> Any:
    return row["account_tier"], row["fit_grade"]


def _routing_and_grade(row: Row) -> Any:
    return row["routed_by"], row["fit_grade"]


def _routing_group(row: Row) -> str:
    groups = {"adr": "adr", "unknown": "unknown"}
    return groups.get(row["routed_by"].strip().lower(), "without_adr")


def _account_group(row: Row) -> str:
    return "rest" if row["account_tier"] == "none" else "target_accounts"


def _compared(everybody: list[Row], side: Key, compared: str, stratum: Key) -> dict[str, Any]:
    """The rates of one side, as they are and at the mix of everybody by stratum."""
    own = [row for row in everybody if side(row) == compared]
    rate = ratio(sum(row["is_ignored"] for row in own), len(own))
    low, high = wilson_bounds(rate, len(own))
    shared = {stratum(row) for row in own}
    weighed = [row for row in everybody if stratum(row) in shared]
    rates = {
        one: ratio(
            sum(row["is_ignored"] for row in own if stratum(row) == one),
            sum(stratum(row) == one for row in own),
        )
        for one in shared
    }
    return {
        "mature_handoffs": len(own),
        "ignored": sum(row["is_ignored"] for row in own),
        "ignore_rate": rate,
        "ignore_rate_low": low,
        "ignore_rate_high": high,
        "standardised_ignore_rate": ratio(
            sum(rates[stratum(row)] or 0 for row in weighed), len(weighed)
        ),
        "standardised_share": ratio(len(weighed), len(everybody)) if own else None,
    }
