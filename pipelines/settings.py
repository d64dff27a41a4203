"""What one run works on: folders, the reported day and the variables of the rules."""

import os
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from pipelines.variables import Variables

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SHIPPED_RULES = DBT_PROJECT / "seeds"
# how the marts word what is a code elsewhere
LABELS = DBT_PROJECT / "labels"


class Settings(BaseModel):
    """One run: `home` takes everything it writes, `landing` and `rules` are only read.

    `source` names a mapping (a shipped one or a file) that turns foreign exports into feeds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    landing: Path
    as_of: date
    rules: Path = SHIPPED_RULES
    source: str | None = None
    full: bool = False
    variables: Variables = Variables()

    def replace(self, **changes: object) -> Self:
        """The same settings but for these fields."""
        return self.model_copy(update=changes)

    @property
    def warehouse(self) -> Path:
        """The pipeline's own database; no BI tool may open it."""
        return self.home / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        """The published database."""
        return self.home / "marts.duckdb"

    @property
    def dashboard(self) -> Path:
        """The page that shows the published database."""
        return self.home / "dashboard.html"

    @property
    def staged_rules(self) -> Path:
        """The canonical copy of the rules that dbt reads as seeds."""
        return self.home / "rules"

    @property
    def scratch(self) -> Path:
        """Spilled and staged data of one run; may be deleted between runs."""
        return self.home / "scratch"

    @property
    def gate_results(self) -> Path:
        return self.home / "gates"


def default_home() -> Path:
    """FUNNEL_HOME, or `.funnel/` in the project."""
    return Path(os.environ.get("FUNNEL_HOME") or PROJECT / ".funnel").resolve()


def memory_limit() -> str:
    """FUNNEL_MEMORY_LIMIT, or what leaves a small laptop usable."""
    return os.environ.get("FUNNEL_MEMORY_LIMIT") or "4GB"
