"""New contents offered as views, from which dlt fills the raw tables.

All of it lives in a database in memory that is gone after the run. The rows of small files are
checked and kept there, so that a thousand of them make one view. A large file is loaded from where
it lies: unverified, which takes one reading and is verified after the load, or after a first one.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from pipelines.feeds import FEEDS
from pipelines.load.checks import ERASED, absent_columns, checked_rows, without_erased
from pipelines.load.deliveries import Delivery
from pipelines.load.examined import MACHINE_FAULTS, Examined, Unverified, is_proven
from pipelines.load.landing import Unit, listed
from pipelines.load.patience import in_time
from pipelines.load.reading import fault_of, ways_together
from pipelines.load.relation import PATH, RawRelation, Together, UnreadableError
from pipelines.load.tables import LOAD_AUDIT, QUARANTINE, definition, names, raw_columns
from pipelines.mappings.functions import create_functions
from pipelines.settings import of_source
from pipelines.sql import literal
from pipelines.wording import counted

DATABASE = "landing"
LARGE_BYTES = 16_000_000
NOT_ERASED = f"(_reason is distinct from {literal(ERASED)})"
# rows, and those of erased people beside them
COUNTS = f"count(*) filter (where {NOT_ERASED}), count(*) filter (where not {NOT_ERASED})"
# between reason and row of a bad one: values stand as JSON in a reason, so no such sign is in it
FAULT_END = "chr(31)"


class Stage:
    """The new contents of one run, without the rows of erased people.

    These are known by the hashes in `erased`, salted with `secret`.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        erased: Collection[str] = (),
        secret: str = "",
    ) -> None:
        self.deliveries: list[Delivery] = []
        self.unverified: list[Unverified] = []
        self._proving = ThreadPoolExecutor(1)
        self._connection = connection
        self.now = datetime.now(UTC).replace(tzinfo=None)
        # for each raw table the views, or the table, that its new rows are in
        self.views: dict[str, list[str]] = {feed.name: [] for feed in FEEDS}
        self.views |= {"quarantine": ["quarantine"], "load_audit": ["load_audit"]}
        self._ignored: dict[str, dict[str, None]] = {}
        self._files_with_ignored: Counter[str] = Counter()
        self._without: dict[tuple[str, str], list[str]] = {}
        self._notices: dict[str, None] = {}
        self._secret = secret
        self._rows_erased: Counter[str] = Counter()
        # feed, file, rows read, rows erased, number of delivery, source
        self._audit: list[list[object]] = []
        self._large: dict[str, list[str]] = {feed.name: [] for feed in FEEDS}
        connection.execute(f"attach ':memory:' as {DATABASE}")
        # dlt reads the views through a connection of its own
        create_functions(connection)
        create_functions(connection, DATABASE)
        self._create("quarantine", QUARANTINE)
        self._create("load_audit", LOAD_AUDIT)
        self.has_erased = bool(erased)
        self._create("erased", {"hash": "VARCHAR"})
        if erased:
            connection.execute(f"insert into {DATABASE}.erased select unnest(?)", [sorted(erased)])
        for feed in FEEDS:
            verdict = {"_reason": "VARCHAR", "_original": "VARCHAR"}
            self._create(f"kept_{feed.name}", raw_columns(feed) | verdict)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The columns that were ignored, those that whole files lack, and what was no row."""
        ignored = (
            f"{feed}: {_columns(list(names))} ignored in"
            f" {counted(self._files_with_ignored[feed], 'new file')}"
            for feed, names in self._ignored.items()
        )
        without = (
            f"{feed}: {absent} in {listed(files)}: every row is quarantined"
            for (feed, absent), files in self._without.items()
        )
        erased = (
            f"{feed}: {counted(rows, 'row')} of erased people not loaded"
            for feed, rows in self._rows_erased.items()
        )
        return (*ignored, *without, *erased, *self._notices)

    def close(self) -> None:
        self._proving.shutdown(wait=True, cancel_futures=True)
        self._connection.execute(f"detach {DATABASE}")

    def load_unverified(self, delivery: Delivery) -> Examined:
        """Take the fastest reading of a large file for right until the load is verified."""
        try:
            raw = next(iter(delivery.unit.ways(self._connection)))
            fastest = replace(raw, sql=raw.proven or raw.sql)
            rows = self._rows(delivery, fastest, with_fault=True)
        except (UnreadableError, duckdb.Error):
            return self.examine(delivery)
        return Examined(None, raw, rows)

    def examine(self, delivery: Delivery) -> Examined:
        """Read a file to its end and check every row."""
        unit, cause = delivery.unit, "it could not be parsed"
        take = self._judge if is_large(unit) else self._keep
        try:
            with nullcontext() if is_large(unit) else in_time(self._connection):
                for raw in unit.ways(self._connection):
                    try:
                        found = take(delivery, raw)
                    except MACHINE_FAULTS:
                        raise
                    except duckdb.Error as error:
                        cause = str(error)
                        continue
                    if found:
                        return found
        except UnreadableError as error:
            return Examined(fault=str(error))
        return Examined(fault=fault_of(unit.path, cause, unit.dialect))

    def examine_together(self, batch: Sequence[Delivery]) -> list[Examined]:
        """Do the same with small files by one statement.

        Those on which it fails are halved, until one is left; it is read by itself, as are those
        of which the statement is not known to be right.
        """
        if len(batch) == 1:
            return [self.examine(batch[0])]
        found: dict[str, Examined] | None = None
        paths = [one.unit.path for one in batch]
        try:
            with in_time(self._connection):
                for together in ways_together(self._connection, paths):
                    try:
                        found = self._keep_together(batch, together)
                        break
                    except MACHINE_FAULTS:
                        raise
                    except duckdb.Error:
                        continue
        except MACHINE_FAULTS:
            raise
        except (duckdb.Error, UnreadableError):
            found = None
        if found is None:
            middle = len(batch) // 2
            return [
                *self.examine_together(batch[:middle]),
                *self.examine_together(batch[middle:]),
            ]
        return [found.get(one.unit.file) or self.examine(one) for one in batch]

    def accept(self, delivery: Delivery, found: Examined) -> None:
        """Take a file into the load."""
        unit, number = delivery.unit, delivery.number
        lineage, source = [unit.feed.name, unit.file], unit.source
        if found.fault:
            reason = f"the file cannot be read: {found.fault}"
            self._insert("quarantine", [*lineage, 0, None, reason, self.now, number, source])
        if found.bad_rows:
            self._quarantine(found.bad_rows)
        if found.rows:
            self._large[unit.feed.name].append(found.rows)
        if found.raw:
            self._remark(unit, found.raw)
            if found.rows_read is None:
                proven = self._proving.submit(is_proven, self._connection.cursor(), found.raw)
                self.unverified.append(Unverified(delivery, found.raw, proven))
        if found.rows_erased:
            self._rows_erased[of_source(source, unit.feed.name)] += found.rows_erased
        self._audit.append([*lineage, found.rows_read, found.rows_erased, number, source])
        self.deliveries.append(delivery)

    def _remark(self, unit: Unit, raw: RawRelation) -> None:
        feed = of_source(unit.source, unit.feed.name)
        known = unit.feed.raw_names if raw.is_mapped else unit.feed.column_names
        ignored = [name for name in raw.columns if name not in known]
        if ignored:
            self._ignored.setdefault(feed, {}).update(dict.fromkeys(ignored))
            self._files_with_ignored[feed] += 1
        absent = absent_columns(unit.feed, raw)
        if raw.notice:
            self._notices[f"{unit.file}: {raw.notice}"] = None
        if absent and raw.columns:
            self._without.setdefault((feed, absent), []).append(unit.file)

    def finish(self) -> None:
        """Offer the rows of each feed as views, and complete the audit."""
        for feed in FEEDS:
            columns = names(raw_columns(feed))
            kept = f"{DATABASE}.kept_{feed.name}"
            self._quarantine(
                f"select {literal(feed.name)}, _file, _row_number, _original, _reason, _delivery,"
                f" _source from {kept} where _reason is not null"
            )
            good = f"select {columns} from {kept} where _reason is null"
            # a union of these would be written by one thread
            for number, rows in enumerate([good, *self._large[feed.name]]):
                view = f"{feed.name}_{number}"
                self._connection.execute(f"create view {DATABASE}.{view} as {rows}")
                self.views[feed.name].append(view)
        self._connection.execute(
            f"insert into {DATABASE}.load_audit by name"
            " select unnest($1) as feed, unnest($2) as file, unnest($3) as rows_read,"
            " unnest($4) as rows_erased, unnest($5) as _delivery, unnest($6) as source,"
            " $7 as loaded_at",
            [*([list(column) for column in zip(*self._audit, strict=True)] or [[]] * 6), self.now],
        )
        self._connection.execute(
            f"""
            update {DATABASE}.load_audit as audited
            set rows_quarantined = (
                select count(*)
                from {DATABASE}.quarantine as bad
                where bad.feed = audited.feed
                    and bad.file = audited.file
                    and bad._delivery = audited._delivery
                    and bad.source = audited.source
            )
            where rows_read is not null
            """
        )

    def _judge(self, delivery: Delivery, raw: RawRelation) -> Examined | None:
        """What is in a large file; None if the reading was not right."""
        unit, number = delivery.unit, delivery.number
        # no number for each row here: counting them would take the parallel reading away
        kept = "_row_number, _reason, _original" if raw.is_numbered else "_reason, _original"
        self._connection.execute(
            f"create or replace table {DATABASE}.verdict as select {kept}"
            f" from ({self._checked(unit, raw)})"
        )
        place = "_row_number" if raw.is_numbered else "rowid + 1"
        rows_read, erased = self._connection.execute(
            f"select {COUNTS} from {DATABASE}.verdict"
        ).fetchone() or (0, 0)
        if not raw.holds(rows_read + erased):
            return None
        bad_rows = (
            f"select {literal(unit.feed.name)}, {literal(unit.file)}, {place}, _original,"
            f" _reason, {number}, {literal(unit.source)} from {DATABASE}.verdict"
            f" where _reason is not null and {NOT_ERASED}"
        )
        rows = self._rows(delivery, raw)
        return Examined(rows_read, raw, rows, bad_rows, rows_erased=erased)

    def _rows(self, delivery: Delivery, raw: RawRelation, *, with_fault: bool = False) -> str:
        """All rows of a large file; a bad one may carry what `verification` puts into quarantine.

        It does so in the column of the prefix, for want of one of its own: bad rows are deleted.
        """
        unit = delivery.unit
        fault = (
            f"_reason || {FAULT_END} || coalesce(_original::varchar, '')" if with_fault else None
        )
        return (
            f"select {', '.join(unit.feed.raw_names)}, {literal(unit.file)} as _file,"
            f" {delivery.number}::integer as _delivery, _row_number,"
            f" case when _reason is null then false end as _is_replaced, _keeps_first,"
            f" {_origin(unit, fault)} from ({self._checked(unit, raw)})"
        )

    def _keep(self, delivery: Delivery, raw: RawRelation) -> Examined | None:
        """Keep the rows of a small file; None if the reading was not right."""
        together = Together(raw, {delivery.unit.path: raw})
        return self._keep_together([delivery], together).get(delivery.unit.file)

    def _keep_together(self, batch: Sequence[Delivery], together: Together) -> dict[str, Examined]:
        """Keep the rows of those small files whose reading was right; returns these by name.

        The files of a batch lie in one folder.
        """
        (delivery, *others), raw = batch, together.raw
        unit, number = delivery.unit, delivery.number
        if others:
            raw = self._collected(raw)
        columns = ", ".join(unit.feed.raw_names)
        name_from = len(str(unit.path.parent)) + 2
        file = f"substr({PATH}, {name_from})" if raw.has_path else literal(unit.file)
        place = "_row_number" if raw.is_numbered else "row_number() over ()"
        first = "1" if raw.is_numbered else "min(_place)"
        self._connection.execute(
            f"create or replace table {DATABASE}.verdict as select {columns}, {file} as _file,"
            f" {place} as _place, _keeps_first, _reason, _original"
            f" from ({self._checked(unit, raw)})"
        )
        rows = self._connection.execute(
            f"select _file, {COUNTS}, {first}, max(_place) from {DATABASE}.verdict group by _file"
        ).fetchall()
        counts = {name: numbers for name, *numbers in rows}
        found, firsts = {}, []
        for one in batch:
            own = together.files.get(one.unit.path)
            rows_read, erased, begin, end = counts.get(one.unit.file, (0, 0, 1, 0))
            every = rows_read + erased
            is_sound = own and own.holds(every) and (raw.is_numbered or end - begin + 1 == every)
            if own and is_sound and not (others and absent_columns(unit.feed, own)):
                found[one.unit.file] = Examined(rows_read, own, rows_erased=erased)
                firsts.append(begin)
        place, joined, order = "_place", "", ""
        if others:
            place, order = "_place - _first + 1", "order by verdict.rowid"
            joined = "inner join (select unnest($1) as _file, unnest($2) as _first) using (_file)"
        if found:
            self._connection.execute(
                f"insert into {DATABASE}.kept_{unit.feed.name} select {columns}, _file, {number},"
                f" {place}, false, _keeps_first, {_origin(unit)}, _reason, _original"
                f" from {DATABASE}.verdict as verdict {joined} where {NOT_ERASED} {order}",
                [[*found], firsts] if others else [],
            )
        return found

    def _collected(self, raw: RawRelation) -> RawRelation:
        """The rows of several files as a table.

        Out of each file comes a vector of few rows, which takes as long to check as one of many;
        and two threads take longer than one to put so many vectors in their order.
        """
        read = f"{DATABASE}.read"
        self._connection.execute("set threads = 1")
        try:
            self._connection.execute(f"create or replace table {read} as {raw.sql}")
        finally:
            self._connection.execute("reset threads")
        return replace(raw, sql=f"from {read}")

    def _checked(self, unit: Unit, raw: RawRelation) -> str:
        rows = checked_rows(
            self._connection, unit.feed, raw, unit.zone, unit.id_prefix, unit.id_salt
        )
        if not self.has_erased:
            return rows
        return without_erased(
            unit.feed, rows, self._secret, f"{DATABASE}.main.erased", has_path=raw.has_path
        )

    def _quarantine(self, bad_rows: str) -> None:
        """Take rows of feed, file, row_number, row, reason, delivery and source."""
        self._connection.execute(
            f"insert into {DATABASE}.quarantine"
            " select feed, file, row_number, row, reason, ?, delivery, source"
            f" from ({bad_rows}) as bad(feed, file, row_number, row, reason, delivery, source)",
            [self.now],
        )

    def _create(self, table: str, columns: dict[str, str]) -> None:
        self._connection.execute(f"create table {DATABASE}.{table} ({definition(columns)})")

    def _insert(self, table: str, values: list[object]) -> None:
        marks = ", ".join("?" for _ in values)
        self._connection.execute(f"insert into {DATABASE}.{table} values ({marks})", values)


def _origin(unit: Unit, fault: str | None = None) -> str:
    prefix = literal(unit.id_prefix) if unit.id_prefix else "null::varchar"
    if fault:
        prefix = f"case when _reason is null then {prefix} else {fault} end"
    return f"{literal(unit.source)} as _source, {prefix} as _id_prefix"


def is_large(unit: Unit) -> bool:
    """Whether the rows of a file are loaded from where it lies instead of being kept."""
    return unit.path.stat().st_size >= LARGE_BYTES


def _columns(names: list[str]) -> str:
    shown = listed([repr(name) for name in names])
    return f"column {shown}" if len(names) == 1 else f"{len(names)} columns ({shown})"
