"""The glossary as one page that needs nothing but itself."""

import re
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from orchestration.docs.glossary import Entry
from orchestration.templates import page_templates

FOLDER = Path(__file__).parent


def glossary_page(entries: Sequence[Entry], models_page: str) -> str:
    """The page; `models_page` is where dbt's page lies, seen from this one."""
    environment = page_templates(FOLDER)
    environment.filters["anchor"] = _anchor
    topics = [(topic, list(group)) for topic, group in groupby(entries, attrgetter("topic"))]
    template = environment.get_template("glossary.html")
    return template.render(number=len(entries), topics=topics, models_page=models_page)


def _anchor(text: str) -> str:
    return "-".join(re.findall(r"[^\W_]+", text.lower()))
