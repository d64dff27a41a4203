"""The rules as dbt reads them: one canonical copy, the same bytes for the same rules."""

import hashlib
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.files import atomic_write
from pipelines.rules.attributes import is_number
from pipelines.rules.checking import Rules
from pipelines.rules.crosschecks import plain_numbers
from pipelines.rules.reading import Row
from pipelines.rules.seeds import SEEDS, SEEDS_BY_NAME, Seed
from pipelines.rules.values import canonical


def stage_rules(rules: Rules, target: Path) -> Path:
    """Write the canonical copy of checked rules to `target`, which is returned.

    Order, spelling and quoting no longer depend on who wrote the file: rows are sorted by key, so
    that equal rules are equal bytes. A file that would not change is not touched.
    """
    if target.exists() and target.samefile(rules.directory):
        raise UsageError(f"the rules folder {rules.directory} is where a run keeps its own copy")
    target.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS:
        path, content = target / seed.file_name, _canonical_text(seed, rules.rows[seed.name])
        if not path.exists() or path.read_bytes() != content.encode():
            atomic_write(path, content)
    return target


def fingerprint(staged: Path, seed: str | None = None) -> str:
    """Hash the canonical copy of one seed, or of all of them, as hexadecimal text."""
    digest = hashlib.sha256()
    for one in [SEEDS_BY_NAME[seed]] if seed else SEEDS:
        digest.update(one.name.encode() + b"\0")
        digest.update((staged / one.file_name).read_bytes())
    return digest.hexdigest()


def _canonical_text(seed: Seed, rows: list[Row]) -> str:
    cells = [[_quoted(_cell(row, name)) for name in seed.column_names] for row in rows]
    lines = [",".join(seed.column_names), *sorted(",".join(row) for row in cells)]
    return "\n".join(lines) + "\n"


def _cell(row: Row, column: str) -> str:
    is_compared = column == "value" and row.text("operator") != "blank"
    if is_compared and is_number(row.text("attribute")):
        return plain_numbers(row.text("operator"), row.text("value"))
    return canonical(row.values[column])


def _quoted(text: str) -> str:
    """Quote every text that is there, and no blank one.

    Loaders guess the dialect of a small file from its content and read an unquoted `null` or a
    leading zero in their own way; quoted cells leave nothing to guess.
    """
    return '"' + text.replace('"', '""') + '"' if text else ""
