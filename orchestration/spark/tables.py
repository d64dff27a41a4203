"""What Spark holds: the views of the models, and the stamps in their text.

Both are written by `dbt_project/macros/materializations/spark/statements.sql`.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

VIEW = re.compile(
    r"^View Text: select /\* funnel state (?P<state>\w+) based on (?P<based_on>\w+) \*/ \*"
    r" from (?P<rows>\S+)",
    re.MULTILINE,
)
LOCATION = re.compile(r"^Location: (.+)$", re.MULTILINE)
NONE = "none"


@dataclass(frozen=True, slots=True)
class SparkTable:
    """The view of a model; `location` is the folder of its rows, None for one without rows."""

    schema: str
    name: str
    state: str | None
    based_on: str | None
    rows: str
    location: str | None


def tables_of(session: "SparkSession", schemas: Collection[str]) -> list[SparkTable]:
    """All models that stand in these schemas, those with a stamp and those without."""
    return [table for schema in sorted(schemas) for table in _tables(session, schema)]


def forget_states(session: "SparkSession", schemas: Collection[str]) -> None:
    """Have every table built again, and leave its rows as they are."""
    for table in tables_of(session, schemas):
        if table.location:
            session.sql(
                f"alter view {table.schema}.{table.name} as"
                f" select /* funnel state {NONE} based on {NONE} */ * from {table.rows}"
            )
        else:
            session.sql(f"drop view {table.schema}.{table.name}")


def _tables(session: "SparkSession", schema: str) -> Iterator[SparkTable]:
    # a schema that is not there holds nothing
    if not session.catalog.databaseExists(schema):
        return
    found = session.sql(f"show table extended in {schema} like '*'").collect()
    texts = {str(row["tableName"]): str(row["information"]) for row in found}
    locations = {name: place[1] for name, text in texts.items() if (place := LOCATION.search(text))}
    for name, text in texts.items():
        view = VIEW.search(text)
        if view is None:
            continue
        rows = view["rows"].rpartition(".")[2]
        yield SparkTable(
            schema,
            name,
            _known(view["state"]),
            _known(view["based_on"]),
            view["rows"],
            _folder(locations[rows]) if rows in locations else None,
        )


def _known(text: str) -> str | None:
    return None if text == NONE else text


def _folder(location: str) -> str:
    parts = urlsplit(location)
    return unquote(parts.path) if parts.scheme in {"", "file"} else location
