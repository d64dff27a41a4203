"""What the published marts depend on, as one digest: equal digests mean equal marts."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from orchestration.last_run import published_state
from orchestration.manifest import ParsedProject
from pipelines.database import connect
from pipelines.rules import fingerprint
from pipelines.settings import PROJECT, Settings

OWN_CODE = ("pipelines", "expectations", "orchestration")


def current_state(settings: Settings, project: ParsedProject) -> str:
    """Digest of raw loads, rules, models, code, limits of the gates, day and variables.

    The rules must have been staged and the raw rows loaded for this run.
    """
    parts = [
        *_loads(settings),
        fingerprint(settings.home / "rules"),
        project.fingerprint,
        settings.as_of.isoformat(),
        json.dumps(asdict(settings.variables), sort_keys=True),
        _digest(sorted(settings.home.glob("gates.toml"))),
        _digest(_code()),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_published(settings: Settings, project: ParsedProject) -> bool:
    """Whether the published file already says what this run would publish."""
    if settings.full or not settings.marts.exists():
        return False
    return published_state(settings.home) == current_state(settings, project)


def _loads(settings: Settings) -> list[str]:
    connection = connect(settings)
    try:
        rows = connection.execute(
            "select load_id from raw._dlt_loads where status = 0 order by load_id"
        ).fetchall()
    finally:
        connection.close()
    return [load_id for (load_id,) in rows]


def _code() -> list[Path]:
    files = [path for name in OWN_CODE for path in (PROJECT / name).rglob("*")]
    return sorted(path for path in files if path.suffix in {".py", ".toml"})


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
