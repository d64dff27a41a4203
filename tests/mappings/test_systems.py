"""The shipped mappings of vendors' exports, each on a small sample in the vendor's shape."""

import csv
import re
import shutil
from functools import cache
from pathlib import Path

import duckdb
import pytest

from orchestration.company.reading import read_company
from pipelines.feeds import FEEDS, FEEDS_BY_NAME
from pipelines.load.checks import checked_rows
from pipelines.mappings.functions import create_functions
from pipelines.mappings.names import shipped_names
from pipelines.mappings.source import open_source
from pipelines.rules import load_rules
from pipelines.settings import PROJECT, SHIPPED_RULES

SYSTEMS = Path(__file__).parent / "systems"
# of a system, or of another way to its tables (`salesforce-fivetran`)
NAMES = sorted(path.name for path in SYSTEMS.iterdir())
MAPPINGS = {name: name.split("-")[0] for name in NAMES}
PAGES = PROJECT / "docs" / "sources"
# of instants without an offset
ZONE = "Asia/Tokyo"
CHANNEL_KEYS = {
    "web_events": "utm_medium",
    "mail_events": "mail_type",
    "offline_events": "event_type",
}
Rows = list[dict[str, str]]


@cache
def mapped(name: str) -> tuple[dict[str, Rows], Rows]:
    """The sound rows of each feed as texts without blanks, and the bad ones with their reasons."""
    sound: dict[str, Rows] = {feed.name: [] for feed in FEEDS}
    bad: Rows = []
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        create_functions(connection)
        source = open_source(MAPPINGS[name], SYSTEMS / name / "landing")
        for file in source.files:
            for feed in source.feeds(file):
                raw = next(source.ways(connection, feed, file))
                zone = file.kind.timezone or ZONE
                checked = connection.sql(checked_rows(connection, feed, raw, zone))
                for place, values in enumerate(checked.fetchall(), start=1):
                    row = dict(zip(checked.columns, values, strict=True))
                    number, reason = row["_row_number"] or place, row["_reason"]
                    if reason:
                        where = {"feed": feed.name, "file": file.name}
                        bad.append(where | {"row_number": str(number), "reason": reason})
                    else:
                        filled = {
                            key: row[key] for key in feed.column_names if row[key] is not None
                        }
                        sound[feed.name].append({key: text(value) for key, value in filled.items()})
    return sound, bad


def text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(path: Path) -> Rows:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: value for key, value in row.items() if value} for row in csv.DictReader(file)]


def in_order(rows: Rows) -> Rows:
    """Rows in one order, `_row_id` among their ids under one name."""
    hidden = [
        row | {"event_id": "_row_id"}
        if re.fullmatch("[0-9a-f]{32}", row.get("event_id", ""))
        else row
        for row in rows
    ]
    return sorted(hidden, key=lambda row: sorted(row.items()))


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_becomes_the_rows_that_were_worked_out_by_hand(name: str) -> None:
    sound, bad = mapped(name)
    expected = SYSTEMS / name / "expected"
    for feed, rows in sound.items():
        assert in_order(rows) == in_order(written(expected / f"{feed}.csv")), feed
    assert in_order(bad) == in_order(written(expected / "quarantine.csv"))
    assert {path.stem for path in expected.iterdir()} <= {*FEEDS_BY_NAME, "quarantine"}
    assert any(sound.values())
    for feed, rows in sound.items():
        keys = [tuple(row[column] for column in FEEDS_BY_NAME[feed].key) for row in rows]
        assert len(keys) == len(set(keys))


def test_each_system_has_a_page(tmp_path: Path) -> None:
    real_sets = {"olist", "puffy", "yammer"}
    assert set(MAPPINGS.values()) == set(shipped_names()) - real_sets
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    for name in MAPPINGS.values():
        page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
        assert f'mapping = "{name}"' in page
        # what it says of funnel.toml is understood
        (block,) = re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
        (tmp_path / "funnel.toml").write_text(block, encoding="utf-8")
        read_company(tmp_path / "funnel.toml")
        assert f"[{name}]({name}.md)" in index


@pytest.mark.parametrize("name", NAMES)
def test_the_rules_know_what_is_mapped(name: str, tmp_path: Path) -> None:
    """The shipped rules, with the rows that the page of the system shows."""
    rules = shutil.copytree(SHIPPED_RULES, tmp_path / "rules")
    page = (PAGES / f"{MAPPINGS[name]}.md").read_text(encoding="utf-8")
    seeds = {seed.read_text(encoding="utf-8").splitlines()[0]: seed for seed in rules.glob("*.csv")}
    for block in re.findall(r"^```csv\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL):
        header, _, rows = block.partition("\n")
        seeds[header].write_text(seeds[header].read_text(encoding="utf-8") + rows, encoding="utf-8")
    loaded = load_rules(rules)
    assert loaded.warnings == []

    dispositions = {row.text("raw_disposition") for row in loaded.rows["disposition_map"]}
    channels = {(row.text("feed"), row.text("key")) for row in loaded.rows["channel_map"]}
    sound, _ = mapped(name)
    assert {row["disposition"].lower() for row in sound["sales_dispositions"]} <= dispositions
    for feed, column in CHANNEL_KEYS.items():
        label = FEEDS_BY_NAME[feed].label
        keys = {(label, row[column].lower()) for row in sound[feed] if column in row}
        assert keys <= channels
    # a cost meets touches by the name of the channel
    names = {row.text("channel") for row in loaded.rows["channel_map"]}
    assert {row["channel"] for row in sound["costs"]} <= names
