"""The hand-written script of `bare/`, run over Parquet and rule files into a fresh database."""

import time
from pathlib import Path

import duckdb

from pipelines.database import engine_settings, register_functions
from pipelines.sql import literal
from pipelines.variables import Variables

SCRIPTS = sorted(Path(__file__).with_name("bare").glob("*.sql"))


def run_bare(raw: Path, rules: Path, as_of: str, database: Path) -> dict[str, float]:
    """Compute the marts into `database`; returns seconds per statement.

    `raw` holds one Parquet file per feed. DuckDB lacks Unicode NFKC, which is the only function
    lent from the pipeline; memory and spilling are limited as they are there.
    """
    for leftover in (database, Path(f"{database}.wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        register_functions(connection)
        for name, value in engine_settings(database.parent).items():
            connection.execute(f"set {name} = {literal(value)}")
        for name, value in _parameters(raw, rules, as_of).items():
            connection.execute(f"set variable {name} = {value}")
        seconds: dict[str, float] = {}
        for script in SCRIPTS:
            for statement in duckdb.extract_statements(script.read_text(encoding="utf-8")):
                started = time.perf_counter()
                connection.execute(statement)
                seconds[_title(statement.query)] = time.perf_counter() - started
        started = time.perf_counter()
        connection.execute("checkpoint")
        seconds["checkpoint"] = time.perf_counter() - started
    return seconds


def _parameters(raw: Path, rules: Path, as_of: str) -> dict[str, str]:
    defaults = Variables()
    return {
        "raw": literal(raw),
        "rules": literal(rules),
        "as_of": f"date '{as_of}'",
        "reporting_timezone": literal(defaults.reporting_timezone),
        "bot_pattern": literal(defaults.bot_pattern),
        "machine_seconds": str(defaults.machine_seconds),
        "requalify_cooldown_days": str(defaults.requalify_cooldown_days),
    }


def _title(query: str) -> str:
    code = [line for line in query.splitlines() if line and not line.startswith("--")]
    return code[0] if code else ""
