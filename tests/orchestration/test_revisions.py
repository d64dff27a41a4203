"""Figures of past months that a later publication says otherwise, over six publications."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.build.inputs import Inputs
from orchestration.published.revisions import FILE, keep_history, record_revisions
from pipelines.variables import Variables

MARCH, APRIL, MAY = (date(2025, month, 1) for month in (3, 4, 5))
Scorecard = dict[tuple[str, date], tuple[int, int | None]]
Revision = tuple[date, str, date, float | None, float | None, str]

INPUTS = Inputs(
    as_of=date(2025, 5, 10),
    loads={"leads": {"1": 5}, "costs": {}},
    rules={"kpi_tree": "a"},
    variables=Variables(),
    models="m",
    engine="e",
    code="c",
    limits="l",
)


class Publications:
    """A home whose scorecard is published again and again, each time from a fresh warehouse."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def publish(self, inputs: Inputs, scorecard: Scorecard) -> list[Revision]:
        """The rows of kpi_revisions after one more publication, without their instants."""
        with duckdb.connect() as warehouse:
            warehouse.execute(
                "create schema marts; create table marts.kpi_scorecard"
                " (kpi_id varchar, month date, numerator bigint, denominator bigint, actual double)"
            )
            for (kpi, month), (numerator, denominator) in scorecard.items():
                warehouse.execute(
                    "insert into marts.kpi_scorecard"
                    " select $1, $2, $3, $4, if($4 is null, $3, $3 / nullif($4, 0))",
                    [kpi, month, numerator, denominator],
                )
            keep_history(self.home, record_revisions(warehouse, self.home, inputs))
            instants = warehouse.execute("select published_at from kept.kpi_revisions").fetchall()
            assert instants == sorted(instants)
            return warehouse.execute(
                "select * exclude (published_at) from kept.kpi_revisions"
            ).fetchall()


@pytest.fixture
def home(tmp_path: Path) -> Publications:
    return Publications(tmp_path)


def test_each_publication_is_compared_with_the_one_before(home: Publications) -> None:
    first: Scorecard = {
        ("wins", APRIL): (3, None),
        ("win_rate", APRIL): (3, 6),
        ("wins", MAY): (1, None),
        ("win_rate", MAY): (1, 2),
    }
    assert home.publish(INPUTS, first) == []

    # late rows of March, of which nothing was known, and of April; May was not over
    late_rows = INPUTS.model_copy(update={"loads": {"leads": {"1": 5, "2": 1}, "costs": {}}})
    second = first | {
        ("wins", MARCH): (2, None),
        ("win_rate", MARCH): (2, 0),
        ("wins", APRIL): (4, None),
        ("win_rate", APRIL): (4, 8),
        ("wins", MAY): (9, None),
    }
    day = INPUTS.as_of
    told: list[Revision] = [
        (day, "wins", MARCH, 0.0, 2.0, "rows"),
        (day, "wins", APRIL, 3.0, 4.0, "rows"),
    ]
    assert home.publish(late_rows, second) == told

    # a rule gives a KPI another meaning and brings one of which nothing was said
    changed_rule = late_rows.model_copy(update={"rules": {"kpi_tree": "b"}})
    third = second | {("win_rate", APRIL): (4, 5), ("leads", APRIL): (7, None)}
    told.append((day, "win_rate", APRIL, 0.5, 0.8, "rules"))
    assert home.publish(changed_rule, third) == told

    # a setting, and new models with it, leave a rate without a denominator
    set_variable = changed_rule.model_copy(
        update={"variables": Variables(machine_seconds=60), "models": "n"}
    )
    fourth = third | {("win_rate", APRIL): (0, 0)}
    told.append((day, "win_rate", APRIL, 0.8, None, "settings+models"))
    assert home.publish(set_variable, fourth) == told

    # an older day says less of April, which was over, and nothing of May
    older_day = set_variable.model_copy(update={"as_of": date(2025, 4, 20)})
    fifth = {key: row for key, row in fourth.items() if key[1] < MAY} | {("wins", APRIL): (2, None)}
    told.append((older_day.as_of, "wins", APRIL, 4.0, 2.0, "rows"))
    assert home.publish(older_day, fifth) == told

    # back again April was not over before, and March is what it was, also with --full
    assert home.publish(set_variable, fourth) == told
    assert home.publish(set_variable, fourth) == told


def test_a_load_without_a_row_is_no_cause(home: Publications) -> None:
    home.publish(INPUTS, {("wins", APRIL): (3, None)})
    empty_load = INPUTS.model_copy(
        update={"loads": {"leads": {"1": 5}, "load_audit": {"2": 1}}, "models": "n"}
    )
    told = home.publish(empty_load, {("wins", APRIL): (4, None)})
    assert [row[-1] for row in told] == ["models"]


def test_a_damaged_history_is_put_aside(
    home: Publications, capsys: pytest.CaptureFixture[str]
) -> None:
    home.publish(INPUTS, {("wins", APRIL): (3, None)})
    (home.home / FILE).write_text('{"said": ')
    assert home.publish(INPUTS, {("wins", APRIL): (4, None)}) == []
    assert "kpi_revisions.json is damaged: put aside as" in capsys.readouterr().err
    assert (home.home / "kpi_revisions.damaged.json").read_text() == '{"said": '
    assert [row[-3:-1] for row in home.publish(INPUTS, {("wins", APRIL): (5, None)})] == [(4, 5)]
