"""Writes the pages under the home; dbt reads the warehouse for the types of the columns."""

import shutil
from pathlib import Path

from orchestration.build.project import (
    ParsedProject,
    dbt_arguments,
    dbt_environment,
    parsed_project,
)
from orchestration.console import say
from orchestration.docs.glossary import read_glossary
from orchestration.docs.page import glossary_page
from orchestration.home import lock
from orchestration.home.records import published_run
from pipelines.errors import FunnelError

GLOSSARY_PAGE = "index.html"
MODELS_PAGE = "models.html"
NARROW = Path(__file__).with_name("narrow.css")


def build_docs(home: Path) -> Path:
    """Write the glossary and dbt's page of the models; returns the glossary's path."""
    settings = published_run(home)
    lock.hold(home)
    try:
        project = parsed_project(home, settings.project)
        page = glossary_page(read_glossary(project.manifest()), MODELS_PAGE)
        folder = home / "docs"
        folder.mkdir(exist_ok=True)
        _write_models_page(home, project, folder / MODELS_PAGE)
        (folder / GLOSSARY_PAGE).write_text(page, encoding="utf-8")
    finally:
        lock.release(home)
    return folder / GLOSSARY_PAGE


def _write_models_page(home: Path, project: ParsedProject, page: Path) -> None:
    from dbt.cli.main import dbtRunner

    from orchestration.build.invocation import close_warehouse

    say("reading what the warehouse holds")
    work = home / "scratch" / "docs"
    work.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(project.target / "manifest.json", work / "manifest.json")
    with dbt_environment(home):
        outcome = dbtRunner(manifest=project.graph()).invoke(
            [
                *(
                    "docs",
                    "generate",
                    "--static",
                    "--no-compile",
                    *dbt_arguments(home, project.root),
                ),
                *("--target-path", str(work)),
            ]
        )
    close_warehouse()
    if not outcome.success:
        raise FunnelError(f"dbt cannot write its docs: {outcome.exception}")
    made = (work / "static_index.html").read_text(encoding="utf-8")
    style = f"<style>{NARROW.read_text(encoding='utf-8')}</style>"
    page.write_text(made.replace("</head>", f"{style}</head>", 1), encoding="utf-8")
    shutil.rmtree(work)
