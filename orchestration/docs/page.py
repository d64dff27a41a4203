"""The glossary as one page that needs nothing but itself."""

from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from orchestration.docs.glossary import Entry, Reference

TEMPLATE = Path(__file__).with_name("glossary.html")


def glossary_page(entries: Iterable[Entry], models_page: str) -> str:
    """The page; `models_page` is where dbt's page lies, seen from this one."""
    entries = list(entries)
    topics = [(topic, list(group)) for topic, group in groupby(entries, lambda entry: entry.topic)]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        number=len(entries),
        models_page=escape(models_page),
        navigation="\n".join(
            f'<li><a href="#{_anchor(topic)}">{escape(topic)}</a></li>' for topic, _ in topics
        ),
        topics="\n".join(_topic(topic, group, models_page) for topic, group in topics),
    )


def _topic(topic: str, entries: Iterable[Entry], models_page: str) -> str:
    articles = "\n".join(_article(entry, models_page) for entry in entries)
    return (
        f'<section aria-labelledby="{_anchor(topic)}">\n'
        f'<h2 id="{_anchor(topic)}">{escape(topic)}</h2>\n{articles}\n</section>'
    )


def _article(entry: Entry, models_page: str) -> str:
    anchor = _anchor(entry.term)
    references = "".join(_reference(reference, models_page) for reference in entry.references)
    files = dict.fromkeys(file for reference in entry.references for file in reference.computed_in)
    computed_in = ", ".join(f"<code>{_breakable(file, '/')}</code>" for file in files)
    return (
        f'<article id="{anchor}">\n'
        f'<h3><a href="#{anchor}">{escape(entry.term)}</a>'
        f' <span lang="ja">{escape(entry.term_ja)}</span></h3>\n'
        f"<p>{escape(entry.definition)}</p>\n"
        f'<p lang="ja">{escape(entry.definition_ja)}</p>\n'
        f'<ul class="references">{references}</ul>\n'
        f'<p class="files">Computed in {computed_in}</p>\n'
        "</article>"
    )


def _reference(reference: Reference, models_page: str) -> str:
    kind_of_node = reference.node.partition(".")[0]
    link = f"{models_page}#!/{kind_of_node}/{reference.node}"
    return (
        f'<li><a href="{escape(link)}"><span class="kind">{reference.kind}</span>'
        f" <code>{_breakable(reference.name, '_.')}</code></a></li>"
    )


def _anchor(text: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return "-".join(words)


def _breakable(name: str, ends: str) -> str:
    """The name with a place to break it, on a narrow screen, after each of the letters `ends`."""
    return "".join(escape(letter) + "<wbr>" * (letter in ends) for letter in name)
