"""Identifiers of new files: some of them are known, or the file writes them in another way."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import named_file
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

QUERY = """
with

leads as (

    select distinct lead_id from raw.leads

),

named as (

    select
        {named_file} as file,
        events._delivery as delivery,
        count(*) as rows_with_lead_id,
        count(leads.lead_id) as rows_of_known_leads,
        count(without_point.lead_id) as rows_with_point,
        min(events.lead_id) as first_lead_id
    from raw.{feed} as events
    left join leads
        on events.lead_id = leads.lead_id
    left join leads as without_point
        on
            events.lead_id like '%.0'
            and regexp_replace(events.lead_id, '[.]0$', '') = without_point.lead_id
            and leads.lead_id is null
    where
        not events._is_replaced
        and events.lead_id is not null
        and events._dlt_load_id = (select max(_dlt_load_id) from raw.load_audit)
    group by all

)

select
    *,
    case
        when rows_with_lead_id >= $fewest_rows then rows_of_known_leads / rows_with_lead_id
    end as known_share
from named
order by file, delivery
"""


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    if not feed.is_of_persons:
        return []
    limit = limits["raw.unknown_leads"]
    return [
        Suite(
            name=f"{feed.name}_identifiers",
            table=feed.name,
            needs=(f"raw.{feed.name}", "raw.leads", "raw.load_audit"),
            query=QUERY.format(feed=feed.name, named_file=named_file()),
            values=limit,
            keys=("file", "delivery", "rows_with_lead_id", "rows_of_known_leads", "first_lead_id"),
            expectations=[
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "lead_ids_are_known",
                    "some lead_id of a newly delivered file is that of a lead",
                    column="known_share",
                    min_value=limit["known_share"],
                ),
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "lead_ids_are_no_decimals",
                    "no lead_id is that of a lead but for a `.0` that a tool wrote behind it",
                    column="rows_with_point",
                    max_value=0,
                ),
            ],
        )
    ]
