"""What a file may ask for: what goes beyond costs the file, or the row, and nothing else.

The limits hold for the whole process, since a run has one configuration.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MEGABYTE = 1_000_000
Count = Annotated[int, Field(ge=1)]


class Limits(BaseModel):
    """The limits of a run; megabytes are millions of bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unpacked_ratio: Count = Field(
        default=200, description="how many times its own size a file may unpack to"
    )
    unpacked_megabytes: Count = Field(
        default=100, description="what a file may unpack to, however small it is"
    )
    columns: Count = Field(default=5_000, description="columns of a file, or keys of JSON lines")
    row_megabytes: Annotated[int, Field(ge=1, le=1_000)] = Field(
        default=100, description="length of a row"
    )
    file_seconds: Count = Field(
        default=600, description="how long the rows of a file below 16 MB may take"
    )
    computed_length: Count = Field(
        default=100_000,
        description="characters or items that a function of a mapping may make of little",
    )

    def unpacked(self, size: int) -> int:
        """How many bytes a file of this size may unpack to."""
        return max(self.unpacked_megabytes * MEGABYTE, self.unpacked_ratio * size)

    @property
    def row_bytes(self) -> int:
        return self.row_megabytes * MEGABYTE


_held = Limits()


def limits() -> Limits:
    """Those that hold."""
    return _held


def hold(new: Limits) -> None:
    """Have these hold from now on."""
    global _held
    _held = new
