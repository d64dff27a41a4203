"""Which rows of a frame break an expectation, as SQL, so that DuckDB counts them at any size.

The conditions are those by which Great Expectations judges a frame of pandas.
"""

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from pipelines.sql import identifier, literal

COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")
IS_JUDGED = {"both_values_are_missing": "or", "either_value_is_missing": "and"}


def columns_of(expected: Expectation) -> list[str]:
    """The columns that an expectation speaks of, in its own order."""
    named: list[str] = []
    for argument in COLUMN_ARGUMENTS:
        value = getattr(expected, argument, [])
        named += value if isinstance(value, list) else [value]
    return named


def unexpected_rows(expected: Expectation) -> str:
    """The condition of the rows that break it, null for a row that is not judged."""
    columns = [identifier(name) for name in columns_of(expected)]
    match expected:
        case gxe.ExpectColumnValuesToBeBetween():
            least = ">" if expected.strict_min else ">="
            greatest = "<" if expected.strict_max else "<="
            bounds = ((least, expected.min_value), (greatest, expected.max_value))
            number = _number(*columns)
            kept = [f"{number} {sign} {bound}" for sign, bound in bounds if bound is not None]
            return f"not ({' and '.join(kept)})"
        case gxe.ExpectColumnValuesToNotBeNull():
            return f"{_number(*columns)} is null"
        case gxe.ExpectColumnValuesToNotBeInSet():
            return f"{columns[0]} in ({', '.join(map(literal, expected.value_set))})"
        case gxe.ExpectColumnPairValuesToBeEqual():
            return " is distinct from ".join(columns)
        case gxe.ExpectColumnPairValuesAToBeGreaterThanB():
            sign = ">=" if expected.or_equal else ">"
            first, second = map(_number, columns)
            present = f" {IS_JUDGED[str(expected.ignore_row_if)]} ".join(
                f"{number} is not null" for number in (first, second)
            )
            return f"({present}) and ({first} {sign} {second}) is not true"
        case gxe.ExpectCompoundColumnsToBeUnique():
            return f"count(*) over (partition by {', '.join(columns)}) > 1"
    raise TypeError(f"{type(expected).__name__} cannot be judged: add its condition")


def _number(column: str) -> str:
    # to pandas NaN is missing, to DuckDB it is the greatest number
    return f"nullif(cast({column} as double), 'nan')"
