"""Enrolments and costs: what is theirs beyond what holds for every feed."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.load.home import Home
from tests.mappings.test_load import Company

LEADS = "lead_id,created_at\nL1,2025-01-05\n"
ENROLLMENTS = """enrollment_id,occurred_at,scenario_id,action,arm,lead_id,email
E1,2025-01-05,warm,enter,,L1,
E2,2025-01-05,warm,exit,holdout,,ann@acme.example
E3,2025-01-05,warm,Enter,treated,L1,
E4,2025-01-05,warm,enter,control,L1,
E5,2025-01-05,,enter,,,
"""
COSTS = """cost_id,occurred_at,channel,campaign,amount
C1,2025-01-05,mail,,100.005
C2,2025-01-05,mail,spring,-20
C3,2025-01-05,mail,spring,
C4,2025-01-05,,spring,¥5
"""
INVOICES = """
[files.invoices]
match = "invoices*"

[[rows]]
feed = "costs"
file = "invoices"
[rows.columns]
cost_id = "number"
occurred_at = "paid"
channel = "'fair'"
amount = "cast(net as integer) * 2"

[[rows]]
feed = "enrollments"
file = "invoices"
[rows.columns]
enrollment_id = "number"
occurred_at = "paid"
scenario_id = "'guests'"
action = "'enter'"
lead_id = "guest"
"""


def test_what_the_contract_says_of_their_columns(home: Home) -> None:
    home.write("enrollments", "e.csv", ENROLLMENTS)
    home.write("costs", "c.csv", COSTS)

    home.load()

    day = datetime(2025, 1, 5)
    assert home.standing("enrollments") == [
        {"enrollment_id": "E1", "occurred_at": day, "scenario_id": "warm", "action": "enter"}
        | {"arm": "treated", "lead_id": "L1", "email": None},
        {"enrollment_id": "E2", "occurred_at": day, "scenario_id": "warm", "action": "exit"}
        | {"arm": "holdout", "lead_id": None, "email": "ann@acme.example"},
    ]
    assert home.standing("costs") == [
        {"cost_id": "C1", "occurred_at": day, "channel": "mail", "campaign": None}
        | {"amount": Decimal("100.01")},
        {"cost_id": "C2", "occurred_at": day, "channel": "mail", "campaign": "spring"}
        | {"amount": Decimal("-20.00")},
    ]
    assert {(row["file"], row["row_number"]): row["reason"] for row in home.quarantine()} == {
        ("e.csv", 3): 'action: not one of enter exit: "Enter"',
        ("e.csv", 4): 'arm: not one of treated holdout: "control"',
        ("e.csv", 5): (
            "scenario_id: required, but blank;"
            " lead_id, email: one of them is required, but all are blank"
        ),
        ("c.csv", 3): "amount: required, but blank",
        ("c.csv", 4): (
            "channel: required, but blank; amount: not a decimal number with at most 16 digits"
            ' before the point: "¥5"'
        ),
    }


def test_a_home_without_them_takes_them_up(home: Home) -> None:
    home.write("leads", "l.csv", LEADS)
    report = home.load()
    assert [text for text in report.warnings if "enrollments" in text or "costs" in text] == []
    # as a version that did not know them left it
    with duckdb.connect(str(home.settings().warehouse)) as warehouse:
        warehouse.execute("drop table raw.enrollments; drop table raw.costs")
    before = home.query("from raw.leads")

    home.write("costs", "c.csv", COSTS)
    home.load()

    assert home.query("from raw.leads") == before
    assert home.standing("enrollments") == []
    assert [row["cost_id"] for row in home.standing("costs")] == ["C1", "C2"]
    assert home.audit() == {("l.csv", 1): (1, 1, 0, 0), ("c.csv", 1): (4, 2, 0, 2)}


def test_a_mapping_makes_them(tmp_path: Path) -> None:
    company = Company(tmp_path, INVOICES)
    company.write("invoices.csv", "number,paid,net,guest\n7,2024-03-01,50,L1\n8,2024-03-02,x,L2\n")

    company.load()

    assert company.query("select cost_id, channel, amount from raw.costs") == [
        ("7", "fair", Decimal("100.00"))
    ]
    entries = "select enrollment_id, arm, lead_id from raw.enrollments order by 1"
    assert company.query(entries) == [("7", "treated", "L1"), ("8", "treated", "L2")]
    assert company.audit() == [
        ("costs", "invoices.csv", 1, 2, 1, 0, 1),
        ("enrollments", "invoices.csv", 1, 2, 2, 0, 0),
    ]
