"""Text files that appear whole or not at all."""

from pathlib import Path


def atomic_write(target: Path, text: str) -> None:
    """Write beside the file and put it in its place in one step."""
    fresh = target.with_name(f"{target.name}.next")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(target)
