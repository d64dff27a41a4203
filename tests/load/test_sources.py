"""Several sources in one home: whose a file is, whose an id, and what stops whom."""

import re
import tarfile
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest

from pipelines.errors import FunnelError, UsageError
from pipelines.feeds import FEEDS
from pipelines.load import load, staging
from pipelines.load.landing import discover
from pipelines.load.plan import plan
from pipelines.settings import Settings, Source
from tests.load.home import Home
from tests.orchestration.test_earlier_versions import KEPT

LEADS = "lead_id,created_at,email,merged_into_lead_id\n"
VISITS = "event_id,occurred_at,anonymous_id,event_type,lead_id\n"
SALES = "disposition_id,occurred_at,disposition,lead_id,email,opportunity_id\n"
MAPPING = """
[files.deals]
match = "deals*"

[files.deals.lookups.owner]
file = "owners"
here = "contact"
take = "name"

[files.owners]
match = "owners*"

[files.notes]
match = "notes*"

[[rows]]
feed = "sales_dispositions"
file = "deals"
[rows.columns]
disposition_id = "contact"
occurred_at = "day"
disposition = "'won'"
lead_id = "contact"
sales_rep = "owner"

[[rows]]
feed = "leads"
file = "notes"
[rows.columns]
lead_id = "contact"
created_at = "day"
"""


@pytest.fixture
def crm(home: Home) -> Source:
    """A source with a mapping; its folder holds all that the mapping knows."""
    mapping = home.folder / "crm.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    folder = home.folder / "crm"
    folder.mkdir()
    (folder / "deals.csv").write_text("contact,day\n101,2025-05-02\n")
    (folder / "owners.csv").write_text("contact,name\n101,Eve\n")
    (folder / "notes.csv").write_text("contact,day\n101,2025-04-01\n")
    return home.source("crm", mapping=str(mapping))


@pytest.mark.parametrize("large_bytes", [0, staging.LARGE_BYTES])
def test_lead_101_of_two_systems_stays_two(
    home: Home, large_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LARGE_BYTES", large_bytes)
    crm = home.source("crm", id_prefix="crm:")
    for source, day in (("landing", 1), ("crm", 2)):
        home.write("leads", "a.csv", f"{LEADS}101,2025-05-0{day},a@b.example,102\n", source)
        home.write("web_events", "a.csv", f"{VISITS}7,2025-05-0{day},B,view,\n", source)
        sales = f"{SALES}9,2025-05-0{day},won,101,,O\n10,soon,won,101,,O\n"
        home.write("sales_dispositions", "a.csv", sales, source)
    report = home.load(home.source("landing"), crm)

    assert [row["lead_id"] for row in home.standing("leads")] == ["101", "crm:101"]
    assert [row["merged_into_lead_id"] for row in home.standing("leads")] == ["102", "crm:102"]
    assert [
        (row["event_id"], row["anonymous_id"], row["lead_id"])
        for row in home.standing("web_events")
    ] == [("7", "B", None), ("crm:7", "B", None)]
    assert [
        (row["disposition_id"], row["lead_id"], row["opportunity_id"])
        for row in home.standing("sales_dispositions")
    ] == [("9", "101", "O"), ("crm:9", "crm:101", "O")]
    assert home.query("select distinct _source, _id_prefix from raw.leads order by all") == [
        {"_source": "crm", "_id_prefix": "crm:"},
        {"_source": "landing", "_id_prefix": None},
    ]
    audited = home.query(
        "select * exclude (loaded_at, _delivery, _dlt_load_id) from raw.load_audit"
        " where feed = 'sales_dispositions' order by source"
    )
    counts = {"rows_read": 2, "rows_loaded": 1, "rows_replaced": 0, "rows_quarantined": 1}
    counts["rows_erased"] = 0
    where = {"feed": "sales_dispositions", "file": "a.csv"}
    assert audited == [{**where, **counts, "source": source} for source in ("crm", "landing")]
    bad = home.query("select * from raw.quarantine order by source")
    assert [(row["source"], row["row_number"]) for row in bad] == [("crm", 2), ("landing", 2)]
    # the row itself is as it was delivered
    assert '"disposition_id":"10"' in str(bad[0]["row"])
    assert [list(row)[-1] for row in (audited[0], bad[0])] == ["source", "source"]
    assert sorted(map(str, report.quarantined))[0].startswith(
        "crm: sales_dispositions/a.csv row 2: occurred_at: not a date"
    )
    assert not [warning for warning in report.warnings if "id_prefix" in warning]


@pytest.mark.parametrize("order", [[("crm",), ("erp",)], [("erp",), ("crm",)], [("erp", "crm")]])
def test_one_key_in_two_sources_is_one_row_in_whatever_order_they_load(
    home: Home, order: list[tuple[str, ...]]
) -> None:
    home.write("leads", "a.csv", f"{LEADS}1,2025-05-01,crm@b.example,\n", "crm")
    home.write("leads", "c.csv", f"{LEADS}2,2025-05-01,crm@b.example,\n", "crm")
    home.write("leads", "a.csv", f"{LEADS}1,2025-05-01,erp@b.example,\n", "erp")
    home.write("leads", "b.csv", f"{LEADS}2,2025-05-01,erp@b.example,\n", "erp")
    told: list[str] = []
    sources = {name: home.source(name) for name in ("crm", "erp")}
    for names in order:
        told += home.load(*(sources[name] for name in names)).warnings
    # the later file name stands, of equal names the later source
    assert [row["email"] for row in home.standing("leads")] == ["erp@b.example", "crm@b.example"]
    assert home.audit() == {
        ("crm: a.csv", 1): (1, 0, 1, 0),
        ("crm: c.csv", 1): (1, 1, 0, 0),
        ("erp: a.csv", 1): (1, 1, 0, 0),
        ("erp: b.csv", 1): (1, 0, 1, 0),
    }
    (warning,) = [warning for warning in told if "id_prefix" in warning]
    assert warning.startswith("leads: 2 lead_ids came from crm and erp: they are taken for the")


def test_what_a_source_lacks_stops_no_other(home: Home, crm: Source) -> None:
    home.write("leads", "a.csv", f"{LEADS}1,2025-05-01,,\n", "plain")
    (home.folder / "empty").mkdir()
    (home.folder / "idle" / "leads").mkdir(parents=True)
    sources = [home.source(name) for name in ("gone", "empty", "idle", "plain")]
    (home.folder / "crm" / "notes.csv").unlink()
    report = home.load(*sources, crm)

    assert [row["lead_id"] for row in home.standing("leads")] == ["1"]
    assert [row["sales_rep"] for row in home.standing("sales_dispositions")] == ["Eve"]
    told = report.warnings
    assert [warning.split(":")[0] for warning in told] == ["gone", "empty", "idle", "crm"]
    assert [warning.endswith("goes on without the source") for warning in told] == [True] * 3 + [
        False
    ]
    assert told[0].startswith(f"gone: landing folder {home.folder / 'gone'} does not exist; ")
    assert told[3] == "crm: files.notes: no file matches `notes*`"


def test_a_file_without_what_it_looks_up_waits_for_it(home: Home, crm: Source) -> None:
    home.write("leads", "a.csv", f"{LEADS}1,2025-05-01,,\n", "plain")
    home.load(home.source("plain"), crm)
    owners = home.folder / "crm" / "owners.csv"
    owners.rename(home.folder / "owners.csv")
    report = home.load(home.source("plain"), crm)
    # read without its owner the deal would replace what is known
    assert [row["sales_rep"] for row in home.standing("sales_dispositions")] == ["Eve"]
    (warning,) = report.warnings
    assert "crm" in warning
    assert "files.owners: no file, but files.deals looks it up" in warning


MAILS = """
[files.mails]
match = "mails*"

[files.mails.lookups.owner]
source = "crm"
file = "owners"
here = "contact"
take = "name"

[[rows]]
feed = "mail_events"
file = "mails"
[rows.columns]
event_id = "contact"
occurred_at = "day"
mail_id = "owner"
event_type = "'open'"
lead_id = "contact"
"""


def test_a_mapping_looks_up_in_another_source(home: Home, crm: Source) -> None:
    mapping, mails = home.folder / "mails.toml", home.folder / "mails"
    mapping.write_text(MAILS, encoding="utf-8")
    mails.mkdir()
    (mails / "mails.csv").write_text("contact,day\n101,2025-05-02\n")
    sources = (home.source("mails", mapping=str(mapping)), crm)
    home.load(*sources)
    assert [row["mail_id"] for row in home.standing("mail_events")] == ["Eve"]

    (home.folder / "crm" / "owners.csv").write_text("contact,name\n101,Zoe\n")
    home.load(*sources)
    assert [row["mail_id"] for row in home.standing("mail_events")] == ["Zoe"]

    home.write("leads", "a.csv", f"{LEADS}1,2025-05-01,,\n", "plain")
    (home.folder / "crm" / "owners.csv").unlink()
    told = home.load(*sources, home.source("plain")).warnings
    assert [warning.split(": ")[0] for warning in told] == ["mails", "crm"]
    assert "no file, but files.deals looks it up; this run goes on without" in told[0]

    with pytest.raises(UsageError, match=r"mails: .*no source crm.*; there are mails"):
        home.load(sources[0])


def test_sources_of_which_none_is_there_are_refused(home: Home) -> None:
    home.write("leads", "a.csv", f"{LEADS}1,2025-05-01,,\n", "crm")
    sources = [home.source("crm"), home.source("erp")]
    home.load(*sources)
    (home.folder / "crm").rename(home.folder / "elsewhere")
    with pytest.raises(UsageError, match=r"^crm: .*does not exist\nerp: .*does not exist$"):
        home.load(*sources)


def test_a_changed_mapping_reads_its_own_source_alone(home: Home, crm: Source) -> None:
    other = home.write("sales_dispositions", "1.csv", f"{SALES}101,2025-05-01,lost,101,,\n", "erp")
    leads = home.write("leads", "a.csv", f"{LEADS}101,2025-05-01,,\n", "erp")
    erp = home.source("erp")
    home.load(erp, crm)
    assert [row["disposition"] for row in home.standing("sales_dispositions")] == ["won"]
    loads = home.query("select _dlt_load_id from raw.leads where _source = 'erp'")
    mapping = home.folder / "crm.toml"
    mapping.write_text(MAPPING.replace('disposition_id = "contact"', "disposition_id = \"'W'\""))
    # what another source has delivered need not be there any more
    other.unlink()
    leads.rename(leads.with_name("later.csv"))
    home.load(erp, crm)

    assert "crm: the mapping changed: reading all files again" in home.progress
    # what the old rows had replaced stands again
    assert [row["disposition"] for row in home.standing("sales_dispositions")] == ["lost", "won"]
    assert (
        home.audit()
        == {
            ("crm: deals.csv", 1): (1, 1, 0, 0),
            ("crm: notes.csv", 1): (1, 1, 0, 0),
            ("erp: a.csv", 1): (1, 1, 0, 0),
            ("erp: later.csv", 1): (1, 1, 0, 0),
        }
        or home.audit()
    )
    again = home.query("select distinct _dlt_load_id from raw.leads where _source = 'erp'")
    assert loads[0] in again
    assert home.load(erp, crm).feeds[0].rows_read == 0


def test_another_id_prefix_reads_the_source_again(home: Home) -> None:
    path = home.write("leads", "a.csv", f"{LEADS}101,2025-05-01,,\n", "crm")
    home.write("leads", "a.csv", f"{LEADS}101,2025-05-01,,\n", "erp")
    erp = home.source("erp")
    home.load(erp, home.source("crm"))
    home.load(erp, home.source("crm", id_prefix="crm:"))
    assert [row["lead_id"] for row in home.standing("leads")] == ["101", "crm:101"]
    path.unlink()
    home.write("leads", "b.csv", f"{LEADS}102,2025-05-01,,\n", "crm")
    with pytest.raises(UsageError, match=r"^crm: the id_prefix changed, but .*: a\.csv changed"):
        home.load(erp, home.source("crm", id_prefix="c-"))
    assert [row["lead_id"] for row in home.standing("leads")] == ["101", "crm:101"]


def test_each_source_has_a_time_zone(home: Home) -> None:
    for name in ("crm", "erp"):
        home.write("leads", "a.csv", f"{LEADS}{name},2025-05-01 09:00,,\n", name)
    crm, erp = home.source("crm", timezone="Asia/Tokyo"), home.source("erp")
    home.load(crm, erp, source_timezone="Europe/Berlin")
    assert [row["created_at"] for row in home.standing("leads")] == [
        datetime(2025, 5, 1, 0),
        datetime(2025, 5, 1, 7),
    ]
    said = r"source crm: timezone=Asia/Tokyo; source crm: timezone=Europe/Berlin"
    with pytest.raises(UsageError, match=said):
        home.load(home.source("crm"), erp, source_timezone="Europe/Berlin")


def test_rows_of_a_source_stay_until_it_is_dropped(home: Home) -> None:
    for name in ("crm", "erp"):
        home.write("leads", "a.csv", f"{LEADS}1,2025-05-01,{name}@b.example,\n", name)
    crm, erp = home.source("crm"), home.source("erp")
    home.load(crm, erp)
    left = "erp is no source any more: the rows of its 1 file stay; --drop-source erp deletes them"
    settings = home.settings(crm)
    assert left in plan(settings, discover(settings)).warnings
    assert left in home.load(crm).warnings
    assert [row["email"] for row in home.standing("leads")] == ["erp@b.example"]

    def dropped(*names: str) -> tuple[str, ...]:
        return load(settings.replace(dropped_sources=names), home.progress.append).warnings

    assert left not in dropped("erp")
    assert [row["email"] for row in home.standing("leads")] == ["crm@b.example"]
    assert home.audit() == {("crm: a.csv", 1): (1, 1, 0, 0)}
    assert "--drop-source erp: nothing is loaded from it, but from crm" in dropped("erp")
    # it comes back as if it had never been there
    home.load(crm, erp)
    assert home.audit()["erp: a.csv", 1] == (1, 1, 0, 0)


def test_a_home_from_before_sources_goes_on(home: Home) -> None:
    with tarfile.open(KEPT) as archive:
        archive.extractall(home.folder / "home", filter="data")
    landing = Source(landing=home.folder / "home" / "landing")
    before = home.query("select * from raw.load_audit order by feed, file")
    home.write("leads", "a.csv", f"{LEADS}L1,2026-05-01,,\n", "crm")
    crm = home.source("crm", id_prefix="crm:")
    settings = home.settings(landing, crm)
    assert [file.label for file in plan(settings, discover(settings)).files] == ["crm: leads/a.csv"]
    report = load(settings, home.progress.append)
    assert report.feeds[0].rows_read == sum(feed.rows_read for feed in report.feeds) == 1
    after = home.query("select * from raw.load_audit order by source desc, feed, file")
    assert after[:-1] == [{**row, "rows_erased": 0, "source": "landing"} for row in before]
    assert after[-1]["source"] == "crm"
    assert "crm:L1" in {row["lead_id"] for row in home.standing("leads")}
    assert load(settings, home.progress.append).feeds[0].rows_read == 0


@pytest.mark.parametrize("prefixes", list(permutations(["crm", "crm2"])))
def test_prefixes_between_which_ids_could_meet_are_refused(prefixes: tuple[str, ...]) -> None:
    sources = [
        Source(name=f"s{number}", landing=Path(), id_prefix=prefix)
        for number, prefix in enumerate(prefixes)
    ]
    with pytest.raises(ValueError, match="id_prefix crm2 begins with id_prefix crm"):
        Settings(home=Path(), sources=tuple(sources), as_of=datetime(2025, 1, 1).date())


def test_every_feed_says_which_ids_take_a_prefix() -> None:
    prefixed = {
        feed.name: {column.name for column in feed.columns if column.takes_prefix} for feed in FEEDS
    }
    for feed in FEEDS:
        own = {name for name in feed.column_names if name in {feed.key[0], "lead_id"}}
        assert prefixed[feed.name] == own | ({"merged_into_lead_id"} & {*feed.column_names})


@pytest.mark.parametrize("large_bytes", [0, staging.LARGE_BYTES])
def test_ids_that_are_addresses_are_hashed_and_still_join(
    home: Home, large_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LARGE_BYTES", large_bytes)
    leads = "Ann@b.example,2025-05-01,ann@b.example,\nL2,2025-05-01,,Ann@b.example\n"
    home.write("leads", "a.csv", LEADS + leads)
    home.write("web_events", "a.csv", f"{VISITS}7,2025-05-01,x%40y.example,view,Ann@b.example\n")
    home.write("leads", "a.csv", f"{LEADS}Ann@b.example,2025-05-02,,\n", "crm")
    hashed = home.source("landing", hash_ids=True, id_prefix="m-")
    home.load(hashed, home.source("crm"))

    ids = {row["lead_id"]: row["merged_into_lead_id"] for row in home.standing("leads")}
    (ann,) = ids.keys() - {"m-L2", "Ann@b.example"}
    assert ids == {ann: None, "m-L2": ann, "Ann@b.example": None}
    assert re.fullmatch("m-[0-9a-f]{32}", ann)
    ((event, browser, lead),) = [
        (row["event_id"], row["anonymous_id"], row["lead_id"])
        for row in home.standing("web_events")
    ]
    assert (event, lead) == ("m-7", ann)
    assert re.fullmatch("[0-9a-f]{32}", browser)
    secret = home.folder / "home" / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    # another secret gives other ids, so all files of the source are read again
    assert (
        plan(home.settings(hashed, home.source("crm")), discover(home.settings(hashed))).files == ()
    )
    secret.unlink()
    home.load(hashed, home.source("crm"))
    assert ann not in {row["lead_id"] for row in home.standing("leads")}
    assert "hash_ids or the secret of the home changed" in "\n".join(home.progress)


def test_a_damaged_secret_is_not_made_anew(home: Home) -> None:
    home.write("leads", "a.csv", f"{LEADS}L1,2025-05-01,,\n")
    (home.folder / "home").mkdir()
    (home.folder / "home" / "secret").write_text("half")
    with pytest.raises(FunnelError, match="secret is damaged: put its copy back"):
        home.load(home.source("landing", hash_ids=True))
