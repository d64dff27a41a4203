"""Mapping files read from TOML and checked for form; their SQL is checked elsewhere."""

import codecs
import re
import tomllib
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS_BY_NAME
from pipelines.load.relation import UTF_8, normalized
from pipelines.mappings.mapping import WHOLE_LINE, Array, FileKind, Lookup, Mapping, Rows
from pipelines.mappings.names import SHIPPED, shipped_names
from pipelines.mappings.toml_reader import TomlReader
from pipelines.sql import identifier

# a column by its bare name, which SQL might want in quotes
BARE_NAME = r"(?!(?i:case)\s)[\w\s./-]+"


def read_mapping(name_or_file: str) -> Mapping:
    """Read a shipped mapping by name or any mapping by path; raises UsageError with every error."""
    path = SHIPPED / f"{name_or_file}.toml"
    if name_or_file not in shipped_names():
        path = Path(name_or_file)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"mapping {name_or_file}: neither a shipped mapping ({', '.join(shipped_names())})"
            f" nor a readable file: {error}"
        ) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    reader = _Reader(path)
    mapping = reader.mapping(content)
    if reader.errors:
        raise UsageError("\n".join(f"{path}: {error}" for error in reader.errors))
    return mapping


class _Reader(TomlReader):
    """Turns parsed TOML into a Mapping."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def mapping(self, content: dict[str, Any]) -> Mapping:
        self.known(content, "", {"description", "timezone", "aliases", "files", "rows"})
        self.take(content, "", "description", str, "")
        timezone = self.timezone(content, "", None)
        aliases = self._aliases(content, "aliases")
        kinds = self.take(content, "", "files", dict, {})
        blocks = self.take(content, "", "rows", list, [])
        if not kinds or not blocks:
            self.errors.append("needs at least one [files.<name>] and one [[rows]]")
        files = {name: self._file(name, kind, timezone, aliases) for name, kind in kinds.items()}
        for kind in files.values():
            self._check_lookups(kind, files)
        rows = [self._rows(number, block, files) for number, block in enumerate(blocks, start=1)]
        return Mapping(self.path, files, tuple(block for block in rows if block))

    def _file(
        self, name: str, content: Any, timezone: str | None, aliases: dict[str, tuple[str, ...]]
    ) -> FileKind:
        at = f"files.{name}"
        if not isinstance(content, dict):
            self.errors.append(f"{at}: must be a table")
            return FileKind(name, ())
        keys = {"match", "header", "delimiter", "encoding", "skip", "quote", "sheet", "explode"}
        self.known(
            content,
            at,
            keys | {"aliases", "optional", "identity", "timezone", "lookups", "required"},
        )
        patterns = self.texts(content, at, "match")
        if not patterns:
            self.errors.append(f"{at}: `match` must name at least one file pattern")
        lookups = self.take(content, at, "lookups", dict, {})
        return FileKind(
            name=name,
            patterns=patterns,
            header=self.columns(content, at, "header"),
            delimiter=self._delimiter(content, at),
            encoding=self._encoding(content, at),
            skip=self._skip(content, at),
            quoted=self._quoted(content, at),
            sheet=self.take(content, at, "sheet", str, None),
            explode=self._explode_of_file(content, at),
            aliases=aliases | self._aliases(content, f"{at}.aliases"),
            optional=frozenset(self.columns(content, at, "optional")),
            identity=self.columns(content, at, "identity"),
            timezone=self.timezone(content, at, timezone),
            lookups=tuple(
                lookup for key, value in lookups.items() if (lookup := self._lookup(at, key, value))
            ),
            required=self.take(content, at, "required", bool, True),
        )

    def _aliases(self, content: dict[str, Any], at: str) -> dict[str, tuple[str, ...]]:
        aliases = self.take(content, at.removesuffix("aliases").rstrip("."), "aliases", dict, {})
        return {normalized(column): self.columns(aliases, at, column) for column in aliases}

    def _delimiter(self, content: dict[str, Any], at: str) -> str | None:
        delimiter: str | None = self.take(content, at, "delimiter", str, None)
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
            self.errors.append(f"{at}: `delimiter` must be one character")
            return None
        return delimiter

    def _encoding(self, content: dict[str, Any], at: str) -> str:
        name: str = self.take(content, at, "encoding", str, UTF_8)
        try:
            "".encode(name)
            return codecs.lookup(name).name
        except (LookupError, ValueError):
            self.errors.append(f"{at}: `{name}` is not an encoding such as cp1252 or shift_jis")
            return UTF_8

    def _skip(self, content: dict[str, Any], at: str) -> int:
        skip: int = self.take(content, at, "skip", int, 0)
        if skip < 0:
            self.errors.append(f"{at}: `skip` must be a number of lines")
        return max(skip, 0)

    def _quoted(self, content: dict[str, Any], at: str) -> bool:
        quote: str = self.take(content, at, "quote", str, '"')
        if quote not in ('"', ""):
            self.errors.append(f"{at}: `quote` must be empty, for fields in which it means nothing")
        return quote != ""

    def _explode_of_file(self, content: dict[str, Any], at: str) -> tuple[str, ...] | None:
        text: str | None = self.take(content, at, "explode", str, None)
        if text is None or text.strip() == WHOLE_LINE:
            return None if text is None else ()
        keys = tuple(key.strip() for key in text.split("."))
        if not all(keys):
            self.errors.append(f'{at}: `explode` must be "{WHOLE_LINE}" or keys, as in key.key')
        return keys

    def _lookup(self, at: str, name: str, content: Any) -> Lookup | None:
        at = f"{at}.lookups.{name}"
        if not isinstance(content, dict):
            self.errors.append(f"{at}: must be a table")
            return None
        more = {"first_by", "last_by", "source"}
        self.known(content, at, {"file", "here", "there", "take"} | more)
        for key in ("file", "here", "take"):
            if not content.get(key):
                self.errors.append(f"{at}: `{key}` is missing")
        here = self.texts(content, at, "here")
        there = self.texts(content, at, "there") if "there" in content else here
        if here and there and len(here) != len(there):
            self.errors.append(f"{at}: `here` and `there` must have as many columns")
        first_by = self.take(content, at, "first_by", str, None)
        last_by = self.take(content, at, "last_by", str, None)
        if first_by and last_by:
            self.errors.append(f"{at}: `first_by` and `last_by` exclude each other")
        order_by = first_by or last_by
        return Lookup(
            normalized(name),
            self.take(content, at, "file", str, ""),
            tuple(map(_as_sql, here)),
            tuple(map(_as_sql, there)),
            _as_sql(self.take(content, at, "take", str, "")),
            order_by and _as_sql(order_by),
            bool(first_by),
            self.take(content, at, "source", str, None),
        )

    def _check_lookups(self, kind: FileKind, files: dict[str, FileKind]) -> None:
        for lookup in kind.lookups:
            at = f"files.{kind.name}.lookups.{lookup.name}"
            if lookup.source:
                continue  # what that has, its own mapping says
            if lookup.file and lookup.file not in files:
                self.errors.append(f"{at}: unknown file `{lookup.file}`; known: {', '.join(files)}")
            elif lookup.file == kind.name:
                self.errors.append(f"{at}: a file cannot look itself up")

    def _rows(self, position: int, content: Any, files: dict[str, FileKind]) -> Rows | None:
        at = f"rows {position}"
        if not isinstance(content, dict):
            self.errors.append(f"{at}: must be a table")
            return None
        self.known(content, at, {"feed", "file", "where", "keep", "explode", "split", "columns"})
        feed = FEEDS_BY_NAME.get(self.take(content, at, "feed", str, ""))
        file = self.take(content, at, "file", str, "")
        if not feed:
            self.errors.append(
                f"{at}: unknown feed `{content.get('feed', '')}`; known: {', '.join(FEEDS_BY_NAME)}"
            )
        if file not in files:
            self.errors.append(f"{at}: unknown file `{file}`; known: {', '.join(files)}")
        if not feed or file not in files:
            return None
        expressions = self.take(content, at, "columns", dict, {})
        rows = Rows(
            position=position,
            feed=feed,
            file=file,
            columns={
                name: self.take(expressions, f"{at}, column", name, str, "") for name in expressions
            },
            where=self.take(content, at, "where", str, None),
            keeps_first=self._keep(content, at) == "first",
            explode=self._explode(content, at, files[file]),
        )
        self._check_columns(rows)
        return rows

    def _explode(self, content: dict[str, Any], at: str, kind: FileKind) -> Array | None:
        text = self.take(content, at, "explode", str, None)
        separator = self.take(content, at, "split", str, None)
        if separator == "" or (separator and text is None):
            self.errors.append(f"{at}: `split` must be what parts the list in an `explode` column")
        if text is None:
            return None
        if separator:
            # nothing lies behind keys in plain text, and a name may hold a full stop
            return Array(normalized(text), separator=separator)
        column, *keys = (part.strip() for part in text.split("."))
        if text.strip() == WHOLE_LINE:
            self.errors.append(f'{at}: `explode = "{WHOLE_LINE}"` belongs in files.{kind.name}')
        elif not all((column, *keys)):
            self.errors.append(f"{at}: `explode` must be a column, or column.key.key")
        elif kind.explode is not None:
            self.errors.append(f"{at}: files.{kind.name} is exploded already")
        return Array(normalized(column), tuple(keys))

    def _keep(self, content: dict[str, Any], at: str) -> str:
        keep: str = self.take(content, at, "keep", str, "last")
        if keep not in ("first", "last"):
            self.errors.append(f"{at}: `keep` must be first or last")
        return keep

    def _check_columns(self, rows: Rows) -> None:
        for name in rows.columns:
            if name not in rows.feed.raw_names:
                known = ", ".join(rows.feed.raw_names)
                self.errors.append(f"{rows.label}: unknown column `{name}`; known: {known}")
        for column in rows.feed.columns:
            if column.required and column.name not in rows.columns:
                self.errors.append(f"{rows.label}: required column `{column.name}` is not mapped")
        for group in rows.feed.one_of:
            if not any(name in rows.columns for name in group):
                self.errors.append(f"{rows.label}: one of {', '.join(group)} must be mapped")


def _as_sql(text: str) -> str:
    return identifier(normalized(text)) if re.fullmatch(BARE_NAME, text) else text
