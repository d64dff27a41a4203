"""A panel that a company declares for a mart of its own: `meta: {panel: ...}` in its YAML."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from orchestration.build.root import is_mart
from pipelines.errors import UsageError
from pipelines.variables import LANGUAGES, Language

Format = Literal["text", "count", "decimal", "rate", "amount", "month", "day", "flag"]


def _in_each_language(value: object) -> object:
    return dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value


# one text for all languages, or one for each
Words = Annotated[dict[Language, str], BeforeValidator(_in_each_language)]


class OwnPanel(BaseModel):
    """What is drawn of a mart, whose rows it shows as they are.

    A bar stands for each value of `x`, a line goes along it; `color` parts them into series. A
    `table` has no chart. `formats` and `labels` are of columns, where the types and names of the
    mart do not say enough.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    question: Words = Field(default_factory=lambda: dict.fromkeys(LANGUAGES, ""))
    note: Words = Field(default_factory=lambda: dict.fromkeys(LANGUAGES, ""))
    chart: Literal["bar", "line", "table"] = "table"
    x: str | None = None
    y: str | None = None
    color: str | None = None
    formats: dict[str, Format] = {}
    labels: dict[str, Words] = {}

    def columns(self) -> set[str]:
        """The columns that it names."""
        return {name for name in (self.x, self.y, self.color) if name} | {
            *self.formats,
            *self.labels,
        }


def panel_of(node: Mapping[str, Any]) -> OwnPanel | None:
    """The panel of a dbt node, if it declares one; raises UsageError for a wrong one."""
    declared = (node["config"].get("meta") or {}).get("panel")
    if declared is None:
        return None
    try:
        panel = OwnPanel.model_validate(declared)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        place = ".".join(["panel", *map(str, error["loc"])])
        raise UsageError(f"{node['name']}: meta: {place}: {error['msg']}") from None
    if panel.chart != "table" and not (panel.x and panel.y):
        raise UsageError(f"{node['name']}: meta: panel: a {panel.chart} chart needs x and y")
    return panel


def own_panels(manifest: Mapping[str, Any]) -> dict[str, OwnPanel]:
    """The panels that marts declare, by mart, in the order of their names."""
    marts = [node for node in manifest["nodes"].values() if is_mart(node)]
    found = {node["name"]: panel_of(node) for node in marts}
    return {name: panel for name, panel in sorted(found.items()) if panel}
