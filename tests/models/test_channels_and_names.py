"""What a visit is credited to, and what is published of names, through all marts."""

from datetime import date
from typing import Any

import pytest

from tests.models.handmade import RULES, Company, seed
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings
from tests.reference.feeds import Row

SETTINGS = Settings(as_of=date(2025, 5, 20))
MARTS = [
    *("attribution", "fct_touchpoints", "fct_handoffs", "ignore_rate", "routing_effect"),
    *("follow_up_worklist", "lead_timeline"),
]
SITE = "https://www.acme.example"
OWN: dict[str, Any] = {"page_url": f"{SITE}/docs", "referrer": "https://acme.example/"}
RULES_HERE = RULES | {
    "channel_map": seed("feed,key,channel", "web, CPC,paid", "web,email,mail"),
    "machine_agents": seed("agent,kind", "linkcheck,monitor", "cubot,human"),
    "placeholders": seed("column,value", "anonymous_id,undefined"),
}

pytestmark = pytest.mark.xdist_group("channels_and_names")


@pytest.fixture(scope="module")
def marts(warehouse: Warehouse) -> dict[str, list[Row]]:
    company = Company(SETTINGS)
    add_visits(company)
    add_handoffs(company)
    warehouse.fill(company.rows, SETTINGS)
    warehouse.build(RULES_HERE, SETTINGS, tested=True)
    return warehouse.marts(MARTS, SETTINGS)


def add_visits(company: Company) -> None:
    company.lead("ken", email="ken@corp.example", industry="it")
    company.web("v1", "2025-05-01T01:00:00Z", "laptop", lead_id="ken", utm_medium="cpc ", **OWN)
    company.web("v2", "2025-05-01T01:20:00Z", "laptop", **OWN)
    # a bot on the same browser is no touchpoint, but the visit goes on over it
    company.web("v3", "2025-05-01T01:45:00Z", "laptop", user_agent="LinkCheck/1", **OWN)
    company.web("v4", "2025-05-01T02:15:00Z", "laptop", user_agent="CUBOT X30", **OWN)
    company.web("v5", "2025-05-01T02:45:00.000001Z", "laptop", **OWN)
    # who has no name for the browser has no visit
    company.web("n1", "2025-05-02T01:00:00Z", "undefined", lead_id="ken", utm_medium="Email", **OWN)
    company.web("n2", "2025-05-02T01:00:01Z", "Undefined ", lead_id="ken", **OWN)
    # a mapping knows the channel better than the medium and the type, and a visit goes on with it
    company.web("m1", "2025-05-03T01:00:00Z", "tablet", lead_id="ken", utm_medium="cpc")
    company.rows["web_events"][-1]["channel"] = "ads of ann@x.example"
    company.web("m2", "2025-05-03T01:20:00Z", "tablet", **OWN)
    company.offline("m3", "2025-05-03T02:00:00Z", lead_id="ken")
    company.rows["offline_events"][-1]["channel"] = "partners"
    company.sales("won", "2025-05-01T02:30:00Z", "won", lead_id="ken", amount="100")


def add_handoffs(company: Company) -> None:
    names = {"anna": "Rep.A@acme.example", "bob": "rep.b%40acme.example"}
    for lead_id, name in names.items():
        company.lead(lead_id)
        named = {"sales_team": name, "sales_rep": f"Team: {name}", "routed_by": name}
        company.sales(f"to {lead_id}", "2025-04-01", "handed_off", lead_id=lead_id, **named)
    company.sales(
        "no", "2025-04-02", "rejected", lead_id="bob", reason="tel 03-1234-5678 / b%40x.example"
    )
    page = f"{SITE}/#!/unsubscribe/taro%2540corp.example/ok?x=1"
    company.web("u1", "2025-04-03", "phone", lead_id="bob", page_url=page)


def by_id(rows: list[Row], name: str) -> dict[str, Row]:
    return {row[name]: row for row in rows}


def test_a_visit_keeps_its_channel_over_own_pages_and_bots(marts: dict[str, list[Row]]) -> None:
    touchpoints = by_id(marts["fct_touchpoints"], "touchpoint_id")
    channels = {name: row["channel"] for name, row in touchpoints.items() if "web:v" in name}
    assert channels == {"web:v1": "paid", "web:v2": "paid", "web:v4": "paid", "web:v5": "direct"}


def test_a_visit_is_credited_to_what_brought_it(marts: dict[str, list[Row]]) -> None:
    credits = {
        (row["model"], row["channel"]): row["credit"]
        for row in marts["attribution"]
        if row["conversion_stage"] == "won" and row["model"] in ("first", "linear")
    }
    # touches of the whole day count: v5 is the fourth of them
    assert credits == {
        ("first", "paid"): 1,
        ("linear", "paid"): pytest.approx(0.75),
        ("linear", "direct"): pytest.approx(0.25),
    }


def test_an_event_of_an_unknown_browser_goes_on_with_no_visit(marts: dict[str, list[Row]]) -> None:
    touchpoints = by_id(marts["fct_touchpoints"], "touchpoint_id")
    assert touchpoints["web:n1"]["channel"] == "mail"
    assert touchpoints["web:n2"]["channel"] == "direct"


def test_a_mapping_may_give_the_channel(marts: dict[str, list[Row]]) -> None:
    touchpoints = by_id(marts["fct_touchpoints"], "touchpoint_id")
    found = [touchpoints[name]["channel"] for name in ("web:m1", "web:m2", "offline:m3")]
    assert found == ["ads of :email", "ads of :email", "partners"]


def test_teams_named_by_an_address_stay_apart(marts: dict[str, list[Row]]) -> None:
    named = by_id(marts["fct_handoffs"], "handoff_id")
    first, second = named["to anna"], named["to bob"]
    assert {first["sales_team"], second["sales_team"]} == {":email-65ca3ecc", ":email-ab609486"}
    assert first["sales_rep"] == f"Team: {first['sales_team']}"
    teams = {row["sales_team"] for row in marts["ignore_rate"]}
    assert teams == {first["sales_team"], second["sales_team"]}
    assert {row["routed_by"] for row in marts["routing_effect"]} == teams
    assert [row["sales_rep"] for row in marts["follow_up_worklist"]] == [first["sales_rep"]]


def test_reasons_and_paths_tell_no_address_and_no_phone(marts: dict[str, list[Row]]) -> None:
    timeline = by_id(marts["lead_timeline"], "timeline_id")
    assert timeline["sales:no"]["detail"] == "tel :phone / :email"
    assert by_id(marts["fct_handoffs"], "handoff_id")["to bob"]["reason"] == "tel :phone / :email"
    assert timeline["web:u1"]["detail"] == "/unsubscribe/:email/ok"
