"""What is said of files that are not as they should be: the true fault, once, in plain words."""

import gzip
import io
import re
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.load.encoding import SAMPLE
from tests.load.home import Home

HEADER = "event_id,occurred_at,event_type,quantity\n"
ROWS = "O1,2025-01-05,visit,1\nO2,2025-01-05,visit,2\n"
ABSENT = "no column event_id, occurred_at, event_type"
LINE = '{"event_id": "O%s", "occurred_at": "2025-01-05", "event_type": "visit"%s}\n'
JAPANESE = "O3,2025-01-05,展示会への来場とアンケート,1\n"


def load(home: Home, name: str, content: str | bytes) -> list[str]:
    """The notices on a file, without those on feeds that were not delivered."""
    home.write("offline_events", name, content)
    return [said for said in home.load().warnings if "no folder" not in said]


def reasons(home: Home) -> list[str]:
    return [row["reason"] for row in home.quarantine()]


def good_ids(home: Home) -> list[str]:
    return [row["event_id"] for row in home.standing("offline_events")]


@pytest.mark.parametrize(
    ("sign", "named"), [(";", "`;`"), ("\t", "tabs"), ("|", "`|`")], ids=["semicolon", "tab", "bar"]
)
@pytest.mark.parametrize("name", ["it.csv", "it.csv.gz"])
def test_fields_that_commas_do_not_part(home: Home, name: str, sign: str, named: str) -> None:
    text = (HEADER + ROWS).replace(",", sign) + f"O3{sign}1,5{sign}visit,2,3\n"
    _, notice = load(home, name, text)
    fault = f"{ABSENT} (fields seem to be parted by {named}, not by `,`)"
    assert notice == f"offline_events: {fault} in {name}: every row is quarantined"
    # also of the row that has too many fields for a comma
    assert reasons(home) == [f"the file has {fault}"] * 3
    assert home.audit() == {(name, 1): (3, 0, 0, 3)}


def test_quoted_fields_that_commas_do_not_part(home: Home) -> None:
    load(home, "it.csv", '"event_id";"occurred_at";"event_type"\n"O1";"2025-01-05";"visit"\n')
    (reason,) = reasons(home)
    assert reason.endswith("; fields seem to be parted by `;`, not by `,`")
    assert home.audit() == {("it.csv", 1): (1, 0, 0, 1)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sep=;\n" + (HEADER + ROWS).replace(",", ";"), "'sep=;', is for Excel alone"),
        ("sep=,\n" + HEADER + ROWS, "'sep=,', is for Excel alone"),
        (LINE % (1, "") + LINE % (2, ""), "it seems to hold JSON"),
    ],
)
def test_first_lines_that_are_no_header(home: Home, text: str, said: str) -> None:
    *_, notice = load(home, "it.csv", text)
    assert said in notice
    assert said in reasons(home)[0]


def test_signs_in_names_and_values_are_no_delimiters(home: Home) -> None:
    text = "event_id,occurred_at,event_type,a;b;c;d;e\nO1,2025-01-05,vi;si|t,\n"
    assert load(home, "it.csv", text) == [
        "offline_events: column 'a;b;c;d;e' ignored in 1 new file"
    ]
    assert good_ids(home) == ["O1"]


def test_files_that_lack_columns_are_told_together(home: Home) -> None:
    for number in range(7):
        home.write("offline_events", f"{number}.csv", f"event_id,event_type\nO{number},visit\n")
    home.write("offline_events", "8.jsonl", '{"event_id": "O8"}\n\n{"event_id": "O9"}\nbroken\n')
    home.write(
        "mail_events", "9.csv", "event_id,occurred_at,mail_id,event_type\nM1,2025-01-05,m,sent\n"
    )
    report = home.load()
    assert [said for said in report.warnings if "quarantined" in said] == [
        "mail_events: no column lead_id or email in 9.csv: every row is quarantined",
        "offline_events: no column occurred_at in 0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 2 more:"
        " every row is quarantined",
        "offline_events: no column occurred_at, event_type in 8.jsonl: every row is quarantined",
    ]
    found = {(row["file"], row["row_number"]): row["reason"] for row in home.quarantine()}
    assert found["9.csv", 1] == "the file has no column lead_id or email"
    assert found["8.jsonl", 2] == "the file has no column occurred_at, event_type"
    assert found["8.jsonl", 3] == "the line is not a JSON object"
    # and of a file one row only is shown
    shown = [row.file for row in report.quarantined if row.feed == "offline_events"]
    assert shown == ["0.csv", "1.csv", "2.csv", "3.csv", "4.csv"]


def test_other_faults_of_a_row_are_told_beside_it(home: Home) -> None:
    load(home, "it.csv", "event_id,event_type,quantity\n,visit,many\n")
    assert reasons(home) == [
        "the file has no column occurred_at; event_id: required, but blank;"
        ' quantity: not a whole number: "many"'
    ]


def test_a_header_alone_is_told_too(home: Home) -> None:
    (said,) = load(home, "it.csv", "event_id,event_type\n")
    assert said == "offline_events: no column occurred_at in it.csv: every row is quarantined"
    assert home.audit() == {("it.csv", 1): (0, 0, 0, 0)}


def test_a_zero_in_a_column_name_costs_the_column(home: Home) -> None:
    said = load(home, "it.csv", HEADER.replace("quantity", "quan\0tity") + ROWS)
    assert said == ["offline_events: column 'quan\\\\0tity' ignored in 1 new file"]
    assert good_ids(home) == ["O1", "O2"]


def test_a_zero_in_the_name_of_a_required_column(home: Home) -> None:
    load(home, "it.csv", HEADER.replace("event_id", "event_id\0") + ROWS)
    assert reasons(home) == ["the file has no column event_id"] * 2


def test_a_zero_in_the_name_of_a_parquet_column(home: Home) -> None:
    columns = {"event_id": ["O1"], "occurred_at": ["2025-01-05"], "event_type": ["visit"]}
    written = io.BytesIO()
    pq.write_table(
        pa.table(columns | {"a\0b": ["x"], 'quote"d': ["y"], "EVENT_ID": ["z"]}), written
    )
    said = load(home, "it.parquet", written.getvalue())
    assert said == ["offline_events: 2 columns ('a\\\\0b', 'quote\"d') ignored in 1 new file"]
    assert good_ids(home) == ["O1"]


@pytest.mark.parametrize("before", [0, 1, 3_000])
def test_a_zero_in_a_key_costs_the_key(home: Home, before: int) -> None:
    lines = [LINE % (number, "") for number in range(before)]
    said = load(home, "it.jsonl", "".join([*lines, LINE % ("-", ', "a\\u0000b": 1')]))
    assert said == ["offline_events: column 'a\\\\0b' ignored in 1 new file"]
    assert len(good_ids(home)) == before + 1


def test_a_zero_byte_in_json_costs_the_line(home: Home) -> None:
    load(home, "it.jsonl", LINE % (1, "") + LINE % (2, ', "a\0b": 1') + LINE % (3, ""))
    assert good_ids(home) == ["O1", "O3"]
    assert reasons(home) == ["the line is not a JSON object"]


ENCODINGS = [
    ("utf-16", "UTF-16", False),
    ("utf-16-le", "UTF-16", False),
    ("utf-16-le", "UTF-16", True),
    ("utf-16-be", "UTF-16", False),
    ("utf-16-be", "UTF-16", True),
    ("utf-32", "UTF-32", True),
    ("cp932", "Shift-JIS", False),
    ("euc_jp", "EUC-JP", False),
]


def test_files_in_another_encoding(home: Home) -> None:
    named = {}
    for (encoding, name, is_ascii), end in product(ENCODINGS, ["csv", "csv.gz", "jsonl"]):
        text = HEADER + ROWS + JAPANESE * (not is_ascii)
        if end == "jsonl":
            text = LINE % (1, "") + LINE % (2, ', "campaign": "春の展示会"' * (not is_ascii))
        content = text.encode(encoding)
        file = f"{encoding} {'ascii' if is_ascii else 'japanese'}.{end}"
        home.write("offline_events", file, gzip.compress(content) if end == "csv.gz" else content)
        named[file] = name
    home.load()
    told = {row["file"]: row["reason"] for row in home.quarantine()}
    assert told.keys() == named.keys()
    for file, reason in told.items():
        assert re.fullmatch(
            r"the file cannot be read: it is not UTF-8( \(line [0-9]+\))?, it seems to be"
            rf" {named[file]}: export it as UTF-8, or convert it first",
            reason,
        ), file
    assert home.audit() == dict.fromkeys([(file, 1) for file in named], (1, 0, 0, 1))


def test_a_japanese_header(home: Home) -> None:
    load(home, "it.csv", ("会社名," + HEADER + ROWS).encode("cp932"))
    assert "UTF-8 (line 1), it seems to be Shift-JIS" in reasons(home)[0]


@pytest.mark.parametrize("rows", [10, 90_000])
def test_the_line_of_the_first_foreign_sign(home: Home, rows: int) -> None:
    text = HEADER + ROWS * rows + "O3,2025-01-05,Besuch in Zürich für Müller & Söhne,1\n" + ROWS
    assert len(ROWS) * rows > SAMPLE or rows == 10
    load(home, "it.csv", text.encode("latin-1"))
    assert f"(line {2 * rows + 2}), it seems to be Windows-1252" in reasons(home)[0]


def test_files_of_another_format(home: Home) -> None:
    files = {
        "1.csv": (gzip.compress(HEADER.encode()), "gzip data: its name should end in .gz"),
        "2.csv.gz": (HEADER.encode(), "its name ends in .gz, but it holds no gzip data"),
        "3.csv": (b"PK\x03\x04" + bytes(range(256)), "an Excel workbook or a ZIP file"),
        "4.jsonl": (b"PAR1" + bytes(range(256)), "Parquet: its name should end in .parquet"),
    }
    for name, (content, _) in files.items():
        home.write("offline_events", name, content)
    home.load()
    told = {row["file"]: row["reason"] for row in home.quarantine()}
    assert told.keys() == files.keys()
    assert [name for name, (_, said) in files.items() if said not in told[name]] == []
    assert len(home.quarantine()) == len(files)


def test_hundreds_of_columns_are_one_line(home: Home) -> None:
    names = [f"x{number}" for number in range(300)]
    header = "event_id,occurred_at,event_type," + ",".join(names)
    home.write("offline_events", "1.csv", f"{header}\nO1,2025-01-05,visit{',1' * 300}\n")
    said = load(home, "2.csv", f"{header},y\nO2,2025-01-05,visit\n")
    assert said == [
        "offline_events: 301 columns ('x0', 'x1', 'x2', 'x3', 'x4' and 296 more) ignored in"
        " 2 new files"
    ]
    assert good_ids(home) == ["O1", "O2"]


def test_a_row_of_hundreds_of_fields_too_many(home: Home) -> None:
    load(home, "it.csv", f"{HEADER}O1,2025-01-05,visit,1{',9' * 300}\n{ROWS}")
    assert reasons(home) == ["the row has more fields than the header"]
    assert good_ids(home) == ["O1", "O2"]


def test_names_compare_trimmed_and_in_any_case(home: Home, tmp_path: Path) -> None:
    names = [" Event_ID", "OCCURRED_AT\t", "\u3000event_Type ", "Quantity"]
    home.write("offline_events", "1.CSV", ",".join(names) + "\nO1,2025-01-05,visit,3\n")
    written = tmp_path / "it.parquet"
    columns = [["O3"], ["2025-01-05"], ["visit"], [3]]
    pq.write_table(pa.table(dict(zip(names, columns, strict=True))), written)
    home.write("offline_events", "3.Parquet ", written.read_bytes())
    keys = [name.replace("\t", "\\t") for name in names]
    values = ['"O2"', '"2025-01-05"', '"visit"', "3"]
    row = ", ".join(f'"{key}": {value}' for key, value in zip(keys, values, strict=True))
    home.write("offline_events", "2.JsonL.GZ", gzip.compress(f"{{{row}}}\n".encode()))
    assert home.load().warnings[-1].startswith("landing folder has no folder")
    found = home.standing("offline_events")
    assert [(each["event_id"], each["quantity"]) for each in found] == [
        ("O1", 3),
        ("O2", 3),
        ("O3", 3),
    ]
