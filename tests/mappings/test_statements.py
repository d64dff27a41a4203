"""Rows of raw files as rows of feeds, on hand-made rows."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.load.relation import RawRelation
from pipelines.mappings.check import check_expressions
from pipelines.mappings.parse import read_mapping
from pipelines.mappings.statements import feed_rows
from pipelines.sql import identifier, literal

LEADS = """
[files.contacts]
match = "*"
identity = ["id", "mail"]
aliases = { mail = "e-mail" }
optional = ["mail"]

[files.contacts.lookups.company]
file = "companies"
here = "company_id"
there = "id"
take = "name"

[files.companies]
match = "companies*"
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def mapped(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    columns: dict[str, str],
    rows: list[dict[str, str | None]],
    *,
    where: str | None = None,
    feed: str = "leads",
    types: dict[str, str] | None = None,
    lookup: dict[str, str] | None = None,
    faults: list[str | None] | None = None,
) -> list[dict[str, object]]:
    """The rows of `feed` from `rows` of a contacts file; required columns are filled in."""
    text = LEADS + block(columns, feed, where)
    return run(connection, folder, text, rows, types or {}, lookup or {}, faults)


def block(columns: dict[str, str], feed: str = "leads", where: str | None = None) -> str:
    required = {"leads": {"lead_id": "'1'", "created_at": "'2024-01-01'"}}[feed]
    lines = [f'{name} = """{value}"""' for name, value in (required | columns).items()]
    condition = f'where = """{where}"""\n' if where else ""
    return f'[[rows]]\nfeed = "{feed}"\nfile = "contacts"\n{condition}[rows.columns]\n' + "\n".join(
        [*lines, ""]
    )


def run(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    text: str,
    rows: list[dict[str, str | None]],
    types: dict[str, str],
    lookup: dict[str, str],
    faults: list[str | None] | None = None,
) -> list[dict[str, object]]:
    path = folder / "m.toml"
    path.write_text(text, encoding="utf-8")
    mapping = read_mapping(str(path))
    connection.execute("create or replace temp table companies (key_1 varchar, value varchar)")
    connection.executemany(
        "insert into companies values (?, ?)", list(lookup.items()) or [("", "")]
    )
    relation = feed_rows(
        check_expressions(mapping),
        mapping.files["contacts"],
        raw_relation(rows, types, faults or [None] * len(rows)),
        {name: types.get(name, "VARCHAR") for name in rows[0]},
        {"_file": "'contacts.csv'", "_delivered_at": "'2024-03-01 00:00:00Z'"},
        {"company": "from companies"},
    )
    result = connection.sql(relation.sql)
    return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]


def raw_relation(
    rows: list[dict[str, str | None]], types: dict[str, str], faults: list[str | None]
) -> RawRelation:
    def value(name: str, text: str | None) -> str:
        return f"{'null' if text is None else literal(text)}::{types.get(name, 'VARCHAR')}"

    def fault(text: str | None) -> str:
        return f"{'null' if text is None else literal(text)}::varchar"

    selects = [
        "select "
        + "".join(f"{value(name, text)} as {identifier(name)}, " for name, text in row.items())
        + f"{fault(reason)} as _fault, false as _skip, {{'line': {number}}} as _row"
        for number, (row, reason) in enumerate(zip(rows, faults, strict=True), start=1)
    ]
    return RawRelation(" union all ".join(selects), tuple(rows[0]), "to_json(_row)")


Connection = duckdb.DuckDBPyConnection


@pytest.mark.parametrize(
    ("expression", "row", "expected"),
    [
        ("source", {"source": "fair"}, "fair"),
        ("'fixed'", {"source": "fair"}, "fixed"),
        ("coalesce(source, 'none')", {"source": " \t "}, "none"),
        ("case source when 'F' then 'fair' else source end", {"source": "F"}, "fair"),
        ("map {'F': 'fair'}[source]", {"source": "G"}, None),
        ("source ->> '$.utm.medium'", {"source": '{"utm": {"medium": "cpc"}}'}, "cpc"),
        ("_file", {"source": "x"}, "contacts.csv"),
        ("length(source)", {"source": "four"}, "4"),
        ("mail", {"e-mail": "a@b.example"}, "a@b.example"),
        ("mail", {"mail": "  ", "e-mail": "a@b.example"}, "a@b.example"),
        ("mail", {"mail": "c@d.example", "e-mail": "a@b.example"}, "c@d.example"),
        ("mail", {"other": "x"}, None),
        ("company", {"company_id": "7"}, "Acme"),
        ("company", {"company_id": "8"}, None),
    ],
)
def test_an_expression_makes_text(
    connection: Connection, tmp_path: Path, expression: str, row: dict[str, str], expected: str
) -> None:
    rows = mapped(connection, tmp_path, {"lead_source": expression}, [row], lookup={"7": "Acme"})
    assert [row["lead_source"] for row in rows] == [expected]
    assert [row["_fault"] for row in rows] == [None]


@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        # text is read by the contract's rules and in the mapping's time zone later
        ("moment", "2024-03-01 09:30", "2024-03-01 09:30"),
        ("strptime(moment, '%d.%m.%Y %H:%M')", "01.03.2024 09:30", "2024-03-01 09:30:00"),
        ("strptime(moment, '%d.%m.%Y')::date", "01.03.2024", "2024-03-01"),
        (
            "strptime(moment, '%d.%m.%Y %H:%M') at time zone 'Asia/Tokyo'",
            "01.03.2024 09:30",
            "2024-03-01 00:30:00Z",
        ),
        ("to_timestamp(cast(moment as bigint))", "1709251200", "2024-03-01 00:00:00Z"),
        ("to_timestamp(cast(moment as double))", "1709251200.5", "2024-03-01 00:00:00.5Z"),
        ("make_timestamp_ns(cast(moment as bigint))", "1709251200000000001", "2024-03-01 00:00:00"),
    ],
)
def test_instants_come_in_a_form_of_the_contract(
    connection: Connection, tmp_path: Path, expression: str, text: str, expected: str
) -> None:
    rows = mapped(connection, tmp_path, {"updated_at": expression}, [{"moment": text}])
    assert [row["updated_at"] for row in rows] == [expected]


def test_typed_columns_of_parquet_are_text_in_expressions(
    connection: Connection, tmp_path: Path
) -> None:
    rows = mapped(
        connection,
        tmp_path,
        {"updated_at": "moment", "employee_count": "size", "mail_opt_in": "opt"},
        [{"moment": "2024-03-01 09:30:00+09", "size": "12", "opt": "true"}],
        types={"moment": "TIMESTAMP WITH TIME ZONE", "size": "INTEGER", "opt": "BOOLEAN"},
    )
    assert rows[0]["updated_at"] == "2024-03-01 00:30:00Z"
    assert (rows[0]["employee_count"], rows[0]["mail_opt_in"]) == ("12", "true")


def test_what_cannot_be_computed_is_a_fault_of_its_row_alone(
    connection: Connection, tmp_path: Path
) -> None:
    rows = mapped(
        connection,
        tmp_path,
        {"employee_count": "cast(size as integer)"},
        [{"size": "12"}, {"size": "a dozen"}, {"size": None}],
    )
    assert [(row["_fault"], row["employee_count"]) for row in rows] == [
        (None, "12"),
        ("employee_count: the mapping cannot compute it", None),
        (None, None),
    ]


def test_where_selects_rows_and_they_keep_their_numbers(
    connection: Connection, tmp_path: Path
) -> None:
    rows = mapped(
        connection,
        tmp_path,
        {"lead_id": "id"},
        [
            {"id": "a", "n": "1"},
            {"id": "b", "n": "2"},
            {"id": "c", "n": None},
            {"id": "d", "n": "two"},
            {"id": "e", "n": "1"},
        ],
        where="cast(n as integer) = 1",
    )
    assert [(row["_row_number"], row["lead_id"], row["_fault"]) for row in rows] == [
        (1, "a", None),
        (4, "d", "where: the mapping cannot compute it"),
        (5, "e", None),
    ]


def test_a_broken_row_goes_to_every_feed_with_its_own_fault(
    connection: Connection, tmp_path: Path
) -> None:
    rows = mapped(
        connection,
        tmp_path,
        {"employee_count": "cast(n as integer)"},
        [{"n": "x"}, {"n": "2"}],
        where="n = '2'",
        faults=["the row has more fields than the header", None],
    )
    assert [row["_fault"] for row in rows] == ["the row has more fields than the header", None]


def test_row_ids_follow_content_and_count_what_is_identical(
    connection: Connection, tmp_path: Path
) -> None:
    def ids(rows: list[dict[str, str | None]], faults: list[str | None] | None = None) -> list[str]:
        made = mapped(connection, tmp_path, {"lead_id": "_row_id"}, rows, faults=faults)
        return [str(row["lead_id"]) for row in made]

    a, b = {"id": "1", "mail": "a"}, {"id": "2", "mail": None}
    first = ids([a, b, a, a])
    assert len(set(first)) == 4
    assert first[2:] == [f"{first[0]}-2", f"{first[0]}-3"]
    # in another file, in another order, beside other rows and columns
    other = {"id": "3", "mail": "c", "note": "n"}
    assert ids([other, b | {"note": "n"}, a | {"note": "m"}])[1:] == [first[1], first[0]]
    # under another name of the column, with a blank for a null
    assert ids([{"id": "2", "e-mail": " "}, {"id": "1", "e-mail": "a"}]) == [first[1], first[0]]
    # a broken row that looks the same takes no number away
    assert ids([a, a], ["broken", None])[1] == first[0]


def test_several_blocks_of_one_feed_make_several_rows_of_one(
    connection: Connection, tmp_path: Path
) -> None:
    text = (
        LEADS
        + block({"lead_id": "id", "email": "mail"})
        + block({"lead_id": "'p-' || id", "phone": "phone"}, where="phone is not null")
    )
    rows = run(
        connection,
        tmp_path,
        text,
        [{"id": "1", "phone": None}, {"id": "2", "phone": "090"}],
        {},
        {},
    )
    assert [(row["_row_number"], row["lead_id"], row["phone"]) for row in rows] == [
        (1, "1", None),
        (2, "2", None),
        (2, "p-2", "090"),
    ]
