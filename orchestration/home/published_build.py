"""Which build the published file holds, so that the next one may be written as what differs."""

import json
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.build import last_build
from pipelines.files import atomic_write
from pipelines.settings import Settings

FILE = "published.json"
# rows that give way leave room behind; beyond this the file is written anew
MOST_GROWTH = 2


def is_taken_on(settings: Settings, connection: DuckDBPyConnection) -> bool:
    """Whether the last build took on the one that is published, in a file as it was left."""
    path = settings.home / FILE
    _, took_on = last_build.digests(connection)
    if took_on is None or not path.exists() or not settings.marts.exists():
        return False
    noted = json.loads(path.read_text(encoding="utf-8"))
    return (
        noted["build"] == took_on
        and noted["file"] == _identity(settings)
        and noted["file"]["bytes"] <= noted["bytes_when_whole"] * MOST_GROWTH
    )


def remember(settings: Settings, connection: DuckDBPyConnection, is_whole: bool) -> None:
    """Note what the published file holds now, and its size when it was last written as a whole."""
    path = settings.home / FILE
    file = _identity(settings)
    whole = file["bytes"]
    if not is_whole:
        whole = json.loads(path.read_text(encoding="utf-8"))["bytes_when_whole"]
    build, _ = last_build.digests(connection)
    noted = {"build": build, "file": file, "bytes_when_whole": whole}
    atomic_write(path, json.dumps(noted, indent=2) + "\n")


def _identity(settings: Settings) -> dict[str, Any]:
    found = settings.marts.stat()
    return {"bytes": found.st_size, "changed_ns": found.st_mtime_ns}
