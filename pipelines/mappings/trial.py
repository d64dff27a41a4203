"""A mapping tried on the first rows of some files, without a home."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import duckdb

from pipelines.database import register_functions
from pipelines.load.checks import checked_rows
from pipelines.load.relation import RawRelation, UnreadableError, normalized
from pipelines.mappings.checked import CheckedRows
from pipelines.mappings.expressions import Expression, first_line
from pipelines.mappings.functions import create_functions
from pipelines.mappings.raw_file import RawFile
from pipelines.mappings.source import Source
from pipelines.mappings.statements import column_types, feed_rows
from pipelines.sql import identifier, literal

FILES = 3
# of those that a file begins with the fullest one is shown
LOOKED_AT = 200
NOT_COMPUTED = ": the mapping cannot compute it"


@dataclass(frozen=True, slots=True)
class Example:
    """A sound row of a feed and the raw one that it is from, both without blanks."""

    file: str
    row_number: int
    raw: Mapping[str, str]
    mapped: Mapping[str, str]


@dataclass(slots=True)
class Fault:
    """Why rows would be quarantined; `reason` is that of the first, `said` what DuckDB says."""

    file: str
    row_number: int
    reason: str
    said: str | None
    rows: int = 0


@dataclass(slots=True)
class BlockTrial:
    """What a block makes of the sample; `blank` are columns without any value."""

    block: CheckedRows
    aliases: Mapping[str, tuple[str, ...]]
    rows: int = 0
    sound: int = 0
    keys: int = 0
    blank: tuple[str, ...] = ()
    example: Example | None = None
    faults: dict[str, Fault] = field(default_factory=dict)


@dataclass(slots=True)
class KindTrial:
    """What was read of a kind of file; `unread` are columns that no expression names."""

    name: str
    files: list[RawFile]
    found: int
    rows: int = 0
    unread: dict[str, None] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    blocks: list[BlockTrial] = field(default_factory=list)


class Trial:
    """Reads at most so many `rows` of the last files of each kind, by name; lookups read all.

    `zone` is that of instants without an offset.
    """

    def __init__(self, source: Source, zone: str, rows: int) -> None:
        self._source, self._zone, self._limit = source, zone, rows
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        # a fault stays in its row, as it does in a load
        self._connection.execute("set disabled_optimizers = 'common_subexpressions'")
        register_functions(self._connection)
        create_functions(self._connection)
        self.kinds = [self._kind(name) for name in source.mapping.files]

    def close(self) -> None:
        self._connection.close()

    def values(self, feed: str, column: str) -> dict[str, int]:
        """How often each value stands in a column, trimmed and in lower case."""
        counts: dict[str, int] = {}
        for trial in (trial for kind in self.kinds for trial in kind.blocks):
            if trial.block.rows.feed.name == feed:
                rows = self._connection.execute(
                    f"select lower(trim({column})), count(*) from {_table(trial.block)}"
                    f" where {column} is not null group by all"
                ).fetchall()
                for value, number in rows:
                    counts[value] = counts.get(value, 0) + number
        return counts

    def _kind(self, name: str) -> KindTrial:
        source = self._source
        files = [file for file in source.files if file.kind.name == name]
        blocks = [block for block in source.blocks if block.rows.file == name]
        trial = KindTrial(name, files[-FILES:] if blocks else [], len(files))
        if not blocks:
            return trial
        tables = source.tables(self._connection, source.mapping.files[name])
        trial.blocks = [
            self._block(trial, block, tables, is_first=block is blocks[0]) for block in blocks
        ]
        return trial

    def _block(
        self,
        kind: KindTrial,
        block: CheckedRows,
        tables: Mapping[str, str],
        *,
        is_first: bool,
    ) -> BlockTrial:
        trial = BlockTrial(block, self._source.mapping.files[kind.name].aliases)
        columns = ", ".join(f"null::varchar as {name}" for name in block.rows.feed.raw_names)
        self._connection.execute(
            f"create table {_table(block)} as select {columns}, null::varchar as _file,"
            " null::bigint as _number, null::varchar as _reason limit 0"
        )
        for file in kind.files:
            try:
                self._read(kind, trial, file, tables, counts=is_first)
            except (UnreadableError, OSError) as error:
                kind.unreadable[file.name] = str(error)
        self._count(trial)
        return trial

    def _read(
        self,
        kind: KindTrial,
        trial: BlockTrial,
        file: RawFile,
        tables: Mapping[str, str],
        *,
        counts: bool,
    ) -> None:
        block, cause = trial.block, "it could not be parsed"
        for whole in file.ways(self._connection):
            raw = replace(whole, sql=f"select * from ({whole.sql}) limit {self._limit}")
            types = column_types(self._connection, raw)
            rows = feed_rows([block], file.kind, raw, types, file.lineage, tables)
            checked = checked_rows(
                self._connection, block.rows.feed, rows, file.kind.timezone or self._zone
            )
            texts = ", ".join(f"{name}::varchar" for name in block.rows.feed.raw_names)
            try:
                self._connection.execute(
                    f"insert into {_table(block)} select {texts}, {literal(file.name)},"
                    f" coalesce(_row_number, row_number() over ()), _reason from ({checked})"
                )
                (number,) = self._connection.execute(
                    f"select count(*) from ({raw.sql})"
                ).fetchone() or (0,)
            except duckdb.Error as error:
                cause = first_line(error)
                continue
            if counts:
                kind.rows += number
                kind.unread.update(dict.fromkeys(self._unread(file, raw)))
            self._exemplify(trial, file, rows)
            self._explain(trial, file, rows)
            return
        raise UnreadableError(cause)

    def _unread(self, file: RawFile, raw: RawRelation) -> Iterator[str]:
        read = set(file.kind.identity)
        for block in self._source.blocks:
            if block.rows.file == file.kind.name:
                read |= block.reads
            for lookup in block.lookups:
                if lookup.lookup.file == file.kind.name and not lookup.lookup.source:
                    read |= lookup.reads
        read |= {other for name in read for other in file.kind.aliases.get(name, ())}
        return (name for name in raw.columns if name not in read)

    def _exemplify(self, trial: BlockTrial, file: RawFile, rows: RawRelation) -> None:
        raws = self._connection.execute(
            f"select {rows.row_json} from ({rows.sql}) limit {LOOKED_AT}"
        ).fetchall()
        columns = trial.block.rows.feed.raw_names
        mapped = self._connection.execute(
            f"select _number, _reason, {', '.join(columns)} from {_table(trial.block)}"
            f" where _file = ? order by rowid limit {LOOKED_AT}",
            [file.name],
        ).fetchall()
        for (raw,), (number, reason, *values) in zip(raws, mapped, strict=True):
            pairs = zip(columns, values, strict=True)
            filled = {name: value for name, value in pairs if value is not None}
            if reason is None and len(filled) > len(trial.example.mapped if trial.example else ""):
                trial.example = Example(file.name, number, _texts(raw), filled)

    def _explain(self, trial: BlockTrial, file: RawFile, rows: RawRelation) -> None:
        found = self._connection.execute(
            f"select _reason, count(*), min(_number) from {_table(trial.block)}"
            " where _file = ? and _reason is not null group by _reason order by 3, 1",
            [file.name],
        ).fetchall()
        for reason, number, row_number in found:
            # what differs from row to row is the value
            kind = re.sub(r"(: [^:;]*): \".*?(?=; [a-z_]+: |$)", r"\1", reason)
            if kind not in trial.faults:
                said = self._said(trial.block, reason, rows)
                trial.faults[kind] = Fault(file.name, row_number, reason, said)
            trial.faults[kind].rows += number

    def _said(self, block: CheckedRows, reason: str, rows: RawRelation) -> str | None:
        """What DuckDB says of the first expression that it cannot compute."""
        for place, expression in _expressions(block):
            if f"{place}{NOT_COMPUTED}" in reason:
                # only `try` keeps it from saying so
                sql = rows.sql.replace(f"try({expression.wrapped})", expression.wrapped)
                try:
                    self._connection.execute(sql).fetchall()
                except duckdb.Error as error:
                    return first_line(error)
        return None

    def _count(self, trial: BlockTrial) -> None:
        feed, table = trial.block.rows.feed, _table(trial.block)
        filled = ", ".join(f"count({name})" for name in feed.raw_names)
        key = ", ".join(feed.key)
        (rows, sound, keys, *counts) = self._connection.execute(
            f"select count(*), count(*) filter (where _reason is null),"
            f" count(distinct ({key})) filter (where _reason is null), {filled} from {table}"
        ).fetchone() or (0, 0, 0)
        trial.rows, trial.sound, trial.keys = rows, sound, keys
        mapped = {output.column for output in trial.block.outputs}
        trial.blank = tuple(
            name
            for name, count in zip(feed.raw_names, counts, strict=True)
            if name in mapped and not count
        )


def _table(block: CheckedRows) -> str:
    return identifier(f"tried {block.rows.position}")


def _expressions(block: CheckedRows) -> Iterator[tuple[str, Expression]]:
    if block.where:
        yield "where", block.where
    for output in block.outputs:
        yield output.column, output.expression
    for lookup in block.lookups:
        yield from ((f"lookup {lookup.name}", here) for here in lookup.here)


def _texts(row: str) -> dict[str, str]:
    """The filled values of a raw row in JSON, under the names that a mapping has for them."""
    values = json.loads(row)
    return {
        normalized(name): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in (values.items() if isinstance(values, dict) else ())
        if value is not None and value != ""
    }
