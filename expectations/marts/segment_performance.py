"""Segments: as many people as lead_segments lists."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "segment_performance"

MEMBERS_COMPARED = f"""
select segment_id, coalesce(people, 0) as people, coalesce(members, 0) as members
from marts.{MART}
full join (
    select segment_id, count(*) as members from marts.lead_segments group by segment_id
) as listed using (segment_id)
order by segment_id
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        Suite(
            name="segment_members",
            table=MART,
            needs=(f"marts.{MART}", "marts.lead_segments"),
            query=MEMBERS_COMPARED,
            keys=("segment_id", "people", "members"),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "every_member_counted",
                    "a segment counts the people that are listed for it",
                    column_A="people",
                    column_B="members",
                )
            ],
        )
    ]
