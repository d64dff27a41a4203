"""A mapping over a folder of exports: which files it takes, and what it misses in them."""

import gzip
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS_BY_NAME
from pipelines.mappings.source import Source, open_source

MAPPING = """
[files.deals]
match = "deals_*"
optional = ["note"]
aliases = { contact = "contact_id" }

[files.deals.lookups.met]
file = "contacts"
here = "contact"
there = "id"
take = "met"

[files.contacts]
match = "contacts*"
header = ["id", "met"]

[[rows]]
feed = "leads"
file = "contacts"
[rows.columns]
lead_id = "id"
created_at = "met"

[[rows]]
feed = "sales_dispositions"
file = "deals"
[rows.columns]
disposition_id = "'won:' || contact"
occurred_at = "greatest(day, met)"
disposition = "'won'"
lead_id = "contact"
reason = "note"
"""


def folder(tmp_path: Path, **files: str) -> Path:
    """A landing folder; `deals_1_csv="..."` is the file `deals_1.csv`."""
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    landing = tmp_path / "landing"
    landing.mkdir(exist_ok=True)
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (landing / f"{stem}.{suffix}").write_text(text, encoding="utf-8")
    return landing


def opened(tmp_path: Path, landing: Path) -> Source:
    return open_source(str(tmp_path / "mapping.toml"), landing)


def rows(source: Source, feed: str, columns: str) -> list[tuple[object, ...]]:
    """The rows of a feed from all files, through the fastest reading."""
    found: list[tuple[object, ...]] = []
    with duckdb.connect() as connection:
        for file in source.files:
            if FEEDS_BY_NAME[feed] in source.feeds(file):
                raw = next(source.ways(connection, FEEDS_BY_NAME[feed], file))
                found += connection.execute(f"select {columns} from ({raw.sql})").fetchall()
    return found


CONTACTS = "a,2024-03-01\nb,2024-03-05\n"


def test_files_feed_by_kind(tmp_path: Path) -> None:
    landing = folder(
        tmp_path,
        contacts_csv=CONTACTS,
        deals_1_csv="Contact,day,note\na,2024-03-02,fine\n",
        deals_2_jsonl='{"CONTACT_ID": "b", "day": "2024-03-04"}\n',
        readme_txt="not matched",
    )
    source = opened(tmp_path, landing)

    assert [(file.path.name, file.kind.name) for file in source.files] == [
        ("contacts.csv", "contacts"),
        ("deals_1.csv", "deals"),
        ("deals_2.jsonl", "deals"),
    ]
    assert rows(source, "leads", "lead_id, created_at") == [
        ("a", "2024-03-01"),
        ("b", "2024-03-05"),
    ]
    # b was won before it was met: the lookup says when, under either name of the column
    assert rows(source, "sales_dispositions", "lead_id, occurred_at, reason") == [
        ("a", "2024-03-02", "fine"),
        ("b", "2024-03-05", None),
    ]


def test_the_last_filled_value_of_a_key_is_looked_up(tmp_path: Path) -> None:
    landing = folder(
        tmp_path,
        contacts_csv="a,2024-03-01\na,2024-03-07\n",
        contacts_2_csv="a,\n",
        deals_1_csv="contact,day\na,2024-03-02\nc,2024-03-02\n",
    )
    source = opened(tmp_path, landing)
    assert rows(source, "sales_dispositions", "lead_id, occurred_at") == [
        ("a", "2024-03-07"),
        ("c", "2024-03-02"),
    ]


def test_a_file_names_what_it_looks_up(tmp_path: Path) -> None:
    landing = folder(
        tmp_path,
        contacts_csv=CONTACTS,
        contacts_2_csv=CONTACTS,
        deals_1_csv="contact,day\na,2024-03-02\n",
    )
    source = opened(tmp_path, landing)
    assert {file.path.name: [p.name for p in source.looks_up(file)] for file in source.files} == {
        "contacts.csv": [],
        "contacts_2.csv": [],
        "deals_1.csv": ["contacts.csv", "contacts_2.csv"],
    }


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"contacts_csv": CONTACTS},
            "no file matches `deals_*`",
        ),
        (
            {"contacts_csv": CONTACTS, "deals_1_csv": "who,day\na,2024-03-02\n"},
            "no column `contact` or `contact_id` in deals_1.csv, only day, who; a column",
        ),
        (
            {
                "contacts_csv": CONTACTS,
                "deals_1_csv": "contact,day\n",
                "deals_2_csv": "contact,date\n",
            },
            "no column `day` in deals_2.csv, only contact, date; a column that files may lack",
        ),
        (
            {"contacts_csv": CONTACTS, "deals_1_jsonl": '{"contact": "a"}\n{"contact": "b"}\n'},
            "no column `day` in its JSON lines, only contact; a column that files may lack b",
        ),
    ],
)
def test_what_the_folder_lacks_is_named(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    landing = folder(tmp_path, **files)
    with pytest.raises(UsageError) as caught:
        opened(tmp_path, landing)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{tmp_path / 'mapping.toml'}: files.deals: {fault}")


def test_json_lines_may_omit_keys_that_others_have(tmp_path: Path) -> None:
    landing = folder(
        tmp_path,
        contacts_csv=CONTACTS,
        deals_1_jsonl='{"contact": "a", "day": "2024-03-02"}\n{"contact": "b"}\n',
        deals_2_jsonl='{"contact": "b"}\n',
    )
    source = opened(tmp_path, landing)
    assert rows(source, "sales_dispositions", "lead_id, occurred_at") == [
        ("a", "2024-03-02"),
        ("b", "2024-03-05"),
        ("b", "2024-03-05"),
    ]


def test_a_file_of_two_kinds_is_refused(tmp_path: Path) -> None:
    landing = folder(tmp_path, contacts_csv=CONTACTS, deals_contacts_csv="contact,day\n")
    text = MAPPING.replace('"contacts*"', '"*contacts*"')
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"deals_contacts\.csv matches both files\.deals and"):
        opened(tmp_path, landing)


def test_an_unreadable_file_is_left_to_the_load(tmp_path: Path) -> None:
    landing = folder(tmp_path, contacts_csv=CONTACTS, deals_1_csv="contact,day\na,2024-03-02\n")
    whole = gzip.compress(b"contact,day\na,2024-03-02\n")
    (landing / "deals_2.csv.gz").write_bytes(whole[:-9])
    assert [file.path.name for file in opened(tmp_path, landing).files] == [
        "contacts.csv",
        "deals_1.csv",
        "deals_2.csv.gz",
    ]


def test_patterns_ignore_case(tmp_path: Path) -> None:
    landing = folder(tmp_path, Contacts_CSV=CONTACTS, DEALS_1_csv="contact,day\na,2024-03-02\n")
    assert len(opened(tmp_path, landing).files) == 2


def test_files_that_are_not_required_may_be_missing(tmp_path: Path) -> None:
    landing = folder(tmp_path, deals_1_csv="contact,day\na,2024-03-02\n")
    text = MAPPING.replace('"contacts*"', '"contacts*"\nrequired = false')
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    source = opened(tmp_path, landing)
    assert rows(source, "sales_dispositions", "lead_id, occurred_at") == [("a", "2024-03-02")]

    text = text.replace('"deals_*"', '"deals_*"\nrequired = false')
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    (landing / "deals_1.csv").unlink()
    with pytest.raises(UsageError, match=r"no file matches any of `deals_\*`, `contacts\*`$"):
        opened(tmp_path, landing)
