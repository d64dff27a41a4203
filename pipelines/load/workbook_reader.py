"""Reads one sheet and writes it as a CSV; `workbook` runs this file as a program.

It takes an order as JSON from its input and answers with `fault` and `notice`.
"""

import csv
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import python_calamine as calamine

FOOTER_SHOWN = 60
# a float holds all whole numbers below
EXACT = 2**53


def read(order: dict[str, Any]) -> str | None:
    """Write the sheet that is asked for; returns what to tell of it."""
    with calamine.CalamineWorkbook.from_path(order["path"]) as workbook:
        sheet = workbook.get_sheet_by_name(order["sheet"] or workbook.sheet_names[0])
        with Path(order["target"]).open("w", encoding="utf-8", newline="") as file:
            footer = _write(csv.writer(file, lineterminator="\n"), _rows(sheet, order["skip"]))
    if not footer:
        return None
    first = next(text for text in footer[0] if text)[:FOOTER_SHOWN]
    return f"{len(footer)} rows at its end are a footer, not read: {first!r} ..."


def _rows(sheet: calamine.CalamineSheet, skip: int) -> Iterator[list[str]]:
    for number, row in enumerate(sheet.iter_rows()):
        if number >= skip:
            yield [_text(value) for value in row]


def _write(writer: Any, rows: Iterator[list[str]]) -> list[list[str]]:
    """Write all rows but blank ones, and but those of the footer, which are given back."""
    footer: list[list[str]] = []
    width, is_after_blank = 0, False
    for row in rows:
        filled = [place for place, text in enumerate(row) if text.strip()]
        if not filled:
            is_after_blank = True
        elif width > 1 and is_after_blank and filled == [0]:
            footer.append(row)
        else:
            # what looked like a footer was none
            writer.writerows([*footer, row])
            footer, is_after_blank = [], False
            width = width or len(filled)
    return footer


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        # Excel counts days in floats, which are never exact
        rounded = value + timedelta(microseconds=500)
        spec = "milliseconds" if rounded.microsecond >= 1000 else "seconds"
        return rounded.isoformat(" ", spec)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)


def _answer(order: dict[str, Any]) -> dict[str, str | None]:
    try:
        return {"fault": None, "notice": read(order)}
    except calamine.WorksheetNotFound:
        names = calamine.CalamineWorkbook.from_path(order["path"]).sheet_names
        return {"fault": f"it has no sheet `{order['sheet']}`, only {', '.join(names)}"}
    except calamine.PasswordError:
        return {"fault": "it is protected by a password"}
    except calamine.CalamineError as error:
        return {"fault": f"it is no readable Excel workbook: {error}"}


if __name__ == "__main__":
    order = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    json.dump({"notice": None} | _answer(order), sys.stdout)
