"""What one run works on: folders, sources, the reported day and the variables of the rules."""

import os
from collections.abc import Sequence
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipelines.limits import Limits
from pipelines.variables import TimeZone, Variables

DISTRIBUTION = "lead-funnel-warehouse"
# the clone, or where pip installed the packages
PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SHIPPED_RULES = DBT_PROJECT / "seeds"
# how the marts word what is a code elsewhere
LABELS = DBT_PROJECT / "labels"
# the source of a command line that names none
PLAIN = "landing"


def of_source(source: str, text: str) -> str:
    """The text behind the name of its source, if that has one of its own."""
    return text if source == PLAIN else f"{source}: {text}"


class Source(BaseModel):
    """One system that delivers files: the folder they land in, and how they are read.

    `id_prefix` is put before the columns that `Column.takes_prefix` names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = PLAIN
    landing: Path = Field(description="folder that its files are put into")
    mapping: str | None = Field(
        default=None,
        description="what turns its exports into feeds: a shipped mapping or a file; none needed"
        " for folders named as the feeds",
        examples=["hubspot"],
    )
    timezone: TimeZone | None = Field(
        default=None,
        description="of instants without an offset, in place of `source_timezone`",
        examples=["Europe/Berlin"],
    )
    id_prefix: str = Field(
        default="",
        description="put before the ids of its rows, so that those of two sources differ",
        examples=["crm-"],
    )
    allow_links: bool = Field(
        default=False,
        description="whether links in its folder are followed, which may lead out of it",
    )
    hash_ids: bool = Field(
        default=False,
        description="ids that are e-mail addresses become hashes, salted with the secret of the"
        " home",
    )


class Spark(BaseModel):
    """Where the models run if the engine is Spark, and where its tables lie."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    master: str = Field(
        default="local[*]", description="where Spark runs: this machine, or spark://HOST:PORT"
    )
    path: str | None = Field(
        default=None,
        description="folder of its tables, which every worker reaches by this name; by default one"
        " in the home",
        examples=["/shared/funnel"],
    )
    config: tuple[Annotated[str, Field(pattern=r"^spark\.[\w.]+=")], ...] = Field(
        default=(),
        description="settings of Spark, each as NAME=VALUE",
        examples=[["spark.executor.memory=4g", "spark.sql.shuffle.partitions=64"]],
    )


def fit_together(sources: Sequence[Source]) -> Sequence[Source]:
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


class Retention(BaseModel):
    """How long a home keeps what its figures do not need."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs: Annotated[int, Field(ge=1)] = Field(
        default=60, description="runs whose Dagster events and gate reports are kept"
    )
    anonymous_months: Annotated[int, Field(ge=0)] = Field(
        default=0,
        description="months after which web events of cookies that name nobody are deleted;"
        " 0 never",
    )
    inactive_years: Annotated[int, Field(ge=0)] = Field(
        default=0,
        description="years without news after which leads are deleted; 0 never",
    )


class Alerts(BaseModel):
    """Who is told that a run failed, or that a feed is late."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    webhook: str = Field(
        default="",
        description="address that gets each alert as JSON with a `text`, or FUNNEL_ALERTS_WEBHOOK",
    )
    mail_to: tuple[str, ...] = Field(
        default=(), description="addresses that each alert is mailed to"
    )
    mail_from: str = Field(default="funnel@localhost", description="the sender of these mails")
    smtp: str = Field(default="localhost:25", description="the mail server, as HOST:PORT")


class Settings(BaseModel):
    """One run: `home` takes everything it writes, what the sources and `rules` name is only read.

    The sources have different names, and no `id_prefix` begins with that of another. `gates` holds
    the limits that differ from the shipped ones (`expectations.limits`), `company` its name,
    `readers` the group that may read what is published.
    Of the `dropped_sources`, which are none any more, all rows are deleted.
    `project` is the root dbt project: the shipped one, or a company's that takes it as a package.
    The `engine` builds the models; files are loaded by DuckDB in any case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    sources: Annotated[tuple[Source, ...], AfterValidator(fit_together)]
    as_of: date
    rules: Path = SHIPPED_RULES
    project: Path = DBT_PROJECT
    full: bool = False
    dropped_sources: tuple[str, ...] = ()
    variables: Variables = Variables()
    gates: dict[str, Any] = {}
    retention: Retention = Retention()
    limits: Limits = Limits()
    company: str = ""
    readers: str = ""
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark: Spark = Spark()

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


def memory_limit() -> str:
    """FUNNEL_MEMORY_LIMIT, or what leaves a small laptop usable."""
    return os.environ.get("FUNNEL_MEMORY_LIMIT") or "4GB"
