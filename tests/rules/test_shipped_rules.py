"""The rules that the project ships, and those of the worked examples."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.rules import check_rules, lint, load_rules
from pipelines.rules.metrics import METRICS
from pipelines.rules.seeds import BUYING_STAGES, DISPOSITIONS, SEEDS
from pipelines.settings import PROJECT, SHIPPED_RULES

EXAMPLES = PROJECT.parent / "shared" / "examples"
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


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the folder shared/examples is absent")
def test_the_rules_of_the_examples_are_good() -> None:
    folders = sorted(EXAMPLES.glob("*/rules"))
    assert folders
    for folder in folders:
        assert check_rules(Path(folder)) == []


def test_every_disposition_and_buying_stage_can_come_out() -> None:
    assert set(column("disposition_map", "disposition")) == set(DISPOSITIONS)
    assert set(column("content_catalog", "buying_stage")) == set(BUYING_STAGES)


def test_the_kpi_tree_uses_every_metric_and_has_one_root() -> None:
    used = column("kpi_tree", "numerator") + column("kpi_tree", "denominator")
    assert set(used) - {""} == set(METRICS)
    roots = [row for row in SHIPPED.rows["kpi_tree"] if not row.text("parent_kpi_id")]
    assert [row.text("kpi_id") for row in roots] == ["won_amount"]


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
