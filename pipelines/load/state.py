"""What dlt's state says of earlier loads, checked, since a damaged one would load files twice."""

import json
import zlib
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, Field

from pipelines.errors import FunnelError, move_away_hint
from pipelines.settings import PLAIN, Settings


class FileId(NamedTuple):
    """A file of a source as far as it feeds one raw table."""

    feed: str
    source: str
    file: str


# the hashes of the contents that a file has had, in the order of their delivery
Known = Mapping[FileId, Sequence[str]]


class ResourceState(BaseModel):
    """For each source the digests of the contents that were loaded of each of its files."""

    contents: dict[str, dict[str, list[str]]] = Field(default_factory=dict)


class SourceState(BaseModel):
    """How a source was read; `mappings` holds the hash of the mapping of each mapped file."""

    timezone: str | None = None
    id_prefix: str = ""
    id_hash: str = ""
    mappings: dict[str, str] = Field(default_factory=dict)


class LandingState(BaseModel):
    """The state of the loads: the contents of each feed, and how each source was read."""

    resources: dict[str, ResourceState] = Field(default_factory=dict)
    readings: dict[str, SourceState] = Field(default_factory=dict)

    @classmethod
    def of(cls, pipeline: Mapping[str, Any]) -> Self:
        """The state within that of dlt's pipeline; raises ValueError for one of another shape."""
        sources = pipeline.get("sources", {})
        if not isinstance(sources, dict):
            raise ValueError(f"no sources: {sources!r}")
        state = deepcopy(sources.get("landing", {}))
        try:
            upgrade(state)
        except (AttributeError, TypeError) as error:
            raise ValueError(str(error)) from None
        return cls.model_validate(state)

    @classmethod
    def unpacked(cls, text: str) -> Self:
        """The same from the text that dlt keeps; raises ValueError for a damaged one."""
        try:
            state = json.loads(zlib.decompress(b64decode(text)))
        except zlib.error as error:
            raise ValueError(str(error)) from None
        if not isinstance(state, dict):
            raise ValueError(f"no state: {state!r}")
        return cls.of(state)

    @property
    def contents(self) -> Known:
        """What was loaded."""
        return {
            FileId(feed, source, file): digests
            for feed, resource in self.resources.items()
            for source, files in resource.contents.items()
            for file, digests in files.items()
        }

    def files_of_sources(self) -> Counter[str]:
        """How many files were loaded of each source."""
        return Counter(source for source, _ in {(file.source, file.file) for file in self.contents})

    def has_loaded(self, source: str) -> bool:
        """Whether a file of the source was loaded."""
        return source in self.files_of_sources()

    def reading_of(self, source: str) -> SourceState:
        """How the source was read; as plain feeds if that is not known."""
        return self.readings.get(source, SourceState())


def upgrade(state: dict[str, Any]) -> None:
    """Give the state of a home that had one source without a name the shape of today."""
    for resource in state.get("resources", {}).values():
        if "files" in resource:
            resource["contents"] = {PLAIN: resource.pop("files")}
    if "source_timezone" in state:
        reading = {"timezone": state.pop("source_timezone")}
        state["readings"] = {PLAIN: {**reading, "mappings": state.pop("mappings", {})}}


def damaged_state(settings: Settings) -> FunnelError:
    """The error of a warehouse that cannot say what was loaded into it."""
    return FunnelError(
        f"{settings.warehouse}: the state of its loads (raw._dlt_pipeline_state) is damaged;"
        f" {move_away_hint(settings.warehouse)} and run the command again, which loads all files"
        " of the landing folder"
    )
