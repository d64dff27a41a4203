"""What not everybody installs: the extras of pyproject.toml that commands need."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.errors import UsageError
from pipelines.settings import DISTRIBUTION

# the modules whose absence shows that an extra is not installed
EXTRAS = {
    "metrics": {"dbt_metricflow", "metricflow"},
    "postgres": {"psycopg"},
    "webserver": {"dagster_webserver"},
}


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Import what an extra brings; raises UsageError with what to install where it is missing."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in EXTRAS[name]:
            raise
        raise UsageError(
            f"this command needs the extra `{name}`: pip install '{DISTRIBUTION}[{name}]'"
        ) from None
