"""What a careful reader of the contract may write, and what is only worth a warning."""

from pathlib import Path

import pytest

from pipelines.rules import check_rules, load_rules
from pipelines.rules.seeds import SEEDS
from pipelines.settings import SHIPPED_RULES
from tests.rules.conftest import GOOD_RULES, WriteRules, changed


def test_the_good_rules_are_silent(write_rules: WriteRules) -> None:
    assert check_rules(write_rules({})) == []


@pytest.mark.parametrize(
    ("seed", "old", "new"),
    [
        (
            "scoring_rules",
            "S1,page_view,pricing,8,1,30,24,false,,",
            "S1,page_view,pricing,8,1,30,24,false",
        ),
        ("scoring_rules", ",8,", ",-8.0,"),
        ("scoring_rules", ",8,", ", +8 ,"),
        ("scoring_rules", "true", " YES "),
        ("scoring_rules", "2025-01-01", "2025/01/01"),
        ("scoring_rules", "2025-01-01,2025-04-01", ",9999-12-31"),
        ("scoring_rules", "8,1,30", "8,1,1000000"),
        ("fit_rules", "100", "99.5"),
        ("fit_rules", "gte,100", "in,50 | 100"),
        ("fit_rules", "blank,,,", "blank,,0,"),
        ("fit_grades", "A,50", "A,-50"),
        ("qualification_rules", "A,20\n", ""),
        ("target_accounts", "aozora-denki.example,tier1\n", ""),
        ("free_mail_domains", "freemail.example\n", ""),
        ("holidays", "2025-01-01,元日\n", ""),
        ("kpi_targets", "0.25", "-.5"),
        ("kpi_tree", "wins,,Wins", "wins,  ,Wins"),
        ("kpi_tree", "Win rate", '"Wins, per\nopportunity ""rate"""'),
    ],
)
def test_a_right_way_to_write_it(write_rules: WriteRules, seed: str, old: str, new: str) -> None:
    assert check_rules(write_rules(changed(seed, old, new))) == []


def test_byte_order_mark_line_ends_case_and_order_of_columns_do_not_matter(
    write_rules: WriteRules,
) -> None:
    text = "\ufeffName, DATE \r\n元日,2025-01-01\r\n\r\n昭和の日,2025-04-29"
    rules = load_rules(write_rules({"holidays": text}))
    found = [(str(row.day("date")), row.text("name")) for row in rules.rows["holidays"]]
    assert found == [("2025-01-01", "元日"), ("2025-04-29", "昭和の日")]
    assert rules.warnings == []


def test_extra_columns_and_files_are_warned_about(write_rules: WriteRules) -> None:
    directory = write_rules({"holidays": "date,name,note\n2025-01-01,元日,closed\n"})
    (directory / "scoring_rule.csv").write_text("rule_id\n")
    assert check_rules(directory) == [
        "holidays.csv: extra column `note` ignored",
        "scoring_rule.csv: is not a rule file, ignored",
    ]


def test_outer_spaces_of_compared_texts_are_warned_about(write_rules: WriteRules) -> None:
    directory = write_rules(changed("scoring_rules", "page_view", " page_view"))
    assert check_rules(directory) == [
        "scoring_rules.csv row 1: touchpoint_type ` page_view` has leading or trailing spaces,"
        " which are compared too"
    ]


@pytest.mark.parametrize(
    ("attribute", "operator", "value"),
    [
        (attribute, operator, value)
        for attribute in ("industry", "email_domain", "account_tier", "lead_source")
        for operator, value in (("eq", "x"), ("in", "x|y"), ("contains", "x"), ("blank", ""))
    ]
    + [("employee_count", operator, "50") for operator in ("eq", "in", "gte", "lte")]
    + [("employee_count", "blank", "")],
)
def test_operators_that_an_attribute_takes(
    write_rules: WriteRules, attribute: str, operator: str, value: str
) -> None:
    row = f"F9,{attribute},{operator},{value},1,false\n"
    assert check_rules(write_rules({"fit_rules": GOOD_RULES["fit_rules"] + row})) == []


def test_exactly_the_columns_of_the_contract_may_be_blank() -> None:
    blank = {
        f"{seed.name}.{column.name}"
        for seed in SEEDS
        for column in seed.columns
        if column.may_be_blank
    }
    assert blank == {
        "scoring_rules.content_type",
        "scoring_rules.max_points",
        "scoring_rules.valid_from",
        "scoring_rules.valid_to",
        "fit_rules.value",
        "fit_rules.points",
        "kpi_tree.parent_kpi_id",
        "kpi_tree.denominator",
        "segments.value",
    }


def test_relative_folders_are_read_too(
    write_rules: WriteRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_rules({}).parent)
    assert check_rules(Path("rules")) == []


def test_files_and_columns_that_may_be_missing(write_rules: WriteRules) -> None:
    tree = "kpi_id,parent_kpi_id,name_en,name_ja,numerator,denominator\nwins,,Wins,受注数,wins,\n"
    directory = write_rules({"kpi_tree": tree, "kpi_targets": "kpi_id,month,target\n"})
    for seed in SEEDS:
        if seed.may_be_missing:
            (directory / seed.file_name).unlink()
    rules = load_rules(directory)
    assert rules.warnings == []
    assert rules.rows["company_forms"] == rules.rows["machine_agents"] == []
    assert rules.rows["placeholders"] == []
    assert [row.text("better") for row in rules.rows["kpi_tree"]] == ["higher"]


def test_a_folder_without_offers_has_the_shipped_ones(write_rules: WriteRules) -> None:
    directory = write_rules({})
    (directory / "visitor_offers.csv").unlink()
    rules, shipped = load_rules(directory), load_rules(SHIPPED_RULES)
    assert rules.warnings == []
    assert rules.rows["visitor_offers"] == shipped.rows["visitor_offers"] != []
    header_alone = write_rules({"visitor_offers": "rule_id,priority,offer,metric,at_least\n"})
    assert load_rules(header_alone).rows["visitor_offers"] == []


@pytest.mark.parametrize(
    ("cell", "metric"),
    [
        (" wins ", "wins"),
        ("touchpoints:roi_check", "touchpoints:roi_check"),
        ("offline:dm_sent", "offline:dm_sent"),
        ("views:a:b", "views:a:b"),
        (" mail_openers:News letter", "mail_openers:News letter"),
    ],
)
def test_metrics_of_one_kind(write_rules: WriteRules, cell: str, metric: str) -> None:
    row = f"x,wins,X,X,{cell},,lower\n"
    rules = load_rules(write_rules({"kpi_tree": GOOD_RULES["kpi_tree"] + row}))
    assert rules.rows["kpi_tree"][-1].text("numerator") == metric


def test_an_outer_space_of_a_company_form_is_meant(write_rules: WriteRules) -> None:
    rules = load_rules(write_rules({"company_forms": "form\n s.a.\n"}))
    assert rules.warnings == []
    assert [row.text("form") for row in rules.rows["company_forms"]] == [" s.a."]
