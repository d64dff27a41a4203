"""The secret of a home, with which ids and erased people are hashed: without it no hash is known.

It is a file of its own, so that it outlives the warehouse; with another one the same person would
get another id, and whoever was erased would load again.
"""

import hashlib
import os
import secrets
from pathlib import Path

from pipelines.errors import FunnelError, UsageError, move_away_hint
from pipelines.files import sync

FILE = "secret"
LENGTH = 64


def secret_of(home: Path) -> str:
    """The secret, made if there is none yet; raises FunnelError for a file that is none."""
    path = home / FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        _make(path)
        text = path.read_text(encoding="ascii", errors="replace")
    except IsADirectoryError:
        raise
    except OSError as fault:
        raise UsageError(f"{path} cannot be written: {fault.strerror}") from None
    if len(text) != LENGTH or not text.isalnum():
        raise FunnelError(
            f"{path} is damaged: put its copy back; or {move_away_hint(path)}, whereupon ids of"
            " sources with hash_ids change and erased people are no longer recognised"
        )
    return text


def fingerprint(secret: str) -> str:
    """What tells two secrets apart and gives neither away."""
    return hashlib.sha256(f"fingerprint {secret}".encode()).hexdigest()[:16]


def _make(path: Path) -> None:
    """Write a new secret, unless there is one: whole, or not at all."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(LENGTH // 2))
    sync(part)
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    sync(path.parent)
