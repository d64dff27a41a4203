"""Values from other files of an export: chains, several keys, expressions, first and last."""

from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UsageError
from pipelines.feeds import MAIL_EVENTS
from pipelines.mappings.check import check_expressions
from pipelines.mappings.parse import read_mapping
from pipelines.mappings.source import find_source, open_source
from tests.mappings.test_load import Company

CHAIN = """
[files.stages]
match = "stages*"

# the order in which they are written does not matter
[files.stages.lookups.mail]
file = "contacts"
here = "contact"
there = "id"
take = "lower(trim(mail))"

[files.stages.lookups.contact]
file = "links"
here = "deal"
there = "case when role = 'buyer' then deal end"
take = "contact"
first_by = "cast(position as integer)"

[files.stages.lookups.label]
file = "labels"
here = ["pipeline", "upper(stage)"]
there = ["pipeline", "code"]
take = "label"
last_by = "cast(changed as date)"

[files.links]
match = "links*"

[files.contacts]
match = "contacts*"

[files.labels]
match = "labels*"

[[rows]]
feed = "sales_dispositions"
file = "stages"
[rows.columns]
disposition_id = "deal || pipeline || ':' || stage"
occurred_at = "moment"
disposition = "coalesce(label, stage)"
email = "mail"
"""
FILES = {
    "stages.csv": (
        "deal,pipeline,stage,moment\n"
        "1,p,s1,2024-03-01\n1,q,s1,2024-03-02\n2,p,s2,2024-03-03\n3,p,,2024-03-04\n"
    ),
    "links.csv": (
        "deal,contact,role,position\n"
        "1,a,buyer,10\n1,b,buyer,9\n1,c,adviser,1\n1,d,buyer,\n2,a,buyer,x\n2,,buyer,1\n"
    ),
    "contacts_1.csv": "id,mail\na, Ann@Acme.example\n",
    "contacts_2.csv": "id,mail\nb,bo@zeta.example\nc,cy@zeta.example\n",
    "labels.csv": (
        "pipeline,code,label,changed\n"
        "p,S1,Accepted,2024-02-01\np,S1,Handed off,2024-01-01\nq,S1,Rejected,2024-01-01\n"
        "p,,Lost,2024-01-01\n,S2,Lost,2024-01-01\np,S2,Won,\n"
    ),
}
TOLD = (
    "select disposition_id, disposition, email from raw.sales_dispositions"
    " where not _is_replaced order by all"
)


def company(folder: Path, mapping: str = CHAIN) -> Company:
    made = Company(folder, mapping)
    for name, text in FILES.items():
        made.write(name, text)
    return made


def test_lookups_chain_over_several_keys_and_expressions(tmp_path: Path) -> None:
    crm = company(tmp_path)
    crm.load()
    assert crm.query(TOLD) == [
        # the ninth buyer comes before the tenth, the adviser is none
        ("1p:s1", "Accepted", "bo@zeta.example"),
        ("1q:s1", "Rejected", "bo@zeta.example"),
        ("2p:s2", "Won", "ann@acme.example"),
    ]


def test_a_file_far_down_the_chain_makes_the_first_one_new(tmp_path: Path) -> None:
    crm = company(tmp_path)
    crm.load()
    crm.write("contacts_3.csv", "id,mail\nb,bo@acme.example\n")
    crm.load()
    assert crm.query(TOLD)[0] == ("1p:s1", "Accepted", "bo@acme.example")
    assert [row[:3] for row in crm.audit()] == [
        ("sales_dispositions", "stages.csv", 1),
        ("sales_dispositions", "stages.csv", 2),
    ]


@pytest.mark.parametrize(
    ("by", "contact"),
    [
        ('first_by = "cast(position as integer)"', "bo@zeta.example"),
        ('last_by = "cast(position as integer)"', "ann@acme.example"),
        ('first_by = "position"', "ann@acme.example"),
        ('last_by = "contact"', "di@acme.example"),
        ("", "di@acme.example"),
    ],
)
def test_of_several_rows_the_wanted_one_counts(tmp_path: Path, by: str, contact: str) -> None:
    crm = company(tmp_path, CHAIN.replace('first_by = "cast(position as integer)"', by))
    crm.write("contacts_3.csv", "id,mail\nd,di@acme.example\n")
    crm.load()
    mails = {name: mail for name, _, mail in crm.query(TOLD)}
    assert mails["1p:s1"] == contact


def test_a_key_that_cannot_be_computed_puts_its_row_into_quarantine(tmp_path: Path) -> None:
    crm = company(tmp_path, CHAIN.replace('"upper(stage)"', "\"cast(stage[2:] as integer) || ''\""))
    crm.write("stages.csv", "deal,pipeline,stage,moment\n1,p,s1,2024-03-01\n2,p,sx,2024-03-01\n")
    crm.load()
    assert crm.query("select row_number, reason from raw.quarantine") == [
        (2, "lookup label: the mapping cannot compute it")
    ]
    assert crm.query(TOLD) == [("1p:s1", "s1", "bo@zeta.example")]


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ('here = "deal"', "here = 1", ["lookups.contact: `here` must be text or a list of texts"]),
        ('here = "deal"', "", ["files.stages.lookups.contact: `here` is missing"]),
        (
            '["pipeline", "code"]',
            '"code"',
            ["files.stages.lookups.label: `here` and `there` must have as many columns"],
        ),
        (
            "last_by =",
            'first_by = "code"\nlast_by =',
            ["files.stages.lookups.label: `first_by` and `last_by` exclude each other"],
        ),
        (
            'here = "deal"',
            'here = "mail"',
            ["files.stages.lookups: mail, contact need each other"],
        ),
        (
            "lower(trim(mail))",
            "(select max(mail) from contacts)",
            ["files.stages.lookups.mail, take: subquery is not allowed: only expressions over one"],
        ),
        (
            "upper(stage)",
            "read_text(stage)",
            ["files.stages.lookups.label, here: read_text() is not allowed: only functions that"],
        ),
        (
            "cast(changed as date)",
            "max(changed)",
            ["files.stages.lookups.label, last_by: max() is not allowed: only functions that comp"],
        ),
        (
            'here = "contact"',
            'here = "_row_id"',
            ["files.stages.lookups.mail: a lookup cannot use the column name _row_id"],
        ),
    ],
)
def test_a_mistake_is_named_once(tmp_path: Path, old: str, new: str, faults: list[str]) -> None:
    assert old in CHAIN
    path = tmp_path / "mapping.toml"
    path.write_text(CHAIN.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        check_expressions(read_mapping(str(path)))
    lines = str(caught.value).splitlines()
    assert len(lines) == len(faults)
    assert all(fault in line for fault, line in zip(faults, lines, strict=True))


def test_a_column_that_the_other_file_lacks_is_named(tmp_path: Path) -> None:
    crm = company(tmp_path, CHAIN.replace("lower(trim(mail))", "lower(address)"))
    with pytest.raises(UsageError, match=r"files\.contacts: no column `address` in contacts_1\.cs"):
        crm.load()


ELSEWHERE = """
[files.mails]
match = "mails*"

[files.mails.lookups.contact]
source = "crm"
file = "contacts"
here = "lower(mail)"
there = "lower(trim(mail))"
take = "id"

[[rows]]
feed = "mail_events"
file = "mails"
[rows.columns]
event_id = "mail || moment"
occurred_at = "moment"
mail_id = "'welcome'"
event_type = "'open'"
lead_id = "contact"
email = "mail"
"""


def folder_of_mails(tmp_path: Path, mapping: str = ELSEWHERE) -> tuple[str, Path]:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "mails.csv").write_text("mail,moment\nANN@acme.example,2024-03-01\n", "utf-8")
    path = tmp_path / "mails.toml"
    path.write_text(mapping, encoding="utf-8")
    return str(path), folder


def test_a_lookup_reads_another_source(tmp_path: Path) -> None:
    crm = company(tmp_path)
    mails = open_source(
        *folder_of_mails(tmp_path),
        others={"crm": find_source(str(crm.mapping), crm.landing)}.__getitem__,
    )
    (file,) = mails.files
    assert [path.name for path in mails.looks_up(file)] == ["contacts_1.csv", "contacts_2.csv"]
    with duckdb.connect() as connection:
        raw = next(mails.ways(connection, MAIL_EVENTS, file))
        found = connection.sql(f"select lead_id, email from ({raw.sql})").fetchall()
    assert found == [("a", "ANN@acme.example")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            'file = "contacts"',
            'file = "people"',
            "the source crm has no file `people`: stages, lin",
        ),
        ('take = "id"', 'take = "number"', "source crm: files.contacts: no column `number` in con"),
    ],
)
def test_what_the_other_source_lacks_is_named(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    crm = company(tmp_path)
    other = find_source(str(crm.mapping), crm.landing)
    with pytest.raises(UsageError, match=fault):
        open_source(*folder_of_mails(tmp_path, ELSEWHERE.replace(old, new)), lambda _: other)
