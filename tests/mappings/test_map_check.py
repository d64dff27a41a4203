"""`funnel map check`: what a mapping makes of a folder, seen before a home exists."""

from pathlib import Path

import pytest

from tests.orchestration.conftest import run_funnel

MAPPING = """
timezone = "Europe/Berlin"

[files.deals]
match = "deals*"
aliases = { mail = ["e-mail"] }

[files.deals.lookups.owner]
file = "people"
here = "cast(contact as integer)"
there = "number"
take = "upper(name)"

[files.people]
match = "people*"

[[rows]]
feed = "sales_dispositions"
file = "deals"
where = "cast(open as boolean)"
[rows.columns]
disposition_id = "id || ':' || stage"
occurred_at = "strptime(day, '%d.%m.%Y')"
disposition = "stage"
email = "mail"
sales_rep = "owner"
reason = "note[99:]"
"""
DEALS = """id,e-mail,day,stage,contact,open,note,fax
1,ann@acme.example,02.05.2024,Closed Won,7,yes,a note,1
1,ann@acme.example,02.05.2024,Closed Won,7,yes,a note,2
2,bo@zeta.example,05/02/2024,Parked,7,yes,,3
3,,02.05.2024,Parked,x,yes,,4
4,cy@zeta.example,02.05.2024,Parked,,perhaps,,5
5,cy@zeta.example,02.05.1924,Parked,,yes,,6
6,cy@zeta.example,02.05.2024,Parked,,no,,7
"""
REPORT = """
up to 10,000 rows of the last 3 files of each kind; instants are in UTC

files.deals: 2 files; read 7 rows of deals_1.csv, deals_2.xlsx
  deals_2.xlsx cannot be read: it is no readable Excel workbook: invalid Zip archive: Could \
not find EOCD
  nothing reads: fax

rows 1 (sales_dispositions from deals): 6 rows, 4 quarantined, 1 replaced by others of their key
  1 row quarantined: occurred_at: the mapping cannot compute it
    the first: deals_1.csv row 3; Invalid Input Error: Could not parse string "05/02/2024" \
according to format specifier "%d.%m.%Y"
  1 row quarantined: lookup owner: the mapping cannot compute it
    the first: deals_1.csv row 4; Conversion Error: Could not convert string 'x' to INT32 when \
casting from source column contact
  1 row quarantined: where: the mapping cannot compute it
    the first: deals_1.csv row 5; Conversion Error: Could not convert string 'perhaps' to BOOL \
when casting from source column open
  1 row quarantined: occurred_at: before 2000-01-01: "1924-05-02 00:00:00"
    the first: deals_1.csv row 6
  blank in all of them: reason
  deals_1.csv row 1
    disposition_id   1:Closed Won          id: 1, stage: Closed Won
    occurred_at      2024-05-01 22:00:00   day: 02.05.2024
    disposition      Closed Won            stage: Closed Won
    email            ann@acme.example      e-mail: ann@acme.example
    sales_rep        KEI                   owner

files.people: 1 file, for lookups alone

feed                 rows   sound   quarantined
sales_dispositions      6       2             4

sales_dispositions.disposition: disposition_map.csv has no row for parked (4)
skipped, not a file: later
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "landing" / "later").mkdir(parents=True)
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "landing" / "deals_1.csv").write_text(DEALS, encoding="utf-8")
    (tmp_path / "landing" / "deals_2.xlsx").write_text("no workbook", encoding="utf-8")
    (tmp_path / "landing" / "people.csv").write_text("number,name\n7,Kei\n", encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rows_counts_and_faults_are_shown_without_a_home(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    outcome = run_funnel("map", "check", "mapping.toml", "--landing", "landing")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.strip() == REPORT.strip()
    assert sorted(folder.rglob("*")) == before


def test_so_many_rows_are_read(folder: Path) -> None:
    outcome = run_funnel(
        "map", "check", "mapping.toml", "--landing", folder / "landing", "--rows=1"
    )
    assert "rows 1 (sales_dispositions from deals): 1 row\n" in outcome.out
    assert "quarantined:" not in outcome.out


def test_a_mistake_in_the_mapping_says_what_duckdb_says(folder: Path) -> None:
    text = MAPPING.replace("upper(name)", "uper(name)")
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    outcome = run_funnel("map", "check", "mapping.toml", "--landing", folder / "landing")
    assert outcome.status == 2
    fault = "files.deals.lookups.owner, take: DuckDB: Catalog Error: Scalar Function with name uper"
    assert fault in outcome.err
    assert run_funnel("map", "check", "olist", "--landing", folder / "none").status == 2
