"""Whoever was erased is not loaded again, and every row left out is counted."""

import pytest

from pipelines.load import staging
from pipelines.personal.erased import Kind, add_erased, hash_of
from pipelines.personal.secret import secret_of
from tests.load.home import Home

LEADS = "lead_id,created_at,email,full_name,phone,campaign\n"
VISITS = "event_id,occurred_at,anonymous_id,event_type,lead_id,email,page_url\n"


def _erase(home: Home, **known: str) -> None:
    folder = home.folder / "home"
    secret = secret_of(folder)
    kinds: dict[str, Kind] = {
        **{"lead": "lead", "address": "address", "phone": "phone"},
        **{"reach": "reach", "browser": "browser", "event": "event"},
    }
    add_erased(folder, [hash_of(secret, kinds[kind], value) for kind, value in known.items()])


@pytest.mark.parametrize("large_bytes", [0, staging.LARGE_BYTES])
def test_the_same_person_is_recognised_however_it_is_delivered(
    home: Home, large_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LARGE_BYTES", large_bytes)
    _erase(
        home,
        lead="L1",
        address="ann@b.example",
        phone="09012345678",
        reach="09012345678|annbee",
        browser="C1",
        event="w9",
    )
    leads = (
        "L1,2025-05-01,,,,\n"
        "L2,2025-05-01, Ann@B.example,,,\n"
        "L3,2025-05-01,,Ann BEE,+81 90-1234-5678,\n"
        "L4,2025-05-01,c@b.example,Ann Bee,,met ann(at)b.example\n"
        "L5,soon,ann@b.example,,,\n"
        "L6,soon,d@b.example,,,\n"
        "L7,2025-05-01,,Bob,090 1234 5678,call 090-1234-5678\n"
    )
    home.write("leads", "a.csv", LEADS + leads)
    visits = (
        "w1,2025-05-01,C1,view,,,\n"
        "w2,2025-05-01,C1,view,L4,,/x?mail=ann%40b.example\n"
        "w3,2025-05-01,C2,view,,ann@b.example,\n"
        "w9,2025-05-01,C2,view,,,\n"
        "w4,2025-05-01,C2,view,,,/news\n"
    )
    home.write("web_events", "a.csv", VISITS + visits)
    report = home.load()

    assert {row["lead_id"]: row["campaign"] for row in home.standing("leads")} == {
        "L4": ":erased",
        "L7": ":erased",
    }
    assert {row["event_id"]: row["page_url"] for row in home.standing("web_events")} == {
        "w2": ":erased",
        "w4": "/news",
    }
    assert [(row["row_number"], "d@b.example" in row["row"]) for row in home.quarantine()] == [
        (6, True)
    ]
    audit = home.query("select feed, rows_read, rows_erased from raw.load_audit order by feed")
    assert [tuple(row.values()) for row in audit] == [("leads", 3, 4), ("web_events", 2, 3)]
    assert home.audit()["a.csv", 1] == (2, 2, 0, 0)
    assert [line for line in report.warnings if "erased" in line] == [
        "leads: 4 rows of erased people not loaded",
        "web_events: 3 rows of erased people not loaded",
    ]
    stored = (home.folder / "home" / "warehouse.duckdb").read_bytes()
    assert b"ann@b.example" not in stored.lower()
