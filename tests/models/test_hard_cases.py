"""Cases that need more rows, or more models at once, than a dbt unit test can show."""

from datetime import date, datetime

import pytest

from tests.models.handmade import Built, Company, build
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings

CHAIN = 400

pytestmark = pytest.mark.xdist_group("hard_cases")


@pytest.fixture(scope="module")
def tokyo(warehouse: Warehouse) -> Built:
    company = Company(Settings(as_of=date(2025, 5, 20)))
    add_chain(company)
    add_identities(company)
    add_browsing(company)
    add_sales(company)
    return build(warehouse, company)


def add_chain(company: Company) -> None:
    """Each lead is linked to the next in turn by address, by phone and name, or by a merge."""
    for number in range(CHAIN):
        pair = number // 3
        kind = number % 3
        company.lead(
            f"chain{number:03d}",
            # the first of them stands in the middle
            "2025-01-01" if number == CHAIN // 2 else "2025-01-02",
            email=f"e{pair}@chain.example" if kind != 2 else None,
            phone=f"090-0000-{pair:04d}" if kind != 0 else None,
            full_name=f"Chain {pair}" if kind != 0 else None,
            merged_into_lead_id=f"chain{number + 1:03d}" if kind == 2 else None,
        )


def add_identities(company: Company) -> None:
    # a ring of merges, and merges that lead nowhere
    company.lead("ring1", merged_into_lead_id="ring2")
    company.lead("ring2", merged_into_lead_id="ring3")
    company.lead("ring3", merged_into_lead_id="ring1")
    company.lead("lost1", merged_into_lead_id="deleted")
    company.lead("lost2", merged_into_lead_id="never seen")
    company.lead("deleted", email="gone@acme.example")
    company.lead("deleted", updated_at="2025-02-01", email="gone@acme.example", is_deleted="yes")
    # moved to another address in March, deleted only after D
    company.lead("mover", email="old@acme.example", job_title="Clerk", industry="it")
    company.lead("mover", updated_at="2025-03-01", email="new@acme.example", job_title="Manager")
    company.lead("mover", updated_at="2025-05-20T15:00:00Z", is_deleted="yes")
    # corrected: created a month later than the first version said
    company.lead("late", "2025-01-01", email="late@acme.example")
    company.lead("late", "2025-02-01", updated_at="2025-02-02", email="late@acme.example")
    company.offline("to old", "2025-04-01", email="old@acme.example")
    company.offline("to new", "2025-04-01", email=" NEW@ＡＣＭＥ.example")
    company.offline("to gone", "2025-04-01", lead_id="deleted", email="gone@acme.example")
    company.offline("to late", "2025-01-15", lead_id="late")


def add_browsing(company: Company) -> None:
    company.lead("ken", email="ken@acme.example")
    company.lead("anna", email="anna@big.example")
    # a bot that names ken tells whose browser it is, and is no touchpoint itself
    company.web("before bot", "2025-04-01T10:00:00Z", "crawled")
    company.web("bot", "2025-04-02T10:00:00Z", "crawled", lead_id="ken", user_agent="GoogleBot")
    # the last microsecond of D in Tokyo, and the first of the day after
    company.web("last", "2025-05-20T14:59:59.999999Z", "laptop", lead_id="ken")
    company.web("next day", "2025-05-20T15:00:00Z", "laptop", lead_id="ken")
    # ken, anna and ken again on one browser: five anonymous events between them
    company.web("k1", "2025-04-10T01:00:00Z", "shared")
    company.web("k2", "2025-04-10T02:00:00Z", "shared", lead_id="unknown", email="KEN@acme.example")
    company.web("k3", "2025-04-10T03:00:00Z", "shared")
    company.web("a1", "2025-04-10T04:00:00Z", "shared", lead_id="anna", email="ken@acme.example")
    company.web("a2", "2025-04-10T05:00:00Z", "shared")
    company.web("k4", "2025-04-10T06:00:00Z", "shared", email="ken@acme.example")
    company.web("k5", "2025-04-10T07:00:00Z", "shared")
    # the address in the path, in the query and in the campaign
    company.web(
        "hidden",
        "2025-04-11",
        "laptop",
        lead_id="ken",
        page_url="https://ken:x@acme.example/stop/ken@acme.example/?m=ken@acme.example",
        utm_campaign="for ｋｅｎ＠ａｃｍｅ．ｅｘａｍｐｌｅ, ken.s+x@acme.example!",
    )


def add_sales(company: Company) -> None:
    # 23:00 and 00:30 in Tokyo are two days, 01:00 and 23:59 are one
    company.sales("h1", "2025-05-01T14:00:00Z", "handed_off", lead_id="ken", sales_team="east")
    company.sales("h2", "2025-05-01T15:30:00Z", "handed_off", lead_id="ken", sales_team="west")
    company.sales("h3", "2025-05-02T14:59:00Z", "handed_off", lead_id="ken", sales_team="south")
    # two business days after Friday the 2nd: Thursday, behind a weekend and two holidays
    company.sales("late yes", "2025-05-08T15:00:00Z", "accepted", lead_id="ken")
    company.sales("far", "2025-05-02T01:00:00Z", "handed_off", email="anna@big.example")
    company.sales("of nobody", "2025-05-02T01:00:00Z", "handed_off", email="who@acme.example")


def test_a_chain_of_hundreds_of_links_is_one_person(tokyo: Built) -> None:
    links = {person for lead, person in tokyo.persons.items() if lead.startswith("chain")}
    assert links == {f"chain{CHAIN // 2:03d}"}
    assert tokyo.described[f"chain{CHAIN // 2:03d}"]["lead_record_count"] == CHAIN


def test_a_ring_of_merges_is_one_person_and_a_merge_into_nothing_is_none(tokyo: Built) -> None:
    assert {tokyo.persons[lead] for lead in ("ring1", "ring2", "ring3")} == {"ring1"}
    assert tokyo.persons["lost1"] == "lost1"
    assert tokyo.persons["lost2"] == "lost2"
    assert "deleted" not in tokyo.persons


def test_only_the_current_version_of_a_lead_speaks(tokyo: Built) -> None:
    assert tokyo.described["mover"]["job_title"] == "Manager"
    assert tokyo.described["mover"]["industry"] is None
    assert tokyo.touchpoints["offline:to new"]["person_id"] == "mover"
    assert "offline:to gone" not in tokyo.touchpoints
    assert tokyo.unresolved["offline", "2025-04-01"] == 1


def test_an_address_given_up_stays_with_its_reader(tokyo: Built) -> None:
    assert tokyo.touchpoints["offline:to old"]["person_id"] == "mover"


def test_nothing_counts_before_the_person_was_created(tokyo: Built) -> None:
    assert tokyo.described["late"]["created_at"] == datetime(2025, 2, 1)
    assert tokyo.touchpoints["offline:to late"]["known_date"] == date(2025, 2, 1)


def test_a_bot_identifies_a_browser_without_being_a_touchpoint(tokyo: Built) -> None:
    assert "web:bot" not in tokyo.touchpoints
    seen_before = tokyo.touchpoints["web:before bot"]
    assert seen_before["person_id"] == "ken"
    assert seen_before["is_stitched"]
    assert seen_before["known_date"] == date(2025, 4, 2)


def test_the_reported_day_ends_at_local_midnight(tokyo: Built) -> None:
    assert tokyo.touchpoints["web:last"]["occurred_date"] == date(2025, 5, 20)
    assert "web:next day" not in tokyo.touchpoints


def test_people_who_share_a_browser_keep_their_own_history(tokyo: Built) -> None:
    events = ["k1", "k2", "k3", "a1", "a2", "k4", "k5"]
    owners = [tokyo.touchpoints[f"web:{event}"]["person_id"] for event in events]
    assert owners == ["ken", "ken", "ken", "anna", "anna", "ken", "ken"]


def test_no_address_is_published(tokyo: Built) -> None:
    hidden = tokyo.touchpoints["web:hidden"]
    assert hidden["page_path"] == "/stop/:email"
    assert hidden["campaign"] == "for :email, :email!"


def test_hand_offs_of_one_local_day_are_one(tokyo: Built) -> None:
    assert set(tokyo.handoffs) == {"h1", "h2", "far"}
    assert tokyo.handoffs["h2"]["sales_team"] == "west"
    assert tokyo.unresolved["sales", "2025-05-01"] == 1


def test_the_deadline_counts_business_days_behind_holidays(tokyo: Built) -> None:
    # the holiday on a Saturday takes nothing away
    assert tokyo.handoffs["h2"]["acceptance_deadline"] == date(2025, 5, 8)
    assert tokyo.handoffs["h2"]["outcome"] == "accepted_late"
    assert tokyo.handoffs["h1"]["outcome"] == "untouched"
    days = [f"2025-05-{day:02d}" for day in range(2, 9)]
    assert [tokyo.calendar[day]["is_business_day"] for day in days] == [
        *(True, False, False),
        *(False, False, True, True),
    ]


def test_a_deadline_may_lie_a_year_ahead(tokyo: Built) -> None:
    far = tokyo.handoffs["far"]
    assert far["account_tier"] == "tier1"
    # 52 weeks of five days and one more, pushed on by the two holidays within
    assert far["acceptance_deadline"] == date(2026, 5, 6)
    assert far["outcome"] == "pending"


@pytest.mark.parametrize(
    ("as_of", "last_instant", "first_outside"),
    [
        # clocks went forward that night: the day ends at 04:00 UTC
        (date(2025, 3, 9), "2025-03-10T03:59:59.999999Z", "2025-03-10T04:00:00Z"),
        # clocks went back that night: it ends at 05:00 UTC
        (date(2024, 11, 3), "2024-11-04T04:59:59.999999Z", "2024-11-04T05:00:00Z"),
    ],
)
def test_a_day_on_which_clocks_change_ends_at_its_own_midnight(
    warehouse: Warehouse, as_of: date, last_instant: str, first_outside: str
) -> None:
    company = Company(Settings(as_of=as_of, reporting_timezone="America/New_York"))
    company.lead("ken", "2024-01-01")
    company.offline("last", last_instant, lead_id="ken")
    company.offline("outside", first_outside, lead_id="ken")
    # handed over on the Friday before: due by the end of Tuesday there
    company.sales("early", "2024-03-08T12:00:00Z", "handed_off", lead_id="ken")
    company.sales("in time", "2024-03-13T03:59:59.999999Z", "accepted", lead_id="ken")
    built = build(warehouse, company, tested=False)
    assert set(built.touchpoints) == {"offline:last"}
    assert built.touchpoints["offline:last"]["occurred_date"] == as_of
    assert built.handoffs["early"]["acceptance_deadline"] == date(2024, 3, 12)
    assert built.handoffs["early"]["outcome"] == "accepted"
