"""Values that `--set` changes: documented, checked, and read by some model."""

import re

import pytest

from pipelines.errors import UsageError
from pipelines.settings import DBT_PROJECT, PROJECT
from pipelines.variables import Variables, declared_variables

NAMES = list(Variables.model_fields)
# of sections of the contract that leave no choice, and what the orchestration sets
FIXED = {
    *("attribution_days", "attribution_half_life_days", "attribution_end_share"),
    *("mail_conversion_types", "mail_conversion_hours", "stale_feed_business_days"),
    *("visit_pause_minutes", "naming_days", "content_qualification_days", "segment_result_days"),
    *("as_of_date", "last_as_of_date", "new_loads", "node_states"),
}


def test_every_variable_stands_in_the_docs_with_its_default_and_meaning() -> None:
    text = (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8")
    section = text.partition("## Variables\n")[2].partition("\n## ")[0].replace("\\|", "/")
    row = r"^\| `(\w+)` \| ([^|]*) \| [^|]* \| ([^|]*) \|$"
    cells = re.findall(row, section, flags=re.MULTILINE)
    documented = {name: default.replace("/", "|") for name, default, _ in cells}
    documented["reporting_timezone"] = documented["reporting_timezone"].replace("|", "/")
    assert list(documented) == NAMES
    assert Variables.checked(documented) == Variables()
    fields = Variables.model_fields.items()
    assert {name: text for name, _, text in cells} == {name: f.description for name, f in fields}


def test_dbt_declares_every_variable_and_no_model_reads_another() -> None:
    declared = declared_variables()
    assert declared.keys() - FIXED == set(NAMES) - {"source_timezone"}
    assert declared.keys() >= FIXED
    files = [path for folder in ("models", "macros") for path in (DBT_PROJECT / folder).rglob("*")]
    texts = [path.read_text(encoding="utf-8") for path in files if path.suffix in {".sql", ".yml"}]
    read = {name for text in texts for name in re.findall(r"\bvar\(\s*['\"](\w+)", text)}
    assert read == declared.keys()


def test_the_defaults_keep_to_their_own_ranges() -> None:
    assert Variables.checked(Variables().model_dump()) == Variables()


@pytest.mark.parametrize(
    ("assignment", "name", "value"),
    [
        ("visitor_days= 7 ", "visitor_days", 7),
        ("faq_content_types=faq, support ,", "faq_content_types", ("faq", "support")),
        ("faq_content_types=", "faq_content_types", ()),
        ("adr_routings=ADR,Inside Sales", "adr_routings", ("adr", "inside sales")),
        ("score_band_floors=-5,0,50", "score_band_floors", (-5, 0, 50)),
    ],
)
def test_a_value_is_read(assignment: str, name: str, value: object) -> None:
    assert getattr(Variables.parse((assignment,)), name) == value


@pytest.mark.parametrize(
    ("assignments", "message"),
    [
        (("visitor_days=0",), "--set visitor_days=0: expected 1 to 100000"),
        (("visitor_days=1.5",), "--set visitor_days=1.5: expected a whole number"),
        (("session_gap_minutes=2000",), "expected 1 to 1440"),
        (("score_band_floors=0,20,20",), "expected whole numbers that rise, such as 0,20,40"),
        (("score_band_floors=",), "expected whole numbers that rise"),
        (("score_band_floors=0,x",), "expected a whole number"),
        (("good_from_decile=3",), "--set: junk_to_decile must be below good_from_decile"),
        (("threshold_lowest=151",), "--set: threshold_lowest, threshold_highest and"),
        (("threshold_highest=100000",), "must give 1 to 1000 thresholds"),
        (("neglect=90",), "--set neglect=90: expected NAME=VALUE with NAME one of"),
    ],
)
def test_a_wrong_value_is_refused(assignments: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        Variables.parse(assignments)
