"""Files that appear whole or not at all."""

import os
from pathlib import Path


def atomic_write(target: Path, content: str | bytes) -> None:
    """Write beside the file, and put it in its place once all of its bytes are on disk."""
    part = part_of(target)
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        sync(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync(target.parent)


def part_of(target: Path) -> Path:
    """Where a file grows; readers of the folder skip such names."""
    return target.with_name(f".{target.name}.part")


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
