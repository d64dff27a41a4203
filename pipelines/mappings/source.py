"""One source system over one folder of its exports: which file gives rows to which feeds."""

from collections import abc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from pipelines.errors import AbsentError, UsageError
from pipelines.feeds import FEEDS, Feed
from pipelines.load.relation import RawRelation, UnreadableError
from pipelines.mappings.check import check_expressions
from pipelines.mappings.checked import CheckedLookup, CheckedRows
from pipelines.mappings.folder import FoundFile, find_files
from pipelines.mappings.lookups import looked_up
from pipelines.mappings.mapping import FileKind, Mapping
from pipelines.mappings.parse import read_mapping
from pipelines.mappings.raw_file import RawFile
from pipelines.mappings.statements import column_types, feed_rows


@dataclass(frozen=True, slots=True)
class Source:
    """A checked mapping and the files that it matched, in the order of their names.

    `skipped` are the names of other files by reason; `absent` the kinds of files, and their
    patterns, that the folder lacks a file for; `others` the sources of the same home that it looks
    up in.
    """

    mapping: Mapping
    blocks: tuple[CheckedRows, ...]
    files: tuple[RawFile, ...]
    skipped: tuple[tuple[str, list[str]], ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    others: abc.Mapping[str, "Source"] = field(default_factory=dict)

    @property
    def notices(self) -> list[str]:
        """What the folder has no file for."""
        return [f"files.{kind}: no file matches `{pattern}`" for kind, pattern in self.absent]

    def feeds(self, file: RawFile) -> tuple[Feed, ...]:
        """The feeds that get rows from this file."""
        fed = {block.rows.feed.name for block in self.blocks if block.rows.file == file.kind.name}
        return tuple(feed for feed in FEEDS if feed.name in fed)

    def looks_up(self, file: RawFile) -> tuple[Path, ...]:
        """The other files that the rows of this one depend on."""
        found = []
        for source in (self, *(self.others[name] for name in sorted(self.others))):
            kinds = {
                checked.lookup.file
                for checked in self._lookups(file.kind)
                if self.looked_up_in(checked) is source
            }
            found += [other.path for other in source.files if other.kind.name in kinds]
        return tuple(found)

    def looked_up_in(self, checked: CheckedLookup) -> "Source":
        """The source whose files a lookup reads."""
        return self.others[checked.lookup.source] if checked.lookup.source else self

    def targets(self, checked: CheckedLookup) -> list[RawFile]:
        """The files that a lookup reads, which must have its columns."""
        source = self.looked_up_in(checked)
        kind = source.mapping.files[checked.lookup.file]
        wanted = checked.reads - kind.optional
        return [
            replace(file, wanted=file.wanted | wanted) for file in source.files if file.kind is kind
        ]

    def ways(
        self, connection: duckdb.DuckDBPyConnection, feed: Feed, file: RawFile
    ) -> Iterator[RawRelation]:
        """The readings of a file as rows of a feed, as `ways_to_read` has them."""
        blocks = [
            block
            for block in self.blocks
            if block.rows.feed == feed and block.rows.file == file.kind.name
        ]
        tables = self.tables(connection, file.kind)
        for raw in file.ways(connection):
            raw.refuse_unread(frozenset().union(*(block.reads for block in blocks)))
            types = column_types(connection, raw)
            yield feed_rows(blocks, file.kind, raw, types, file.lineage, tables)

    def tables(self, connection: duckdb.DuckDBPyConnection, kind: FileKind) -> dict[str, str]:
        """For each lookup of a kind of file the select of its keys and `value`."""
        tables = {}
        for checked in self._lookups(kind):
            target = self.looked_up_in(checked).mapping.files[checked.lookup.file]
            tables[checked.name] = looked_up(connection, checked, target, self.targets(checked))
        return tables

    def _lookups(self, kind: FileKind) -> list[CheckedLookup]:
        blocks = [block for block in self.blocks if block.rows.file == kind.name]
        return list({lookup.name: lookup for block in blocks for lookup in block.lookups}.values())


def open_source(
    name_or_file: str,
    landing: Path,
    others: Callable[[str], Source] | None = None,
    *,
    may_lack_files: bool = False,
    allow_links: bool = False,
) -> Source:
    """Match a mapping with the files of a folder; raises UsageError before any row is read.

    `others` finds another source of the home by its name, where the mapping looks up in one.
    A folder that `may_lack_files` lacks those of some patterns, but none that others look up: for
    that and for a folder without any file it raises AbsentError.
    """
    source = find_source(
        name_or_file, landing, may_lack_files=may_lack_files, allow_links=allow_links
    )
    source = replace(source, others=_others(source, others))
    _check_columns(source)
    return source


def find_source(
    name_or_file: str, landing: Path, *, may_lack_files: bool = False, allow_links: bool = False
) -> Source:
    """The same as far as others look up in it; none of its files was looked into."""
    mapping = read_mapping(name_or_file)
    blocks = check_expressions(mapping)
    patterns = [pattern for kind in mapping.files.values() for pattern in kind.patterns]
    found = find_files(landing, patterns, allow_links=allow_links)
    files, absent = _matched(mapping, found.files, _wanted(mapping, blocks))
    taken = {file.name for file in files}
    unmatched = [file.name for file in found.files if file.name not in taken]
    skipped = (*found.skipped, *([("not in the mapping, skipped", unmatched)] if unmatched else []))
    source = Source(mapping, blocks, files, skipped, absent)
    _refuse_absent(source, may_lack_files=may_lack_files)
    return source


def _others(source: Source, find: Callable[[str], Source] | None) -> dict[str, Source]:
    """The sources that lookups name; raises UsageError for a file that one does not have."""
    errors: list[str] = []
    found: dict[str, Source] = {}
    for block in source.blocks:
        for checked in block.lookups:
            name, file = checked.lookup.source, checked.lookup.file
            if name is None:
                continue
            at = f"{source.mapping.path}: files.{block.rows.file}.lookups.{checked.name}"
            if find is None:
                raise UsageError(f"{at}: no source {name}: funnel.toml names those of a home")
            if name not in found:
                found[name] = find(name)
            known = found[name].mapping.files
            if file not in known:
                errors.append(f"{at}: the source {name} has no file `{file}`: {', '.join(known)}")
            elif file in dict(found[name].absent):
                raise AbsentError(f"{at}: the source {name} has no files.{file} now")
    if errors:
        raise UsageError("\n".join(dict.fromkeys(errors)))
    return found


def _refuse_absent(source: Source, *, may_lack_files: bool) -> None:
    """Raise AbsentError for files that the folder must not lack."""
    kinds = source.mapping.files.values()
    patterns = ", ".join(f"`{pattern}`" for kind in kinds for pattern in kind.patterns)
    faults = [] if source.files else [f"no file matches any of {patterns}"]
    if source.absent and not (source.files and may_lack_files):
        faults = source.notices
    present, absent = {file.kind.name for file in source.files}, dict(source.absent)
    for block in source.blocks:
        for checked in block.lookups:
            name, target = block.rows.file, checked.lookup.file
            is_own = not checked.lookup.source
            if may_lack_files and is_own and name in present and target in absent:
                faults.append(f"files.{target}: no file, but files.{name} looks it up")
    if faults:
        raise AbsentError("\n".join(f"{source.mapping.path}: {fault}" for fault in faults))


def _matched(
    mapping: Mapping, files: Sequence[FoundFile], wanted: dict[str, frozenset[str]]
) -> tuple[tuple[RawFile, ...], tuple[tuple[str, str], ...]]:
    """The files with their kinds, and the required kinds and patterns that match none of them."""
    absent, errors = [], []
    found: dict[FoundFile, list[FileKind]] = {}
    for kind in mapping.files.values():
        for pattern in kind.patterns:
            matching = [file for file in files if file.matches(pattern)]
            if not matching and kind.required:
                absent.append((kind.name, pattern))
            for file in matching:
                kinds = found.setdefault(file, [])
                if kind not in kinds:
                    kinds.append(kind)
    for file, (kind, *others) in found.items():
        # what is in a damaged archive may be of any of them
        if others and not file.fault:
            errors.append(f"{file.name} matches both files.{kind.name} and files.{others[0].name}")
    if errors:
        raise UsageError("\n".join(f"{mapping.path}: {error}" for error in errors))
    matched = (
        RawFile(file, kind, wanted[kind.name]) for file in files for kind in found.get(file, [])
    )
    return tuple(matched), tuple(absent)


def _wanted(mapping: Mapping, blocks: Sequence[CheckedRows]) -> dict[str, frozenset[str]]:
    """By kind of file the columns that each of its files must have."""
    read: dict[str, set[str]] = {name: set() for name in mapping.files}
    for block in blocks:
        read[block.rows.file] |= block.reads
        for checked in block.lookups:
            if not checked.lookup.source:
                read[checked.lookup.file] |= checked.reads
    return {name: frozenset(read[name] - kind.optional) for name, kind in mapping.files.items()}


def _check_columns(source: Source) -> None:
    errors: list[str] = []
    with duckdb.connect() as connection:
        for kind in source.mapping.files.values():
            files = [file for file in source.files if file.kind is kind]
            errors += _missing(connection, kind, files)
        for block in source.blocks:
            for checked in block.lookups:
                name = checked.lookup.source
                if name:
                    kind = source.others[name].mapping.files[checked.lookup.file]
                    faults = _missing(connection, kind, source.targets(checked))
                    errors += [f"source {name}: {fault}" for fault in faults]
    if errors:
        raise UsageError("\n".join(f"{source.mapping.path}: {error}" for error in errors))


def _missing(
    connection: duckdb.DuckDBPyConnection, kind: FileKind, files: Sequence[RawFile]
) -> list[str]:
    """Errors for files without a wanted column; JSON lines share theirs, as each may omit some.

    Of files that have to be copied only the last one is looked at, of JSON as many as it takes.
    """
    errors: list[str] = []
    lines, last_lines, has_seen_copy = frozenset[str](), None, False
    for file in reversed(files):
        try:
            is_known = has_seen_copy
            if file.is_json:
                is_known = last_lines is not None and not file.absent(lines)
            if is_known and file.is_copied:
                continue
            columns = file.columns(connection)
        except (UnreadableError, OSError):
            continue  # the load reports it as one bad row
        if file.is_json:
            lines, last_lines = lines | columns, file
        else:
            has_seen_copy = has_seen_copy or file.is_copied
            errors[:0] = _told(kind, file.name, columns, file.absent(columns))
    if last_lines:
        errors += _told(kind, "its JSON lines", lines, last_lines.absent(lines))
    return errors


def _told(kind: FileKind, file: str, columns: frozenset[str], absent: list[str]) -> Iterator[str]:
    for name in absent:
        others = "".join(f" or `{alias}`" for alias in kind.aliases.get(name, ()))
        found = f"only {', '.join(sorted(columns))}; a column that files may lack belongs in"
        if columns:
            yield f"files.{kind.name}: no column `{name}`{others} in {file}, {found} `optional`"
        else:
            yield (
                f"files.{kind.name}: no column `{name}`{others} in {file}, which hold no"
                ' objects; for lines that are arrays of them set `explode = "$"`'
            )
