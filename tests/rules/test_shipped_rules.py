"""The rules that the project ships, and those of the worked examples."""

import unicodedata
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.rules import lint, load_rules
from pipelines.rules.metrics import METRICS
from pipelines.rules.seeds import (
    BUYING_STAGES,
    DISPOSITIONS,
    PLACEHOLDER_COLUMNS,
    SEEDS,
    VISITOR_METRICS,
)
from pipelines.settings import DBT_PROJECT, PROJECT, SHIPPED_RULES

EXAMPLES = PROJECT.parent / "shared" / "examples-v2"
YEAR_END = "年末年始休業"
SHIPPED = load_rules(SHIPPED_RULES)


def column(seed: str, name: str) -> list[str]:
    return [row.text(name) for row in SHIPPED.rows[seed]]


def test_the_shipped_rules_raise_no_warning() -> None:
    assert SHIPPED.warnings == []
    assert [str(finding) for finding in lint(SHIPPED)] == []


def test_the_shipped_files_have_the_columns_of_the_contract_in_its_order() -> None:
    for seed in SEEDS:
        header = (SHIPPED_RULES / seed.file_name).read_text(encoding="utf-8").split("\n")[0]
        assert header == ",".join(seed.column_names)


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the folder shared/examples-v2 is absent")
def test_the_rules_of_the_examples_are_good() -> None:
    folders = sorted(EXAMPLES.glob("*/rules"))
    assert folders
    for folder in folders:
        assert load_rules(Path(folder)).rows["kpi_tree"]


def test_every_disposition_and_buying_stage_can_come_out() -> None:
    assert set(column("disposition_map", "disposition")) == set(DISPOSITIONS)
    assert set(column("content_catalog", "buying_stage")) == set(BUYING_STAGES)


def test_placeholders_name_nobody_in_every_column() -> None:
    values: dict[str, set[str]] = {name: set() for name in PLACEHOLDER_COLUMNS}
    for row in SHIPPED.rows["placeholders"]:
        values[row.text("column")].add(row.text("value"))
    for name in ("anonymous_id", "lead_id", "full_name", "company_name"):
        assert values[name] >= {"undefined", "null", "none", "n/a", "-"}
    nobody = {"0", "-1", "[object object]", "00000000-0000-0000-0000-000000000000"}
    assert values["anonymous_id"] & values["lead_id"] >= nobody
    assert values["email"] >= {"test@example.com", "test@test.com", "none@none.com"}
    assert values["phone"] >= {"0000000000", "000-0000-0000", "090-0000-0000", "1234567890"}
    assert values["full_name"] >= {"test", "テスト", "unknown", "不明", "なし"}
    assert values["company_name"] >= {"個人", "無所属", "フリーランス", "self-employed"}


def test_placeholders_of_addresses_and_phones_would_count_as_such() -> None:
    """What the models take for no address or no number needs no row."""
    for row in SHIPPED.rows["placeholders"]:
        value = row.text("value")
        if row.text("column") == "email":
            assert value.count("@") == 1
            assert "." in value.partition("@")[2]
        if row.text("column") == "phone":
            assert sum(letter.isdigit() for letter in value) >= 9


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("full_name", "nan"),  # a given name
        ("full_name", "山田太郎"),
        ("full_name", "null chris"),
        ("company_name", "x"),
        ("company_name", "aaa"),
        ("company_name", "independent"),
        ("email", "info@kanade-monitoring.example"),
        ("lead_id", "1"),
        ("anonymous_id", "1"),
        ("phone", "03-1111-2222"),
    ],
)
def test_no_placeholder_is_somebodys(column: str, value: str) -> None:
    rows = SHIPPED.rows["placeholders"]
    assert (column, value) not in {(row.text("column"), row.text("value")) for row in rows}


def forms() -> list[str]:
    return [unicodedata.normalize("NFKC", form).lower() for form in column("company_forms", "form")]


def test_company_forms_stand_once_in_any_spelling() -> None:
    assert {form for form, times in Counter(forms()).items() if times > 1} == set()
    wanted = [
        "株式会社",
        "(株)",
        "有限会社",
        "k.k.",
        "inc",
        "co",
        "ltd",
        "llc",
        "plc",
        "gmbh",
        "ag",
    ]
    wanted += ["sas", "sarl", " s.a.", " s.p.a.", "srl", "sl", "bv", "ab", "oy", "asa", "aps"]
    wanted += ["有限公司", "股份有限公司", "주식회사", "(주)"]
    assert set(wanted) <= set(forms())


def test_no_company_form_is_a_part_of_a_name() -> None:
    """A form that is not all of a to z goes wherever it stands, in the middle of a word too."""
    anywhere = [form for form in forms() if not (form.isascii() and form.isalpha())]
    names = [
        "会社研究所", "社員教育センター", "法人会", "日本協会", "大同生命", "合成化学", "資生堂",
        "u.s.a. steel", "d.s.a. logistics", "usa/singapore trading", "g.s.l. partners", "三星電子",
        "삼성전자", "아주산업", "华为技术", "公司之家", "müller", "h&m", "a.b.v. lines",
    ]  # fmt: skip
    assert [(name, form) for name in names for form in anywhere if form in name] == []
    alone = set(forms()) - set(anywhere)
    assert alone.isdisjoint({"zoo", "lab", "group", "holdings", "bank", "japan", "sci", "me", "is"})


def test_an_offer_can_count_what_the_models_count() -> None:
    macros = (DBT_PROJECT / "macros" / "funnel.sql").read_text(encoding="utf-8")
    listed = macros.partition("macro visitor_metrics() -%}")[2].partition("{%-")[0]
    assert tuple(listed.split()) == VISITOR_METRICS


def test_the_kpi_tree_uses_every_metric_and_has_one_root() -> None:
    used = column("kpi_tree", "numerator") + column("kpi_tree", "denominator")
    assert set(used) - {""} >= set(METRICS)
    roots = [row for row in SHIPPED.rows["kpi_tree"] if not row.text("parent_kpi_id")]
    assert [row.text("kpi_id") for row in roots] == ["won_amount"]


def test_a_named_metric_of_the_kpi_tree_can_come_out() -> None:
    known = {
        "offline": {row.text("key") for row in SHIPPED.rows["channel_map"]},
        "views": set(column("content_catalog", "content_type")),
        "touchpoints": set(column("scoring_rules", "touchpoint_type")),
    }
    used = column("kpi_tree", "numerator") + column("kpi_tree", "denominator")
    named = [text.partition(":") for text in used if ":" in text]
    assert {metric for metric, _, _ in named} > {"offline", "views", "touchpoints", "mails_sent"}
    for metric, _, kind in named:
        assert kind in known.get(metric, known["offline"])


def test_a_kpi_that_divides_says_by_what() -> None:
    for row in SHIPPED.rows["kpi_tree"]:
        if row.text("denominator"):
            assert " per " in row.text("name_en")
            assert "あたり" in row.text("name_ja")
    names = column("kpi_tree", "name_en") + column("kpi_tree", "name_ja")
    assert len(set(names)) == len(names)


def test_fewer_unsubscribes_are_better_and_more_of_all_else() -> None:
    lower = [row for row in SHIPPED.rows["kpi_tree"] if row.text("better") == "lower"]
    assert [row.text("numerator").partition(":")[0] for row in lower] == ["mail_unsubscribes"] * 2


def test_targets_cover_four_years_of_the_funnel() -> None:
    months = {date(year, month, 1) for year in range(2024, 2028) for month in range(1, 13)}
    for kpi in ("won_amount", "wins", "opportunities", "sals", "handoffs", "mqls", "new_leads"):
        rows = [row for row in SHIPPED.rows["kpi_targets"] if row.text("kpi_id") == kpi]
        assert {row.day("month") for row in rows} == months


def holidays() -> dict[date, str]:
    found = {}
    for row in SHIPPED.rows["holidays"]:
        day = row.day("date")
        assert day
        found[day] = row.text("name")
    return found


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2023, 1, 2), "振替休日"),  # new year's day on a Sunday
        (date(2024, 2, 12), "振替休日"),
        (date(2024, 3, 20), "春分の日"),
        (date(2024, 9, 22), "秋分の日"),
        (date(2024, 9, 23), "振替休日"),
        (date(2025, 1, 13), "成人の日"),
        (date(2025, 5, 6), "振替休日"),  # the fourth is a Sunday, the fifth a holiday already
        (date(2025, 11, 24), "振替休日"),
        (date(2026, 9, 22), "国民の休日"),  # between respect for the aged and the equinox
        (date(2027, 3, 21), "春分の日"),
        (date(2027, 3, 22), "振替休日"),
        (date(2028, 7, 17), "海の日"),
        (date(2028, 9, 22), "秋分の日"),
        (date(2028, 12, 29), YEAR_END),
    ],
)
def test_a_day_off(day: date, name: str) -> None:
    assert holidays()[day] == name


def test_the_number_of_national_holidays_of_each_year() -> None:
    years = Counter(day.year for day, name in holidays().items() if name != YEAR_END)
    assert years == {2023: 17, 2024: 21, 2025: 19, 2026: 18, 2027: 17, 2028: 16}


def test_a_national_holiday_on_a_sunday_is_made_up_for() -> None:
    days = holidays()
    named = {day for day, name in days.items() if name not in (YEAR_END, "振替休日", "国民の休日")}
    sundays = [day for day in named if day.isoweekday() == 7]
    assert len(sundays) == 11
    for day in sundays:
        while day in named:
            day += timedelta(days=1)
        assert days[day] == "振替休日"
