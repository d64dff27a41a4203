"""Suites that several marts share: dates, and a month against the months before it."""

from collections.abc import Sequence

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible, improbable

MONTHS_QUERY = """
with

observed as (

    {series}

),

last_complete as (

    select cast(date_trunc('month', $as_of + 1) as date) as after_it

),

spans as (

    select
        series,
        generate_series(min(month), max(after_it), interval 1 month) as months
    from observed
    cross join last_complete
    group by series

),

calendar as (

    select series, cast(unnest(months) as date) as month
    from spans

),

months_filled as (

    select calendar.series, calendar.month, coalesce(observed.amount, 0) as amount
    from calendar
    left join observed on calendar.series = observed.series and calendar.month = observed.month

),

months_compared as (

    select
        series,
        month,
        amount,
        count(*) over earlier as months_before,
        min(amount) over earlier as least_before,
        max(amount) over earlier as most_before
    from months_filled
    window earlier as (
        partition by series order by month
        range between to_months($months_of_history) preceding and to_months(1) preceding
    )

)

select
    series,
    month,
    amount,
    least_before / $factor - $slack as fewest_expected,
    -- what was 0 in some month comes in bursts, as fairs do
    case when least_before > 0 then most_before * $factor + $slack end as most_expected
from months_compared
where
    month = (select after_it - interval 1 month from last_complete)
    and months_before >= $fewest_months
order by series
"""


def nothing_after_as_of(mart: str, key: Sequence[str], dates: Sequence[str]) -> Suite:
    """Nothing is dated after the reported day; `key` names the rows that are.

    Whole marts of any size: DuckDB counts, and finds the rows behind a count that is not 0.
    """
    late = f"marts.{mart} where {' or '.join(f'{column} > $as_of' for column in dates)}"
    return Suite(
        name=f"{mart}_dates",
        table=mart,
        needs=(f"marts.{mart}",),
        query=f"select count(*) as rows_after_as_of from {late}",
        evidence={
            "nothing_after_as_of": f"""
                select {", ".join(dict.fromkeys([*key, *dates]))} from {late} order by all limit 5
            """,
        },
        expectations=[
            impossible(
                gxe.ExpectColumnValuesToBeBetween,
                "nothing_after_as_of",
                "nothing is dated after the reported day",
                column="rows_after_as_of",
                max_value=0,
            )
        ],
    )


def month_jump(mart: str, series: str, limits: Limits) -> Suite:
    """The last complete month beside those before; `series` gives `series, month, amount`."""
    limit = limits["marts.month_jump"]
    return Suite(
        name=f"{mart}_months",
        table=mart,
        needs=(f"marts.{mart}",),
        query=MONTHS_QUERY.format(series=series),
        values=limit,
        keys=("series", "month"),
        expectations=[
            improbable(
                limit,
                gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                "month_not_fallen",
                "the last complete month is not absurdly below the months before",
                column_A="amount",
                column_B="fewest_expected",
                or_equal=True,
            ),
            improbable(
                limit,
                gxe.ExpectColumnPairValuesAToBeGreaterThanB,
                "month_not_risen",
                "the last complete month is not absurdly above the months before",
                column_A="most_expected",
                column_B="amount",
                or_equal=True,
                ignore_row_if="either_value_is_missing",
            ),
        ],
    )
