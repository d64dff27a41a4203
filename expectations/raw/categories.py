"""Values of columns that classify: known to the rules, not suddenly new, not suddenly gone."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.raw.spans import named_file, spans_compared, standing_rows
from expectations.suite import Suite, improbable
from pipelines.feeds import Feed

# columns whose values come every week; fairs, campaigns and lead sources come and go
STEADY_COLUMNS = {
    "web_events": ("event_type", "form_type"),
    "mail_events": ("event_type",),
    "sales_dispositions": ("disposition", "routed_by", "sales_team"),
}

# a code may be shown in a report, free text may hold somebody's name
CODE = "[a-z][a-z0-9_]{0,31}"

QUERY = """
with

compared as (

    select * from {spans}

),

values_listed as (

    {values}

),

values_counted as (

    select
        column_name,
        text,
        count(*) filter (where is_recent) as recent_rows,
        count(*) filter (where not is_recent) as earlier_rows
    from values_listed
    group by column_name, text

),

shares_taken as (

    select
        column_name,
        case when regexp_full_match(text, '{code}') then text else '(text)' end as code,
        recent_rows,
        earlier_rows,
        sum(recent_rows) over (partition by column_name) as all_recent_rows,
        sum(earlier_rows) over (partition by column_name) as all_earlier_rows
    from values_counted

)

select
    column_name,
    code,
    case when earlier_rows = 0 then recent_rows / all_recent_rows end as new_share,
    case when recent_rows = 0 then earlier_rows / all_earlier_rows end as lost_share
from shares_taken
where all_recent_rows >= $fewest_rows and all_earlier_rows >= $fewest_rows
order by column_name, recent_rows desc, earlier_rows desc, code
"""

# columns by which channel_map finds the channel
CHANNEL_KEYS = {
    "web_events": "utm_medium",
    "mail_events": "mail_type",
    "offline_events": "event_type",
}

# white space as the rules' own match trims it
UNMAPPED = r"""
    from {rows}
    where occurred_at < $ends_at and {column} is not null and not list_contains(
        cast($mapped_{feed} as varchar[]),
        lower(regexp_replace({column}, '^[\s\p{{Z}}]+|[\s\p{{Z}}]+$', '', 'g'))
    )
"""


def suites(feed: Feed, limits: Limits) -> list[Suite]:
    columns = STEADY_COLUMNS.get(feed.name, ())
    judged = [_steady_values(feed, columns, limits)] if columns else []
    if feed.name in CHANNEL_KEYS:
        judged.append(_channels_mapped(feed, CHANNEL_KEYS[feed.name], limits))
    if feed.name == "sales_dispositions":
        judged.append(_dispositions_mapped(feed, limits))
    if feed.name == "enrollments":
        judged.append(_scenarios_known(feed, limits))
    return judged


def _steady_values(feed: Feed, columns: tuple[str, ...], limits: Limits) -> Suite:
    limit = limits["raw.categories"]
    values = " union all ".join(
        f"select '{column}' as column_name, {column} as text, is_recent"
        f" from compared where {column} is not null"
        for column in columns
    )
    return Suite(
        name=f"{feed.name}_categories",
        table=feed.name,
        needs=(f"raw.{feed.name}",),
        query=QUERY.format(spans=spans_compared(feed), values=values, code=CODE),
        values=limit,
        keys=("column_name", "code"),
        expectations=[
            improbable(
                limit,
                gxe.ExpectColumnValuesToBeBetween,
                "no_flood_of_new_values",
                "a value that was never seen before is rare",
                column="new_share",
                max_value=limit["new_share"],
            ),
            improbable(
                limit,
                gxe.ExpectColumnValuesToBeBetween,
                "no_common_value_vanished",
                "a value that was common before still occurs",
                column="lost_share",
                max_value=limit["lost_share"],
            ),
        ],
    )


def _channels_mapped(feed: Feed, column: str, limits: Limits) -> Suite:
    unmapped = UNMAPPED.format(rows=standing_rows(feed), column=column, feed=feed.name)
    return Suite(
        name=f"{feed.name}_channels",
        table=feed.name,
        needs=(f"raw.{feed.name}",),
        query=f"select count(*) as unmapped_rows {unmapped}",
        evidence={
            "channels_mapped": f"""
                select {column}, count(*) as rows {unmapped}
                group by {column} order by rows desc, {column} limit 5
            """
        },
        expectations=[
            improbable(
                limits["raw.unmapped_channels"],
                gxe.ExpectColumnValuesToBeBetween,
                "channels_mapped",
                "every medium and type is known to the rule channel_map",
                column="unmapped_rows",
                max_value=0,
            )
        ],
    )


def _dispositions_mapped(feed: Feed, limits: Limits) -> Suite:
    unmapped = UNMAPPED.format(rows=standing_rows(feed), column="disposition", feed=feed.name)
    return Suite(
        name=f"{feed.name}_mapped",
        table=feed.name,
        needs=(f"raw.{feed.name}",),
        query=f"select count(*) as unmapped_rows {unmapped}",
        # what sales writes may hold somebody's name
        evidence={
            "dispositions_mapped": f"""
                select disposition_id, {named_file()} as _file, _delivery, _row_number
                {unmapped}
                order by all limit 5
            """
        },
        expectations=[
            improbable(
                limits["raw.unmapped_dispositions"],
                gxe.ExpectColumnValuesToBeBetween,
                "dispositions_mapped",
                "every disposition is known to the rule disposition_map",
                column="unmapped_rows",
                max_value=0,
            )
        ],
    )


def _scenarios_known(feed: Feed, limits: Limits) -> Suite:
    unknown = f"""
        from {standing_rows(feed)}
        where
            occurred_at < $ends_at
            and not list_contains(cast($scenarios as varchar[]), scenario_id)
    """
    return Suite(
        name=f"{feed.name}_scenarios",
        table=feed.name,
        needs=(f"raw.{feed.name}",),
        query=f"select count(*) as unknown_rows {unknown}",
        evidence={
            "scenarios_known": f"""
                select scenario_id, count(*) as rows {unknown}
                group by scenario_id order by rows desc, scenario_id limit 5
            """
        },
        expectations=[
            improbable(
                limits["raw.unknown_scenarios"],
                gxe.ExpectColumnValuesToBeBetween,
                "scenarios_known",
                "every scenario is known to the rule scenarios; others are in no mart",
                column="unknown_rows",
                max_value=0,
            )
        ],
    )
