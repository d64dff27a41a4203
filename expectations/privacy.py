"""Published marts hold no name, e-mail address or phone number."""

from collections.abc import Mapping

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, impossible, improbable

PERSONAL_COLUMNS = [
    "email",
    "full_name",
    "phone",
    "normalized_email",
    "normalized_name",
    "normalized_phone",
    "recipient",
]
# narrower than the models' own pattern, so that a text they let pass on purpose passes here too
ADDRESS = "[A-Za-z0-9._%+-]+@[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+"


def suites(tables: Mapping[str, Mapping[str, str]], limits: Limits) -> list[Suite]:
    """Suites on whatever marts there are; `tables` gives the types of their columns by name."""
    marts = {name: columns for name, columns in tables.items() if name.startswith("marts.")}
    judged = [_columns(name.removeprefix("marts.")) for name in marts]
    for name, columns in marts.items():
        # ids are the CRM's own and lead back to it
        texts = [c for c, kind in columns.items() if kind == "VARCHAR" and not c.endswith("_id")]
        if texts:
            judged.append(_texts(name.removeprefix("marts."), texts, limits))
    return judged


def _columns(mart: str) -> Suite:
    return Suite(
        name=f"{mart}_columns",
        table=mart,
        needs=(f"marts.{mart}",),
        query="""
            select column_name
            from information_schema.columns
            where table_schema = 'marts' and table_name = $mart
            order by column_name
        """,
        values={"mart": mart},
        expectations=[
            impossible(
                gxe.ExpectColumnValuesToNotBeInSet,
                "no_personal_column",
                "no column holds a name, an e-mail address or a phone number",
                column="column_name",
                value_set=PERSONAL_COLUMNS,
            )
        ],
    )


def _texts(mart: str, columns: list[str], limits: Limits) -> Suite:
    # the plain search is quick and sorts out nearly every row before the pattern is tried
    counts = ", ".join(
        f"""count(*) filter (
            where contains({column}, '@')
            and regexp_matches(replace({column}, ':email', ' '), '{ADDRESS}')
        )"""
        for column in columns
    )
    return Suite(
        name=f"{mart}_texts",
        table=mart,
        needs=(f"marts.{mart}",),
        query=f"""
            select unnest($columns) as text_column, unnest([{counts}]) as rows_with_address
            from marts.{mart}
        """,
        values={"columns": columns},
        keys=("text_column",),
        expectations=[
            improbable(
                limits["marts.personal_data"],
                gxe.ExpectColumnValuesToBeBetween,
                "no_address_in_text",
                "no published text holds an e-mail address",
                column="rows_with_address",
                max_value=0,
            )
        ],
    )
