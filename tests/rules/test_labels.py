"""The labels word everything that comes with the project, in every language."""

import csv
import re
import shutil
from collections import Counter
from pathlib import Path

from orchestration.build import project as manifest
from pipelines.rules.checking import load_rules
from pipelines.rules.seeds import BUYING_STAGES
from pipelines.settings import DBT_PROJECT, LABELS, SHIPPED_RULES
from pipelines.variables import LANGUAGES

PLACE = re.compile(r"\{\w+\}")
REASONS = DBT_PROJECT / "models/intermediate/worklists/int_lead_reasons.sql"


def labels() -> dict[tuple[str, str, str], str]:
    with (LABELS / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {(row["kind"], row["key"], row["language"]): row["label"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_every_label_is_there_in_every_language_with_the_same_places() -> None:
    found = labels()
    assert {language for _, _, language in found} == set(LANGUAGES)
    for kind, key, _ in found:
        texts = [found[kind, key, language] for language in LANGUAGES]
        assert all(text.strip() for text in texts)
        places = [Counter(PLACE.findall(text)) for text in texts]
        assert places[0] == places[1]


def test_the_places_of_the_sentences_are_filled_in() -> None:
    filled = set(re.findall(r"'(\{\w+\})'", REASONS.read_text(encoding="utf-8")))
    phrases = [text for (kind, _, _), text in labels().items() if kind == "phrase"]
    assert {place for text in phrases for place in PLACE.findall(text)} == filled


def test_what_the_shipped_rules_name_has_a_label() -> None:
    rules = load_rules(SHIPPED_RULES).rows
    named = {("touchpoint", row.text("touchpoint_type")) for row in rules["scoring_rules"]}
    named |= {("content", row.text("content_type")) for row in rules["content_catalog"]}
    named |= {("buying_stage", stage) for stage in BUYING_STAGES}
    assert named <= {(kind, key) for kind, key, _ in labels()}


def test_another_wording_is_another_project(tmp_path: Path) -> None:
    shutil.copyfile(DBT_PROJECT / "dbt_project.yml", tmp_path / "dbt_project.yml")
    (tmp_path / "labels").mkdir()
    label = tmp_path / "labels" / "labels.csv"
    label.write_text("route,adr,en,By an ADR\n", encoding="utf-8")
    before = manifest.project_digest(tmp_path)
    label.write_text("route,adr,en,Through an ADR\n", encoding="utf-8")
    assert manifest.project_digest(tmp_path) != before


def test_what_a_prediction_rests_on_has_a_label() -> None:
    macros = (DBT_PROJECT / "macros/predictions.sql").read_text(encoding="utf-8")
    listed = re.search(r"macro prediction_attributes\(\) %\}\s*(.*?)\s*\{%", macros, re.DOTALL)
    assert listed
    attributes = {("prediction", name) for name in listed.group(1).split()}
    assert len(attributes) > 10
    assert attributes <= {(kind, key) for kind, key, _ in labels()}
