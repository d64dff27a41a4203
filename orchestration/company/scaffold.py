"""Writes a new company folder: `funnel.toml`, the rules, and what stands beside them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from orchestration.build.root import PACKAGE
from orchestration.company.keys import COMPANY_FILE, SOURCE
from orchestration.company.reading import FILE
from pipelines.errors import UsageError
from pipelines.feeds import FEEDS
from pipelines.files import atomic_write
from pipelines.settings import DISTRIBUTION, SHIPPED_RULES

TEMPLATE = Path(__file__).with_name("template")
# beside the templates' own folders; what is written is a start, and the company's from then on
FOLDERS = ("mappings", "models")
TABLES = ("sources", "spark", "thresholds", "retention", "alerts", "limits", "gates", "lists")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a company says of itself: values of keys at the top, and its sources by name."""

    values: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def write_company(folder: Path, answers: Answers) -> list[Path]:
    """Write all files of a folder and return them; raises UsageError for what is there already."""
    contents = dict(_contents(answers))
    taken = sorted(str(name) for name in contents if (folder / name).exists())
    if taken:
        raise UsageError(
            f"{folder} has {', '.join(taken)} already, which would be overwritten; choose another"
            " folder, or move them away"
        )
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        atomic_write(folder / name, content)
    for table in answers.sources.values():
        landing = folder / Path(table["landing"]).expanduser()
        # without a mapping each feed has a folder of its own
        for feed in [""] if "mapping" in table else [feed.name for feed in FEEDS]:
            (landing / feed).mkdir(parents=True, exist_ok=True)
    return [folder / name for name in contents]


def _contents(answers: Answers) -> Iterator[tuple[Path, str]]:
    yield Path(FILE), funnel_toml(answers)
    words = {"NAME": answers.values["name"], "HOME": answers.values["home"].rstrip("/")}
    words["PROJECT"] = _project_name(answers.values["name"])
    words["VERSION"] = version(DISTRIBUTION)
    for path in sorted(TEMPLATE.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(f"@{word}@", value)
            yield path.relative_to(TEMPLATE), text
    for path in sorted(SHIPPED_RULES.glob("*.csv")):
        yield Path("rules") / path.name, path.read_text(encoding="utf-8")
    for folder in FOLDERS:
        yield Path(folder) / ".gitkeep", ""


def _project_name(company: str) -> str:
    """The company's name as dbt takes it for that of a project."""
    letters = re.sub(r"[^a-z0-9]+", "_", company.lower()).strip("_")
    is_name = re.match("[a-z]", letters) and letters != PACKAGE
    return letters if is_name else f"own_{letters or 'models'}"


def funnel_toml(answers: Answers) -> str:
    """The file: every key with its description, those that keep their default as comments."""
    fields = COMPANY_FILE.model_fields
    lines = [
        "# What the warehouse of this company is made of. Paths are relative to this file.",
        "# Options of a command hold before it; `funnel config` shows what holds, and why.",
        "",
    ]
    lines += _lines(COMPANY_FILE, answers.values, but=TABLES)
    lines += [f"# {fields['sources'].description}"]
    for name, table in answers.sources.items():
        lines += [f"[sources.{name}]", *_lines(SOURCE, table)]
    for name in ("spark", "thresholds", "retention", "alerts", "limits"):
        model = fields[name].annotation
        assert isinstance(model, type)
        lines += [f"# {fields[name].description}", f"[{name}]", *_lines(model, {})]
    lines += [
        f"# {fields['gates'].description} that differ from the shipped ones, which `funnel config`",
        "# shows, such as",
        "# [gates.raw.freshness]",
        '# severity = "blocks"',
        "# quiet_days = 5",
        "",
        f"# {fields['lists'].description}: `funnel export NAME` writes what changed in one",
        "# [lists.hot_leads]",
        '# mart = "handoff_queue"',
        '# key = "person_id"',
        '# columns = ["behavior_score", "reason_1"]',
        "# where = \"fit_grade = 'A'\"",
    ]
    return "\n".join(lines) + "\n"


def _lines(
    model: type[BaseModel], values: Mapping[str, Any], but: tuple[str, ...] = ()
) -> list[str]:
    lines = []
    for key, about in model.model_fields.items():
        if key not in but:
            value = values.get(key, (about.examples or [about.get_default()])[0])
            mark = "" if key in values else "# "
            lines += [f"# {about.description}", f"{mark}{key} = {_toml(value)}"]
    return [*lines, ""]


def _toml(value: Any) -> str:
    # a text of JSON is one of TOML as well
    return json.dumps(value, ensure_ascii=False)
