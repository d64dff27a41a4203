"""Leads and the lists made from them: nobody is left out, nobody is on a list by mistake."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "dim_leads"
LISTS = ("fct_lead_cycles", "fct_handoffs", "handoff_queue", "follow_up_worklist", "value_matrix")

LEADS_COUNTED = f"""
select
    (select count(*) from marts.{MART}) as leads,
    (select count(distinct person_id) from marts.fct_lead_cycles) as leads_with_cycle,
    (
        select count(*) from marts.{MART}
        where is_qualified and owner = 'marketing'
    ) as leads_waiting,
    (select count(*) from marts.handoff_queue) as leads_queued,
    (
        select count(*) from marts.fct_handoffs
        where outcome in ('pending', 'untouched')
    ) as handoffs_unanswered,
    (select count(*) from marts.follow_up_worklist) as handoffs_listed,
    (select count(*) from marts.{MART} where not is_customer) as leads_no_customers,
    (
        select cast(coalesce(sum(people), 0) as bigint) from marts.value_matrix
    ) as people_in_matrix
"""

SAME_COUNTS = (
    (
        "every_cycle_has_its_lead",
        "every person with a cycle is a lead",
        "leads_with_cycle",
        "leads",
    ),
    (
        "every_waiting_lead_queued",
        "the hand-off queue holds whoever qualifies and is with marketing, and nobody else",
        "leads_waiting",
        "leads_queued",
    ),
    (
        "every_unanswered_handoff_listed",
        "the worklist holds every pending or untouched hand-off, and no other",
        "handoffs_unanswered",
        "handoffs_listed",
    ),
    (
        "every_lead_in_the_matrix",
        "the value matrix counts every lead that is not a customer",
        "leads_no_customers",
        "people_in_matrix",
    ),
)


def suites(_limits: Limits) -> list[Suite]:
    return [
        Suite(
            name="leads_counted",
            table=MART,
            needs=(f"marts.{MART}", *(f"marts.{mart}" for mart in LISTS)),
            query=LEADS_COUNTED,
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual, name, meaning, column_A=one, column_B=other
                )
                for name, meaning, one, other in SAME_COUNTS
            ],
        )
    ]
