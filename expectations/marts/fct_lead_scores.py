"""Scores and what they are made of: one range per day, and the parts add up to the whole."""

import great_expectations.expectations as gxe

from expectations.comparisons import grain
from expectations.limits import Limits
from expectations.suite import Suite, impossible

SCORES, CONTRIBUTIONS = "fct_lead_scores", "fct_score_contributions"
PERSON, RULE = ("person_id",), ("person_id", "rule_id")

RANGES = """
    select
        count(*) filter (where valid_to <= valid_from) as empty_ranges,
        count(*) filter (where valid_to is null) as open_ranges,
        count(distinct ({owner})) as owners
    from marts.{mart}
"""

PARTS = """
with

points_summed as (

    select person_id, cast(sum(points) as bigint) as contributed
    from marts.fct_score_contributions
    where valid_to is null
    group by person_id

)

select
    coalesce(scores.person_id, points_summed.person_id) as person_id,
    coalesce(behavior_score, 0) as behavior_score,
    coalesce(contributed, 0) as contributed
from (select * from marts.fct_lead_scores where valid_to is null) as scores
full join points_summed on scores.person_id = points_summed.person_id
where coalesce(behavior_score, 0) <> coalesce(contributed, 0)
order by person_id
limit 1000
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        grain(SCORES, (*PERSON, "valid_from"), dates=("valid_from", "valid_to")),
        _ranges(SCORES, PERSON),
        grain(CONTRIBUTIONS, (*RULE, "valid_from"), dates=("valid_from", "valid_to")),
        _ranges(CONTRIBUTIONS, RULE),
        Suite(
            name="score_parts",
            table=SCORES,
            needs=(f"marts.{SCORES}", f"marts.{CONTRIBUTIONS}"),
            query=PARTS,
            keys=("person_id",),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "contributions_add_up",
                    "a person's score today is the sum of its contributions",
                    column_A="behavior_score",
                    column_B="contributed",
                )
            ],
        ),
    ]


def _ranges(mart: str, owner: tuple[str, ...]) -> Suite:
    return Suite(
        name=f"{mart}_ranges",
        table=mart,
        needs=(f"marts.{mart}",),
        query=RANGES.format(mart=mart, owner=", ".join(owner)),
        evidence={
            "ranges_have_days": f"""
                select {", ".join(owner)}, valid_from, valid_to
                from marts.{mart} where valid_to <= valid_from order by all limit 5
            """,
            "one_open_range": f"""
                select {", ".join(owner)}, count(*) filter (where valid_to is null) as open_ranges
                from marts.{mart} group by {", ".join(owner)}
                having open_ranges <> 1 order by all limit 5
            """,
        },
        expectations=[
            impossible(
                gxe.ExpectColumnValuesToBeBetween,
                "ranges_have_days",
                "a range ends after it begins",
                column="empty_ranges",
                max_value=0,
            ),
            impossible(
                gxe.ExpectColumnPairValuesToBeEqual,
                "one_open_range",
                f"one range for each {', '.join(owner)} holds the reported day",
                column_A="open_ranges",
                column_B="owners",
            ),
        ],
    )
