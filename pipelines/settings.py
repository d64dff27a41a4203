"""What one run works on: folders, sources, the reported day and the variables of the rules."""

import os
from collections.abc import Sequence
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipelines.variables import TimeZone, Variables

# the clone, or the folder of an environment that pip installed the packages into
PROJECT = Path(__file__).resolve().parent.parent
IS_CLONE = (PROJECT / "pyproject.toml").is_file()
DBT_PROJECT = PROJECT / "dbt_project"
SHIPPED_RULES = DBT_PROJECT / "seeds"
# how the marts word what is a code elsewhere
LABELS = DBT_PROJECT / "labels"
# the source of a command line that names none
PLAIN = "landing"


class Source(BaseModel):
    """One system that delivers files: the folder they land in, and how they are read.

    `mapping` names a mapping (a shipped one or a file) that turns foreign exports into feeds;
    `timezone` is that of instants without an offset, in place of the variable `source_timezone`;
    `id_prefix` is put before the ids of its rows (`Column.takes_prefix`), so that those of two
    systems never meet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = PLAIN
    landing: Path
    mapping: str | None = None
    timezone: TimeZone | None = None
    id_prefix: str = ""


def _fit_together(sources: Sequence[Source]) -> Sequence[Source]:
    names = [source.name for source in sources]
    if not names:
        raise ValueError("no source is given")
    if len(set(names)) < len(names):
        raise ValueError(f"two sources have one name: {', '.join(names)}")
    prefixes = {source.id_prefix for source in sources if source.id_prefix}
    for one, other in permutations(sorted(prefixes), 2):
        if other.startswith(one):
            raise ValueError(
                f"id_prefix {other} begins with id_prefix {one}: ids of two sources could meet"
            )
    return sources


class Settings(BaseModel):
    """One run: `home` takes everything it writes, what the sources and `rules` name is only read.

    The sources have different names, and no `id_prefix` begins with that of another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    sources: Annotated[tuple[Source, ...], AfterValidator(_fit_together)]
    as_of: date
    rules: Path = SHIPPED_RULES
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
    """FUNNEL_HOME, or `.funnel/` in the clone; where pip installed it, in the current folder."""
    folder = PROJECT if IS_CLONE else Path.cwd()
    return Path(os.environ.get("FUNNEL_HOME") or folder / ".funnel").resolve()


def memory_limit() -> str:
    """FUNNEL_MEMORY_LIMIT, or what leaves a small laptop usable."""
    return os.environ.get("FUNNEL_MEMORY_LIMIT") or "4GB"
