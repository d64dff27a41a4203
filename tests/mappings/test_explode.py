"""Arrays in raw files: one row per element."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import UsageError
from pipelines.load import staging
from pipelines.mappings.check import check_expressions
from pipelines.mappings.parse import read_mapping
from tests.mappings.test_load import Company

POSTED = """
[files.posts]
match = "posts*"
explode = "$"
identity = ["mail", "what"]
optional = ["id"]

[[rows]]
feed = "mail_events"
file = "posts"
[rows.columns]
event_id = "coalesce(id, _row_id || ':' || _index)"
occurred_at = "to_timestamp(cast(moment as bigint))"
mail_id = "'welcome'"
event_type = "what"
email = "mail"
"""
BOUNCED = """
[files.notices]
match = "notices*"

[[rows]]
feed = "mail_events"
file = "notices"
explode = "message.bounce.recipients"
where = "message ->> '$.kind' = 'bounce'"
[rows.columns]
event_id = "id || ':' || _index"
occurred_at = "moment"
mail_id = "message ->> '$.mail.id'"
event_type = "'bounce'"
email = "coalesce(_element ->> '$.address', 'nobody@acme.example')"

[[rows]]
feed = "mail_events"
file = "notices"
where = "message ->> '$.kind' = 'open'"
[rows.columns]
event_id = "id"
occurred_at = "moment"
mail_id = "message ->> '$.mail.id'"
event_type = "'open'"
email = "message ->> '$.by'"
"""
EVENTS = "select event_id, email, event_type, _row_number from raw.mail_events order by rowid"


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "large":
        monkeypatch.setattr(staging, "LARGE_BYTES", 0)
    return str(request.param)


@pytest.mark.usefixtures("size")
def test_a_line_that_is_an_array_makes_a_row_of_each_element(tmp_path: Path) -> None:
    company = Company(tmp_path, POSTED)
    company.write(
        "posts.jsonl",
        '[{"id": "e1", "mail": "ann@acme.example", "what": "sent", "moment": 1709251200},'
        ' {"ID": "e2", "mail": "ann@acme.example", "what": "open", "moment": "soon"},'
        ' {"id": "e3", "mail": "ann@acme.example", "what": "open", "moment": 1709251320}]\n'
        "[]\n"
        '{"id": "e4", "mail": "bo@zeta.example", "what": "sent", "moment": 1709251200}\n'
        '[{"id": "e5", "mail": "bo@zeta.example", "what": "opened", "moment": 1709251300}, 7]\n'
        "[{broken\n",
    )
    company.load()

    assert company.query(EVENTS) == [
        ("e1", "ann@acme.example", "sent", 1),
        ("e3", "ann@acme.example", "open", 1),
        ("e4", "bo@zeta.example", "sent", 3),
    ]
    assert company.query(
        "select row_number, coalesce(row ->> '$.id', row ->> '$.ID', row), reason"
        " from raw.quarantine order by all"
    ) == [
        (1, "e2", "occurred_at: the mapping cannot compute it"),
        (4, "7", "the line is not a JSON object"),
        (
            4,
            "e5",
            "event_type: not one of sent delivered open click bounce unsubscribe reply complaint:"
            ' "opened"',
        ),
        (5, '"[{broken"', "the line is not a JSON object"),
    ]
    assert company.audit() == [("mail_events", "posts.jsonl", 1, 7, 3, 0, 4)]


def test_elements_without_an_id_get_one_each(tmp_path: Path) -> None:
    company = Company(tmp_path, POSTED)
    same = '{"mail": "ann@acme.example", "what": "open", "moment": 1709251200}'
    company.write("posts.jsonl", f"[{same}, {same}]\n")
    company.load()
    ids = [str(row[0]) for row in company.query(EVENTS)]
    digest = ids[0].split(":")[0]
    assert ids == [f"{digest}:1", f"{digest}-2:2"]


def test_lines_that_are_arrays_are_named(tmp_path: Path) -> None:
    company = Company(
        tmp_path, POSTED.replace('explode = "$"\n', "").replace(" || ':' || _index", "")
    )
    company.write("posts.jsonl", '[{"id": "e1", "mail": "a@b.example", "what": "sent"}]\n')
    with pytest.raises(UsageError, match=r"which hold no objects; .* set `explode = \"\$\"`"):
        company.load()


@pytest.mark.usefixtures("size")
def test_an_array_in_a_column_makes_a_row_of_each_element(tmp_path: Path) -> None:
    company = Company(tmp_path, BOUNCED)
    bounce = '{""kind"": ""bounce"", ""mail"": {""id"": ""m7""}, ""bounce"": {""recipients"": %s}}'
    two = '[{""address"": ""ann@acme.example""}, {""address"": ""bo@zeta.example""}]'
    opened = '{""kind"": ""open"", ""mail"": {""id"": ""m7""}, ""by"": ""cy@acme.example""}'
    messages = [
        bounce % two,
        opened,
        bounce % "[]",
        bounce % "null",
        bounce % '{""address"": ""di@acme.example""}',
        bounce % "[null]",
        "no JSON",
        "",
    ]
    lines = [
        f'n{number},2024-03-01 09:00,"{text}"\n' for number, text in enumerate(messages, start=1)
    ]
    company.write("notices.csv", "id,moment,message\n" + "".join(lines))
    company.load()

    assert company.query(EVENTS) == [
        ("n1:1", "ann@acme.example", "bounce", 1),
        ("n1:2", "bo@zeta.example", "bounce", 1),
        ("n2", "cy@acme.example", "open", 2),
        ("n5:1", "di@acme.example", "bounce", 5),
        ("n6:1", "nobody@acme.example", "bounce", 6),
    ]
    assert company.query("select row_number, reason from raw.quarantine order by all") == [
        (7, "explode: the mapping cannot compute it"),
        (7, "where: the mapping cannot compute it"),
    ]


def test_lists_of_parquet_are_arrays_and_key_and_value_lists(tmp_path: Path) -> None:
    company = Company(
        tmp_path,
        """
        [files.events]
        match = "events*"

        [[rows]]
        feed = "web_events"
        file = "events"
        explode = "items"
        [rows.columns]
        event_id = "id || ':' || _index"
        occurred_at = "moment"
        anonymous_id = "'a'"
        event_type = "_element"
        page_url = "param(params, 'page')"
        utm_source = "param(params, 'session')"
        utm_medium = "param(params, 'share')"
        utm_campaign = "param(params, 'none')"
        """,
    )
    value = {"string_value": None, "int_value": None, "float_value": None, "double_value": None}
    params = [
        {"key": "page", "value": value | {"string_value": "https://shop.example/"}},
        {"key": "session", "value": value | {"int_value": 1705280400}},
        {"key": "share", "value": value | {"double_value": 0.5}},
    ]
    rows = {"id": ["e1"], "moment": ["2024-03-01"], "items": [["view", "buy"]], "params": [params]}
    pq.write_table(pa.table(rows), company.landing / "events.parquet")
    company.load()
    assert company.query(
        "select event_id, event_type, page_url, utm_source, utm_medium, utm_campaign"
        " from raw.web_events order by event_id"
    ) == [
        ("e1:1", "view", "https://shop.example/", "1705280400", "0.5", None),
        ("e1:2", "buy", "https://shop.example/", "1705280400", "0.5", None),
    ]


@pytest.mark.parametrize(
    ("text", "old", "new", "fault"),
    [
        (POSTED, '"$"', '"a..b"', 'files.posts: `explode` must be "$" or keys, as in key.key'),
        (BOUNCED, '"message.b', '"message..b', "rows 1: `explode` must be a column, or column.key"),
        (
            BOUNCED,
            '"message.bounce.recipients"',
            '"$"',
            'rows 1: `explode = "$"` belongs in files.',
        ),
        (
            POSTED,
            "[rows.columns]",
            'explode = "id"\n[rows.columns]',
            "files.posts is exploded alre",
        ),
        (BOUNCED, "explode =", "# explode =", "notices): _element needs `explode`, an array to"),
        (POSTED, '"mail"\n', '"_element"\n', "posts): _element needs `explode`, an array to take"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, old: str, new: str, fault: str) -> None:
    assert old in text
    path = tmp_path / "mapping.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        check_expressions(read_mapping(str(path)))
    assert fault in str(caught.value)
