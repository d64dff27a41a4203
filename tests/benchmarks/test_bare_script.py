"""A ratio to the bare script means something only if the script says the same."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from benchmarks.bare_script import run_bare
from benchmarks.companies import company, restore, split_last_day
from benchmarks.equality import MARTS, different_marts
from benchmarks.running import run_step


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of a small company: `ours.marts` by the pipeline, `bare.main` by the script."""
    made = company(tmp_path_factory.mktemp("benchmark"), 25_000)
    split_last_day(made)
    restore(made, "loaded")
    run_step("build", **made.arguments(full=True))
    run_bare(made.raw, made.rules, made.as_of.isoformat(), made.folder / "bare.duckdb")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{made.home}/warehouse.duckdb' as ours (read_only)")
        connection.execute(f"attach '{made.folder}/bare.duckdb' as bare (read_only)")
        connection.execute(f"set variable folder = '{made.folder}'")
        yield connection


def test_the_bare_script_says_what_the_models_say(both: duckdb.DuckDBPyConnection) -> None:
    assert different_marts(both, "ours.marts", "bare.main") == []


def test_every_compared_mart_has_rows(both: duckdb.DuckDBPyConnection) -> None:
    empty = [mart for mart in MARTS if both.sql(f"from bare.{mart} limit 1").fetchone() is None]
    assert empty == []


@pytest.mark.parametrize(
    ("mart", "change"),
    [
        ("fct_handoffs", "select * replace (if(outcome = 'stalled', 'lost', outcome) as outcome)"),
        ("conversion_curve", "select * replace (share * 1.00001 as share)"),
        ("mail_performance", "select * replace (nullif(open_rate, open_rate) as open_rate)"),
        ("funnel_daily", "select distinct on (date) *"),
        ("kpi_scorecard", "select * exclude (target)"),
    ],
)
def test_a_changed_mart_is_told(both: duckdb.DuckDBPyConnection, mart: str, change: str) -> None:
    both.execute(f"create or replace table memory.main.{mart} as {change} from ours.marts.{mart}")
    assert different_marts(both, "ours.marts", "memory.main", (mart,)) == [mart]


def test_the_last_day_and_the_rest_are_all_rows(both: duckdb.DuckDBPyConnection) -> None:
    (folder,) = both.sql("select getvariable('folder')").fetchone() or ("",)
    rows = {
        part: both.sql(f"select count(*) from '{Path(folder) / pattern}'").fetchone()
        for part, pattern in (
            ("before", "before/*/*.parquet"),
            ("day", "day/*/*.parquet"),
            ("all", "raw/*.parquet"),
        )
    }
    counts = {part: found[0] for part, found in rows.items() if found}
    assert counts["before"] + counts["day"] == counts["all"]
    assert 0 < counts["day"] < counts["all"] / 100
