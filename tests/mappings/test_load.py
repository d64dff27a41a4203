"""Foreign exports through the whole load: audit, quarantine and replacement by raw file."""

import gzip
import re
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import UsageError
from pipelines.load import LoadReport, load, staging
from pipelines.settings import PROJECT, Settings, Source

EVENTS = """
[files.events]
match = "events_*"
identity = ["who", "moment", "what"]
timezone = "Asia/Tokyo"

[[rows]]
feed = "web_events"
file = "events"
where = "what <> 'bought'"
[rows.columns]
event_id = "_row_id"
occurred_at = "moment"
anonymous_id = "who"
event_type = "what"

[[rows]]
feed = "sales_dispositions"
file = "events"
where = "what = 'bought'"
[rows.columns]
disposition_id = "_row_id"
occurred_at = "moment"
disposition = "'won'"
lead_id = "who"
amount = "cast(price as integer) * 2"
"""
DEALS = """
[files.deals]
match = "deals*"

[files.deals.lookups.met]
file = "contacts"
here = "contact"
take = "met"

[files.contacts]
match = "contacts*"

[[rows]]
feed = "sales_dispositions"
file = "deals"
[rows.columns]
disposition_id = "contact"
occurred_at = "greatest(day, met)"
disposition = "'won'"
lead_id = "contact"
"""
HEADER = "who,moment,what,price\n"


class Company:
    """A landing folder, a mapping and a home of their own."""

    def __init__(self, folder: Path, mapping: str) -> None:
        self.landing = folder / "landing"
        self.landing.mkdir()
        self.mapping = folder / "mapping.toml"
        self.mapping.write_text(mapping, encoding="utf-8")
        self.settings = Settings(
            home=folder / "home",
            sources=(Source(landing=self.landing, mapping=str(self.mapping)),),
            as_of=date(2024, 12, 31),
        )

    def write(self, name: str, text: str) -> None:
        (self.landing / name).write_text(text, encoding="utf-8")

    def load(self) -> LoadReport:
        return load(self.settings, lambda _: None)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def audit(self) -> list[tuple[object, ...]]:
        return self.query(
            "select feed, file, _delivery, rows_read, rows_loaded, rows_replaced, rows_quarantined"
            " from raw.load_audit order by feed, file, _delivery"
        )


@pytest.fixture(params=["small", "large"])
def events(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Company:
    """Files are kept while they are checked, or checked first and loaded from disk then."""
    if request.param == "large":
        monkeypatch.setattr(staging, "LARGE_BYTES", 0)
    return Company(tmp_path, EVENTS)


@pytest.fixture
def deals(tmp_path: Path) -> Company:
    return Company(tmp_path, DEALS)


def test_one_file_feeds_two_and_is_audited_for_each(events: Company) -> None:
    events.write(
        "events_1.csv",
        HEADER
        + "a,2024-03-01 09:00,page_view,\n"
        + ",2024-03-01 09:01,page_view,\n"
        + "b,2024-03-01 09:02,bought,40\n"
        + "c,2024-03-01 09:03,bought,forty\n"
        + "d,2024-03-01 09:04,page_view,,one field too many\n",
    )
    events.load()

    assert events.audit() == [
        ("sales_dispositions", "events_1.csv", 1, 3, 1, 0, 2),
        ("web_events", "events_1.csv", 1, 3, 1, 0, 2),
    ]
    # nine in Tokyo is midnight in UTC
    assert events.query("select anonymous_id, occurred_at::varchar from raw.web_events") == [
        ("a", "2024-03-01 00:00:00")
    ]
    assert events.query("select lead_id, amount::varchar from raw.sales_dispositions") == [
        ("b", "80.00")
    ]
    quarantined = events.query(
        "select feed, row_number, row ->> '$.moment', reason from raw.quarantine order by all"
    )
    too_many = "the row has more fields than the header"
    assert quarantined == [
        ("sales_dispositions", 4, "2024-03-01 09:03", "amount: the mapping cannot compute it"),
        ("sales_dispositions", 5, "2024-03-01 09:04", too_many),
        ("web_events", 2, "2024-03-01 09:01", "anonymous_id: required, but blank"),
        ("web_events", 5, "2024-03-01 09:04", too_many),
    ]


def test_a_value_that_fails_twice_in_an_expression_is_one_bad_row(events: Company) -> None:
    price = "case when cast(price as integer) > 50 then 50 else cast(price as integer) end"
    text = EVENTS.replace("cast(price as integer) * 2", price)
    kind = "case who ->> '$.kind' when 'x' then 'y' else coalesce(who ->> '$.kind', what) end"
    text = text.replace('event_type = "what"', f'event_type = "{kind}"')
    events.mapping.write_text(text, encoding="utf-8")
    events.write(
        "events_1.csv",
        HEADER
        + '"{""kind"": ""x""}",2024-03-01 09:00,page_view,\n'
        + "no JSON,2024-03-01 09:01,page_view,\n"
        + "b,2024-03-01 09:02,bought,60\n"
        + "c,2024-03-01 09:03,bought,forty\n",
    )
    events.load()
    assert events.query("select event_type from raw.web_events") == [("y",)]
    assert events.query("select amount::varchar from raw.sales_dispositions") == [("50.00",)]
    assert events.query("select row_number, reason from raw.quarantine order by all") == [
        (2, "event_type: the mapping cannot compute it"),
        (4, "amount: the mapping cannot compute it"),
    ]


def test_the_same_content_loads_once_and_overlapping_files_replace(events: Company) -> None:
    rows = [f"a,2024-03-01 09:0{minute},page_view,\n" for minute in range(5)]
    events.write("events_1.csv", HEADER + "".join(rows[:3]) + rows[2])
    events.load()
    events.load()
    assert events.audit()[1:] == [("web_events", "events_1.csv", 1, 4, 4, 0, 0)]

    # the next export begins before the end of the first one, in another order
    events.write("events_2.csv", "moment,what,who,price\n2024-03-01 09:02,page_view,a,\n")
    events.write("events_3.csv", HEADER + "".join(rows[1:]))
    events.load()

    assert events.audit()[3:] == [
        ("web_events", "events_1.csv", 1, 4, 2, 2, 0),
        ("web_events", "events_2.csv", 1, 1, 0, 1, 0),
        ("web_events", "events_3.csv", 1, 4, 4, 0, 0),
    ]
    # five events, and the one that the first file holds twice stays two
    standing = events.query("select count(*) from raw.web_events where not _is_replaced")
    assert standing == [(6,)]


def test_a_file_that_cannot_be_read_is_one_bad_row_for_each_feed(events: Company) -> None:
    whole = gzip.compress((HEADER + "a,2024-03-01 09:00,page_view,\n").encode())
    (events.landing / "events_1.csv.gz").write_bytes(whole[:-9])
    events.load()
    assert events.audit() == [
        ("sales_dispositions", "events_1.csv.gz", 1, 1, 0, 0, 1),
        ("web_events", "events_1.csv.gz", 1, 1, 0, 0, 1),
    ]
    assert events.query("select distinct row_number from raw.quarantine") == [(0,)]


def test_every_format_gives_the_same_rows(events: Company) -> None:
    events.write(
        "events_1.jsonl",
        '{"who": "a", "moment": "2024-03-01 09:00", "what": "page_view"}\n'
        "{broken\n"
        '{"WHO": "b", "moment": "2024-03-01 09:02", "what": "bought", "price": 40}\n',
    )
    table = pa.table(
        {
            "Who": ["b", "a"],
            "moment": pa.array([1709251320, 1709251200], pa.timestamp("s", tz="UTC")),
            "what": ["bought", "page_view"],
            "price": [40, None],
        }
    )
    pq.write_table(table, events.landing / "events_2.parquet")
    events.load()

    assert events.audit() == [
        ("sales_dispositions", "events_1.jsonl", 1, 2, 1, 0, 1),
        ("sales_dispositions", "events_2.parquet", 1, 1, 1, 0, 0),
        ("web_events", "events_1.jsonl", 1, 2, 1, 0, 1),
        ("web_events", "events_2.parquet", 1, 1, 1, 0, 0),
    ]
    rows = "select anonymous_id, occurred_at::varchar, count(*) from raw.web_events group by all"
    assert events.query(rows) == [("a", "2024-03-01 00:00:00", 2)]
    orders = "select lead_id, occurred_at::varchar, amount::varchar, _row_number"
    assert events.query(f"{orders} from raw.sales_dispositions order by _file") == [
        ("b", "2024-03-01 00:02:00", "80.00", 3),
        ("b", "2024-03-01 00:02:00", "80.00", 1),
    ]
    broken = "select feed, row_number, row from raw.quarantine order by feed"
    assert events.query(broken) == [
        ("sales_dispositions", 2, '"{broken"'),
        ("web_events", 2, '"{broken"'),
    ]


def test_a_lookup_that_comes_late_makes_its_file_new(deals: Company) -> None:
    deals.write("deals.csv", "contact,day\na,2024-03-01\nb,2024-03-09\n")
    deals.write("contacts_1.csv", "contact,met\nb,2024-03-01\n")
    deals.load()
    won = "select lead_id, occurred_at::date::varchar from raw.sales_dispositions"
    won += " where not _is_replaced order by lead_id"
    assert deals.query(won) == [("a", "2024-03-01"), ("b", "2024-03-09")]

    deals.write("contacts_2.csv", "contact,met\na,2024-03-05\n")
    deals.load()
    deals.load()
    assert deals.query(won) == [("a", "2024-03-05"), ("b", "2024-03-09")]
    assert deals.audit() == [
        ("sales_dispositions", "deals.csv", 1, 2, 0, 2, 0),
        ("sales_dispositions", "deals.csv", 2, 2, 2, 0, 0),
    ]


def test_the_later_block_stands_when_two_give_one_key(events: Company) -> None:
    again = EVENTS[EVENTS.index("[[rows]]") : EVENTS.rindex("[[rows]]")]
    again = again.replace('"what"', "\"'second: ' || what\"")
    events.mapping.write_text(EVENTS + again, encoding="utf-8")
    lines = [f"a,2024-03-01 09:00:{second:02},page_view,\n" for second in range(60)]
    events.write("events_1.csv", HEADER + "".join(lines))
    events.load()
    standing = "select event_type, count(*) from raw.web_events where not _is_replaced group by all"
    assert events.query(standing) == [("second: page_view", 60)]
    assert events.audit()[-1] == ("web_events", "events_1.csv", 1, 120, 60, 60, 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"moment"', '"momentt"'),
        ('"moment"', "\"(select max(a) from read_csv('/etc/passwd') as x(a))\""),
        ('"events_*"', '"orders_*"'),
        ("web_events", "web_event"),
    ],
)
def test_a_mistake_leaves_nothing_behind(events: Company, old: str, new: str) -> None:
    events.write("events_1.csv", HEADER + "a,2024-03-01 09:00,page_view,\n")
    events.mapping.write_text(EVENTS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError):
        events.load()
    assert not events.settings.home.exists()


def worked_example() -> tuple[str, list[str]]:
    """The first mapping of the page and the lines of its file."""
    page = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    mapping, *_ = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    return mapping, re.findall(r"^    (Opp Id.*|\d{4},.*)$", page, re.MULTILINE)


def test_the_worked_example_of_the_docs_works(tmp_path: Path) -> None:
    mapping, lines = worked_example()
    company = Company(tmp_path, mapping)
    company.write("opportunities_2024-05.csv", "\n".join(lines) + "\n")
    company.load()

    assert company.query("select * exclude (_dlt_load_id) from raw.quarantine") == []
    assert company.query(
        "select email, disposition, occurred_at::varchar, amount::varchar"
        " from raw.sales_dispositions order by occurred_at"
    ) == [
        ("ann@acme.example", "handed_off", "2024-05-02 07:15:00", None),
        ("bo@zeta.example", "handed_off", "2024-05-03 14:40:00", None),
        ("ann@acme.example", "Closed Won", "2024-05-28 21:59:59.999999", "12500.00"),
    ]
    assert company.query("select full_name, lead_source from raw.leads order by 1") == [
        ("Ann Lee", "crm"),
        ("Bo Kim", "crm"),
    ]


def test_a_deal_closed_on_the_day_of_its_handoff_follows_it(tmp_path: Path) -> None:
    company = Company(tmp_path, worked_example()[0])
    company.write(
        "opportunities_2024-03.csv",
        "Opp Id,Contact,E-Mail,Handed,Stage,Stage Date,Value\n"
        # the day in Berlin on which clocks go forward is an hour shorter
        "1,Ann,ann@acme.example,31.03.2024 09:00,Closed Won,31.03.2024,\n"
        "2,Bo,bo@zeta.example,30.03.2024 23:59,Not accepted,30.03.2024,\n"
        "3,Cy,cy@zeta.example,30.03.2024 23:59,Not accepted,soon,\n",
    )
    company.load()
    assert company.query(
        "select disposition, occurred_at::varchar from raw.sales_dispositions"
        " where email <> 'cy@zeta.example' order by email, occurred_at"
    ) == [
        ("handed_off", "2024-03-31 07:00:00"),
        ("Closed Won", "2024-03-31 21:59:59.999999"),
        ("handed_off", "2024-03-30 22:59:00"),
        ("Not accepted", "2024-03-30 22:59:59.999999"),
    ]
    assert company.query("select row_number, reason from raw.quarantine") == [
        (3, "occurred_at: the mapping cannot compute it")
    ]


def test_a_changed_mapping_reads_all_files_again(events: Company) -> None:
    events.write("events_1.csv", HEADER + "a,2024-03-01 09:00,page_view,\n")
    events.write("events_2.csv", HEADER + "b,2024-03-01 09:02,bought,40\n,2024-03-01,page_view,\n")
    events.load()
    text = events.mapping.read_text(encoding="utf-8")
    events.mapping.write_text(
        text.replace("* 2", "* 3").replace("'bought'", "'bought' and who is not null"),
        encoding="utf-8",
    )
    events.load()
    events.load()

    assert events.query("select amount::varchar from raw.sales_dispositions") == [("120.00",)]
    assert events.audit() == [
        ("sales_dispositions", "events_1.csv", 1, 0, 0, 0, 0),
        ("sales_dispositions", "events_2.csv", 1, 1, 1, 0, 0),
        ("web_events", "events_1.csv", 1, 1, 1, 0, 0),
        ("web_events", "events_2.csv", 1, 0, 0, 0, 0),
    ]


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_changed_mapping_is_refused_where_rows_would_be_lost(
    events: Company, is_gone: bool
) -> None:
    events.write("events_1.csv", HEADER + "a,2024-03-01 09:00,page_view,\n")
    events.write("events_2.csv", HEADER + "b,2024-03-01 09:02,bought,40\n")
    events.load()
    before = events.audit()
    events.mapping.write_text(EVENTS.replace("* 2", "* 3"), encoding="utf-8")
    if is_gone:
        (events.landing / "events_2.csv").unlink()
    else:
        events.write("events_2.csv", HEADER + "c,2024-03-01 09:02,bought,40\n")
    with pytest.raises(UsageError, match=r"events_2\.csv changed since, or is no longer"):
        events.load()
    assert events.audit() == before


def test_rows_of_an_earlier_content_are_not_given_up_for_a_changed_mapping(
    events: Company,
) -> None:
    events.write("events_1.csv", HEADER + "a,2024-03-01 09:00,page_view,\n")
    events.load()
    events.write("events_1.csv", HEADER + "b,2024-03-01 09:00,page_view,\n")
    events.load()
    events.mapping.write_text(EVENTS.replace("* 2", "* 3"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"events_1\.csv changed since"):
        events.load()
    assert events.query("select count(*) from raw.web_events") == [(2,)]


CAPTURES = """
[files.events]
match = "events_*"

[[rows]]
feed = "leads"
file = "events"
where = "what = 'left address'"
keep = "first"
[rows.columns]
lead_id = "who"
created_at = "moment"
campaign = "page"

[[rows]]
feed = "leads"
file = "events"
where = "what = 'corrected'"
[rows.columns]
lead_id = "who"
created_at = "moment"
campaign = "page"
"""
CAPTURE_FILES = {
    "events_1.csv": "a,2024-01-10 10:00,left address,x\na,2024-01-11 10:00,left address,y\n",
    "events_2.csv": "b,2024-02-01 10:00,left address,x\na,2024-02-01 10:00,left address,z\n",
    "events_3.csv": (
        "b,2024-02-01 10:00,corrected,fair\nb,2024-03-01 10:00,left address,z\n"
        "c,2024-03-02 10:00,left address,x\nc,2024-03-02 10:00,left address,y\n"
    ),
}
CAPTURED = "who,moment,what,page\n"
FIRST_KNOWN = [
    ("a", "2024-01-10", "x"),
    ("b", "2024-02-01", "fair"),
    ("c", "2024-03-02", "x"),
]
LEADS_STANDING = (
    "select lead_id, created_at::date::varchar, campaign from raw.leads where not _is_replaced"
    " order by all"
)


@pytest.mark.parametrize(
    ("order", "large_bytes"), [((1, 2, 3), 0), ((3, 1, 2), 0), ((2, 3, 1), 10**6)]
)
def test_the_first_row_stands_in_whatever_order_files_come(
    tmp_path: Path, order: tuple[int, ...], large_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LARGE_BYTES", large_bytes)
    company = Company(tmp_path, CAPTURES)
    for number in order:
        name = f"events_{number}.csv"
        company.write(name, CAPTURED + CAPTURE_FILES[name])
        company.load()
    assert company.query(LEADS_STANDING) == FIRST_KNOWN
    assert company.audit() == [
        ("leads", "events_1.csv", 1, 2, 1, 1, 0),
        ("leads", "events_2.csv", 1, 2, 0, 2, 0),
        ("leads", "events_3.csv", 1, 4, 2, 2, 0),
    ]


def test_the_first_row_stands_when_its_file_is_delivered_again(tmp_path: Path) -> None:
    company = Company(tmp_path, CAPTURES)
    for rows in ("events_1.csv", "events_2.csv"):
        company.write("events_1.csv", CAPTURED + CAPTURE_FILES[rows])
        company.load()
    standing = [("a", "2024-01-10", "x"), ("b", "2024-02-01", "x")]
    assert company.query(LEADS_STANDING) == standing
    # the first capture of `a` is in no file any more
    company.mapping.write_text(CAPTURES.replace("'corrected'", "'fixed'"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"events_1\.csv changed since"):
        company.load()
    assert company.query(LEADS_STANDING) == standing


def test_a_file_that_grew_is_read_again_with_a_changed_mapping(tmp_path: Path) -> None:
    company = Company(tmp_path, CAPTURES)
    grown = CAPTURE_FILES["events_1.csv"] + CAPTURE_FILES["events_2.csv"]
    for rows in (CAPTURE_FILES["events_1.csv"], grown):
        company.write("events_1.csv", CAPTURED + rows)
        company.load()
    last = CAPTURES.replace('keep = "first"', 'keep = "last"')
    company.mapping.write_text(last, encoding="utf-8")
    company.load()
    versions = [("a", day) for day in ("2024-01-10", "2024-01-11", "2024-02-01")]
    assert [row[:2] for row in company.query(LEADS_STANDING)] == [*versions, ("b", "2024-02-01")]
