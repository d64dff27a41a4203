"""The random companies hold the hard cases they promise, and their files say what they mean."""

from collections import Counter
from functools import cache

import pytest

from tests.companies.company import Company, random_company
from tests.companies.landing import deliveries
from tests.companies.rulebook import as_reference
from tests.reference.landing import is_read, read
from tests.reference.marts import Marts, build

# whose marts are computed once
pytestmark = pytest.mark.xdist_group("random_companies")

SEEDS = range(4, 12)


@cache
def company(seed: int) -> Company:
    return random_company(seed, companies=6)


@cache
def marts() -> list[Marts]:
    return [
        build(company(seed).standing(), as_reference(company(seed).rules), company(seed).settings)
        for seed in SEEDS
    ]


def values(mart: str, column: str) -> Counter[object]:
    return Counter(row[column] for built in marts() for row in built[mart])


@pytest.mark.parametrize(
    ("mart", "column", "expected"),
    [
        (
            "fct_handoffs",
            "outcome",
            "accepted accepted_late withdrawn rejected pending stalled untouched",
        ),
        ("fct_lead_cycles", "outcome", "open won lost rejected recycled"),
        (
            "fct_lead_cycles",
            "furthest_stage",
            "lead mql handed_off sal appointment opportunity won",
        ),
        ("fct_qualifications", "trigger", "score hand_raise"),
        ("persons", "fit_grade", "A B C D none"),
        ("persons", "account_tier", "none tier1 tier2"),
        ("fct_touchpoints", "feed", "web mail offline"),
        ("unresolved_events", "feed", "web mail offline sales"),
        ("attribution", "channel", "unattributed direct referral other"),
    ],
)
def test_every_kind_occurs(mart: str, column: str, expected: str) -> None:
    assert set(expected.split()) <= set(values(mart, column))


def test_hard_cases_are_common() -> None:
    people = Counter(len(row["lead_ids"]) for built in marts() for row in built["persons"])
    assert sum(n for size, n in people.items() if size >= 3) > 10
    assert values("persons", "is_excluded")[True] > 10
    assert values("fct_lead_cycles", "cycle_number")[3] > 10
    assert values("fct_lead_cycles", "is_customer")[True] > 50
    assert values("fct_handoffs", "is_ignored_at_deadline")[True] > 50
    assert sum(n for implied, n in values("fct_lead_cycles", "implied_stages").items() if implied)
    touches = [row for built in marts() for row in built["fct_touchpoints"]]
    assert sum(row["is_stitched"] for row in touches) > 500
    assert sum(row["known_date"] > row["occurred_date"] for row in touches) > 500
    assert {row["page_path"] for row in touches} >= {"/", "/u/:email/settings", "/docs/api", None}


def test_deadlines_fall_on_the_reported_day() -> None:
    on_the_day = [
        row
        for seed, built in zip(SEEDS, marts(), strict=True)
        for row in built["fct_handoffs"]
        if row["acceptance_deadline"] == company(seed).settings.as_of
    ]
    assert len(on_the_day) >= 5


@pytest.mark.parametrize("seed", SEEDS)
def test_files_without_faults_say_what_was_delivered(seed: int) -> None:
    given = deliveries(company(seed), seed, fault_share=0, again_share=0)
    landed = read(
        [delivery for delivery in given if is_read(delivery[1])],
        company(seed).settings.source_timezone,
    )
    assert landed.quarantine == []
    for feed, rows in company(seed).standing().items():
        assert sorted(map(repr, landed.rows[feed])) == sorted(map(repr, rows))
