"""What a text file is, if it is not UTF-8: the likely encoding by name, and what to do about it."""

import codecs
import re
from pathlib import Path

from pipelines.load.content import BYTE_ORDER_MARK, chunks, first_bytes
from pipelines.load.relation import UnreadableError

MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
OTHER_FORMATS = {
    b"\x1f\x8b": "gzip data: its name should end in .gz",
    b"PK\x03\x04": "an Excel workbook or a ZIP file: export it as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: export it as CSV",
    b"PAR1": "Parquet: its name should end in .parquet",
}
JAPANESE = {"cp932": "Shift-JIS", "euc_jp": "EUC-JP"}
# half-width katakana left out: bytes of other encodings look like them
JAPANESE_PAIR = re.compile(r"(?:(?![｡-ﾟ])[\u3000-\u30ff\u4e00-\u9fff\uff01-\uffef]){2,}")
SAMPLE = 1 << 16
# a header of ASCII letters in two bytes each is half made of zeros
HEADER = 100


def head_of(path: Path) -> str:
    """The first text of a CSV or JSONL file, without a byte order mark."""
    head = first_bytes(path).removeprefix(BYTE_ORDER_MARK)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        refuse_other_encodings(path)
        raise


def refuse_other_formats(path: Path) -> None:
    """Raise UnreadableError for a text file whose first bytes tell that it is none in UTF-8."""
    head = first_bytes(path, HEADER)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            raise UnreadableError(_not_utf_8(name))
    for mark, name in OTHER_FORMATS.items():
        if head.startswith(mark):
            raise UnreadableError(f"it holds {name}")
    head = head[:HEADER]
    zeros = sorted((head[start::2].count(0), len(head[start::2])) for start in (0, 1))
    if zeros[0][0] == 0 and zeros[1][0] > zeros[1][1] * 0.8:
        raise UnreadableError(_not_utf_8("UTF-16"))


def refuse_other_encodings(path: Path) -> None:
    """Read a text file to its end; raise UnreadableError for the first bytes that are not UTF-8."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    for chunk in chunks(path):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            # the error may be in what an earlier chunk left over
            place = max(error.start - len(error.object) + len(chunk), 0)
            line += chunk.count(b"\n", 0, place)
            sample = error.object[max(error.start - SAMPLE, 0) :][: 2 * SAMPLE]
            raise UnreadableError(_not_utf_8(_likely(sample), f" (line {line})")) from None
        line += chunk.count(b"\n")
    if decoder.getstate()[0]:
        raise UnreadableError("it is not UTF-8: its last character is cut off")


def _likely(sample: bytes) -> str:
    """The encoding in which most of what is not ASCII is Japanese text, else a western one."""
    if sample.count(0) > len(sample) / 5:
        return "UTF-16"
    found = {}
    for encoding, name in JAPANESE.items():
        # what is cut at the ends may be part of a sign
        text = sample.decode(encoding, errors="ignore")
        foreign = sum(not sign.isascii() for sign in text)
        found[name] = sum(map(len, JAPANESE_PAIR.findall(text))) / foreign if foreign else 0.0
    best = max(found, key=lambda name: found[name])
    return best if found[best] > 0.5 else "Windows-1252"


def _not_utf_8(name: str, place: str = "") -> str:
    return f"it is not UTF-8{place}, it seems to be {name}: export it as UTF-8, or convert it first"
