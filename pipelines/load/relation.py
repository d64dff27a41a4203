"""What every reader gives: the rows of one file as SQL, before any contract is applied."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import FunnelError
from pipelines.limits import limits
from pipelines.sql import identifier, literal

# what Python's str.isspace calls white space; RE2's \s knows six of them
WHITE_SPACE = (
    r"[\x09-\x0d\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
    r"\x{3000}]"
)

# a folder named `country=jp` would give the file a column, or replace one that it has
OWN_VALUES_ONLY = "hive_partitioning = false"
UTF_8 = "utf-8"
# how DuckDB says that a line is longer than it may be
TOO_LONG = ("Maximum line size", "does not support a full read")
# the path of the file that a row is from, where one statement reads several
PATH = "_path_of_row"
OWN_COLUMNS = ("_fault", "_row", "_row_number", "_floats", PATH)


class UnreadableError(FunnelError):
    """A file that cannot be read to its end; the message says why."""


def in_one_line(error: str) -> str:
    """What DuckDB says first, and of a CSV what is wrong with the line that it names."""
    place, *more = re.sub(r"^([A-Z][A-Za-z]* )+Error: (?=[A-Z])", "", error).split("\n")
    faults = [line for line in more if line and not line.startswith("Original Line")]
    said = f"{place}: {faults[0]}" if "CSV Error on Line" in place and faults else place
    if any(sign in said for sign in TOO_LONG):
        line = re.search(r"Line: ([0-9]+)", place)
        where = f"line {line.group(1)}" if line else "a line of it"
        most = limits().row_megabytes
        return f"{where} is longer than {most} MB (limits.row_megabytes in funnel.toml)"
    return said


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file departs from the contract.

    In a CSV `names` replace a header that is not there. `explode` are the keys behind which a JSON
    line has an array of rows, none of them for a line that is one. A text file is in `encoding`
    and has `skip` lines before its table, a workbook rows; double quotes mean nothing in a CSV
    that is not `quoted`. Of a workbook one `sheet` is read, the first if none is named.
    """

    delimiter: str = ","
    names: tuple[str, ...] | None = None
    explode: tuple[str, ...] | None = None
    encoding: str = UTF_8
    skip: int = 0
    quoted: bool = True
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class RawRelation:
    """The rows of one file, in their order.

    `sql` is a select over the file that gives one column per name in `columns` (trimmed, lower
    case; text, or what Parquet says) and these of its own:

    - `_fault` VARCHAR: what is wrong with the row as a whole, null for a sound one;
    - `_row`: the original row, which the expression `row_json` turns into JSON text;
    - `_row_number` BIGINT, only where `is_numbered`: 1 = first data row. Elsewhere numbering
      would take DuckDB's parallel scan away, and the place in the result says the same;
    - `_floats` VARCHAR[], only where `has_floats`: the columns of ids, out of texts, in which the
      file has a number with a point or an exponent; may be null;
    - `_keeps_first` BOOLEAN, only where `has_keep`: of such rows with one id the first one stands;
    - `_path_of_row` VARCHAR, only where it `has_path`: `Together` says when.

    A mapping made those that are `is_mapped`. `proven` gives the same rows at less cost, their
    `_row` null, of a file for which the select `proof` has no row; `originals` is a select of their
    `_row` alone. `holds` judges from the
    number of rows whether a reading was right, where DuckDB may have passed over something in
    silence. `refused` are columns, with their types, whose values are not known to be right.
    `suspicion` says what may be wrong with the whole file, should it lack columns;
    `notice` what of it is no row, though it might be taken for one.
    """

    sql: str
    columns: tuple[str, ...]
    row_json: str
    is_numbered: bool = False
    has_floats: bool = False
    has_keep: bool = False
    has_path: bool = False
    is_mapped: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    suspicion: str | None = None
    notice: str | None = None
    proven: str | None = None
    proof: str | None = None
    originals: str | None = None
    holds: Callable[[int], bool] = field(default=lambda _rows: True)

    def refuse_unread(self, columns: Iterable[str]) -> None:
        """Raise UnreadableError if one of these columns is refused."""
        for name in columns:
            if name in self.refused:
                raise UnreadableError(
                    f"column {name!r} has the type {self.refused[name]}, which cannot be read"
                    " exactly: export it as text, a number or an instant"
                )


@dataclass(frozen=True, slots=True)
class Together:
    """Small files of one form that one statement reads, since each statement costs more than they.

    The rows of each file stand together in `raw`, in their order; `files` has what is known of each
    that it reads, its own columns and judge of the number of rows. It lacks those that have to be
    read by themselves.
    """

    raw: RawRelation
    files: Mapping[Path, RawRelation]


def refuse_wide(columns: int) -> None:
    """Raise UnreadableError for a file of more columns than its limit."""
    if columns > limits().columns:
        raise UnreadableError(
            f"it has {columns:,} columns, more than {limits().columns:,} (limits.columns in"
            " funnel.toml)"
        )


def normalized(name: str) -> str:
    """A column name as it is compared."""
    return printable(name.strip().lower())


def printable(name: str) -> str:
    """A name without the sign that no name in SQL may hold."""
    return name.replace("\0", "\\0")


def file_literal(path: Path) -> str:
    """A path as a SQL string in which DuckDB finds no pattern."""
    return literal("".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path)))


def of_files(places: Sequence[str]) -> str:
    """The first arguments of a reader of one file, or of several, whose rows then have a path."""
    if len(places) == 1:
        return places[0]
    return f"[{', '.join(places)}], filename = '{PATH}'"


def blank(expression: str) -> str:
    """A condition: null, empty or only white space."""
    # most values start with a printable ASCII sign, which one comparison tells
    return (
        f"case when {expression} >= '!' and {expression} < chr(127) then false"
        f" else coalesce(regexp_full_match({expression}, '{WHITE_SPACE}*'), true) end"
    )


def filled(expression: str) -> str:
    """The text, or null where it is blank."""
    return (
        f"case when {expression} >= '!' and {expression} < chr(127) then {expression}"
        f" when {expression} <> '' then case"
        f" when not regexp_full_match({expression}, '{WHITE_SPACE}*') then {expression} end end"
    )


def first_filled(expressions: list[str]) -> str:
    """The first value that is not blank, of columns whose names compare as equal."""
    if len(expressions) == 1:
        return expressions[0]
    cases = " ".join(f"when not {blank(value)} then {value}" for value in expressions)
    return f"case {cases} end"


def grouped(names: Iterable[str], expressions: Iterable[str]) -> dict[str, list[str]]:
    """The expressions under their normalized names.

    A column without a name is dropped, and one that bears a name of the relation's own.
    """
    groups: dict[str, list[str]] = {}
    for name, expression in zip(names, expressions, strict=True):
        if normalized(name) and normalized(name) not in OWN_COLUMNS:
            groups.setdefault(normalized(name), []).append(expression)
    return groups


def struct_of(names: Iterable[str], expressions: Iterable[str]) -> str:
    """A struct of the original columns, whose names DuckDB wants unique whatever their case."""
    fields: dict[str, str] = {}
    for number, (name, expression) in enumerate(zip(names, expressions, strict=True), start=1):
        label = printable(name.strip()) or f"column {number}"
        if label.lower() in fields:
            label = f"{label} ({number})"
        fields[label.lower()] = f"{identifier(label)} := {expression}"
    return f"struct_pack({', '.join(fields.values())})"
