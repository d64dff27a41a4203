"""Files of each format to rows, before any contract is applied."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.load import content
from pipelines.load.csv_file import TOO_MANY_FIELDS
from pipelines.load.jsonl_file import BROKEN
from pipelines.load.reading import read_file, ways_to_read
from pipelines.load.relation import Dialect, UnreadableError

Rows = list[tuple[Any, ...]]


def rows_of(path: Path, dialect: Dialect | None = None) -> Rows:
    """The columns of each row and its fault; checks that every reading that succeeds agrees."""
    with duckdb.connect() as connection:
        columns = read_file(connection, path, dialect).columns
        listed = "".join(f"nullif(\"{name}\", ''), " for name in columns)
        found = []
        for way in ways_to_read(connection, path, dialect):
            try:
                rows = connection.execute(f"select {listed}_fault from ({way.sql})").fetchall()
            except duckdb.Error:
                continue
            if way.holds(len(rows)):
                found.append(rows)
            if way.proof and not connection.execute(way.proof).fetchall():
                proven = f"select {listed}_fault from ({way.proven})"
                found.append(connection.execute(proven).fetchall())
    assert all(rows == found[0] for rows in found)
    return [columns, *found[0]]


def json_of(path: Path) -> list[Any]:
    """The original rows, as the quarantine shows them."""
    with duckdb.connect() as connection:
        way = read_file(connection, path)
        rows = connection.execute(f"select {way.row_json} from ({way.sql})").fetchall()
    return [json.loads(text) for (text,) in rows]


@pytest.fixture
def csv(tmp_path: Path) -> Any:
    def read(text: str | bytes, name: str = "it.csv", dialect: Dialect | None = None) -> Rows:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return rows_of(path, dialect)

    return read


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a,b\r\n1,2\r\n3,4\r\n",
        "a,b\r\n1,2\n3,4\r\n",
        "a,b\n\n1,2\n\n\n3,4\n\n",
        "\n\na,b\n1,2\n3,4\n",
        "a,b\n1,2\n   \n3,4\n",
        "\ufeffa,b\n1,2\n3,4\n",
        "\ufeff \na,b\n1,2\n3,4\n",
        '"a","b"\n"1","2"\n"3","4"\n',
        " A ,\tB\n1,2\n3,4\n",
    ],
)
def test_csv_spellings_of_the_same_rows(csv: Any, text: str) -> None:
    assert csv(text) == [("a", "b"), ("1", "2", None), ("3", "4", None)]
    assert csv(gzip.compress(text.encode()), "it.CSV.gz ") == csv(text)


def test_csv_quoted_values_hold_anything(csv: Any) -> None:
    text = 'a,b\n"line\nbreak","com,ma"\n"quo""te",\r\n"",# no comment\n5" pipe,\\\n'
    assert csv(text)[1:] == [
        ("line\nbreak", "com,ma", None),
        ('quo"te', None, None),
        (None, "# no comment", None),
        ('5" pipe', "\\", None),
    ]


def test_csv_short_rows_are_padded_and_long_ones_are_faulty(csv: Any) -> None:
    assert csv("a,b\n1\n2,3,4\n5,6,\n7,8\n")[1:] == [
        ("1", None, None),
        ("2", "3", TOO_MANY_FIELDS),
        ("5", "6", TOO_MANY_FIELDS),
        ("7", "8", None),
    ]


@pytest.mark.parametrize("end", [",", ",,,", ',""', ',"",'])
def test_csv_empty_fields_beyond_the_header_are_fields(csv: Any, end: str) -> None:
    assert csv(f'a,b\n"x,y",2\n1,2{end}\n')[1:] == [
        ("x,y", "2", None),
        ("1", "2", TOO_MANY_FIELDS),
    ]


def test_csv_rows_are_kept_as_json(tmp_path: Path) -> None:
    path = tmp_path / "it.csv"
    path.write_text("Key,b,B\n1,,x\n2,3,4,5,\n")
    assert json_of(path) == [
        {"Key": "1", "b": "", "B (3)": "x"},
        {"Key": "2", "b": "3", "B (3)": "4", "beyond the header": ["5", ""]},
    ]


def test_csv_of_one_column(csv: Any) -> None:
    assert csv('a\n1\n\n  \n""\n2\n') == [("a",), ("1", None), (None, None), ("2", None)]
    assert csv("a\n1\n2,\n")[1:] == [("1", None), ("2", TOO_MANY_FIELDS)]


def test_csv_equal_names_give_the_first_filled_value(csv: Any) -> None:
    text = "a,A, a ,,b\n,2,3,x,4\n1,2,3,x,4\n \t,,3,x,4\n"
    assert csv(text) == [("a", "b"), ("2", "4", None), ("1", "4", None), ("3", "4", None)]


def test_columns_may_have_the_names_that_the_reading_uses(csv: Any, tmp_path: Path) -> None:
    text = "a,_row,_Fault,_row_number,field_0,line,value\n1,2,3,4,5,6,7\n"
    names = ("a", "field_0", "line", "value")
    assert csv(text) == [names, ("1", "5", "6", "7", None)]
    assert json_of(tmp_path / "it.csv")[0]["_row"] == "2"
    record = dict(zip(text.splitlines()[0].split(","), "1234567", strict=True))
    path = tmp_path / "it.jsonl"
    path.write_text(json.dumps(record))
    assert rows_of(path) == [names, ("1", "5", "6", "7", None)]
    assert json_of(path) == [record]


def test_csv_without_rows(csv: Any) -> None:
    assert csv("") == [()]
    assert csv("\n \n") == [()]
    assert csv("a,b\n") == csv("\ufeffa,b") == [("a", "b")]


def test_csv_dialects_of_other_systems(csv: Any) -> None:
    semicolons = Dialect(delimiter=";")
    assert csv("a;b\n1,5;2\n", dialect=semicolons) == [("a", "b"), ("1,5", "2", None)]
    headless = Dialect(names=("x", "y"))
    assert csv("\ufeff1,2\n3,4,\n", dialect=headless) == [
        ("x", "y"),
        ("1", "2", None),
        ("3", "4", TOO_MANY_FIELDS),
    ]


def test_csv_returns_end_lines_or_stand_in_quotes(csv: Any) -> None:
    assert csv("a,b\r1,2\r3,4\r")[1:] == [("1", "2", None), ("3", "4", None)]
    assert csv('a,b\n1,"x\ry"\n3,"\r\n4"\n')[1:] == [
        ("1", "x\ry", None),
        ("3", "\r\n4", None),
    ]


def test_csv_returns_at_the_end_of_a_piece(csv: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "CHUNK", 6)
    assert csv("a,b\r\n1,2\r\n33,4\r\n")[1:] == [("1", "2", None), ("33", "4", None)]


def test_csv_of_gzip_members_that_part_the_header(csv: Any) -> None:
    parts = [b"\xef\xbb", b"\xbfa,", b"b\n1,", b"2\n"]
    packed = b"".join(map(gzip.compress, parts))
    assert csv(packed, "it.csv.gz") == [("a", "b"), ("1", "2", None)]


def test_csv_rows_far_too_long_are_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "it.csv"
    path.write_text("a,b\n1,2" + ",x" * 20 + ",last\n", encoding="utf-8")
    assert json_of(path)[0]["beyond the header"] == ["x"] * 20 + ["last"]


@pytest.mark.parametrize("folder", ["b=7", "c=2025-02-01"])
@pytest.mark.parametrize("name", ["it.csv", "it.jsonl", "it.parquet"])
def test_folders_do_not_add_to_the_rows(tmp_path: Path, folder: str, name: str) -> None:
    path = tmp_path / folder / name
    path.parent.mkdir()
    if name.endswith("parquet"):
        pq.write_table(pa.table({"a": ["1"], "b": ["2"]}), path)
    else:
        text = "a,b\n1,2\n" if name.endswith("csv") else '{"a": "1", "b": "2"}\n'
        path.write_text(text, encoding="utf-8")
    assert rows_of(path) == [("a", "b"), ("1", "2", None)]


@pytest.mark.parametrize("name", ["a[1].csv", "a*.csv", "what?.csv", "it's.csv", 'q"q.csv'])
def test_file_names_are_no_patterns(csv: Any, tmp_path: Path, name: str) -> None:
    for other in ("a1.csv", "ab.csv", "whats.csv"):
        (tmp_path / other).write_text("a\nother\n")
    assert csv("a\n1\n", name) == [("a",), ("1", None)]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("it.csv", b"a,b\n1,\xe9\n", "UTF-8"),
        ("it.csv", b"\xe9,b\n1,2\n", "UTF-8"),
        ("it.csv", "a,b\n1,2\n".encode("utf-16"), "UTF-8"),
        ("it.csv", b'a,b\n1,"2\n3,4\n', "a closing quote is missing"),
        ("it.csv", b'a,b\n1,"2"x\n3,4\n', "text follows the closing quote"),
        ("it.csv", b"a,b\r\n1,2\r3,4\r\n", "carriage return"),
        ("it.csv", b"a,b\n1,2\n3,x\ry\n", "carriage return"),
        ("it.csv", b"a,b\r\r\n1,2\r\r\n", "carriage return"),
        ("it.csv.gz", b"a,b\n1,2\n", "gzip"),
        ("it.csv.gz", b"", "gzip"),
        ("it.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)[:12], "gzip"),
        ("it.jsonl", b'{"a": "\xe9"}\n', "utf-8"),
        ("it.jsonl.gz", gzip.compress(b'{"a": 1}\n', mtime=0)[:12], "gzip"),
        ("it.parquet", b"PAR1", "Parquet"),
        ("it.parquet", b"", "Parquet"),
        ("it.txt", b"a\n1\n", "suffix"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with duckdb.connect() as connection, pytest.raises(UnreadableError, match=f"(?i){said}"):
        read_file(connection, path)


@pytest.fixture
def jsonl(tmp_path: Path) -> Any:
    def read(text: str, name: str = "it.jsonl") -> Rows:
        path = tmp_path / name
        path.write_text(text)
        return rows_of(path)

    return read


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "1", "b": 2}\n{"b": "2", "a": 1}\n',
        '{"a": 1, "b": 2}\n{"b": 2, "a": 1}',
        '\r\n{"a": 1, "b": 2}\r\n   \r\n{"b": 2, "a": 1}\r\n',
        '\ufeff{"a": 1, "b": 2}\n{"b": 2, "a": 1}\n',
        '{" A\\t": 1, "B": 2}\n{"b": 2, "a": 1}\n',
        '{"a": 1, "b": 2}\n{"A": "", "b": "2", "a": 1, "B": 7}\n',
    ],
)
def test_json_spellings_of_the_same_rows(jsonl: Any, text: str) -> None:
    assert jsonl(text) == [("a", "b"), ("1", "2", None), ("1", "2", None)]


def test_json_values_are_their_text(jsonl: Any) -> None:
    values = {
        "n": "-12",
        "f": "1.10",
        "d": "1234567890123456.785",
        "e": "1e3",
        "big": "123456789012345678901234567890",
        "t": "true",
        "o": '{"x":[1,"y"]}',
        "s": '"1.10"',
        "u": '"\\u65e5\\n\\"q\\""',
        "z": "null",
    }
    line = "{" + ", ".join(f'"{key}": {value}' for key, value in values.items()) + "}\n"
    expected = {**values, "s": "1.10", "u": '日\n"q"', "z": None}
    assert jsonl(line)[1:] == [(*expected.values(), None)]
    # the same in a file that needs the tolerant reading
    assert jsonl(line + "no JSON\n")[1] == (*expected.values(), None)


def test_json_keys_may_be_absent_or_come_late(jsonl: Any) -> None:
    lines = ['{"a": 1}', "{}", '{"b": 2}'] + ['{"a": 1}'] * 3000 + ['{"C": 3}']
    rows = jsonl("\n".join(lines))
    assert rows[0] == ("a", "b", "c")
    assert rows[1:4] == [("1", None, None, None), (None,) * 4, (None, "2", None, None)]
    assert rows[-1] == (None, None, "3", None)


def test_json_of_two_equal_keys_gives_the_first_filled_value(jsonl: Any) -> None:
    assert jsonl('{"a": null, "A": " ", "a": "x", "a": "y"}\n') == [("a",), ("x", None)]


@pytest.mark.parametrize(
    "line",
    [
        "broken",
        '{"a": 1',
        '{"a": 1}}',
        '{"a": 1} {"a": 2}',
        '{"a": 1,}',
        '{"a": [1, ]}',
        "{'a': 1}",
        '{"a": "tab\t"}',
        "[1]",
        "[]",
        '"text"',
        "5",
        "null",
        '\x01 "bro,ken"',
    ],
)
def test_json_lines_that_are_no_object_are_faulty(tmp_path: Path, line: str) -> None:
    path = tmp_path / "it.jsonl"
    path.write_text(f'{{"a": ",]"}}\n{line}\n{{"a": 3}}\n')
    assert rows_of(path)[1:] == [(",]", None), (None, BROKEN), ("3", None)]
    with duckdb.connect() as connection:
        way = read_file(connection, path)
        shown = f"select {way.row_json} from ({way.sql}) where _fault is not null"
        (text,) = connection.execute(shown).fetchone() or (None,)
    # the line itself where it is some JSON to DuckDB, else the line as a JSON text
    assert text == line or json.loads(text) == line


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            " Dictionary": pa.array(["x", None]).dictionary_encode(),
            "Large": pa.array(["l", " "], pa.large_string()),
            "raw": pa.array([b"bytes", None], pa.binary()),
            "number": pa.array([1, None], pa.int16()),
            "nested": pa.array([{"a": [1]}, None]),
            "day": pa.array([19_000, None], pa.date32()),
        }
    )
    path = tmp_path / "it.parquet"
    pq.write_table(table, path)
    with duckdb.connect() as connection:
        way = read_file(connection, path)
        rows = connection.execute(f"select * exclude (_row) from ({way.sql})")
        kinds = {column[0]: str(column[1]) for column in rows.description or ()}
        assert rows.fetchall()[1] == (None, " ", None, None, None, None, None, 2)
    assert list(way.columns) == ["dictionary", "large", "raw", "number", "nested", "day"]
    assert [kinds[name] for name in ("raw", "number", "nested", "day")] == [
        "VARCHAR",
        "SMALLINT",
        "VARCHAR",
        "DATE",
    ]
    assert json_of(path)[0]["nested"] == {"a": [1]}


def test_parquet_equal_names_give_the_first_filled_value(tmp_path: Path) -> None:
    path = tmp_path / "it.parquet"
    names = ["email", "Email", "EMAIL "]
    columns = [pa.array(["", "a"]), pa.array([None, "b"]), pa.array(["c", "d"])]
    pq.write_table(pa.table(columns, names=names), path)
    assert rows_of(path) == [("email",), ("c", None), ("a", None)]


def test_parquet_bytes_are_text_or_shown_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "it.parquet"
    columns = {"lead_id": pa.array([b"L1", b"L2"]), "hash": pa.array([b"\xff\x00", b"x"])}
    pq.write_table(pa.table(columns), path)
    assert rows_of(path)[1:] == [("L1", "\\xFF\\x00", None), ("L2", "x", None)]
    assert json_of(path)[0] == {"lead_id": "L1", "hash": "\\xFF\\x00"}


def test_parquet_column_with_the_name_of_the_row_number(tmp_path: Path) -> None:
    path = tmp_path / "it.parquet"
    pq.write_table(pa.table({"a": ["1", "2"], "file_row_number": [5, 1]}), path)
    with duckdb.connect() as connection:
        way = read_file(connection, path)
        assert not way.is_numbered
        assert connection.execute(f"select a, file_row_number from ({way.sql})").fetchall() == [
            ("1", 5),
            ("2", 1),
        ]
