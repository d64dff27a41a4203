"""Which marts go back to a CRM as lists of changes, and what counts as a change."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipelines.errors import UsageError
from pipelines.sql import identifier

FILE = Path(__file__).with_name("lists.toml")


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


# one column, or several that name a row together
Key = Annotated[tuple[str, ...], BeforeValidator(_several), Field(min_length=1)]


class ExportList(BaseModel):
    """A list, as `lists.toml` has the shipped ones and `[lists.NAME]` of a company its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mart: str = Field(description="published mart that the rows come from")
    key: Key = Field(
        description="column that names a row, by which the receiver finds it, or a list of columns"
        " that do so together"
    )
    columns: tuple[str, ...] = Field(
        default=(), description="further columns, in their order; without it all of the mart"
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="the receiver's names of columns that it calls otherwise"
    )
    unwatched: tuple[str, ...] = Field(
        default=(),
        description="columns that change by themselves every day: they go along with a row, but a"
        " change of them alone exports none",
    )
    where: str = Field(
        default="", description="condition in SQL on the columns of the mart; without it all rows"
    )

    def header(self, column: str) -> str:
        return self.headers.get(column, column)

    @property
    def key_of_row(self) -> str:
        """SQL of the text that names a row, null where a column of the key is."""
        columns = [f"{identifier(name)}::varchar" for name in self.key]
        if len(columns) == 1:
            return columns[0]
        filled = " and ".join(f"{column} is not null" for column in columns)
        return f"case when {filled} then to_json([{', '.join(columns)}])::varchar end"

    def key_column(self, name: str, key: str) -> str:
        """SQL of a column of the key, taken from the text that names a row."""
        return key if len(self.key) == 1 else f"{key}->>{self.key.index(name)}"

    @property
    def rows(self) -> str:
        """The rows of the list, for a from clause."""
        where = f" where {self.where}" if self.where else ""
        return f'(select * from main."{self.mart}"{where})'


@cache
def shipped_lists() -> dict[str, ExportList]:
    """The lists of `lists.toml` by name."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: ExportList.model_validate(table) for name, table in found.items()}


def export_list(name: str, own: Mapping[str, ExportList]) -> ExportList:
    """The list of this name, one of a company before a shipped one; raises UsageError."""
    lists = {**shipped_lists(), **own}
    if name not in lists:
        raise UsageError(
            f"{name} is no list for a CRM ({', '.join(lists)});"
            " leave the name out to export every published table"
        )
    return lists[name]
