"""Files that the readers cannot take as they lie, as copies that they can.

A text in another encoding or with lines before its table becomes UTF-8 that begins with the table,
JSON of any layout becomes JSON lines, a sheet of a workbook a CSV.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines.limits import limits
from pipelines.load.content import chunks, too_much
from pipelines.load.copies import copied
from pipelines.load.encoding import head_of, refuse_other_encodings, refuse_other_formats
from pipelines.load.json_text import is_json_lines, json_rows
from pipelines.load.relation import UTF_8, Dialect, UnreadableError
from pipelines.load.workbook import sheet_as_csv

READ_AS = {"tsv": "csv", "json": "jsonl", "xlsx": "csv"}
LINE_END = re.compile(r"\r\n|\n|\r(?!\Z)")


@dataclass(frozen=True, slots=True)
class Readable:
    """What is read in place of a file, or the file itself; `notice` is for the user."""

    path: Path
    format: str | None
    notice: str | None = None


def converted(path: Path, format_name: str | None, dialect: Dialect) -> Readable:
    """What to read in place of a file; raises UnreadableError if it cannot be converted.

    A copy is made once for each state of the file.
    """
    read_as = READ_AS.get(format_name or "", format_name)
    if not needs_copy(path, format_name, dialect):
        return Readable(path, read_as)
    copy, notice = copied(
        path, dialect, f".{read_as}", partial(_convert, path, format_name, dialect)
    )
    return Readable(copy, read_as, notice)


def _convert(path: Path, format_name: str | None, dialect: Dialect, copy: Path) -> str | None:
    if format_name == "xlsx":
        return sheet_as_csv(path, copy, dialect.sheet, dialect.skip)
    texts = _without_lines(_texts(path, dialect.encoding), dialect.skip)
    if format_name == "json":
        texts = (f"{row}\n" for row in json_rows(texts))
    elif not dialect.quoted:
        texts = _quoted(texts, dialect.delimiter)
    _write(copy, texts, dialect.encoding, path.stat().st_size)
    return None


def needs_copy(path: Path, format_name: str | None, dialect: Dialect) -> bool:
    """Whether a file is read from a copy; raises UnreadableError for what no copy would mend."""
    if format_name == "xlsx":
        return True
    if format_name not in ("csv", "tsv", "jsonl", "json"):
        return False
    if dialect.encoding == UTF_8:
        refuse_other_formats(path)
        if format_name == "json" and not dialect.skip:
            return not is_json_lines(head_of(path))
    is_unquoted = not dialect.quoted and format_name in ("csv", "tsv")
    return dialect.encoding != UTF_8 or dialect.skip > 0 or is_unquoted or format_name == "json"


def _texts(path: Path, encoding: str) -> Iterator[str]:
    """The decoded text piece by piece, without a byte order mark."""
    decoder, line, is_first = codecs.getincrementaldecoder(encoding)(), 1, True
    try:
        for chunk in chunks(path):
            text = decoder.decode(chunk)
            yield text.removeprefix("\ufeff") if is_first else text
            is_first = is_first and not text
            line += text.count("\n")
        yield decoder.decode(b"", True)
    except UnicodeDecodeError as error:
        if encoding == UTF_8:
            refuse_other_encodings(path)
        line += error.object.count(b"\n", 0, error.start)
        byte = error.object[error.start]
        raise UnreadableError(f"it is not {encoding} (line {line}): byte 0x{byte:02x}") from None
    except UnicodeError as error:
        raise UnreadableError(f"it is not {encoding}: {error}") from None


def _without_lines(texts: Iterable[str], lines: int) -> Iterator[str]:
    """The text behind so many line ends."""
    rest = ""
    for text in texts:
        if not lines:
            yield text
            continue
        rest += text
        while lines and (end := LINE_END.search(rest)):
            rest, lines = rest[end.end() :], lines - 1
        if not lines:
            yield rest


def _quoted(texts: Iterable[str], delimiter: str) -> Iterator[str]:
    """Fields that hold double quotes in such, so that they are part of the value."""
    sign = re.escape(delimiter)
    # only at the beginning of one, or every place within would be tried
    field = re.compile(rf'(?:^|(?<=[{sign}\r\n]))[^{sign}\r\n"]*+"[^{sign}\r\n]*+')
    rest = ""
    for text in texts:
        whole, end, rest = (rest + text).rpartition("\n")
        yield field.sub(_in_quotes, whole) + end
    yield field.sub(_in_quotes, rest)


def _in_quotes(field: re.Match[str]) -> str:
    return '"' + field.group().replace('"', '""') + '"'


def _write(copy: Path, texts: Iterable[str], encoding: str, size: int) -> None:
    written, most = 0, limits().unpacked(size)
    try:
        with copy.open("w", encoding=UTF_8, newline="") as file:
            for text in texts:
                written += file.write(text)
                if written > most:
                    raise UnreadableError(too_much(size, most))
    except UnicodeEncodeError:
        raise UnreadableError(f"it is not {encoding}: half of a character stands alone") from None
