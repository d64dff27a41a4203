"""Published marts hold no name, e-mail address or phone number."""

from collections.abc import Mapping

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible, improbable
from pipelines.personal.columns import PERSONAL_NAMES, holds
from pipelines.personal.spellings import HIDDEN_ADDRESS

LEADS = "marts.dim_leads"
SEARCHED = ("text", "staff")
# what the models put in place of one
HIDDEN = ":email(?:-[0-9a-f]{8})?"


def suites(tables: Mapping[str, Mapping[str, str]], limits: Limits) -> list[Suite]:
    """One suite on each mart there is; `tables` gives the types of columns by `schema.table`."""
    marts = {name: columns for name, columns in tables.items() if name.startswith("marts.")}
    found = [_suite(name, columns, limits) for name, columns in marts.items()]
    return [*found, _ids(limits)] if "person_id" in marts.get(LEADS, {}) else found


def _ids(limits: Limits) -> Suite:
    # they lead back to the CRM and so are published as they are, whatever stands in them
    return Suite(
        name="dim_leads_ids",
        table=LEADS.removeprefix("marts."),
        needs=(LEADS,),
        query=f"""
            select count(*) filter (
                where regexp_matches(person_id, '{HIDDEN_ADDRESS}')
            ) as addresses
            from {LEADS}
        """,
        expectations=[
            improbable(
                limits["marts.address_as_id"],
                gxe.ExpectColumnValuesToBeBetween,
                "no_address_as_id",
                "person_id, which every mart publishes, is not an e-mail address",
                column="addresses",
                max_value=0,
            )
        ],
    )


def _suite(table: str, columns: Mapping[str, str], limits: Limits) -> Suite:
    counts = ", ".join(_addresses(column, kind) for column, kind in columns.items())
    return Suite(
        name=f"{table.removeprefix('marts.')}_privacy",
        table=table.removeprefix("marts."),
        needs=(table,),
        query=f"""
            select unnest($columns) as column_name, unnest([{counts}]) as rows_with_address
            from {table}
        """,
        values={"columns": list(columns)},
        keys=("column_name",),
        expectations=[
            impossible(
                gxe.ExpectColumnValuesToNotBeInSet,
                "no_personal_column",
                "no column holds a name, an e-mail address or a phone number",
                column="column_name",
                value_set=list(PERSONAL_NAMES),
            ),
            improbable(
                limits["marts.personal_data"],
                gxe.ExpectColumnValuesToBeBetween,
                "no_address_in_text",
                "no published text holds an e-mail address",
                column="rows_with_address",
                max_value=0,
            ),
        ],
    )


def _addresses(column: str, kind: str) -> str:
    if kind != "VARCHAR" or holds(column) not in SEARCHED:
        return "count(*) filter (where false)"
    # the plain search is quick and sorts out nearly every row before the pattern is tried
    return f"""count(*) filter (
        where (contains({column}, '@') or contains({column}, '＠') or contains({column}, '40'))
        and regexp_matches(regexp_replace({column}, '{HIDDEN}', ' ', 'g'), '{HIDDEN_ADDRESS}')
    )"""
