"""All rule files of a folder: checked together, refused with every fault at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.rules.crosschecks import cross_check
from pipelines.rules.reading import Fault, Row, read_table
from pipelines.rules.seeds import SEEDS, SEEDS_BY_NAME


@dataclass(frozen=True, slots=True)
class Rules:
    """The rows of every rule file, without a fault, and what a reader should know about them."""

    directory: Path
    rows: dict[str, list[Row]]
    notices: list[str]


def check_rules(directory: Path) -> list[str]:
    """Refuse a folder with a bad rule (UsageError, one fault a line); return the notices."""
    return load_rules(directory).notices


def load_rules(directory: Path) -> Rules:
    """Read and check the thirteen files; raises UsageError with every fault, one a line."""
    if not directory.is_dir():
        raise UsageError(f"the rules folder {directory} does not exist or is no folder")
    tables = {seed.name: read_table(directory, seed) for seed in SEEDS}
    faults = [fault for table in tables.values() for fault in table.faults]
    faults += cross_check(tables)
    if faults:
        raise UsageError("\n".join(str(fault) for fault in sorted(faults, key=_position)))
    notices = [str(notice) for table in tables.values() for notice in table.notices]
    notices += _unknown_files(directory)
    return Rules(directory, {name: table.rows for name, table in tables.items()}, notices)


def _position(fault: Fault) -> tuple[int, int]:
    order = [seed.file_name for seed in SEEDS].index(fault.file)
    return order, fault.row or 0


def _unknown_files(directory: Path) -> Iterator[str]:
    for path in sorted(directory.glob("*.csv")):
        if path.stem not in SEEDS_BY_NAME:
            yield f"{path.name}: is no rule file, ignored"
