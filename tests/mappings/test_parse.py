"""The form of a mapping file, and what its mistakes are called."""

from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.mappings.check import check_expressions
from pipelines.mappings.mapping import FileKind, Lookup
from pipelines.mappings.names import shipped_names
from pipelines.mappings.parse import read_mapping

GOOD = """
description = "A shop"
timezone = "Europe/Berlin"
aliases = { "Mail" = ["address"], "Note" = ["Remark"] }

[files.orders]
match = ["orders_*.csv", "orders_*.jsonl"]
optional = ["Note"]
identity = ["order id", "Mail"]
aliases = { "Mail" = ["E-Mail", "email"] }

[files.orders.lookups.name]
file = "customers"
here = "mail"
there = "address"
take = "full name"

[files.customers]
match = "customers*"
header = ["address", "full name"]
timezone = "Asia/Tokyo"

[[rows]]
feed = "sales_dispositions"
file = "orders"
where = "note <> 'test'"
[rows.columns]
disposition_id = "_row_id"
occurred_at = "ordered"
disposition = "'won'"
email = "mail"
"""


def write(folder: Path, text: str) -> str:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_mapping_is_read_with_folded_column_names(tmp_path: Path) -> None:
    mapping = read_mapping(write(tmp_path, GOOD))

    assert mapping.files["orders"] == FileKind(
        name="orders",
        patterns=("orders_*.csv", "orders_*.jsonl"),
        aliases={"mail": ("e-mail", "email"), "note": ("remark",)},
        optional=frozenset({"note"}),
        identity=("order id", "mail"),
        timezone="Europe/Berlin",
        lookups=(Lookup("name", "customers", ('"mail"',), ('"address"',), '"full name"'),),
    )
    assert mapping.files["customers"].timezone == "Asia/Tokyo"
    assert mapping.files["customers"].header == ("address", "full name")
    (block,) = mapping.rows
    assert block.label == "rows 1 (sales_dispositions from orders)"
    assert block.where == "note <> 'test'"
    (checked,) = check_expressions(mapping)
    assert checked.reads == {"note", "order id", "mail", "ordered"}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("description =", "descripton =", "unknown key `descripton`; known: aliases, description"),
        ('description = "A shop"', "description = 3", "`description` must be text"),
        ("Europe/Berlin", "Berlin", "`Berlin` is not a time zone name such as Asia/Tokyo"),
        ('"Asia/Tokyo"', "9", "files.customers: `timezone` must be text"),
        ("optional =", "optionl =", "files.orders: unknown key `optionl`; known: aliases, "),
        (
            'match = "customers*"',
            "",
            "files.customers: `match` must name at least one file pattern",
        ),
        (
            'match = "customers*"',
            "match = 1",
            "files.customers: `match` must be text or a list of t",
        ),
        (
            'file = "customers"',
            'file = "clients"',
            "lookups.name: unknown file `clients`; known: or",
        ),
        ('file = "customers"', 'file = "orders"', "lookups.name: a file cannot look itself up"),
        ('take = "full name"', "", "files.orders.lookups.name: `take` is missing"),
        ("take = ", "take_ = ", "files.orders.lookups.name: unknown key `take_`; known: file, fir"),
        (
            'feed = "sales_dispositions"',
            'feed = "sales"',
            "rows 1: unknown feed `sales`; known: lead",
        ),
        (
            'file = "orders"\nwhere',
            'file = "order"\nwhere',
            "rows 1: unknown file `order`; known: or",
        ),
        ("where =", "wher =", "rows 1: unknown key `wher`; known: columns, explode, feed, "),
        ("where =", 'keep = "least"\nwhere =', "rows 1: `keep` must be first or last"),
        ("where =", 'split = ";"\nwhere =', "rows 1: `split` must be what parts the list in an "),
        (
            "email = ",
            "e_mail = ",
            "rows 1 (sales_dispositions from orders): unknown column `e_mail`; known: disp",
        ),
        (
            'email = "mail"',
            "",
            "rows 1 (sales_dispositions from orders): one of lead_id, email must",
        ),
        (
            "disposition = \"'won'\"",
            "",
            "rows 1 (sales_dispositions from orders): required column `disposition` is not mapped",
        ),
        ('email = "mail"', "email = 1", "rows 1, column: `email` must be text"),
        (GOOD[GOOD.index("[[rows]]") :], "", "needs at least one [files.<name>] and one [[rows]]"),
        ("[[rows]]", "[rows]", "`rows` must be a list of tables"),
        ("[files.orders]", "[files.orders", "not valid TOML: "),
    ],
)
def test_a_mistake_in_the_form_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        read_mapping(path)
    assert any(line.startswith(f"{path}: ") and fault in line for line in _lines(caught.value))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'email = "mail"',
            'email = "uper(mail)"',
            ", column email: DuckDB: Catalog Error: Scalar Function with name uper does not exist!",
        ),
        ('"ordered"', '"ordered ->"', ", column occurred_at: DuckDB: syntax error at or near"),
        (
            '"ordered"',
            "\"(select max(a) from read_csv('/etc/passwd') as x(a))\"",
            ", column occurred_at: subquery is not allowed: only expressions over one ro",
        ),
        ("note <> 'test'", "note", ", where: gives VARCHAR; expected BOOLEAN"),
        ("note <> 'test'", "count(*) > 1", ", where: count_star() is not allowed: only functions "),
        (
            '"ordered"',
            '"length(ordered)"',
            ", column occurred_at: gives BIGINT; expected one of DA",
        ),
        (
            'email = "mail"',
            "email = \"mail -> '$.x'\"",
            ", column email: gives JSON; expected one of",
        ),
        ('identity = ["order id", "Mail"]', "", ": _row_id needs `identity` in files.orders"),
    ],
)
def test_a_mistake_in_the_sql_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    mapping = read_mapping(path)
    with pytest.raises(UsageError) as caught:
        check_expressions(mapping)
    assert str(caught.value).startswith(f"{path}: rows 1 (sales_dispositions from orders){fault}")


def test_a_time_zone_that_only_python_knows_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("Europe/Berlin", "localtime"))
    with pytest.raises(UsageError, match=r"files\.orders, timezone: DuckDB: .*localtime"):
        check_expressions(read_mapping(path))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("where =", "wher =").replace("optional =", "optionl ="))
    with pytest.raises(UsageError) as caught:
        read_mapping(path)
    assert len(_lines(caught.value)) == 2


def test_a_missing_mapping_is_a_usage_error(tmp_path: Path) -> None:
    for source in ("sugarcrm", str(tmp_path / "none.toml"), str(tmp_path)):
        with pytest.raises(UsageError) as caught:
            read_mapping(source)
        known = ", ".join(shipped_names())
        assert f"mapping {source}: neither a shipped mapping ({known})" in str(caught.value)


@pytest.mark.parametrize("name", ["olist", "puffy", "yammer"])
def test_shipped_mappings_are_good(name: str) -> None:
    assert name in shipped_names()
    mapping = read_mapping(name)
    assert {block.rows.file for block in check_expressions(mapping)} == set(mapping.files)


def _lines(error: UsageError) -> list[str]:
    return str(error).splitlines()
