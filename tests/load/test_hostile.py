"""Names, values and files that try to be more than that; two hundred of them, in one load."""

import csv
import io
import json
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.console import echo
from orchestration.reports.quarantine import quarantined_rows
from pipelines.feeds import FEEDS
from pipelines.load import LoadReport
from pipelines.load.folder import LINK
from tests.load.home import Home

CANARY = "funnel-canary"
SQL = [
    *("'; drop table raw.offline_events; --", '"; drop schema raw cascade; --', "' or 1=1 --"),
    *("') union select * from raw.leads --", "$$ select 1 $$", "'||(select 1)||'", "/* x", "-- x"),
    *("';copy (select 1) to 'funnel-canary';--", "read_text('x')", "pragma database_list", "$1"),
    *("attach 'funnel-canary'", "install httpfs", "{{ 7*7 }}", "{% raw %}", "${jndi:ldap:x}"),
    *("%s %d %n", "{0.__class__}", "x\\", "\\N", "null", "''", '"', '""', "a;b", "a,b", "a|b"),
]
SHELL = [
    *(f"$(touch {CANARY})", f"`touch {CANARY}`", f"; touch {CANARY}", f"| touch {CANARY}"),
    *(
        f"&& touch {CANARY}",
        f"x\ntouch {CANARY}",
        f"> {CANARY}",
        "$IFS",
        "~",
        "!!",
        "-rf",
        "--help",
    ),
    *("..", "*", "?", "[a-z]", "{a,b}", "%00", "$HOME", "CON", "x ", "a=b", "country=jp", "#", "&"),
    *("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "\\\\host\\share"),
]
HTML = [
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</script><script>", "<!--"),
    *("javascript:alert(1)", "&lt;", "]]>", "<svg onload=1>", '"><b>', "' onmouseover='x", "<?x"),
    *("<iframe src=x.example>", "<style>*{}</style>", "&#60;", "<%= 1 %>", "\\u003cscript"),
]
FORMULAS = [
    *("=1+1", '=HYPERLINK("http:x.example","a")', "+1", "-1+1", "@SUM(1)", "=cmd|' C calc'!A0"),
    *("\t=1", "＝1", "'=1", "=IMPORTXML(1)", "=WEBSERVICE(1)", "%x"),
]
TERMINAL = [
    *("\x1b[2J", "\x1b]0;title\x07", "\x1b[31mred", "x\x07", "x\x08\x08", "x\x7f", "\x9b2J"),
    *("\x90q", "\u202eabc", "\u2066x", "\u200fx", "\u061cx", "x\u2028y", "x\u2029y", "\x1b[6n"),
    *("x\x0cy", "x\x0by", "\x1b(0", "\x1bc", "\x1b[?1049h", "x\x85y", "\u202ax", "\u2069x"),
    *("x\x0e", "x\x1a", "x\x04", "a\rb", "\x1b]8;;http:x.example\x1b\\x", "\x1bP0;1|x"),
]
ODD = [
    *("😀", "Z̸̢a̷l̶g̵o", "x" * 100_000, "9" * 400, "1e999", "NaN", "Infinity", "undefined"),
    *('{"a":' * 500, "[" * 5_000, '{"__proto__": 1}', "\\u0000", "x\u200b", "ｅｖｅｎｔ＿ｉｄ"),
]
TEXTS = [*SQL, *SHELL, *HTML, *FORMULAS, *TERMINAL, *ODD]
NAMES = [text for text in TEXTS if "/" not in text and len(text.encode()) < 200]
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
HEADER = "event_id,occurred_at,event_type,campaign\n"


def name_of(number: int) -> str:
    return f"{number:03}{NAMES[number]}.csv"


@dataclass(frozen=True)
class Landed:
    home: Home
    report: LoadReport
    campaigns: dict[str, str]
    reasons: list[str]
    files: set[str]


def jsonl(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    folder = tmp_path_factory.mktemp("hostile")
    home = Home(folder)
    rows = [
        {"event_id": f"V{n}", "occurred_at": "2025-01-05", "event_type": "visit", "campaign": text}
        for n, text in enumerate(TEXTS)
    ]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    home.write("offline_events", "values.csv", text.getvalue())
    named = [row | {"event_id": f"J{row['event_id']}"} for row in rows]
    home.write("offline_events", "values.jsonl", jsonl([*named]))
    bad = [{**row, "occurred_at": row["campaign"]} for row in rows]
    home.write("offline_events", "bad.jsonl", jsonl([*bad]))
    columns = {text: ["x"] for text in TEXTS if len(text) < 1_000}
    plain = {"event_id": ["P"], "occurred_at": ["2025-01-05"], "event_type": ["visit"]}
    pq.write_table(pa.table(plain | columns), home.landing / "offline_events" / "columns.parquet")
    home.write(
        "offline_events", "keys.jsonl", jsonl([{k: v[0] for k, v in (plain | columns).items()}])
    )
    for number in range(len(NAMES)):
        home.write("offline_events", name_of(number), f"{HEADER}N{number},2025-01-05,visit,name\n")
    lead_out(home)
    report = home.load()
    campaigns = {row["event_id"]: row["campaign"] for row in home.standing("offline_events")}
    reasons = [row["reason"] for row in home.quarantine()]
    files = {row["file"] for row in home.query("from raw.load_audit")}
    return Landed(home, report, campaigns, reasons, files)


def lead_out(home: Home) -> None:
    """What stands in a landing folder, but leads out of it or never ends."""
    feed, outside = home.landing / "offline_events", home.folder / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text(f"{HEADER}SECRET,2025-01-05,visit,secret\n")
    (feed / "link.csv").symlink_to(outside / "secret.csv")
    (feed / "relative.csv").symlink_to("../../outside/secret.csv")
    (feed / "dangling.csv").symlink_to(outside / "nothing.csv")
    (feed / "loop.csv").symlink_to("loop.csv")
    (feed / "zero.csv").symlink_to("/dev/zero")
    os.mkfifo(feed / "fifo.csv")
    (feed / "fifo link.jsonl").symlink_to("fifo.csv")
    (feed / "folder.csv").mkdir()
    (home.landing / "web_events").symlink_to(outside)
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(feed)  # the path of a socket must be short
        server.bind("socket.csv")
        os.chdir(here)


@pytest.mark.parametrize("number", range(len(TEXTS)), ids=lambda number: ascii(TEXTS[number])[:30])
def test_a_value_is_a_text(landed: Landed, number: int) -> None:
    assert landed.campaigns[f"V{number}"] == TEXTS[number]
    assert landed.campaigns[f"JV{number}"] == TEXTS[number]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=lambda number: ascii(NAMES[number])[:30])
def test_a_name_is_a_name(landed: Landed, number: int) -> None:
    assert name_of(number) in landed.files
    assert landed.campaigns[f"N{number}"] == "name"


def test_nothing_else_happened(landed: Landed) -> None:
    assert len(TEXTS) + len(NAMES) >= 200
    assert len(landed.campaigns) == 2 * len(TEXTS) + len(NAMES) + 1
    # each text is a bad instant, and its reason says so
    assert len(landed.reasons) == len(TEXTS)
    assert all(reason.startswith("occurred_at: not a date or time: ") for reason in landed.reasons)
    folder = landed.home.folder
    assert not [
        path for place in (folder, Path.cwd()) for path in place.rglob(f"*{CANARY}*.duckdb")
    ]
    assert {path.name for path in folder.iterdir()} == {"home", "landing", "outside"}
    assert not [path for path in Path.cwd().iterdir() if CANARY in path.name]
    tables = landed.home.query("select table_name from duckdb_tables() where schema_name = 'raw'")
    assert {feed.name for feed in FEEDS} < {row["table_name"] for row in tables}


def test_nothing_leads_out_of_the_folder(landed: Landed) -> None:
    assert "SECRET" not in landed.campaigns
    said = [warning for warning in landed.report.warnings if LINK in warning]
    assert said == [
        f"web_events: {LINK}",
        f"offline_events: {LINK}: dangling.csv, fifo link.jsonl, link.csv, loop.csv, relative.csv"
        " and 1 more",
    ]
    (others,) = (warning for warning in landed.report.warnings if "not a file" in warning)
    assert others.endswith("not a file: fifo.csv, folder.csv, socket.csv")


def test_links_are_followed_where_they_are_allowed(home: Home) -> None:
    home.write("offline_events", "it.csv", f"{HEADER}O1,2025-01-05,visit,\n")
    lead_out(home)
    report = home.load(home.source("landing", allow_links=True))
    assert [row["event_id"] for row in home.standing("offline_events")] == ["O1", "SECRET"]
    assert not [warning for warning in report.warnings if LINK in warning]


def test_a_terminal_shows_all_and_obeys_nothing(
    landed: Landed, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in (*landed.report.warnings, *map(str, landed.report.quarantined)):
        echo(line)
    echo(quarantined_rows(landed.home.folder / "home", 1_000))
    printed = capsys.readouterr().out
    assert OBEYED.findall(printed) == []
    # a name with a line break stays in its line
    assert f"x\\ntouch {CANARY}" in printed
    assert "\\x9b2J" in printed
