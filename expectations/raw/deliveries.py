"""Every delivered file: its audit adds up, agrees with the rows, and few of them were bad."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import named_file
from expectations.suite import Suite, impossible, improbable
from pipelines.feeds import Feed

QUERY = """
with

audited as (

    select
        source,
        file,
        _delivery,
        rows_read,
        rows_loaded,
        rows_replaced,
        rows_quarantined,
        _dlt_load_id = (select max(_dlt_load_id) from raw.load_audit) as is_new
    from raw.load_audit
    where feed = $feed

),

loaded as (

    select
        _source as source,
        _file as file,
        _delivery,
        count(*) filter (where not _is_replaced) as rows_standing,
        count(*) filter (where _is_replaced) as rows_superseded
    from raw.{feed}
    group by all

),

refused as (

    select
        source,
        file,
        _delivery,
        count(*) as rows_refused,
        count(*) filter (where row_number = 0) as unreadable
    from raw.quarantine
    where feed = $feed
    group by all

),

compared as (

    select
        source,
        file as name,
        {named_file} as file,
        _delivery as delivery,
        coalesce(is_new, true) as is_new,
        coalesce(rows_read, 0) as rows_read,
        coalesce(rows_loaded, 0) as rows_loaded,
        coalesce(rows_replaced, 0) as rows_replaced,
        coalesce(rows_quarantined, 0) as rows_quarantined,
        coalesce(rows_standing, 0) as rows_standing,
        coalesce(rows_superseded, 0) as rows_superseded,
        coalesce(rows_refused, 0) as rows_refused,
        coalesce(unreadable, 0) as unreadable
    from audited
    full join loaded using (source, file, _delivery)
    full join refused using (source, file, _delivery)

)

select
    *,
    rows_loaded + rows_replaced + rows_quarantined as rows_accounted,
    least(rows_read, rows_loaded, rows_replaced, rows_quarantined) as least_count,
    case when is_new then unreadable end as unreadable_new,
    case
        when is_new and rows_read >= $fewest_rows then rows_quarantined / rows_read
    end as quarantine_share
from compared
order by source, name, delivery
"""


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    quarantine = limits["raw.quarantine"]
    return [
        Suite(
            name=f"{feed.name}_deliveries",
            table=feed.name,
            needs=(f"raw.{feed.name}", "raw.load_audit", "raw.quarantine"),
            query=QUERY.format(feed=feed.name, named_file=named_file("source", "file")),
            values={"feed": feed.name, "fewest_rows": quarantine["fewest_rows"]},
            keys=("file", "delivery"),
            expectations=[
                impossible(
                    gxe.ExpectCompoundColumnsToBeUnique,
                    "delivery_audited_once",
                    "each delivered content has one row in load_audit",
                    column_list=["source", "name", "delivery"],
                ),
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "audit_adds_up",
                    "rows read are those loaded, replaced and quarantined",
                    column_A="rows_read",
                    column_B="rows_accounted",
                ),
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    "audit_counts_not_negative",
                    "no count of the audit is below 0",
                    column="least_count",
                    min_value=0,
                ),
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "loaded_rows_stand",
                    "the rows counted as loaded are in the raw table",
                    column_A="rows_loaded",
                    column_B="rows_standing",
                ),
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "replaced_rows_kept",
                    "the rows counted as replaced are in the raw table, marked",
                    column_A="rows_replaced",
                    column_B="rows_superseded",
                ),
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "quarantined_rows_kept",
                    "the rows counted as quarantined are in raw.quarantine",
                    column_A="rows_quarantined",
                    column_B="rows_refused",
                ),
                improbable(
                    quarantine,
                    gxe.ExpectColumnValuesToBeBetween,
                    "few_rows_quarantined",
                    "few rows of a newly delivered file break the contract",
                    column="quarantine_share",
                    max_value=quarantine["most_share"],
                ),
                improbable(
                    limits["raw.unreadable_files"],
                    gxe.ExpectColumnValuesToBeBetween,
                    "files_readable",
                    "newly delivered files can be read to their end",
                    column="unreadable_new",
                    max_value=0,
                ),
            ],
        )
    ]
