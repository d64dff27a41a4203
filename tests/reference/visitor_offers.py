"""What is offered to a browser of nobody known."""

from tests.reference.feeds import Row
from tests.reference.rules import Rules

# a folder of rules without the file has the shipped ones
SHIPPED = [
    {
        "rule_id": "asks_before_buying",
        "priority": 1,
        "offer": "webinar",
        "metric": "question_views",
        "at_least": 3,
    },
    {
        "rule_id": "comes_back",
        "priority": 2,
        "offer": "document_popup",
        "metric": "interested_days",
        "at_least": 2,
    },
]


def offered(visitor: Row, rules: Rules) -> Row:
    """The offer and its rule: the first by priority whose conditions all hold."""
    broken, wanted = set(), rules.get("visitor_offers", SHIPPED)
    for condition in wanted:
        if visitor[condition["metric"]] < condition["at_least"]:
            broken.add(condition["rule_id"])
    kept = [condition for condition in wanted if condition["rule_id"] not in broken]
    first = min(kept, key=lambda condition: condition["priority"], default={})
    return {
        "suggested_offer": first.get("offer", "none"),
        "offer_rule_id": first.get("rule_id"),
    }
