"""A sheet of an Excel workbook as a CSV, written by a process of its own.

A workbook of a few kilobytes can ask for any amount of memory: packed zeros, or one cell at the
far end of a sheet. The reader (calamine) would take this process with it, so it gets a limit.
"""

import json
import subprocess
import sys
from pathlib import Path

from pipelines.load.relation import UnreadableError

READER = Path(__file__).with_name("workbook_reader.py")
MEMORY = 3 << 30
SECONDS = 900


def sheet_as_csv(path: Path, target: Path, sheet: str | None, skip: int) -> str | None:
    """Write the rows of a sheet (the first one if none is named) but the first `skip`.

    Values are texts: whole numbers without a point, instants as ISO 8601, the results of formulas.
    Blank rows are none, and neither is a footer: rows behind the last blank one in which only the
    first cell is filled, while the header fills more. Returns what to tell of it; raises
    UnreadableError.
    """
    order = json.dumps(
        {"path": str(path), "target": str(target), "sheet": sheet, "skip": skip, "memory": MEMORY}
    )
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER)],
            input=order,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"it takes more than {SECONDS} s to read: export it as CSV") from None
    if done.returncode:
        raise UnreadableError(
            f"it needs more than {MEMORY >> 30} GB of memory, or it is damaged: export it as CSV"
        )
    answer = json.loads(done.stdout)
    if answer["fault"]:
        raise UnreadableError(answer["fault"])
    notice: str | None = answer["notice"]
    return notice
