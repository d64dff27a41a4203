"""Puts panels, texts, colours and the drawing libraries into one file that needs nothing else."""

import base64
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from orchestration.dashboard.panel import Panel
from orchestration.dashboard.published import as_json
from orchestration.dashboard.texts import texts

FOLDER = Path(__file__).with_name("page")
PALETTE = Path(__file__).with_name("palette.toml")
# in the order in which the browser runs them
SCRIPTS = ("words", "elements", "tables", "charts", "headline", "kpis", "places", "page")
PARTS = {
    "headline": ("figures",),
    "kpis": ("question", "charts", "note"),
}
ALL_PARTS = ("question", "controls", "readout", "legend", "charts", "note", "tables")
TAGS = {"question": "p", "note": "p", "readout": "p", "legend": "ul"}


def page(panels: Sequence[Panel], as_of: str, language: str, bundle: str) -> str:
    """The whole file; the same panels give the same bytes. `bundle` is the script that draws."""
    words = texts()
    colors = palette()
    content = {
        "as_of": as_of,
        "language": language,
        "texts": words,
        "palette": colors,
        "panels": [panel.content() for panel in panels],
    }
    # the libraries leave short names behind them unless they are kept inside a function
    scripts = [
        _script(f"(function () {{\n{bundle}\n}})();"),
        _script(f'(function () {{\n"use strict";\n{_own_script()}\n}})();'),
    ]
    return Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(
        language=language,
        title=escape(words[language]["page.title"]),
        skip=escape(words[language]["page.skip"]),
        script=escape(words[language]["page.script"]),
        scripts=" ".join(_hash(script) for script in scripts),
        style=f"{_variables(colors)}\n{(FOLDER / 'page.css').read_text(encoding='utf-8')}",
        cards="\n".join(_card(panel, words[language]) for panel in panels),
        content=as_json(content),
        bundle=scripts[0],
        page=scripts[1],
    )


def palette() -> dict[str, dict[str, str | list[str]]]:
    """Colours by theme and name."""
    return tomllib.loads(PALETTE.read_text(encoding="utf-8"))


def _card(panel: Panel, words: Mapping[str, str]) -> str:
    name = panel.name
    title = escape(words[f"{name}.title"])
    parts = "".join(
        f'<{TAGS.get(part, "div")} class="{part}"{_quiet(part)}></{TAGS.get(part, "div")}>'
        for part in PARTS.get(name, ALL_PARTS)
    )
    return (
        f'<section class="card" id="{name}" aria-labelledby="{name}-title">'
        f'<h2 id="{name}-title">{title}</h2>{parts}</section>'
    )


def _quiet(part: str) -> str:
    return {"readout": ' aria-live="polite" hidden', "legend": " hidden"}.get(part, "")


def _own_script() -> str:
    return "\n".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)


def _script(code: str) -> str:
    if "</script" in code.lower() or "<!--" in code:
        raise ValueError("a script of the page would end its own element")
    return code


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
    return f"'sha256-{digest}'"


def _variables(colors: Mapping[str, Mapping[str, str | list[str]]]) -> str:
    def block(selector: str, theme: str) -> str:
        lines = [f"--{name}: {value};" for name, value in colors[theme].items() if value != []]
        return f"{selector} {{ {' '.join(line for line in lines if '[' not in line)} }}"

    return f"{block(':root', 'light')}\n{block(':root[data-theme=dark]', 'dark')}"
