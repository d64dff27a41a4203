"""The conditions that DuckDB counts are those by which Great Expectations judges a frame."""

from typing import Any

import duckdb
import great_expectations.expectations as gxe
import pytest
from great_expectations.expectations.expectation import Expectation

from expectations.judging import batch_of
from expectations.unexpected import unexpected_rows

pytestmark = pytest.mark.xdist_group("great_expectations")

PAIRED = {"column_A": "first", "column_B": "second"}
# an expectation, and how many of the rows below break it
EXPECTED: list[tuple[type[Expectation], dict[str, Any], int]] = [
    (gxe.ExpectColumnValuesToBeBetween, {"column": "first", "min_value": 1}, 2),
    (gxe.ExpectColumnValuesToBeBetween, {"column": "first", "max_value": 1}, 2),
    (gxe.ExpectColumnValuesToBeBetween, {"column": "first", "min_value": 0, "max_value": 1}, 3),
    (
        gxe.ExpectColumnValuesToBeBetween,
        {"column": "first", "min_value": 0, "strict_min": True},
        2,
    ),
    (
        gxe.ExpectColumnValuesToBeBetween,
        {"column": "first", "max_value": 1, "strict_max": True},
        4,
    ),
    (gxe.ExpectColumnValuesToNotBeNull, {"column": "first"}, 3),
    (gxe.ExpectColumnValuesToNotBeInSet, {"column": "word", "value_set": ["it's", "b"]}, 3),
    (gxe.ExpectColumnPairValuesToBeEqual, PAIRED, 6),
    (gxe.ExpectColumnPairValuesAToBeGreaterThanB, PAIRED, 7),
    (gxe.ExpectColumnPairValuesAToBeGreaterThanB, {**PAIRED, "or_equal": True}, 5),
    (
        gxe.ExpectColumnPairValuesAToBeGreaterThanB,
        {**PAIRED, "or_equal": True, "ignore_row_if": "either_value_is_missing"},
        2,
    ),
    (gxe.ExpectCompoundColumnsToBeUnique, {"column_list": ["first", "word"]}, 2),
]

ROWS = """
    select * from (values
        (1.0, 1.0, 'a'),
        (1.0, 2.0, 'a'),
        (0.0, -1.0, 'it''s'),
        (2.0, null, 'b'),
        (-1e-9, 0.0, 'c'),
        (3.0, 3.0, null),
        (null, 1.0, 'b'),
        (null, null, 'd'),
        ('nan', 5.0, 'e')
    ) as judged (first, second, word)
"""


@pytest.mark.parametrize(("kind", "arguments", "unexpected"), EXPECTED)
def test_duckdb_counts_what_great_expectations_objects_to(
    kind: type[Expectation], arguments: dict[str, Any], unexpected: int
) -> None:
    expected = kind(**arguments)
    with duckdb.connect() as connection:
        rows = f"select first::double as first, second::double as second, word from ({ROWS})"
        frame = connection.execute(rows).df()
        counted = connection.execute(
            f"select count(*) from (select {unexpected_rows(expected)} as broken from ({rows}))"
            " where broken"
        ).fetchone()
    assert counted == (unexpected,)
    assert batch_of(frame).validate(expected).result["unexpected_count"] == unexpected


def test_a_kind_without_a_condition_is_refused() -> None:
    with pytest.raises(TypeError, match="ExpectColumnValuesToBeUnique"):
        unexpected_rows(gxe.ExpectColumnValuesToBeUnique(column="first"))
