"""Files as tools write them: encodings, titles, tabs, JSON, workbooks, archives, sub-folders."""

import gzip
import os
import zipfile
from pathlib import Path

import pytest

from pipelines import limits
from pipelines.errors import UsageError
from pipelines.limits import Limits
from pipelines.load import LoadReport, conversion
from pipelines.load.archive import members_of
from pipelines.load.json_text import json_rows
from pipelines.load.relation import Dialect, UnreadableError
from pipelines.load.workbook import sheet_as_csv
from pipelines.mappings.parse import read_mapping
from tests.mappings.test_load import Company
from tests.mappings.workbooks import write_sheet, write_workbook


def kind(name: str, match: str, options: str = "") -> str:
    """A kind of file that gives one lead per row, with the row's note as its campaign."""
    return f"""
[files.{name}]
match = "{match}"
{options}

[[rows]]
feed = "leads"
file = "{name}"
[rows.columns]
lead_id = "id"
created_at = "coalesce(moment, _delivered_at)"
campaign = "note"
full_name = "_file"
"""


MAPPING = "".join(
    [
        kind("western", "western*", 'encoding = "cp1252"\nskip = 2\ndelimiter = ";"'),
        kind("tabs", "*.tsv", 'quote = ""'),
        kind("array", "array*"),
        kind("pages", "pages*", 'explode = "data.items"\noptional = ["note"]'),
        kind("sheets", "*.xlsx", 'skip = 1\noptional = ["moment"]'),
        kind("packed", "export-*/contacts/*.csv"),
        kind("monthly", "20??/*/leads_*"),
    ]
)
DAY = "2024-03-01"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Company, LoadReport]:
    """One load of a folder with all of them."""
    made = Company(tmp_path_factory.mktemp("formats"), MAPPING)
    landing = made.landing
    (landing / "western.csv").write_bytes(
        f'Report "of; the day\r\n\r\nid;moment;note\r\nw1;{DAY};Café; \r\n'.encode(
            "cp1252"
        ).replace(b"; \r", b"\r")
    )
    (landing / "western_2.csv").write_bytes(b"x\ny\nid;moment;note\nw2;2024-03-01;\x81\n")
    made.write("events.tsv", f'id\tmoment\tnote\nt1\t{DAY}\t"half a quote\nt2\t{DAY}\t5" x 7"\n')
    made.write(
        "array.json",
        f'[\n  {{"id": 9007199254740993, "moment": "{DAY}",\n   "note": "a, [b] \\"c"}},\n'
        f'  {{"id": "a2", "moment": "{DAY}"}},\n  7\n]\n',
    )
    made.write("array_2.json", '[{"id": "lost"}, {"id": ')
    made.write("array_3.json", f'{{"id": "a3", "moment": "{DAY}"}}\n{{"id": "a4", broken\n')
    items = f'{{"id": "p1", "moment": "{DAY}"}}, {{"id": "p2", "moment": "{DAY}"}}'
    made.write("pages.json", f'{{"page": 1,\n "data": {{"items": [{items}]}}}}')
    write_workbook(
        landing / "deals.xlsx",
        [
            ["Deals of March"],
            ["id", "moment", "note"],
            [900, (45352.385416667,), 12.5],
            [],
            ["no footer, no moment"],
            [901, (45353,), "fine"],
            [],
            ["Copyright the CRM"],
            ["Confidential"],
        ],
    )
    write_workbook(landing / "cards.xlsx", [["Cards"], ["id", "remark"], [1, "no note"]])
    os.utime(landing / "deals.xlsx", (1709300000, 1709300000))
    with zipfile.ZipFile(landing / "export-1.zip", "w") as archive:
        archive.writestr("contacts/all.csv", f"id,moment,note\nz1,{DAY},\n")
        archive.writestr("contacts/readme.txt", "not read")
        archive.writestr("deals/all.csv", "id\nnot mapped\n")
        archive.writestr("__MACOSX/contacts/all.csv", "not read")
    (landing / "export-2.zip").write_bytes((landing / "export-1.zip").read_bytes()[:-30])
    for month in ("03", "04"):
        folder = landing / "2024" / month
        folder.mkdir(parents=True)
        (folder / "leads_1.csv").write_text(f"id,moment,note\nm{month},{DAY},\n", encoding="utf-8")
    (landing / "2024" / "03" / "other.csv").write_text("id\n", encoding="utf-8")
    return made, made.load()


@pytest.fixture(scope="module")
def crm(loaded: tuple[Company, LoadReport]) -> Company:
    return loaded[0]


def test_every_format_gives_its_rows(crm: Company) -> None:
    found = crm.query(
        "select full_name, lead_id, created_at::varchar, campaign from raw.leads order by all"
    )
    midnight = f"{DAY} 00:00:00"
    assert found == [
        ("2024/03/leads_1.csv", "m03", midnight, None),
        ("2024/04/leads_1.csv", "m04", midnight, None),
        ("array.json", "9007199254740993", midnight, 'a, [b] "c'),
        ("array.json", "a2", midnight, None),
        ("array_3.json", "a3", midnight, None),
        ("deals.xlsx", "900", "2024-03-01 09:15:00", "12.5"),
        ("deals.xlsx", "901", "2024-03-02 00:00:00", "fine"),
        # without a moment, when the file was written
        ("deals.xlsx", "no footer, no moment", "2024-03-01 13:33:20", None),
        ("events.tsv", "t1", midnight, '"half a quote'),
        ("events.tsv", "t2", midnight, '5" x 7"'),
        ("export-1.zip/contacts/all.csv", "z1", midnight, None),
        ("pages.json", "p1", midnight, None),
        ("pages.json", "p2", midnight, None),
        ("western.csv", "w1", midnight, "Café"),
    ]


def test_what_cannot_be_read_is_named_with_the_reason(crm: Company) -> None:
    assert crm.query("select file, row_number, reason from raw.quarantine order by all") == [
        ("array.json", 3, "the line is not a JSON object"),
        (
            "array_2.json",
            0,
            "the file cannot be read: its JSON ends too early: an array, object or text is not"
            " closed",
        ),
        ("array_3.json", 2, "the line is not a JSON object"),
        (
            "cards.xlsx",
            0,
            "the file cannot be read: it has no column `note`, only id, remark",
        ),
        (
            "export-2.zip",
            0,
            "the file cannot be read: its ZIP data is damaged: File is not a zip file",
        ),
        (
            "western_2.csv",
            0,
            "the file cannot be read: it is not cp1252 (line 4): byte 0x81",
        ),
    ]
    assert [row[3:] for row in crm.audit() if row[1] == "deals.xlsx"] == [(3, 3, 0, 0)]


def test_what_is_left_out_is_told(loaded: tuple[Company, LoadReport]) -> None:
    told = [line for line in loaded[1].warnings if "ignored" not in line]
    assert told == [
        "skipped, not one of .csv .csv.gz .jsonl .jsonl.gz .parquet .tsv .tsv.gz .json .json.gz"
        " .xlsx: export-1.zip/contacts/readme.txt",
        "skipped, the name starts with . or _: export-1.zip/__MACOSX/contacts/all.csv",
        "not in the mapping, skipped: 2024/03/other.csv, export-1.zip/deals/all.csv",
        "deals.xlsx: 2 rows at its end are a footer, not read: 'Copyright the CRM' ...",
    ]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"../leads.csv": "id"}, "it holds '../leads.csv', a name that leads out of the archive"),
        ({"/etc/x.csv": "id"}, "it holds '/etc/x.csv', a name that leads out of the archive"),
        ({"bomb.csv": "0" * 101_000_000}, "unpack to more than 100,000,000 "),
        ({f"{n}.csv": "" for n in range(10_001)}, "it holds 10001 files, more than 10000"),
    ],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, members: dict[str, str], reason: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    with pytest.raises(UnreadableError, match=reason.replace(".", r"\.")):
        members_of(path)


def test_a_workbook_that_asks_for_all_memory_is_refused(tmp_path: Path) -> None:
    corners = (("A1", 1), ("XFD1048576", 1048576))
    rows = "".join(f'<row r="{n}"><c r="{at}"><v>1</v></c></row>' for at, n in corners)
    write_sheet(tmp_path / "far.xlsx", rows)
    with pytest.raises(UnreadableError, match="needs more than 3 GB of memory, or it is damaged"):
        sheet_as_csv(tmp_path / "far.xlsx", tmp_path / "far.csv", None, 0)
    (tmp_path / "none.xlsx").write_text("no workbook")
    with pytest.raises(UnreadableError, match="it is no readable Excel workbook"):
        sheet_as_csv(tmp_path / "none.xlsx", tmp_path / "none.csv", None, 0)
    write_sheet(tmp_path / "one.xlsx", "")
    with pytest.raises(UnreadableError, match="it has no sheet `Leads`, only Deals"):
        sheet_as_csv(tmp_path / "one.xlsx", tmp_path / "one.csv", "Leads", 0)


def test_json_comes_in_pieces_of_any_size() -> None:
    text = '[{"a": "]}\\\\\\"", "b": [1, {"c": ","}]}, "x,y", [2, 3],\n null]\n {"d": 1.10} {}'
    rows = ['{"a": "]}\\\\\\"", "b": [1, {"c": ","}]}', '"x,y"', "[2, 3]", "null"]
    rows += ['{"d": 1.10}', "{}"]
    for size in range(1, len(text)):
        pieces = [text[place : place + size] for place in range(0, len(text), size)]
        assert list(json_rows(pieces)) == rows


@pytest.mark.parametrize(
    ("option", "fault"),
    [
        ('encoding = "klingon"', "files.a: `klingon` is not an encoding such as cp1252 or shift_j"),
        ('encoding = "base64"', "files.a: `base64` is not an encoding such as cp1252 or shift_jis"),
        ("skip = -1", "files.a: `skip` must be a number of lines"),
        ('skip = "1"', "files.a: `skip` must be a whole number"),
        ('quote = "|"', "files.a: `quote` must be empty, for fields in which it means nothing"),
        ('delimiter = "||"', "files.a: `delimiter` must be one character"),
        ('explode = "a..b"', 'files.a: `explode` must be "$" or keys, as in key.key'),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, option: str, fault: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(kind("a", "a*", option), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_mapping(str(path))
    assert str(caught.value).startswith(f"{path}: {fault}")


def test_packed_text_that_fills_the_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_held", Limits(unpacked_megabytes=1))
    path = tmp_path / "zeros.csv.gz"
    path.write_bytes(gzip.compress(b"id\n" + b"0" * 3_000_000))
    with pytest.raises(UnreadableError, match="unpack to more than 1,000,000"):
        conversion.converted(path, "csv", Dialect(encoding="cp1252"))
