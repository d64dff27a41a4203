"""The SQL of a mapping, checked block by block before any file is read."""

from collections.abc import Sequence

import duckdb

from pipelines.errors import UsageError
from pipelines.feeds import Column
from pipelines.load.jsonl_file import INDEX
from pipelines.mappings.checked import CheckedLookup, CheckedRows, Output, file_columns, needed
from pipelines.mappings.expressions import (
    ExpressionError,
    bound_type,
    first_line,
    judge_connection,
    parse_expression,
    refused_functions,
)
from pipelines.mappings.mapping import (
    ELEMENT,
    ROW_ID,
    FileKind,
    Lookup,
    Mapping,
    Rows,
)

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
    {
        *("_row_number", "_row", "_fault", "_skip", "_digest", "_copy", "_where", "_block"),
        *("_elements", "_place"),
    }
)


def check_expressions(mapping: Mapping) -> tuple[CheckedRows, ...]:
    """Check every expression; raises UsageError with block, column and reason of each error."""
    judge = _Judge(mapping)
    try:
        judge.timezones()
        lookups = {kind.name: judge.lookups(kind) for kind in mapping.files.values()}
        checked = tuple(judge.rows(block, lookups[block.file]) for block in mapping.rows)
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

    def lookups(self, kind: FileKind) -> tuple[CheckedLookup, ...]:
        """The sound lookups of a kind of file, each behind those that its `here` names."""
        waiting = {}
        for lookup in kind.lookups:
            checked = self._lookup(f"files.{kind.name}.lookups.{lookup.name}", lookup)
            if checked:
                waiting[lookup.name] = checked
        ordered: list[CheckedLookup] = []
        while waiting:
            ready = [lookup for lookup in waiting.values() if not lookup.named & waiting.keys()]
            if not ready:
                names = ", ".join(waiting)
                self.errors.append(f"files.{kind.name}.lookups: {names} need each other")
                break
            ordered += ready
            waiting = {name: other for name, other in waiting.items() if other not in ready}
        return tuple(ordered)

    def _lookup(self, label: str, lookup: Lookup) -> CheckedLookup | None:
        text = RESULT_TYPES["text"] | {"VARCHAR"}
        sortable = text | TIMES | {ZONED}
        here = [self._output(label, "here", sql, text) for sql in lookup.here]
        there = [self._output(label, "there", sql, text) for sql in lookup.there]
        take = self._output(label, "take", lookup.take, text)
        order_by = None
        if lookup.order_by is not None:
            place = "first_by" if lookup.takes_first else "last_by"
            order_by = self._output(label, place, lookup.order_by, sortable)
        own = {ROW_ID, ELEMENT, *RESERVED}
        for output in (*here, *there, take, order_by):
            for name in sorted(own & (output.expression.columns if output else set())):
                self.errors.append(f"{label}: a lookup cannot use the column name {name}")
        sound_here = [output.expression for output in here if output]
        sound_there = [output.expression for output in there if output]
        if take is None or len(sound_here) + len(sound_there) < len(here) + len(there):
            return None
        return CheckedLookup(
            lookup,
            tuple(sound_here),
            tuple(sound_there),
            take,
            order_by.expression if order_by else None,
        )

    def rows(self, block: Rows, lookups: Sequence[CheckedLookup]) -> CheckedRows:
        kind = self.mapping.files[block.file]
        where = None
        if block.where is not None:
            where = self._output(block.label, "where", block.where, frozenset({"BOOLEAN"}))
        outputs = []
        for column in block.feed.raw_columns:
            if column.name in block.columns:
                text = block.columns[column.name]
                output = self._output(block.label, f"column {column.name}", text, _allowed(column))
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
        explode = block.explode
        for name in sorted(named & {ELEMENT, INDEX}):
            if not (explode or (kind.explode is not None and name == INDEX)):
                self.errors.append(f"{block.label}: {name} needs `explode`, an array to take it of")
        own = {ELEMENT, INDEX} if explode else set()
        used_here = named - own | ({explode.column} if explode else set())
        used_lookups = needed(lookups, used_here)
        return CheckedRows(
            rows=block,
            where=where.expression if where else None,
            outputs=tuple(outputs),
            named=named,
            reads=file_columns(kind, used_here, used_lookups),
            lookups=used_lookups,
        )

    def _output(self, label: str, place: str, text: str, allowed: frozenset[str]) -> Output | None:
        try:
            expression = parse_expression(self.connection, text, self.refused)
            type_name = bound_type(self.connection, expression, expression.columns)
        except ExpressionError as error:
            self.errors.append(f"{label}, {place}: {error}")
            return None
        if not allowed_type(type_name, allowed):
            self.errors.append(
                f"{label}, {place}: gives {type_name}; expected {_listed(place, allowed)}"
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
