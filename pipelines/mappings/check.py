"""The SQL of a mapping, checked block by block before any file is read."""

from dataclasses import dataclass

import duckdb

from pipelines.errors import UsageError
from pipelines.feeds import Column
from pipelines.mappings.expressions import (
    Expression,
    ExpressionError,
    bound_type,
    first_line,
    judge_connection,
    parse_expression,
    refused_functions,
)
from pipelines.mappings.mapping import FILE_NAME, ROW_ID, FileKind, Mapping, Rows

INTEGERS = frozenset(
    {
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    }
)
TIMES = frozenset(["DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"])
ZONED = "TIMESTAMP WITH TIME ZONE"
# what an expression may give for a column of each type of the contract; text always
RESULT_TYPES = {
    "text": INTEGERS | {"DECIMAL", "DOUBLE", "DATE", "BOOLEAN", "UUID"},
    "instant": TIMES | {ZONED},
    "int": INTEGERS | {"DECIMAL", "DOUBLE"},
    "bool": INTEGERS | {"BOOLEAN"},
    "decimal": INTEGERS | {"DECIMAL", "DOUBLE", "FLOAT"},
}
JSON_COLUMN = "properties"
RESERVED = frozenset(
    {"_row_number", "_row", "_fault", "_skip", "_digest", "_copy", "_where", "_block"}
)


@dataclass(frozen=True, slots=True)
class Output:
    """One feed column of a block: its checked expression and the type that DuckDB gives it."""

    column: str
    expression: Expression
    type: str


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """A block whose SQL DuckDB accepts.

    `named` are the columns in its expressions, `reads` those that its file must have for them.
    """

    rows: Rows
    where: Expression | None
    outputs: tuple[Output, ...]
    named: frozenset[str]
    reads: frozenset[str]


def check_expressions(mapping: Mapping) -> tuple[CheckedRows, ...]:
    """Check every expression; raises UsageError with block, column and reason of each error."""
    judge = _Judge(mapping)
    try:
        judge.timezones()
        checked = tuple(judge.rows(block) for block in mapping.rows)
    finally:
        judge.connection.close()
    if judge.errors:
        raise UsageError("\n".join(f"{mapping.path}: {error}" for error in judge.errors))
    return checked


class _Judge:
    """Parses and binds expressions on a database of its own, and collects what is wrong."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.connection: duckdb.DuckDBPyConnection = judge_connection()
        self.refused = refused_functions(self.connection)
        self.errors: list[str] = []

    def timezones(self) -> None:
        # python and DuckDB do not know the same names
        for kind in self.mapping.files.values():
            trial = "select timezone(?, timestamp '2020-01-01')"
            try:
                self.connection.execute(trial, [kind.timezone or "UTC"])
            except duckdb.Error as error:
                self.errors.append(f"files.{kind.name}, timezone: DuckDB: {first_line(error)}")

    def rows(self, block: Rows) -> CheckedRows:
        kind = self.mapping.files[block.file]
        where = None
        if block.where is not None:
            where = self._output(block, "where", block.where, frozenset({"BOOLEAN"}))
        outputs = []
        for column in block.feed.columns:
            if column.name in block.columns:
                text = block.columns[column.name]
                output = self._output(block, f"column {column.name}", text, _allowed(column))
                if output:
                    outputs.append(Output(column.name, output.expression, output.type))
        used = [output.expression for output in outputs]
        if where:
            used.append(where.expression)
        named = frozenset().union(*(expression.columns for expression in used))
        for name in sorted(named & RESERVED):
            self.errors.append(f"{block.label}: the column name {name} is reserved")
        if ROW_ID in named and not kind.identity:
            self.errors.append(
                f"{block.label}: {ROW_ID} needs `identity` in files.{kind.name}, the columns that"
                " tell one row from another"
            )
        return CheckedRows(
            rows=block,
            where=where.expression if where else None,
            outputs=tuple(outputs),
            named=named,
            reads=_file_columns(kind, named),
        )

    def _output(self, block: Rows, place: str, text: str, allowed: frozenset[str]) -> Output | None:
        try:
            expression = parse_expression(self.connection, text, self.refused)
            type_name = bound_type(self.connection, expression, expression.columns)
        except ExpressionError as error:
            self.errors.append(f"{block.label}, {place}: {error}")
            return None
        if not allowed_type(type_name, allowed):
            self.errors.append(
                f"{block.label}, {place}: gives {type_name}; expected {_listed(place, allowed)}"
            )
            return None
        return Output(place, expression, type_name)


def allowed_type(type_name: str, allowed: frozenset[str]) -> bool:
    """Whether a result of this DuckDB type fits; a bare null fits everywhere."""
    return type_name == '"NULL"' or type_name.split("(", 1)[0] in allowed


def _allowed(column: Column) -> frozenset[str]:
    if column.name == JSON_COLUMN:
        return frozenset({"VARCHAR", "JSON"})
    return RESULT_TYPES[column.type] | {"VARCHAR"}


def _listed(place: str, allowed: frozenset[str]) -> str:
    if place == "where":
        return "BOOLEAN"
    # ->> instead of -> is the usual fix for a JSON result
    return f"one of {', '.join(sorted(allowed))} (JSON: use ->> to get text)"


def _file_columns(kind: FileKind, named: frozenset[str]) -> frozenset[str]:
    """The columns that the file itself must have, for an expression that names `named`."""
    columns = set(named)
    if ROW_ID in columns:
        columns.update(kind.identity)
    for lookup in kind.lookups:
        if lookup.name in columns:
            columns.remove(lookup.name)
            columns.add(lookup.here)
    return frozenset(columns - {ROW_ID, FILE_NAME})
