"""One rule file to typed rows, with every fault found on the way."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.rules.seeds import Seed
from pipelines.rules.values import Value, canonical, parse, shown


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where; `row` 1 is the first data row, None the file as a whole."""

    file: str
    row: int | None
    text: str

    def __str__(self) -> str:
        return f"{self.file}{f' row {self.row}' if self.row else ''}: {self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a blank cell is None, a faulty one is absent."""

    number: int
    values: dict[str, Value | None]

    def text(self, column: str) -> str:
        """The text of a cell, empty if it is blank or faulty."""
        value = self.values.get(column)
        return value if isinstance(value, str) else ""

    def whole(self, column: str) -> int | None:
        """The whole number of a cell, None if it is blank or faulty."""
        value = self.values.get(column)
        return value if isinstance(value, int) else None

    def number_of(self, column: str) -> Decimal | None:
        """The decimal number of a cell, None if it is blank or faulty."""
        value = self.values.get(column)
        return value if isinstance(value, Decimal) else None

    def date(self, column: str) -> date | None:
        """The date of a cell, None if it is blank or faulty."""
        value = self.values.get(column)
        return value if isinstance(value, date) else None

    def flag(self, column: str) -> bool:
        """Whether a cell says true."""
        return self.values.get(column) is True


@dataclass(slots=True)
class Table:
    """One rule file as read; `rows` can be trusted only where `faults` is empty."""

    seed: Seed
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    is_readable: bool = False

    def fault(self, row: int | None, text: str) -> None:
        self.faults.append(Fault(self.seed.file_name, row, text))


def read_table(directory: Path, seed: Seed) -> Table:
    """Read `<seed>.csv`; what is wrong is in the table's faults, nothing is raised."""
    table = Table(seed)
    text = _file_text(directory / seed.file_name, table)
    if text is None:
        return table
    lines = _lines(text, table)
    header = next(lines, None)
    positions = _positions(header[1], table) if header else None
    if header is None and not table.faults:
        table.fault(None, f"is empty, expected the header {','.join(seed.column_names)}")
    if header is None or positions is None:
        return table
    for number, cells in lines:
        _read_row(table, number, cells, positions, len(header[1]))
    table.is_readable = True
    _find_duplicates(table)
    return table


def _file_text(path: Path, table: Table) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        table.fault(None, "file is missing")
    except OSError as error:
        table.fault(None, f"cannot be read ({error.strerror})")
    except UnicodeDecodeError as error:
        table.fault(None, f"is not UTF-8 (byte {error.start + 1}), save it as CSV UTF-8")
    return None


def _lines(text: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Number the records: 0 is the header, blank lines are no rows."""
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if cells and (len(cells) > 1 or cells[0].strip()):
                yield number, cells
                number += 1
    except csv.Error as error:
        table.fault(number or None, f"is not valid CSV ({error})")


def _positions(header: list[str], table: Table) -> dict[str, int] | None:
    """Where each column stands, or None if the header has a fault."""
    names = [name.strip().lower() for name in header]
    wanted = table.seed.column_names
    missing = [name for name in wanted if name not in names]
    twice = [name for name in wanted if names.count(name) > 1]
    extra = [name for name in names if name not in wanted]
    if missing:
        found = shown(",".join(header))
        noun = "columns" if len(missing) > 1 else "column"
        table.fault(None, f"{noun} {', '.join(missing)} missing, the header is {found}")
    for name in twice:
        table.fault(None, f"column {name} stands twice in the header")
    if extra:
        known = ", ".join(shown(name) for name in extra)
        table.notices.append(Fault(table.seed.file_name, None, f"extra column {known} ignored"))
    return None if missing or twice else {name: names.index(name) for name in wanted}


def _read_row(
    table: Table, number: int, cells: list[str], positions: dict[str, int], width: int
) -> None:
    if len(cells) > width:
        table.fault(number, f"has {len(cells)} fields, the header has {width}")
        return
    row = Row(number, {})
    for column in table.seed.columns:
        position = positions[column.name]
        text = cells[position] if position < len(cells) else ""
        if not text.strip():
            if column.may_be_blank:
                row.values[column.name] = None
            else:
                table.fault(number, f"{column.name} is blank")
            continue
        try:
            row.values[column.name] = parse(column, text)
        except ValueError as error:
            table.fault(number, str(error))
    table.rows.append(row)


def _find_duplicates(table: Table) -> None:
    first: dict[tuple[Value | None, ...], int] = {}
    for row in table.rows:
        if not all(name in row.values for name in table.seed.key):
            continue
        key = tuple(row.values[name] for name in table.seed.key)
        if first.setdefault(key, row.number) != row.number:
            names = ", ".join(table.seed.key)
            texts = ", ".join(shown(canonical(value)) for value in key)
            table.fault(row.number, f"duplicate {names} {texts}, first in row {first[key]}")
