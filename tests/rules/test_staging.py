"""The canonical copy: the same bytes for the same rules, and read back as it was meant."""

import re
import string
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UsageError
from pipelines.rules import fingerprint, load_rules, stage_rules
from pipelines.rules.seeds import SEEDS
from pipelines.settings import DBT_PROJECT
from tests.rules.conftest import GOOD_RULES, WriteRules, changed

# the dialect that dbt hands to DuckDB
SEED = DBT_PROJECT / "macros" / "materializations" / "seed.sql"
DIALECT = re.search(r"\(format csv.*\)", SEED.read_text())


def read_back(path: Path, types: str) -> list[tuple[Any, ...]]:
    """The rows of a staged file, loaded as dbt loads a seed."""
    assert DIALECT
    with duckdb.connect() as connection:
        connection.execute(f"create table seed ({types})")
        connection.execute(f"copy seed from '{path}' {DIALECT[0]}")
        return connection.execute("from seed").fetchall()


def test_the_copy_is_the_same_whoever_wrote_the_rules(
    write_rules: WriteRules, tmp_path: Path
) -> None:
    staged = stage_rules(load_rules(write_rules({})), tmp_path / "staged")
    before = {path.name: path.read_bytes() for path in staged.iterdir()}
    hand_edited = {
        "scoring_rules": (
            "\ufeffValid_To,note,valid_from,hand_raise,max_points,window_days,every,points,"
            "content_type,touchpoint_type,rule_id\r\n"
            "2025/04/01,,2025/01/01,TRUE,,30,1,50.0,,inquiry,S2\r\n"
            ',"a, b",,no,24,030,1,+8,pricing,"page_view",S1\r\n'
        ),
        "disposition_map": "raw_disposition,disposition\n受注, won\n HANDED off ,handed_off\n",
        "fit_rules": GOOD_RULES["fit_rules"].replace("100", " 100.00"),
        "kpi_targets": "kpi_id,month,target\nwin_rate,2025-01-01,.250\nwins,2025/01/01,3.00\n",
    }
    stage_rules(load_rules(write_rules(hand_edited)), staged)
    assert {path.name: path.read_bytes() for path in staged.iterdir()} == before
    assert set(before) == {seed.file_name for seed in SEEDS}


@pytest.mark.parametrize("text", ["İPTAL", "ΚΕΡΔΟΣ", "Straße LOST"])
def test_texts_compared_without_case_are_folded_as_the_engine_does(
    write_rules: WriteRules, tmp_path: Path, text: str
) -> None:
    staged = stage_rules(
        load_rules(write_rules(changed("disposition_map", "受注", text))), tmp_path / "staged"
    )
    rows = read_back(staged / "disposition_map.csv", "raw_disposition varchar, disposition varchar")
    assert duckdb.execute("select lower(?)", [text]).fetchone()[0] in [row[0] for row in rows]


def test_only_a_changed_file_is_written(write_rules: WriteRules, tmp_path: Path) -> None:
    staged = stage_rules(load_rules(write_rules({})), tmp_path / "staged")
    written = {path.name: path.stat().st_mtime_ns for path in staged.iterdir()}
    rules_before, grades_before = fingerprint(staged), fingerprint(staged, "fit_grades")
    stage_rules(load_rules(write_rules(changed("holidays", "元日", "New Year"))), staged)
    after = {path.name: path.stat().st_mtime_ns for path in staged.iterdir()}
    assert {name for name in after if after[name] != written[name]} == {"holidays.csv"}
    assert fingerprint(staged) != rules_before
    assert fingerprint(staged, "fit_grades") == grades_before


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(
    write_rules: WriteRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = stage_rules(load_rules(write_rules({})), tmp_path / "staged")
    before = {path.name: path.read_bytes() for path in staged.iterdir()}

    def full_disk(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.files.sync", full_disk)
    rules = load_rules(write_rules(changed("holidays", "元日", "New Year")))
    with pytest.raises(OSError, match="No space left"):
        stage_rules(rules, staged)
    assert {path.name: path.read_bytes() for path in staged.iterdir()} == before


def test_the_copy_never_replaces_the_rules_themselves(write_rules: WriteRules) -> None:
    directory = write_rules({})
    before = (directory / "scoring_rules.csv").read_bytes()
    with pytest.raises(UsageError, match="where a run keeps its own copy"):
        stage_rules(load_rules(directory), directory)
    assert (directory / "scoring_rules.csv").read_bytes() == before


def test_typed_columns_are_read_back_typed(write_rules: WriteRules, tmp_path: Path) -> None:
    staged = stage_rules(load_rules(write_rules({})), tmp_path / "staged")
    types = (
        "rule_id varchar, touchpoint_type varchar, content_type varchar, points bigint, "
        "every bigint, window_days bigint, max_points bigint, hand_raise boolean, "
        "valid_from date, valid_to date"
    )
    assert read_back(staged / "scoring_rules.csv", types) == [
        ("S1", "page_view", "pricing", 8, 1, 30, 24, False, None, None),
        ("S2", "inquiry", None, 50, 1, 30, None, True, date(2025, 1, 1), date(2025, 4, 1)),
    ]


def test_a_file_without_rows_is_read_back_empty(write_rules: WriteRules, tmp_path: Path) -> None:
    staged = stage_rules(load_rules(write_rules({"holidays": "date,name\n"})), tmp_path / "staged")
    assert read_back(staged / "holidays.csv", "date date, name varchar") == []


# what loaders take for nulls, numbers, quotes, comments or line ends
TRAPS = st.sampled_from(
    [
        "null",
        "NULL",
        "none",
        "NA",
        "TRUE",
        "007",
        "1e5",
        "2025-01-01",
        "''",
        "a',b",
        "'x'",
        "\\",
        "#",
    ]
)
TEXTS = st.one_of(TRAPS, st.text(string.printable + "営　é\u2028\ufeff", min_size=1)).filter(
    str.strip
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), unique_by=lambda row: row[0], max_size=6))
def test_any_text_is_carried_exactly(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    rows = [(f"/{prefix}", kind, topic) for prefix, kind, topic in rows]
    directory = tmp_path_factory.mktemp("rules")
    for seed, text in GOOD_RULES.items():
        (directory / f"{seed}.csv").write_text(text, encoding="utf-8", newline="")
    lines = ["path_prefix,content_type,topic,buying_stage"]
    for row in rows:
        cells = ['"' + text.replace('"', '""') + '"' for text in row]
        lines.append(",".join([*cells, "act"]))
    (directory / "content_catalog.csv").write_text("\n".join(lines), encoding="utf-8", newline="")
    staged = stage_rules(load_rules(directory), directory / "staged")
    found = read_back(
        staged / "content_catalog.csv", "prefix varchar, kind varchar, topic varchar, stage varchar"
    )
    assert sorted(found) == sorted((*row, "act") for row in rows)
