"""Leads as CRMs export them: merged and deleted, in today's state alone, filled with nothing."""

from datetime import date

import pytest

from tests.models.handmade import RULES, Built, Company, build, seed
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings

pytestmark = pytest.mark.xdist_group("hard_cases")

PLACEHOLDERS = seed(
    "column,value",
    *("anonymous_id,undefined", "lead_id,null", "email,none@none.example"),
    *("phone,000-0000-0000", "full_name,test", "company_name,n/a"),
)
FORMS = seed("form", "株式会社", "inc")


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Built:
    company = Company(Settings(as_of=date(2026, 3, 31)))
    add_merged(company)
    add_known_later(company)
    add_given_up(company)
    add_placeholders(company)
    add_companies(company)
    return build(
        warehouse, company, {**RULES, "placeholders": PLACEHOLDERS, "company_forms": FORMS}
    )


def add_merged(company: Company) -> None:
    """Lost, merged into win, comes deleted; older still is merged into lost, and later into it."""
    company.lead("win", "2026-01-01", email="win@acme.example")
    company.lead("lost", "2025-12-01", email="first@acme.example")
    company.lead("lost", "2025-12-01", updated_at="2026-01-10", email="lost@acme.example")
    gone = {"is_deleted": "true", "updated_at": "2026-02-01"}
    company.lead("lost", "2025-12-01", email="lost@acme.example", merged_into_lead_id="win", **gone)
    company.lead("older", "2025-11-01", merged_into_lead_id="lost", **gone)
    company.lead("later", "2026-02-02", merged_into_lead_id="older")
    company.lead("circle", "2026-01-01", merged_into_lead_id="circle", **gone)
    company.sales("d1", "2026-01-15", "handed_off", lead_id="lost")
    company.web("w1", "2026-01-16", "laptop", lead_id="older")
    company.offline("o1", "2026-01-17", email="first@acme.example")
    company.offline("o2", "2026-01-17", lead_id="circle")


def add_known_later(company: Company) -> None:
    """Changed the day after D, so that only that state is in the export."""
    company.lead("nightly", "2025-12-01", updated_at="2026-04-01", is_deleted="true")
    company.lead("nightly", "2025-12-01", updated_at="2026-04-02", job_title="later")
    company.lead("future", "2026-04-01")
    company.sales("d2", "2026-02-01", "handed_off", lead_id="nightly")


def add_given_up(company: Company) -> None:
    """Both had the address; eve gave it up last."""
    company.lead("ann", "2026-01-01", email="shared@acme.example")
    company.lead("ann", "2026-01-01", updated_at="2026-01-05", email="ann@acme.example")
    company.lead("eve", "2026-01-02", email="eve@acme.example")
    company.lead("eve", "2026-01-02", updated_at="2026-01-06", email="Shared@acme.example")
    company.lead("eve", "2026-01-02", updated_at="2026-01-07", email="eve@acme.example")
    company.offline("o3", "2026-02-01", email="sha\u200bred@acme.example")


def add_placeholders(company: Company) -> None:
    for number in range(3):
        company.lead(f"e{number}", email="none@none.example ", company_name=" N/A")
        company.lead(f"p{number}", phone="000-0000-0000", full_name=f"Nobody {number}")
        company.lead(f"n{number}", phone="03-1234-5678", full_name="TEST")
    company.lead("NULL", email="null@acme.example")
    company.web("u1", "2026-03-01T01:00:00Z", "undefined")
    company.web("u2", "2026-03-01T02:00:00Z", " Undefined ", lead_id="e0")
    company.web("u3", "2026-03-01T03:00:00Z", "undefined")
    company.web("u4", "2026-03-01T04:00:00Z", "phone", lead_id="Null")
    company.offline("o4", "2026-03-01", email="NONE@none.example")


def add_companies(company: Company) -> None:
    company.lead("buyer", email="buyer@big.example", company_name="株式会社 ビッグ")
    company.lead("caller", phone="03-9999-0000", company_name="ﾋﾞｯｸﾞ")
    company.lead("guest", email="guest@mail.example", company_name="Small, Inc.")


def test_a_merged_lead_hands_on_what_it_has(built: Built) -> None:
    merged = {name: built.persons.get(name) for name in ("win", "lost", "older", "later", "circle")}
    assert merged == {"win": "win", "lost": "win", "older": "win", "later": "win", "circle": None}
    assert built.handoffs["d1"]["person_id"] == "win"
    assert built.touchpoints["web:w1"]["person_id"] == "win"
    assert built.touchpoints["offline:o1"]["person_id"] == "win"
    assert "offline:o2" not in built.touchpoints
    # not as a lead that exists: win was not created with it
    assert str(built.described["win"]["created_date"]) == "2026-01-01"


def test_a_lead_known_by_a_later_state_exists(built: Built) -> None:
    assert built.persons["nightly"] == "nightly"
    assert built.described["nightly"]["job_title"] is None
    assert built.handoffs["d2"]["person_id"] == "nightly"
    assert "future" not in built.persons


def test_an_address_given_up_stays_with_its_last_reader(built: Built) -> None:
    assert built.persons["ann"] == "ann"
    assert built.persons["eve"] == "eve"
    assert built.touchpoints["offline:o3"]["person_id"] == "eve"


def test_placeholders_join_nobody(built: Built) -> None:
    names = [f"{kind}{number}" for kind in "epn" for number in range(3)]
    assert [built.persons[name] for name in names] == names
    assert "NULL" not in built.persons
    assert built.touchpoints["web:u2"]["person_id"] == "e0"
    assert not {"web:u1", "web:u3", "web:u4", "offline:o4"} & built.touchpoints.keys()
    assert built.described["e0"]["account_id"] is None
    assert not built.described["e0"]["is_contactable"]
    assert built.unresolved["web", "2026-03-01"] == 3
    assert built.unresolved["offline", "2026-03-01"] == 1


def test_a_company_is_known_by_name(built: Built) -> None:
    accounts = {
        name: (built.described[name]["account_id"], built.described[name]["account_tier"])
        for name in ("buyer", "caller", "guest")
    }
    assert accounts == {
        "buyer": ("big.example", "tier1"),
        "caller": ("big.example", "tier1"),
        "guest": ("small", "none"),
    }
