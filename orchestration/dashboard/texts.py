"""The words of the page in both languages, from `texts.toml`."""

import tomllib
from pathlib import Path

from pipelines.variables import LANGUAGES

FILE = Path(__file__).with_name("texts.toml")


def texts() -> dict[str, dict[str, str]]:
    """Per language the text of each key, written `section.key`."""
    sections = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        language: {
            f"{section}.{key}": versions[language]
            for section, entries in sections.items()
            for key, versions in entries.items()
        }
        for language in LANGUAGES
    }
