"""Predictions: for every open lead, and judged on groups that add up."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "prediction_quality"

LEADS_COMPARED = """
select
    person_id,
    count(*) filter (where is_prediction) as predictions,
    count(*) filter (where not is_prediction) as open_leads
from (
    select person_id, true as is_prediction from marts.lead_predictions
    union all
    select person_id, false from marts.dim_leads
    where owner = 'marketing' and is_contactable and not is_customer
)
group by person_id
order by person_id
"""

# the whole of a quarter beside its tenths, and all quarters beside the quarters
GROUPS_COMPARED = f"""
with

predicted as (

    select * from marts.{MART}
    where status = 'predicted'

),

wholes as (

    select * from predicted
    where chance_decile is null

),

parts as (

    select outcome, basis, handoff_quarter, sum(handoffs) as part_handoffs, sum(hits) as part_hits
    from predicted
    where chance_decile is not null
    group by all
    union all
    select outcome, basis, null, sum(handoffs), sum(hits)
    from wholes
    where handoff_quarter is not null
    group by all

)

select
    coalesce(wholes.outcome, parts.outcome) as outcome,
    coalesce(wholes.basis, parts.basis) as basis,
    coalesce(wholes.handoff_quarter, parts.handoff_quarter) as handoff_quarter,
    coalesce(handoffs, 0) as handoffs, coalesce(part_handoffs, 0) as part_handoffs,
    coalesce(hits, 0) as hits, coalesce(part_hits, 0) as part_hits
from wholes
full join parts
    on
        wholes.outcome = parts.outcome
        and wholes.basis = parts.basis
        and wholes.handoff_quarter is not distinct from parts.handoff_quarter
order by all
"""


def suites(_limits: Limits) -> list[Suite]:
    return [
        Suite(
            name="leads_predicted",
            table="lead_predictions",
            needs=("marts.lead_predictions", "marts.dim_leads"),
            query=LEADS_COMPARED,
            keys=("person_id",),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "open_leads_predicted",
                    "whoever can be handed over has its row, and nobody else",
                    column_A="predictions",
                    column_B="open_leads",
                ),
            ],
        ),
        Suite(
            name="prediction_groups",
            table=MART,
            needs=(f"marts.{MART}",),
            query=GROUPS_COMPARED,
            keys=("outcome", "basis", "handoff_quarter", "handoffs", "hits"),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "handoffs_add_up",
                    "tenths add up to their quarter, and quarters to all",
                    column_A="handoffs",
                    column_B="part_handoffs",
                ),
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "hits_add_up",
                    "and so do those that were accepted or won",
                    column_A="hits",
                    column_B="part_hits",
                ),
            ],
        ),
    ]
