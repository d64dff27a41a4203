"""The glossary speaks of what is there, and of every metric."""

import re
from pathlib import Path

import pytest

from orchestration.build.project import parsed_project
from orchestration.docs.glossary import Entry, read_glossary
from orchestration.docs.page import glossary_page
from pipelines.errors import FunnelError
from pipelines.settings import DBT_PROJECT

pytestmark = pytest.mark.xdist_group("catalog")

HEADER = "topic,term,term_ja,definition,definition_ja,refers_to"
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def description(published: Path) -> dict:
    return parsed_project(published).manifest()


@pytest.fixture(scope="module")
def entries(description: dict) -> list[Entry]:
    return read_glossary(description)


def test_every_metric_has_an_entry(entries: list[Entry], description: dict) -> None:
    explained = [
        reference.name
        for entry in entries
        for reference in entry.references
        if reference.kind == "metric"
    ]
    assert sorted(explained) == sorted(node["name"] for node in description["metrics"].values())


def test_every_entry_is_complete_in_both_languages(entries: list[Entry]) -> None:
    terms = [entry.term for entry in entries]
    assert len(terms) == len(set(terms)) > 50
    for entry in entries:
        assert entry.references, entry.term
        assert entry.topic, entry.term
        assert entry.term_ja, entry.term
        assert entry.definition.endswith("."), entry.term
        assert JAPANESE.search(entry.definition_ja), entry.term
        assert entry.definition_ja.endswith("。"), entry.term


def test_every_entry_says_where_it_is_computed(entries: list[Entry]) -> None:
    files = {
        file
        for entry in entries
        for reference in entry.references
        for file in reference.computed_in
    }
    assert len(files) > 20
    assert [file for file in files if not (DBT_PROJECT.parent / file).is_file()] == []
    rate = next(entry for entry in entries if entry.term == "retention rate")
    # through the unsubscribe rate, which it is derived from, and the measures of that
    assert rate.references[0].computed_in == ("dbt_project/models/marts/mail_performance.sql",)


@pytest.mark.parametrize(
    "lost",
    [
        "metric:ignore_rat",
        "table:fct_handoff",
        "column:fct_handoffs.outcomes",
        "column:fct_handoff.outcome",
        "model:fct_handoffs",
    ],
)
def test_an_entry_about_nothing_is_refused(description: dict, tmp_path: Path, lost: str) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text(
        f"{HEADER}\nA,b,あ,B.,い。,metric:ignore_rate\nA,c,う,C.,え。,{lost}\n", encoding="utf-8"
    )
    with pytest.raises(FunnelError, match=r"line 3: there is no .*" + lost.rpartition(":")[2][:8]):
        read_glossary(description, path)


def test_the_page_shows_texts_as_they_are_written(description: dict, tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text(
        f"{HEADER}\nA,<b>,あ,$x & <script>.,い。,metric:ignore_rate\n", encoding="utf-8"
    )
    page = glossary_page(read_glossary(description, path), "models.html")
    assert "<p>$x &amp; &lt;script&gt;.</p>" in page
    assert "&lt;b&gt;" in page
    assert 'href="models.html#!/metric/metric.lead_funnel.ignore_rate"' in page
