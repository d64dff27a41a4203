"""`funnel init`: a company folder, by questions or options."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from orchestration.cli.options import PATH
from orchestration.company.keys import AT_TOP, COMPANY_FILE
from orchestration.company.scaffold import Answers, write_company
from pipelines.errors import UsageError
from pipelines.mappings.names import shipped_names
from pipelines.variables import Variables

DEFAULT_SOURCE = "main"
SOURCE_NAME = re.compile(r"[A-Za-z0-9_-]+")
ASKED = ("name", *AT_TOP, "home")


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for key in reversed(ASKED):
        about = COMPANY_FILE.model_fields[key].description
        command = click.option(f"--{key.replace('_', '-')}", key, help=f"{about}.")(command)
    return command


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@_with_options
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="NAME[=MAPPING]",
    help="A system that delivers files, and what turns its exports into feeds.",
)
@click.option("--yes", is_flag=True, help="Ask nothing: defaults for what no option says.")
def init(folder: Path, sources: tuple[str, ...], yes: bool, **given: str | None) -> None:
    """Write a company folder DIR: funnel.toml, rules, and what stands beside them."""
    defaults = {key: COMPANY_FILE.model_fields[key].default for key in ASKED}
    defaults["name"] = folder.name
    values = {key: _checked(key, text) for key, text in given.items() if text is not None}
    pairs = [_source(source) for source in sources]
    named = dict(pairs)
    if len(named) < len(pairs):
        raise UsageError("two of the --source have one name")
    if not yes:
        click.echo("An empty answer takes what is in brackets.")
        try:
            values = {key: values.get(key) or _asked(key, defaults[key]) for key in ASKED}
            named = named or dict(_asked_sources())
        except click.Abort:
            if sys.stdin.isatty():
                raise
            raise UsageError("there is nobody to ask: give --yes, and options") from None
    named = named or {DEFAULT_SOURCE: {}}
    # one source may have the folder for itself
    for name, table in named.items():
        table["landing"] = "landing" if len(named) == 1 else f"landing/{name}"
    written = write_company(folder, Answers({**defaults, **values, "rules": "rules"}, named))
    click.echo(f"{len(written)} files in {folder}")
    for name, table in named.items():
        form = "" if "mapping" in table else ", a folder per feed"
        click.echo(f"exports of {name} go into {folder / table['landing']}{form}")
    click.echo(f"then: cd {folder} && funnel refresh")


def _checked(key: str, text: str) -> Any:
    """A value of the file from a text; raises UsageError for a wrong one."""
    if key in AT_TOP:
        try:
            return getattr(Variables.checked({key: text}), key)
        except UsageError as error:
            raise UsageError(str(error).replace("--set ", "", 1)) from None
    if not text.strip():
        raise UsageError(f"{key} is blank")
    return text.strip()


def _source(text: str) -> tuple[str, dict[str, str]]:
    """Name and table of a source, from `NAME` or `NAME=MAPPING`."""
    name, _, mapping = (part.strip() for part in text.partition("="))
    if not SOURCE_NAME.fullmatch(name):
        raise UsageError(f"--source {text}: a name has letters, digits, - and _")
    if mapping and mapping not in shipped_names() and not mapping.endswith(".toml"):
        shipped = ", ".join(shipped_names())
        raise UsageError(
            f"--source {text}: {mapping} is no .toml file, and no shipped mapping ({shipped})"
        )
    return name, {"mapping": mapping} if mapping else {}


def _asked(key: str, default: Any) -> Any:
    question = f"{COMPANY_FILE.model_fields[key].description} ({key})"
    return click.prompt(
        question, default=default, value_proc=lambda text: _told(_checked, key, text)
    )


def _asked_sources() -> Iterator[tuple[str, dict[str, str]]]:
    click.echo(f"Mappings that are shipped: {', '.join(shipped_names())}.")
    while True:
        question = "a source as NAME or NAME=MAPPING, blank for no more"
        found = click.prompt(
            question, default="", show_default=False, value_proc=lambda text: _named(text)
        )
        if not found:
            return
        yield found


def _named(text: str) -> tuple[str, dict[str, str]] | None:
    return _told(_source, text) if text.strip() else None


def _told(check: Callable[..., Any], *values: Any) -> Any:
    """What a check returns; its complaint makes click ask again."""
    try:
        return check(*values)
    except UsageError as error:
        raise click.UsageError(str(error)) from None
