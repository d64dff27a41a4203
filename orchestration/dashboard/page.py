"""Puts panels, texts, colours and the drawing libraries into one file that needs nothing else."""

import base64
import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Template

from orchestration.dashboard.panel import Panel
from orchestration.dashboard.texts import texts
from orchestration.templates import page_templates

FOLDER = Path(__file__).with_name("page")
PALETTE = Path(__file__).with_name("palette.toml")
# in the order in which the browser runs them
SCRIPTS = ("words", "elements", "tables", "charts", "headline", "kpis", "places", "page")
JSON = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}


def page(panels: Sequence[Panel], as_of: str, language: str, bundle: str, company: str) -> str:
    """The whole file; the same panels give the same bytes. `bundle` is the script that draws.

    `company` is its name, or blank.
    """
    own = "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    # the libraries leave short names behind them unless they are kept inside a function
    scripts = [
        _script(f"(function () {{\n{bundle}\n}})();"),
        _script(f'(function () {{\n"use strict";\n{own}\n}})();'),
    ]
    words = {
        chosen: {**known, **{key: word for panel in panels for key, word in _own(panel, chosen)}}
        for chosen, known in texts().items()
    }
    content = {
        "as_of": as_of,
        "language": language,
        "company": company,
        "texts": words,
        "palette": palette(),
        "panels": [panel.content() for panel in panels],
    }
    return _template().render(
        content=content,
        words=words[language],
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        scripts=scripts,
        hashes=[_hash(script) for script in scripts],
    )


def _own(panel: Panel, language: str) -> Iterable[tuple[str, str]]:
    return panel.texts.get(language, {}).items()


def palette() -> dict[str, dict[str, str | list[str]]]:
    """Colours by theme and name."""
    return tomllib.loads(PALETTE.read_text(encoding="utf-8"))


def _template() -> Template:
    environment = page_templates(FOLDER)
    environment.policies["json.dumps_kwargs"] = JSON
    return environment.get_template("page.html")


def _script(code: str) -> str:
    if "</script" in code.lower() or "<!--" in code:
        raise ValueError("a script of the page would end its own element")
    return code


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
