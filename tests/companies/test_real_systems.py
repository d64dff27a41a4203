"""What real systems bring is in most of the random companies, however small these are."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from tests.companies.company import random_company
from tests.companies.people import BAD_EMAILS, INVISIBLE
from tests.companies.seen import Seen, repeated
from tests.reference.accounts import normalized_company
from tests.reference.cycles import closes
from tests.reference.feeds import Row
from tests.reference.rules import OPTIONAL
from tests.reference.text import folded, normalized_email
from tests.reference.touchpoints import bot_test, machine_test
from tests.reference.visits import OWN, channel_alone, origins

# whose marts are computed once
pytestmark = pytest.mark.xdist_group("real_systems")

Counted = Callable[[Seen], int]
COMPANIES = range(20)
MOST, SOME = 0.6, 0.1


@cache
def seen(seed: int) -> Seen:
    return Seen(random_company(seed, persons=12, days=60))


def share(count: Counted) -> float:
    return sum(count(seen(seed)) > 0 for seed in COMPANIES) / len(COMPANIES)


def contested(company: Seen) -> int:
    ends = company.leads.leads_to()
    owners = {
        (normalized_email(row["email"]), ends.get(row["lead_id"]))
        for row in company.leads.earlier
        if row["email"]
    }
    return repeated(email for email, _ in owners if email)


def domains_by_company(company: Seen) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for person in company.marts["persons"]:
        if person["normalized_company"] and person["company_domain"]:
            found.setdefault(person["normalized_company"], set()).add(person["company_domain"])
    return found


LEADS: dict[str, Counted] = {
    "an alias of an alias": lambda company: sum(
        into in company.leads.merged_into and alias in company.leads.leads_to()
        for alias, into in company.leads.merged_into.items()
    ),
    "an alias that leads to nobody": lambda company: len(
        company.leads.merged_into.keys() - company.leads.leads_to().keys()
    ),
    "a lead merged into an alias": lambda company: sum(
        record["merged_into_lead_id"] in company.leads.merged_into
        and record["merged_into_lead_id"] in company.leads.leads_to()
        for record in company.leads.records
    ),
    "a stand-in": lambda company: sum(
        company.settings.local_date(record["updated_at"]) > company.settings.as_of
        for record in company.leads.records
    ),
    "two leads that gave up one address": contested,
    "an invisible character": lambda company: sum(
        bool(set(row["email"] or "") & set(INVISIBLE))
        and normalized_email(row["email"]) is not None
        for row in company.feeds["leads"]
    ),
    "an address with what none may hold": lambda company: sum(
        row["email"] in BAD_EMAILS
        for feed in company.feeds.values()
        for row in feed
        if "email" in row
    ),
    "a lead without an id": lambda company: len(company.raw["leads"]) - len(company.feeds["leads"]),
    "an account by name and another's address": lambda company: sum(
        person["company_domain"] is None and person["account_domain"] is not None
        for person in company.marts["persons"]
    ),
    "an account by name alone": lambda company: sum(
        person["account_domain"] is None and person["account_id"] is not None
        for person in company.marts["persons"]
    ),
    "a company of two domains": lambda company: sum(
        len(domains) > 1 for domains in domains_by_company(company).values()
    ),
    "a company name of legal forms alone": lambda company: sum(
        person["company_name"] is not None and person["normalized_company"] is None
        for person in company.marts["persons"]
    ),
    "a company name with a legal form": lambda company: sum(
        normalized_company(name, [one["form"] for one in company.rules["company_forms"]])
        != normalized_company(name, [])
        for name in company.column("persons", "company_name")
        if isinstance(name, str)
    ),
    **{
        f"a given-up address in {feed}": lambda company, feed=feed: company.given_up(feed)
        for feed in ("web_events", "mail_events", "sales_dispositions")
    },
    **{
        f"a placeholder in {column}": lambda company, column=column: company.placeholders(column)
        for column in ("anonymous_id", "lead_id", "email", "phone", "full_name", "company_name")
    },
}


def own_events(company: Seen, *, is_continued: bool) -> int:
    events = company.events("web_events")
    found = origins(events, company.rules)
    own = [row for row in events if channel_alone(row, company.rules) == OWN]
    alone = [found[row["event_id"]] == ("direct", row["utm_campaign"]) for row in own]
    return len(alone) - sum(alone) if is_continued else sum(alone)


def agents(company: Seen, *, are_human: bool) -> int:
    """Events that would be judged otherwise without the agents of humans, or of machines."""
    others = [
        one for one in company.rules["machine_agents"] if (one["kind"] == "human") != are_human
    ]
    is_bot = bot_test(company.rules, company.settings)
    without = bot_test(company.rules | {"machine_agents": others}, company.settings)
    return sum(is_bot(row) != without(row) for row in company.events("web_events"))


def machines_by_delivery(company: Seen) -> int:
    mail = company.resolved["mail_events"]
    is_machine = machine_test(mail, company.settings)
    by_sent = machine_test(
        [row for row in mail if row["event_type"] != "delivered"], company.settings
    )
    return sum(is_machine(row) and not by_sent(row) for row in mail)


def paths(company: Seen, pattern: str) -> int:
    return sum(
        bool(re.search(pattern, row["page_url"] or "")) for row in company.events("web_events")
    )


EVENTS: dict[str, Counted] = {
    "an own page of a visit": lambda company: own_events(company, is_continued=True),
    "an own page of no visit": lambda company: own_events(company, is_continued=False),
    "a human that looks like a machine": lambda company: agents(company, are_human=True),
    "a machine by its agent alone": lambda company: agents(company, are_human=False),
    "a medium in another case": lambda company: sum(
        row["utm_medium"] is not None and row["utm_medium"] != folded(row["utm_medium"])
        for row in company.events("web_events")
    ),
    "a path in a fragment": lambda company: paths(company, "#!?/"),
    "an encoded address in a path": lambda company: paths(company, "%(25)*40"),
    "a full-width address in a path": lambda company: paths(company, "＠"),
    "an address in a campaign": lambda company: company.hidden("fct_touchpoints", "campaign"),
    "an address in a type": lambda company: company.hidden("fct_touchpoints", "touchpoint_type"),
    "an address in a mail's type": lambda company: company.hidden("mail_performance", "mail_type"),
    "an address in a source": lambda company: company.hidden("funnel_cohorts", "lead_source"),
    "a machine by its delivery": machines_by_delivery,
    "a complaint": lambda company: sum(map(int, company.column("mail_performance", "complaints"))),
    "more openers than sent": lambda company: sum(
        row["openers"] > row["sent"] for row in company.marts["mail_performance"]
    ),
}


def losses_of_one_deal(held: list[Row]) -> int:
    return sum(
        row["stage"] == "lost" and not closes(held[: place + 1]) for place, row in enumerate(held)
    )


SALES: dict[str, Counted] = {
    "a rep by address": lambda company: company.hidden("fct_handoffs", "sales_rep", ":email-"),
    "a router by address": lambda company: company.hidden("routing_effect", "routed_by", ":email-"),
    "a phone in a reason": lambda company: company.hidden("lead_timeline", "detail", ":phone"),
    "a win that was opened again": lambda company: sum(
        row["stage"] == "opportunity" and "won" in row["disposition"].lower()
        for rows in company.walks
        for row in rows
    ),
    "one of several deals lost": lambda company: sum(map(losses_of_one_deal, company.cycles)),
    "a customer that comes back": lambda company: sum(
        map(bool, company.column("fct_lead_cycles", "is_customer"))
    ),
    "rows between a win and the next cycle": lambda company: (
        sum(map(len, company.walks)) - sum(map(len, company.cycles))
    ),
    "several deals in one cycle": lambda company: sum(
        len({row["opportunity_id"] for row in held if row["stage"] == "opportunity"}) > 1
        for held in company.cycles
    ),
    "a win without an amount of its own": lambda company: sum(
        bool(held) and held[-1]["stage"] == "won" and held[-1]["amount"] is None
        for held in company.cycles
    ),
}


@pytest.mark.parametrize("name", [*LEADS, *EVENTS, *SALES])
def test_most_companies_have(name: str) -> None:
    assert share((LEADS | EVENTS | SALES)[name]) >= MOST


RULES: dict[str, Counted] = {
    **{
        f"no {seed}": lambda company, seed=seed: not company.rules[seed]
        for seed in sorted(OPTIONAL)
    },
    "no column better": lambda company: "better" not in company.texts["kpi_tree"][0],
    "sales that tells of outcomes alone": lambda company: sum(
        map(bool, company.column("ignore_rate_monthly", "is_outcome_only"))
    ),
    "a mail whose id holds an address": lambda company: company.hidden(
        "mail_performance", "mail_id"
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_some_companies_have(name: str) -> None:
    assert share(RULES[name]) >= SOME


def test_metrics_with_a_name_count_something() -> None:
    kinds = {
        kpi["numerator"].partition(":")[0]
        for seed in COMPANIES
        for kpi in seen(seed).rules["kpi_tree"]
        for row in seen(seed).marts["kpi_scorecard"]
        if ":" in kpi["numerator"] and row["kpi_id"] == kpi["kpi_id"] and row["numerator"]
    }
    assert kinds == {
        *("touchpoints", "offline", "views", "mails_sent", "mails_delivered", "mail_openers"),
        *("mail_clickers", "mail_unsubscribes", "mail_replies", "mail_conversions"),
    }


def test_targets_are_held_in_both_directions() -> None:
    directions = {
        kpi.get("better")
        for seed in COMPANIES
        for kpi in seen(seed).rules["kpi_tree"]
        for row in seen(seed).marts["kpi_scorecard"]
        if row["kpi_id"] == kpi["kpi_id"] and row["achievement_rate"]
    }
    assert directions == {None, "higher", "lower"}
