"""Every mart that the reference knows, from typed rows."""

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.handoffs import dispositions_by_person, handoffs
from tests.reference.identity import Directory, resolve, unresolved_events
from tests.reference.ignore_rate import ignore_rate, ignore_rate_monthly
from tests.reference.persons import lead_records, persons
from tests.reference.rules import Rules
from tests.reference.touchpoints import touchpoints

Marts = dict[str, list[Row]]


def build(feeds: dict[str, list[Row]], rules: Rules, settings: Settings) -> Marts:
    """Marts by name; `persons` stands for the identity behind them."""
    people = persons(lead_records(feeds["leads"], settings), rules)
    directory = Directory.of(people)
    resolved = resolve(feeds, directory, settings)
    dispositions = dispositions_by_person(resolved["sales_dispositions"], rules)
    touches = touchpoints(resolved, rules, settings)
    handed = handoffs(dispositions, directory.persons, rules, settings)
    return {
        "persons": people,
        "unresolved_events": unresolved_events(resolved, settings),
        "fct_touchpoints": touches,
        "fct_handoffs": handed,
        "ignore_rate": ignore_rate(handed),
        "ignore_rate_monthly": ignore_rate_monthly(
            handed, resolved["sales_dispositions"], rules, settings
        ),
    }
