"""Files of the sources into typed, checked and audited raw tables."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.settings import PLAIN, Settings, of_source
from pipelines.wording import shown_name

if TYPE_CHECKING:
    from pipelines.load.landing import Landing

# done at import, the one place before each import of dlt: its telemetry reads nothing set later
os.environ.update(
    RUNTIME__DLTHUB_TELEMETRY="false",
    RUNTIME__LOG_LEVEL="CRITICAL",
    # a file that cannot be read once cannot be read again
    LOAD__RAISE_ON_MAX_RETRIES="1",
)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FeedCounts:
    """Rows of one feed that a run took in: `rows_read` is the sum of the other three."""

    feed: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_replaced: int = 0
    rows_quarantined: int = 0


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that broke the contract; number 0 is a file that cannot be read to its end."""

    feed: str
    file: str
    row_number: int
    reason: str
    source: str = PLAIN

    @property
    def place(self) -> str:
        """Where it is, without a value of it."""
        return of_source(self.source, f"{self.feed}/{shown_name(self.file)} row {self.row_number}")

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one run loaded, and what the user should know about the sources.

    `quarantined` are the first quarantined rows of each feed, not all of them.
    """

    feeds: tuple[FeedCounts, ...]
    warnings: tuple[str, ...]
    quarantined: tuple[QuarantinedRow, ...] = ()

    @property
    def rows_quarantined(self) -> int:
        """How many rows of all feeds were quarantined."""
        return sum(feed.rows_quarantined for feed in self.feeds)


def load(settings: Settings, progress: Progress, landing: "Landing | None" = None) -> LoadReport:
    """Load what is new in the sources; a UsageError leaves everything as it was.

    `landing` is what was found in them, if somebody looked.
    """
    # dlt takes a second to import, for which users of the readers need not wait
    from pipelines.load.landing import discover
    from pipelines.load.run import load_landing

    return load_landing(settings, landing or discover(settings), progress)
