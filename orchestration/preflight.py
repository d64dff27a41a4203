"""What can be known to be wrong before anything is touched."""

import duckdb

from orchestration.progress import say
from pipelines.errors import UsageError
from pipelines.rules import check_rules
from pipelines.settings import Settings


def preflight(settings: Settings) -> None:
    """Check landing folder, rules, mapping and variables; raises UsageError."""
    if not settings.landing.is_dir():
        raise UsageError(f"landing folder {settings.landing} does not exist")
    for warning in check_rules(settings.rules):
        say(f"rules: {warning}")
    if settings.source:
        from pipelines.mappings.source import open_source

        open_source(settings.source, sorted(settings.landing.iterdir()))
    try:
        duckdb.execute("select regexp_matches('', ?)", [settings.variables.bot_pattern])
    except duckdb.Error as fault:
        raise UsageError(
            f"--set bot_pattern={settings.variables.bot_pattern}: not a regular expression: {fault}"
        ) from None
