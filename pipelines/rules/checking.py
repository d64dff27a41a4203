"""All rule files of a folder: checked together, refused with every error at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.rules.crosschecks import cross_check
from pipelines.rules.reading import Problem, Row, read_table
from pipelines.rules.seeds import SEEDS, SEEDS_BY_NAME, Seed
from pipelines.settings import SHIPPED_RULES


@dataclass(frozen=True, slots=True)
class Rules:
    """The rows of every rule file, without an error, and what a reader should know about them."""

    directory: Path
    rows: dict[str, list[Row]]
    warnings: list[str]


def check_rules(directory: Path) -> list[str]:
    """Refuse a folder with a bad rule (UsageError, one error a line); return the warnings."""
    return load_rules(directory).warnings


def load_rules(directory: Path) -> Rules:
    """Read and check the rule files; raises UsageError with every error, one a line."""
    if not directory.is_dir():
        raise UsageError(f"the rules folder {directory} does not exist or is not a folder")
    tables = {seed.name: read_table(_folder_of(seed, directory), seed) for seed in SEEDS}
    errors = [error for table in tables.values() for error in table.errors]
    errors += cross_check(tables)
    if errors:
        raise UsageError("\n".join(str(error) for error in sorted(errors, key=_position)))
    warnings = [str(warning) for table in tables.values() for warning in table.warnings]
    warnings += _unknown_files(directory)
    return Rules(directory, {name: table.rows for name, table in tables.items()}, warnings)


def _folder_of(seed: Seed, directory: Path) -> Path:
    """The folder itself, or the shipped one for a file that the folder need not have."""
    is_given = (directory / seed.file_name).exists()
    return SHIPPED_RULES if seed.is_shipped and not is_given else directory


def _position(problem: Problem) -> tuple[int, int]:
    order = [seed.file_name for seed in SEEDS].index(problem.file)
    return order, problem.row or 0


def _unknown_files(directory: Path) -> Iterator[str]:
    for path in sorted(directory.glob("*.csv")):
        if path.stem not in SEEDS_BY_NAME:
            yield f"{path.name}: is not a rule file, ignored"
