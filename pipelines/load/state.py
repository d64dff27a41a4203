"""What dlt's state says of earlier loads, checked, since a damaged one would load files twice."""

import json
import zlib
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, Field

from pipelines.errors import FunnelError, move_away_hint
from pipelines.settings import Settings


class ResourceState(BaseModel):
    """The digests of the contents that were loaded of each file of a feed."""

    files: dict[str, list[str]] = Field(default_factory=dict)


class LandingState(BaseModel):
    """The state of the source; `mappings` holds the hash of the mapping of each mapped file."""

    resources: dict[str, ResourceState] = Field(default_factory=dict)
    source_timezone: str | None = None
    mappings: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def of(cls, pipeline: Mapping[str, Any]) -> Self:
        """The state within that of dlt's pipeline; raises ValueError for one of another shape."""
        sources = pipeline.get("sources", {})
        if not isinstance(sources, dict):
            raise ValueError(f"no sources: {sources!r}")
        return cls.model_validate(sources.get("landing", {}))

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


def damaged_state(settings: Settings) -> FunnelError:
    """The error of a warehouse that cannot say what was loaded into it."""
    return FunnelError(
        f"{settings.warehouse}: the state of its loads (raw._dlt_pipeline_state) is damaged;"
        f" {move_away_hint(settings.warehouse)} and run the command again, which loads all files"
        " of the landing folder"
    )
