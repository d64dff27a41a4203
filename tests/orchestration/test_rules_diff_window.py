"""Which spells of qualification a comparison of rules counts."""

from datetime import date

import duckdb
import pytest

from orchestration.reports import rules_diff_queries as queries

COLUMNS = (
    "person_id varchar, qualified_from date, qualified_to date,"
    " trigger varchar, score_at_entry integer, fit_grade varchar"
)
HANDOFFS = "fit_grade varchar, score_at_handoff integer, outcome varchar, is_mature boolean"


@pytest.fixture
def results() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set variable day_before = date '2026-05-24'")
    connection.execute("set variable days = 180")
    for side in ("before", "after"):
        connection.execute(f"create table fct_qualifications_{side} ({COLUMNS})")
        connection.execute(f"create table fct_handoffs_{side} ({HANDOFFS})")
    connection.execute(queries.VIEWS)
    return connection


@pytest.mark.parametrize(
    ("qualified_to", "last_day"),
    [
        # the end is exclusive: this spell's last day is the one before the window
        (date(2026, 5, 25), None),
        (date(2026, 5, 26), date(2026, 5, 25)),
        (None, None),
    ],
)
def test_a_spell_counts_whose_last_day_lies_in_the_window(
    results: duckdb.DuckDBPyConnection, qualified_to: date | None, last_day: date | None
) -> None:
    started = date(2026, 4, 16)
    results.execute(
        "insert into fct_qualifications_before values ('L1', ?, ?, 'score', 50, 'A')",
        [started, qualified_to],
    )
    found = results.execute(queries.NO_LONGER_QUALIFIED).fetchall()
    if qualified_to == date(2026, 5, 25):
        assert found == []
    else:
        assert found == [("L1", started, last_day, "score", 50, "A")]
