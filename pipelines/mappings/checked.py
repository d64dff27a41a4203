"""Blocks and lookups of a mapping whose SQL DuckDB accepts."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mappings.expressions import Expression
from pipelines.mappings.mapping import FILE_COLUMNS, ROW_ID, FileKind, Lookup, Rows


@dataclass(frozen=True, slots=True)
class Output:
    """One feed column of a block: its checked expression and the type that DuckDB gives it."""

    column: str
    expression: Expression
    type: str


@dataclass(frozen=True, slots=True)
class CheckedLookup:
    """A lookup whose SQL DuckDB accepts; `take` has the type that DuckDB gives it."""

    lookup: Lookup
    here: tuple[Expression, ...]
    there: tuple[Expression, ...]
    take: Output
    order_by: Expression | None

    @property
    def name(self) -> str:
        return self.lookup.name

    @property
    def named(self) -> frozenset[str]:
        """The columns of the file that looks up, other lookups among them."""
        return frozenset().union(*(expression.columns for expression in self.here))

    @property
    def reads(self) -> frozenset[str]:
        """The columns that the file that is looked up must have."""
        used = [*self.there, self.take.expression]
        if self.order_by:
            used.append(self.order_by)
        return frozenset().union(*(expression.columns for expression in used)) - FILE_COLUMNS


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """A block whose SQL DuckDB accepts.

    `named` are the columns in its expressions, `reads` those that its file must have for them;
    `lookups` are what it looks up, each behind those that it needs itself.
    """

    rows: Rows
    where: Expression | None
    outputs: tuple[Output, ...]
    named: frozenset[str]
    reads: frozenset[str]
    lookups: tuple[CheckedLookup, ...]


def needed(lookups: Sequence[CheckedLookup], named: frozenset[str]) -> tuple[CheckedLookup, ...]:
    """The lookups that `named` columns come from, with those that they need, in order."""
    columns = set(named)
    found: list[CheckedLookup] = []
    for lookup in reversed(lookups):
        if lookup.name in columns:
            found.insert(0, lookup)
            columns |= lookup.named
    return tuple(found)


def file_columns(
    kind: FileKind, named: frozenset[str], lookups: Sequence[CheckedLookup]
) -> frozenset[str]:
    """The columns that the file itself must have, for an expression that names `named`."""
    columns = set(named)
    if ROW_ID in columns:
        columns.update(kind.identity)
    for lookup in lookups:
        columns |= lookup.named
    return frozenset(columns - {ROW_ID, *FILE_COLUMNS} - {lookup.name for lookup in lookups})
