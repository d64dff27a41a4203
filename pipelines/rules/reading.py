"""One rule file to typed rows, with every error found on the way."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.rules.seeds import RuleColumn, Seed
from pipelines.rules.values import Value, canonical, parse, shown


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where; `row` 1 is the first data row, None the file as a whole."""

    file: str
    row: int | None
    text: str

    def __str__(self) -> str:
        return f"{self.file}{f' row {self.row}' if self.row else ''}: {self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a blank cell is None, an invalid one is absent."""

    number: int
    values: dict[str, Value | None]

    def text(self, column: str) -> str:
        """The text of a cell, empty if it is blank or invalid."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    def whole(self, column: str) -> int | None:
        """The whole number of a cell, None if it is blank or invalid."""
        value = self.values.get(column)
        return value if isinstance(value, int) else None

    def number_of(self, column: str) -> Decimal | None:
        """The decimal number of a cell, None if it is blank or invalid."""
        value = self.values.get(column)
        return value if isinstance(value, Decimal) else None

    def day(self, column: str) -> date | None:
        """The date of a cell, None if it is blank or invalid."""
        value = self.values.get(column)
        return value if isinstance(value, date) else None

    def flag(self, column: str) -> bool:
        """Whether a cell says true."""
        return self.values.get(column) is True


@dataclass(slots=True)
class Table:
    """One rule file as read; `is_whole` tells that no row was lost to an error."""

    seed: Seed
    rows: list[Row] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    is_whole: bool = False

    def error(self, row: int | None, text: str) -> None:
        self.errors.append(Problem(self.seed.file_name, row, text))


def read_table(directory: Path, seed: Seed) -> Table:
    """Read `<seed>.csv`; what is wrong is in the table's errors, nothing is raised."""
    table = Table(seed)
    text = _file_text(directory / seed.file_name, table)
    lines = _lines(text, table) if text is not None else []
    if lines:
        positions = _positions(lines[0], table)
        if positions is not None:
            _read_rows(table, lines[1:], positions, len(lines[0]))
            _find_duplicates(table)
    return table


def _file_text(path: Path, table: Table) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        table.is_whole = table.seed.may_be_missing
        if not table.seed.may_be_missing:
            table.error(None, "file is missing")
    except OSError as error:
        table.error(None, f"cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        table.error(None, f"is not UTF-8 (byte {error.start + 1}), save it as CSV UTF-8")
    return None


def _lines(text: str, table: Table) -> list[list[str]]:
    """The header and the rows up to the first broken one; blank lines are no rows."""
    lines: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            if len(cells) > 1 or "".join(cells).strip():
                lines.append(cells)
        table.is_whole = True
    except csv.Error as error:
        table.error(len(lines) or None, f"is not valid CSV ({error})")
    if not lines and table.is_whole:
        table.is_whole = False
        table.error(None, f"is empty, expected the header {','.join(table.seed.column_names)}")
    return lines


def _positions(header: list[str], table: Table) -> dict[str, int] | None:
    """Where each column stands, or None if the header has an error."""
    names = [name.strip().lower() for name in header]
    wanted = table.seed.column_names
    required = [column.name for column in table.seed.columns if column.default is None]
    missing = [name for name in required if name not in names]
    twice = [name for name in wanted if names.count(name) > 1]
    extra = [name for name in names if name not in wanted]
    if missing:
        found = shown(",".join(header))
        noun = "columns" if len(missing) > 1 else "column"
        table.error(None, f"{noun} {', '.join(missing)} missing, the header is {found}")
    for name in twice:
        table.error(None, f"column {name} is duplicated in the header")
    if extra:
        known = ", ".join(shown(name) for name in extra)
        table.warnings.append(Problem(table.seed.file_name, None, f"extra column {known} ignored"))
    if missing or twice:
        table.is_whole = False
        return None
    return {name: names.index(name) for name in wanted if name in names}


def _read_rows(table: Table, lines: list[list[str]], positions: dict[str, int], width: int) -> None:
    for number, cells in enumerate(lines, start=1):
        if len(cells) > width:
            table.error(number, f"has {len(cells)} fields, the header has {width}")
            table.is_whole = False
            continue
        row = Row(number, {})
        for column in table.seed.columns:
            position = positions.get(column.name, width)
            _read_cell(table, row, column, cells[position] if position < len(cells) else "")
        table.rows.append(row)


def _read_cell(table: Table, row: Row, column: RuleColumn, text: str) -> None:
    if not text.strip():
        if column.may_be_blank or column.default is not None:
            row.values[column.name] = column.default
        else:
            table.error(row.number, f"{column.name} is blank")
        return
    try:
        value = row.values[column.name] = parse(column, text)
    except ValueError as error:
        table.error(row.number, str(error))
        return
    if isinstance(value, str) and value != value.strip() and not column.spaced:
        spaced = (
            f"{column.name} {shown(text)} has leading or trailing spaces, which are compared too"
        )
        table.warnings.append(Problem(table.seed.file_name, row.number, spaced))


def _find_duplicates(table: Table) -> None:
    first: dict[tuple[Value | None, ...], int] = {}
    for row in table.rows:
        if not all(name in row.values for name in table.seed.key):
            continue
        key = tuple(row.values[name] for name in table.seed.key)
        if first.setdefault(key, row.number) != row.number:
            names = ", ".join(table.seed.key)
            texts = ", ".join(shown(canonical(value)) for value in key)
            table.error(row.number, f"duplicate {names} {texts}, first in row {first[key]}")
