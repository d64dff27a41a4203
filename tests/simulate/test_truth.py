"""The planted truth, by hand: what became of a hand-off, who is who, what was won."""

from datetime import date

import numpy as np
import pytest

from pipelines.feeds import FEEDS_BY_NAME
from pipelines.simulate.calendar import DAY, HOUR, build_calendar
from pipelines.simulate.drawing import texts
from pipelines.simulate.duplicates import Leads
from pipelines.simulate.followup import Step
from pipelines.simulate.identity import (
    AmbiguousPlanError,
    check_persons,
    normalized_company,
    normalized_email,
    normalized_name,
    normalized_phone,
)
from pipelines.simulate.leads import Versions
from pipelines.simulate.rules import Rules
from pipelines.simulate.truth import (
    Entry,
    account_tiers,
    handoff_truth,
    lead_persons,
    merged_leads,
    team_truth,
    won_truth,
)
from tests.simulate.exports import Exports

HOLIDAY = date(2026, 9, 22)
RULES = Rules(
    target_accounts={"big.example": "tier1"},
    free_mail_domains=frozenset({"gmail.com"}),
    company_forms=("株式会社", " s.a.", "co", "ltd"),
    holidays=frozenset({HOLIDAY}),
    acceptance_days={"default": 3, "tier1": 1},
    dispositions={},
    pages={},
    scenarios={},
)
# Monday 14 to Wednesday 30 September 2026
CALENDAR = build_calendar(date(2026, 9, 30), 17, RULES.holidays)


def entry(
    day: int,
    hour: int,
    kind: str,
    person: int = 0,
    amount: int | None = None,
    deal: int | None = None,
) -> Entry:
    """A disposition on that day of September; its id tells the time too."""
    at = (day - 14) * DAY + hour * HOUR
    step = Step(person, at, kind, 0, 1, "adr", amount=amount, deal=deal)
    return Entry(at, f"d{day}-{hour:02d}-{kind}", step)


def outcomes(*entries: Entry, tier: str = "none") -> dict[str, tuple[object, object]]:
    found = handoff_truth(CALENDAR, RULES, list(entries), {0: "L1"}, {0: tier})
    return {each: (row["outcome"], row["acceptance_deadline"]) for each, row in found.items()}


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([], "untouched"),
        ([entry(23, 23, "accepted")], "accepted"),
        ([entry(24, 0, "accepted")], "accepted_late"),
        ([entry(18, 9, "rejected"), entry(25, 9, "won")], "accepted_late"),
        ([entry(18, 9, "withdrawn"), entry(18, 10, "rejected")], "withdrawn"),
        ([entry(18, 9, "contacted"), entry(21, 9, "recycled")], "rejected"),
        ([entry(18, 9, "attempted")], "stalled"),
        ([entry(18, 9, "lost")], "untouched"),
        ([entry(17, 8, "accepted")], "untouched"),
    ],
)
def test_outcome_of_a_handoff_on_thursday_the_17th(steps: list[Entry], outcome: str) -> None:
    """Three business days on, with a weekend and a holiday between, is Wednesday the 23rd."""
    found = outcomes(entry(17, 9, "handed_off"), *steps)
    assert found == {"d17-09-handed_off": (outcome, "2026-09-23")}


def test_a_target_account_has_less_time() -> None:
    assert outcomes(entry(17, 9, "handed_off"), tier="tier1") == {
        "d17-09-handed_off": ("untouched", "2026-09-18")
    }


def test_a_young_handoff_is_pending() -> None:
    found = outcomes(entry(28, 9, "handed_off"), entry(29, 9, "attempted"))
    assert found == {"d28-09-handed_off": ("pending", "2026-10-01")}


def test_two_on_one_day_are_one_and_the_next_ends_the_window() -> None:
    found = outcomes(
        entry(15, 9, "handed_off"),
        entry(15, 11, "handed_off"),
        entry(16, 9, "handed_off"),
        entry(17, 9, "accepted"),
    )
    assert found == {
        "d15-09-handed_off": ("untouched", "2026-09-18"),
        "d16-09-handed_off": ("accepted", "2026-09-21"),
    }


def test_a_handoff_of_a_deleted_person_is_none() -> None:
    assert outcomes(entry(17, 9, "handed_off", person=3)) == {}


def test_withdrawn_and_young_ones_are_not_in_the_rate() -> None:
    rows = {
        str(number): {"sales_team": "East", "is_mature": number < 4, "outcome": outcome}
        for number, outcome in enumerate(
            ["accepted", "withdrawn", "untouched", "stalled", "pending"]
        )
    }
    counted = {"handoffs": 5, "mature_handoffs": 3, "ignored": 2, "ignore_rate": 2 / 3}
    assert team_truth(rows) == {"East": counted, "all": counted}


def test_won_amount_is_that_of_the_deal() -> None:
    won = won_truth(
        [
            entry(15, 9, "opportunity", 0, 700),
            entry(16, 9, "won", 0, 500),
            entry(17, 9, "won", 0, 900),
            entry(15, 9, "opportunity", 1, 300),
            entry(16, 9, "won", 1),
            entry(15, 9, "opportunity", 2, 400),
            entry(16, 9, "lost", 2),
            entry(17, 9, "won", 2),
            entry(17, 9, "won", 3, 50),
        ],
        {0, 1, 2},
    )
    assert won == {"deals": 4, "amount": 500 + 900 + 300}


def test_one_of_several_open_deals_may_be_lost() -> None:
    offers = [
        entry(14, 9, "handed_off"),
        entry(15, 9, "opportunity", amount=700, deal=1),
        entry(15, 10, "opportunity", amount=300, deal=2),
    ]
    won = [*offers, entry(16, 9, "lost", deal=2), entry(17, 9, "won", deal=1)]
    assert won_truth(won, {0}) == {"deals": 1, "amount": 700}
    # the last open deal of a cycle takes its offers along
    lost = [*won[:-1], entry(17, 8, "lost", deal=1), entry(17, 9, "won", deal=1)]
    assert won_truth(lost, {0}) == {"deals": 1, "amount": 0}


def test_a_customer_comes_back_through_sales() -> None:
    first = [entry(14, 9, "handed_off"), entry(15, 9, "won", amount=500)]
    nothing = [entry(16, 9, "contacted"), entry(16, 10, "lost"), entry(16, 11, "recycled")]
    assert won_truth([*first, *nothing], {0}) == {"deals": 1, "amount": 500}
    again = [entry(17, 9, "opportunity", amount=200), entry(18, 9, "won")]
    assert won_truth([*first, *nothing, *again], {0}) == {"deals": 2, "amount": 700}


def people(
    *records: tuple[int, str | None, str | None, str | None],
    deleted: int | None = None,
    companies: tuple[str | None, ...] = (),
) -> tuple[Leads, Versions]:
    """Leads L1, L2, ... as (person, e-mail, phone, name), one version each, a second apart."""
    count = len(records)
    person, email, phone, name = zip(*records, strict=True)
    numbers = np.arange(count)
    leads = Leads(
        lead_id=texts([f"L{number + 1}" for number in numbers]),
        person=np.array(person),
        role=texts(["first"] * count),
        created_at=numbers,
        deleted_at=np.full(count, -1),
        email=texts(email),
        full_name=texts(name),
        phone=texts(phone),
        company_name=texts([None] * count),
        merged_into=np.full(count, -1),
    )
    columns = {
        "email": texts(email),
        "phone": texts(phone),
        "full_name": texts(name),
        "merged_into_lead_id": texts([None] * count),
        "company_name": texts(companies or [None] * count),
        "is_deleted": texts([number == deleted for number in numbers]),  # type: ignore[list-item]
    }
    return leads, Versions(numbers, numbers, np.ones(count, dtype=bool), columns)


def test_a_person_has_the_id_of_its_first_record_that_exists() -> None:
    email = "ken@a.example"
    leads, versions = people((0, email, None, None), (0, email, None, None), (1, None, None, "x"))
    assert lead_persons(leads, versions) == {"L1": "L1", "L2": "L1", "L3": "L3"}
    versions.columns["is_deleted"][0] = True
    assert lead_persons(leads, versions) == {"L1": None, "L2": "L2", "L3": "L3"}


def test_a_merged_lead_leads_to_a_person() -> None:
    leads, versions = people((0, "ken@a.example", None, None), (0, "k@a.example", None, None))
    leads.merged_into[1], leads.deleted_at[1] = 0, 5
    versions.columns["is_deleted"][1] = True
    persons = lead_persons(leads, versions)
    assert persons == {"L1": "L1", "L2": None}
    assert merged_leads(leads, persons) == {"L2": "L1"}


def test_the_tier_is_that_of_the_latest_address() -> None:
    leads, versions = people(
        (0, "KEN@BIG.EXAMPLE", None, None),
        (1, "ken@big.example", None, None),
        (1, "ｋｅｎ＠ｇｍａｉｌ．ｃｏｍ", None, None),
        (2, None, None, None),
    )
    assert account_tiers(leads, versions, RULES) == {0: "tier1", 1: "none", 2: "none"}


def test_the_tier_without_a_company_address_is_that_of_the_name() -> None:
    leads, versions = people(
        (0, "ken@big.example", None, None),
        (1, "jo@gmail.com", None, None),
        (2, None, None, "Ai"),
        (3, "bo@gmail.com", None, None),
        (4, "cy@small.example", None, None),
        (5, None, None, "Di"),
        companies=("株式会社 BIG", "Ｂｉｇ Co., Ltd.", "Bigger", "個人", "Small S.A.", "個人"),
    )
    assert account_tiers(leads, versions, RULES) == {
        0: "tier1", 1: "tier1", 2: "none", 3: "none", 4: "none", 5: "none",
    }  # fmt: skip


def test_records_that_belong_together_pass_the_guard() -> None:
    check_persons(
        *people(
            (0, "ken@a.example", "090-1234-5678", "佐藤 健"),
            (0, "ken@home.example", "+81 (0)90-1234-5678", "佐藤健"),
            (0, " ＫＥＮ＠ｈｏｍｅ．ｅｘａｍｐｌｅ", None, None),
            (1, "ken@b.example", "090-1234-5678", "鈴木 健"),
        )
    )


@pytest.mark.parametrize(
    "records",
    [
        [(0, "ken@a.example", None, None), (1, "Ken@A.example", None, None)],
        [(0, None, "03-1234-5678", "Jo B"), (1, None, "+81 3 1234 5678", "ＪＯ　Ｂ")],
        [(0, "ken@a.example", None, None), (0, "ken@b.example", None, None)],
    ],
)
def test_an_ambiguous_plan_is_refused(
    records: list[tuple[int, str | None, str | None, str | None]],
) -> None:
    with pytest.raises(AmbiguousPlanError):
        check_persons(*people(*records))


def test_normal_forms() -> None:
    assert normalized_email(" Ken@Ａ．example ") == "ken@a.example"
    assert normalized_email("ken@localhost") is None
    assert normalized_email("a@b@c.example") is None
    assert normalized_phone("+81 (0)90-1234-5678") == "09012345678"
    assert normalized_phone("０３－１２３４－５６７８") == "0312345678"
    assert normalized_phone("12-34") is None
    assert normalized_name("Jo\u3000Ｂ ") == "job"
    forms = RULES.company_forms
    assert normalized_company("㈱青波", ("(株)",)) == "青波"
    assert normalized_company("Acme Co., Ltd.", forms) == "acme"
    assert normalized_company("Usine S.A.", forms) == normalized_company("USINE", forms)
    assert normalized_company("Sales U.S.A.", forms) == "salesusa"
    assert normalized_company("Ltd", forms) == "ltd"
    assert normalized_company("株式会社", forms) is None


def test_the_counts_of_rows_are_those_of_the_files(exports: Exports) -> None:
    for feed, rows in exports.truth["rows"].items():
        assert exports.count(feed) == rows["standing"] + rows["replaced"]
        if feed != "leads":
            key = FEEDS_BY_NAME[feed].key[0]
            assert exports.values(f"select count(distinct {key}) from {feed}") == [rows["standing"]]
    assert exports.truth["rows"]["web_events"]["quarantined"] == 8
    assert exports.truth["rows"]["offline_events"]["quarantined"] == 5


def test_every_lead_id_of_the_files_has_its_truth(exports: Exports) -> None:
    assert set(exports.values("select distinct lead_id from leads")) == set(exports.truth["leads"])
    existing = [person for person in exports.truth["leads"].values() if person]
    assert exports.truth["persons"] == len(set(existing)) < len(existing)
