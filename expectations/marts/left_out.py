"""What the figures rest on without saying so: stand-ins, rows that count nowhere, joined names."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, improbable

STAND_INS = """
    from intermediate.int_lead_versions
    where is_current and updated_at >= $ends_at
"""
OUTSIDE_CYCLES = """
    from intermediate.int_disposition_cycles as cycles
    inner join intermediate.int_dispositions as dispositions
        on cycles.disposition_id = dispositions.disposition_id
    where cycles.cycle_number is null
"""
# a mapping may read dates in a zone of its own, but midnight of any zone is a quarter of an hour in
# UTC; the day of a date is over within 24 hours
BEFORE_HANDOFF = """
    from (
        select
            *,
            min(case when disposition = 'handed_off' then occurred_at end) over (
                partition by person_id order by occurred_at, disposition_id
                rows between 1 following and unbounded following
            ) as next_handed_off_at,
            max(
                case
                    when disposition in (
                        'accepted', 'rejected', 'appointment', 'opportunity', 'won', 'lost'
                    ) then occurred_at
                end
            ) over (partition by person_id) as last_outcome_at
        from intermediate.int_dispositions
        where person_id is not null
    ) as sales
    where
        disposition in ('accepted', 'rejected', 'appointment', 'opportunity', 'won', 'lost')
        and epoch_us(occurred_at) % epoch_us(interval 15 minute) = 0
        and next_handed_off_at > occurred_at
        and next_handed_off_at < occurred_at + interval 24 hour
        and last_outcome_at < next_handed_off_at
"""
# a lead stands for its address or telephone number, which no report may show
JOINED_NAMES = """
    select
        'address' as joined_by,
        min(lead_id) as first_one,
        count(distinct normalized_name) as names
    from intermediate.int_lead_records
    group by normalized_email
    having normalized_email is not null and names > $most_names
    union all
    select
        'phone' as joined_by,
        min(lead_id) as first_one,
        count(distinct normalized_name) as names
    from intermediate.int_lead_records
    group by normalized_phone
    having normalized_phone is not null and names > $most_names
    union all
    select
        'browser' as joined_by,
        anonymous_id as first_one,
        count(distinct person_id) as names
    from intermediate.int_web_events
    where is_identified and anonymous_id is not null
    group by anonymous_id
    having names > $most_names
"""


def suites(limits: Limits) -> list[Suite]:
    return [
        _stand_ins(limits),
        _outside_cycles(limits),
        _before_handoff(limits),
        _joined_names(limits),
    ]


def _stand_ins(limits: Limits) -> Suite:
    return Suite(
        name="leads_known_later",
        table="dim_leads",
        needs=("intermediate.int_lead_versions",),
        query=f"select count(*) as leads {STAND_INS}",
        evidence={
            "leads_known_on_the_day": f"""
                select lead_id, updated_at {STAND_INS} order by updated_at, lead_id limit 5
            """
        },
        expectations=[
            improbable(
                limits["marts.leads_known_later"],
                gxe.ExpectColumnValuesToBeBetween,
                "leads_known_on_the_day",
                "every lead has a version of the reported day or before; else its first later one"
                " stands in",
                column="leads",
                max_value=0,
            )
        ],
    )


def _outside_cycles(limits: Limits) -> Suite:
    return Suite(
        name="sales_outside_cycles",
        table="fct_lead_cycles",
        needs=("intermediate.int_disposition_cycles", "intermediate.int_dispositions"),
        query=f"""
            select count(*) as rows, coalesce(sum(amount), 0) as amount {OUTSIDE_CYCLES}
        """,
        told=("amount",),
        evidence={
            "sales_rows_in_a_cycle": f"""
                select dispositions.disposition_id, dispositions.disposition, dispositions.amount
                {OUTSIDE_CYCLES}
                order by dispositions.amount desc nulls last, dispositions.disposition_id
                limit 5
            """
        },
        expectations=[
            improbable(
                limits["marts.sales_outside_cycles"],
                gxe.ExpectColumnValuesToBeBetween,
                "sales_rows_in_a_cycle",
                "every row of sales belongs to a cycle of its person",
                column="rows",
                max_value=0,
            )
        ],
    )


def _before_handoff(limits: Limits) -> Suite:
    return Suite(
        name="outcomes_before_handoff",
        table="fct_handoffs",
        needs=("intermediate.int_dispositions",),
        query=f"select count(*) as rows {BEFORE_HANDOFF}",
        evidence={
            "outcomes_follow_their_handoff": f"""
                select disposition_id, disposition, occurred_at, next_handed_off_at
                {BEFORE_HANDOFF}
                order by occurred_at, disposition_id
                limit 5
            """
        },
        expectations=[
            improbable(
                limits["marts.outcomes_before_handoff"],
                gxe.ExpectColumnValuesToBeBetween,
                "outcomes_follow_their_handoff",
                "no outcome without a time of day precedes a hand-off of the same day that nothing"
                " followed (day_end in a mapping)",
                column="rows",
                max_value=0,
            )
        ],
    )


def _joined_names(limits: Limits) -> Suite:
    limit = limits["marts.joined_names"]
    return Suite(
        name="joined_names",
        table="dim_leads",
        needs=("intermediate.int_lead_records", "intermediate.int_web_events"),
        query=f"from ({JOINED_NAMES}) order by names desc, joined_by, first_one",
        values=limit,
        keys=("joined_by", "first_one"),
        expectations=[
            improbable(
                limit,
                gxe.ExpectColumnValuesToBeBetween,
                "few_names_share_a_key",
                "an address, telephone number or browser is not that of many names",
                column="names",
                max_value=limit["most_names"],
            )
        ],
    )
