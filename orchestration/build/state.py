"""What the published marts depend on: where nothing of it changed, they may stay as they are."""

import hashlib
from dataclasses import asdict
from pathlib import Path

from orchestration.build.project import ParsedProject
from orchestration.home.last_run import published_state
from pipelines.database import connect
from pipelines.rules import fingerprint
from pipelines.settings import PROJECT, Settings

OWN_CODE = ("pipelines", "expectations", "orchestration")


def current_state(settings: Settings, project: ParsedProject) -> dict[str, str]:
    """What the marts come from, by name; the rules must be staged and the raw rows loaded."""
    variables = {f"--set {name}": str(value) for name, value in asdict(settings.variables).items()}
    return {
        "raw rows": _digest_of_texts(_loads(settings)),
        **rules_state(settings.home / "rules"),
        "models": project.fingerprint,
        "code": _digest(_code()),
        "limits of the gates": _digest(sorted(settings.home.glob("gates.toml"))),
        "as-of day": settings.as_of.isoformat(),
        **variables,
    }


def rules_state(staged: Path) -> dict[str, str]:
    """The content of each staged rule file."""
    return {f"rule {path.stem}": fingerprint(staged, path.stem) for path in staged.glob("*.csv")}


def changes(settings: Settings, state: dict[str, str]) -> list[str]:
    """What differs from the state that is published; empty if the marts may stay as they are."""
    if settings.full:
        return ["--full was asked for"]
    published = published_state(settings.home)
    if published is None or not settings.marts.exists():
        return ["nothing is published yet, or the last run did not end"]
    names = [*state, *(name for name in published if name not in state)]
    return [
        _told(name, published, state) for name in names if published.get(name) != state.get(name)
    ]


def is_published(settings: Settings, project: ParsedProject) -> bool:
    """Whether the published file already says what this run would publish."""
    return not changes(settings, current_state(settings, project))


def _told(name: str, before: dict[str, str], after: dict[str, str]) -> str:
    if name.startswith(("--set", "as-of")):
        return f"{name}: {before.get(name)} becomes {after.get(name)}"
    return f"{name} changed"


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


def _digest_of_texts(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
