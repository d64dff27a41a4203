"""The names of the mappings that come with the project, for who reads none of them."""

from pathlib import Path

SHIPPED = Path(__file__).with_name("shipped")


def shipped_names() -> tuple[str, ...]:
    """The mappings that come with the project."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))
