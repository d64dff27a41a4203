"""Section 2 of the contract, load by load, with rows small enough to work out by hand."""

import gzip
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.load import FeedCounts
from pipelines.load.csv_file import TOO_MANY_FIELDS
from pipelines.load.jsonl_file import BROKEN
from tests.load.home import Home

BOOTH = "event_id,occurred_at,event_type,quantity\n"
NO_QUARANTINE: list[object] = []


def booth(*rows: str) -> str:
    return BOOTH + "".join(f"{row}\n" for row in rows)


def quantities(home: Home) -> dict[str, int]:
    return {row["event_id"]: row["quantity"] for row in home.standing("offline_events")}


def test_one_load_of_every_feed_and_format(home: Home) -> None:
    home.write(
        "leads",
        "leads.csv",
        "Lead_ID, created_at ,EMAIL,employee_count,mail_opt_in,is_deleted,shoe_size\n"
        "L1,2025-01-02,a@x.example,50.0,YES,,42\n"
        'L2,2025/01/02 09:00+09:00," ",,,t,43\n',
    )
    home.write(
        "web_events",
        "web.jsonl",
        '{"event_id": "W1", "occurred_at": "2025-01-03T10:00:00Z", "anonymous_id": "A1",'
        ' "event_type": "page_view", "properties": {"depth": 1}}\n',
    )
    home.write_parquet(
        "mail_events",
        "mail.parquet",
        "select * from (values"
        " ('M1', timestamptz '2025-01-04 09:00:00+09', 'm', 'sent', 'L1', null::varchar, true),"
        " ('M2', timestamptz '2025-01-04 10:00:00+09', 'm', 'open', null, 'a@x.example', null))"
        " as it(event_id, occurred_at, mail_id, event_type, lead_id, email, is_machine)",
    )
    home.write("offline_events", "fair.csv.gz", booth("O1,2025-01-05,booth_visit,"))
    home.write(
        "sales_dispositions",
        "sales.jsonl.gz",
        '{"disposition_id": "S1", "occurred_at": "2025-01-06", "disposition": "won",'
        ' "lead_id": "L1", "amount": 1000.005}\n',
    )
    home.write(
        "enrollments",
        "nurture.csv",
        "enrollment_id,occurred_at,scenario_id,action,lead_id\nE1,2025-01-07,warm,enter,L1\n",
    )
    home.write(
        "costs",
        "costs.jsonl",
        '{"cost_id": "C1", "occurred_at": "2025-01-08", "channel": "fair", "amount": -20.5}\n',
    )

    report = home.load()

    assert report.feeds == (
        FeedCounts("leads", 2, 2, 0, 0),
        FeedCounts("web_events", 1, 1, 0, 0),
        FeedCounts("mail_events", 2, 2, 0, 0),
        FeedCounts("offline_events", 1, 1, 0, 0),
        FeedCounts("sales_dispositions", 1, 1, 0, 0),
        FeedCounts("enrollments", 1, 1, 0, 0),
        FeedCounts("costs", 1, 1, 0, 0),
    )
    assert report.warnings == ("leads: column 'shoe_size' ignored in 1 new file",)
    first, second = home.standing("leads")
    assert first["created_at"] == first["updated_at"] == datetime(2025, 1, 2)
    assert (first["employee_count"], first["mail_opt_in"], first["is_deleted"]) == (50, True, False)
    assert first["lead_source"] == "unknown"
    assert (second["email"], second["is_deleted"]) == (None, True)
    assert second["created_at"] == datetime(2025, 1, 2)
    assert home.standing("web_events")[0]["properties"] == '{"depth":1}'
    machine, human = home.standing("mail_events")
    assert (machine["is_machine"], human["is_machine"]) == (True, False)
    assert machine["mail_type"] == "newsletter"
    assert machine["occurred_at"] == datetime(2025, 1, 4)
    assert quantities(home) == {"O1": 1}
    assert home.standing("sales_dispositions")[0]["amount"] == Decimal("1000.01")
    assert home.standing("enrollments")[0]["arm"] == "treated"
    assert home.standing("costs")[0]["amount"] == Decimal("-20.5")
    lineage = home.query("select _file, _delivery, _row_number from raw.mail_events order by all")
    assert [tuple(row.values()) for row in lineage] == [
        ("mail.parquet", 1, 1),
        ("mail.parquet", 1, 2),
    ]
    assert home.quarantine() == NO_QUARANTINE

    assert home.load().feeds[0] == FeedCounts("leads")


def test_bad_rows_are_quarantined_with_all_their_faults(home: Home) -> None:
    home.write(
        "offline_events",
        "fair.csv",
        "event_id,occurred_at,event_type,quantity\n"
        "O1,2025-01-05,booth_visit,3\n"
        ",not a date,booth_visit,many\n"
        "O3,1999-12-31,booth_visit,1\n"
        "O4,2025-01-05,booth_visit,1,\n"
        "O5,2025-01-05\n"
        "O6,2100-01-01,visit,2\n",
    )
    home.write(
        "mail_events",
        "mail.jsonl",
        '{"event_id": "M1", "occurred_at": "2025-01-05", "mail_id": "m", "event_type": "opened",'
        ' "lead_id": "L1"}\n'
        "\n"
        "{oops\n"
        '{"event_id": "M3", "occurred_at": "2025-01-05", "mail_id": "m", "event_type": "sent"}\n',
    )

    home.load()

    assert quantities(home) == {"O1": 3}
    assert home.audit() == {("fair.csv", 1): (6, 1, 0, 5), ("mail.jsonl", 1): (3, 0, 0, 3)}
    bad = {(row["file"], row["row_number"]): row for row in home.quarantine()}
    assert {place: row["reason"] for place, row in bad.items()} == {
        ("fair.csv", 2): (
            'event_id: required, but blank; occurred_at: not a date or time: "not a date";'
            ' quantity: not a whole number: "many"'
        ),
        ("fair.csv", 3): 'occurred_at: before 2000-01-01: "1999-12-31"',
        ("fair.csv", 4): TOO_MANY_FIELDS,
        ("fair.csv", 5): "event_type: required, but blank",
        ("fair.csv", 6): 'occurred_at: on or after 2100-01-01: "2100-01-01"',
        ("mail.jsonl", 1): (
            "event_type: not one of sent delivered open click bounce unsubscribe reply complaint:"
            ' "opened"'
        ),
        ("mail.jsonl", 2): BROKEN,
        ("mail.jsonl", 3): "lead_id, email: one of them is required, but all are blank",
    }
    assert json.loads(bad["fair.csv", 2]["row"]) == {
        "event_id": "",
        "occurred_at": "not a date",
        "event_type": "booth_visit",
        "quantity": "many",
    }
    assert json.loads(bad["mail.jsonl", 2]["row"]) == "{oops"
    assert json.loads(bad["mail.jsonl", 1]["row"])["event_type"] == "opened"
    assert bad["mail.jsonl", 1]["feed"] == "mail_events"


def test_a_file_without_a_required_column_is_all_bad(home: Home) -> None:
    home.write("offline_events", "fair.csv", "event_id,event_type\nO1,visit\nO2,visit\n")
    home.write("offline_events", "only_header.csv", BOOTH)
    home.write("offline_events", "zero_bytes.csv", "")

    report = home.load()

    assert home.audit() == {
        ("fair.csv", 1): (2, 0, 0, 2),
        ("only_header.csv", 1): (0, 0, 0, 0),
        ("zero_bytes.csv", 1): (0, 0, 0, 0),
    }
    assert {row["reason"] for row in home.quarantine()} == {"the file has no column occurred_at"}
    assert "offline_events: no column occurred_at in fair.csv: every row is quarantined" in (
        report.warnings
    )


def test_the_last_row_of_a_key_stands(home: Home) -> None:
    home.write(
        "offline_events",
        "a.csv",
        booth("O1,2025-01-05,visit,1", "O1,2025-01-05,visit,2", "O2,2025-01-05,visit,1"),
    )
    # bytes, not letters, order the names: Z before a, a before é
    home.write("offline_events", "Z.csv", booth("O2,2025-01-05,visit,26"))
    home.write("offline_events", "é.csv", booth("O3,2025-01-05,visit,233", "O2,1999-01-01,visit,9"))
    home.write("offline_events", "z.csv", booth("O3,2025-01-05,visit,122"))

    home.load()

    assert quantities(home) == {"O1": 2, "O2": 1, "O3": 233}
    assert home.audit() == {
        ("a.csv", 1): (3, 2, 1, 0),
        ("Z.csv", 1): (1, 0, 1, 0),
        ("z.csv", 1): (1, 0, 1, 0),
        ("é.csv", 1): (2, 1, 0, 1),
    }


def test_versions_of_a_lead_are_told_by_instant(home: Home) -> None:
    home.write(
        "leads",
        "leads.csv",
        "lead_id,created_at,updated_at,company_name\n"
        "L1,2025-01-01,,first\n"
        "L1,2025-01-01,2025-01-01T09:00+09:00,same instant\n"
        "L1,2025-01-01,2025-01-02,second\n",
    )
    home.load()
    assert [row["company_name"] for row in home.standing("leads")] == ["same instant", "second"]


def test_a_late_file_takes_its_place_by_name(home: Home) -> None:
    home.write("offline_events", "2025-02.csv", booth("O1,2025-01-05,visit,2"))
    home.load()
    late = home.write(
        "offline_events", "2025-01.csv", booth("O1,2025-01-05,visit,1", "O2,2025-01-05,visit,1")
    )

    report = home.load()

    assert quantities(home) == {"O1": 2, "O2": 1}
    assert report.feeds[3] == FeedCounts("offline_events", 2, 1, 1, 0)
    late.touch()
    assert home.load().feeds[3] == FeedCounts("offline_events")

    home.write(
        "offline_events", "2025-03.csv", booth("O1,2025-01-05,visit,3", "O2,2025-01-05,visit,3")
    )
    home.load()
    assert quantities(home) == {"O1": 3, "O2": 3}
    assert home.audit() == {
        ("2025-01.csv", 1): (2, 0, 2, 0),
        ("2025-02.csv", 1): (1, 0, 1, 0),
        ("2025-03.csv", 1): (2, 2, 0, 0),
    }


def test_a_file_that_grows_shrinks_and_returns(home: Home) -> None:
    first = booth("O1,2025-01-05,visit,1", "O2,2025-01-05,visit,1")
    grown = first + "O3,2025-01-05,visit,1\n"
    shrunk = booth("O2,2025-01-05,visit,5")
    home.write("offline_events", "b.csv", first)
    home.load()
    home.write("offline_events", "b.csv", grown)
    home.load()
    home.write("offline_events", "b.csv", shrunk)
    home.load()

    # rows that the file no longer holds stay
    assert quantities(home) == {"O1": 1, "O2": 5, "O3": 1}
    expected = {
        ("b.csv", 1): (2, 0, 2, 0),
        ("b.csv", 2): (3, 2, 1, 0),
        ("b.csv", 3): (1, 1, 0, 0),
    }
    assert home.audit() == expected

    # a content seen before under that name loads nothing; under another name it does
    home.write("offline_events", "b.csv", first)
    assert home.load().feeds[3] == FeedCounts("offline_events")
    assert quantities(home)["O2"] == 5
    home.write("offline_events", "a.csv", first)
    home.load()
    assert home.audit() == {**expected, ("a.csv", 1): (2, 0, 2, 0)}


def test_files_that_cannot_be_read_are_one_bad_row_until_they_change(home: Home) -> None:
    whole = booth(*(f"O{number},2025-01-05,visit,{number}" for number in range(5000)))
    packed = gzip.compress(whole.encode())
    home.write("offline_events", "cut.csv.gz", packed[: len(packed) // 2])
    home.write("offline_events", "latin.csv", BOOTH.encode() + b"O1,2025-01-05,caf\xe9,1\n")
    home.write("offline_events", "no.parquet", b"no parquet")
    home.load()
    home.load()

    assert home.standing("offline_events") == []
    unread = {("cut.csv.gz", 1), ("latin.csv", 1), ("no.parquet", 1)}
    assert home.audit() == dict.fromkeys(unread, (1, 0, 0, 1))
    assert [row["row_number"] for row in home.quarantine()] == [0, 0, 0]
    assert all(row["reason"].startswith("the file cannot be read: ") for row in home.quarantine())

    home.write("offline_events", "cut.csv.gz", packed)
    home.load()
    assert home.audit()["cut.csv.gz", 2] == (5000, 5000, 0, 0)
    assert home.audit()["cut.csv.gz", 1] == (1, 0, 0, 1)


def test_skipped_files_have_no_row_in_the_audit(home: Home) -> None:
    skipped = ("_a.csv", ".a.csv", "a.csv.tmp", "a.csv.PART ", "a.txt", "a.csv.bz2")
    for name in skipped:
        home.write("offline_events", name, booth("O9,2025-01-05,visit,9"))
    (home.landing / "offline_events" / "folder.csv").mkdir()
    (home.landing / "notes").mkdir()
    home.write("offline_events", " a.CSV ", booth("O1,2025-01-05,visit,1"))

    report = home.load()

    assert quantities(home) == {"O1": 1}
    assert set(home.audit()) == {(" a.CSV ", 1)}
    said = "\n".join(report.warnings)
    for name in (
        "_a.csv",
        ".a.csv",
        "a.csv.tmp",
        "a.csv.PART ",
        "a.txt",
        "a.csv.bz2",
        "folder.csv",
    ):
        assert name in said
    assert "not a feed, skipped: notes" in said
    assert "landing folder has no folder leads" in said


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_local_instants_are_read_in_the_source_timezone(home: Home, zone: str) -> None:
    noon = "2025-07-05 12:00"
    home.write("offline_events", "a.csv", booth(f"O1,{noon},visit,1", f"O2,{noon}Z,visit,1"))
    home.write_parquet(
        "offline_events",
        "b.parquet",
        f"select 'O3' as event_id, timestamp '{noon}' as occurred_at, 'visit' as event_type",
    )
    home.load(source_timezone=zone)
    hour = {"Asia/Tokyo": 3, "America/New_York": 16}[zone]
    assert [row["occurred_at"].hour for row in home.standing("offline_events")] == [hour, 12, hour]


def test_the_order_and_number_of_loads_make_no_difference(home: Home, tmp_path: Path) -> None:
    contents = {
        f"{letter}.csv": booth(
            *(f"O{(position * step) % 11},2025-01-05,visit,{position}" for position in range(7)),
            "O1,soon,visit,1",
        )
        for step, letter in enumerate("cab", start=2)
    }
    at_once = Home(tmp_path / "at once")
    for name, text in contents.items():
        at_once.write("offline_events", name, text)
        home.write("offline_events", name, text)
        home.load()
    at_once.load()
    assert home.raw() == at_once.raw()
