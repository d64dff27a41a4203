"""The page and the terminal summary lead with one figure, from one published file."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from orchestration.dashboard.writing import write_dashboard
from orchestration.reports.summary import summary
from pipelines.load import FeedCounts, LoadReport
from pipelines.settings import Settings
from tests.dashboard.company import MONTHS, company
from tests.dashboard.looking import looked_at
from tests.dashboard.marts import judged, published, query

pytestmark = pytest.mark.xdist_group("browser")


def closing_lines(settings: Settings) -> list[str]:
    """What the summary says of the ignore rate, before the files."""
    said = summary(settings, None).partition("\nmarts ")[0]
    return said.splitlines()[-3:]


def months(*changed: dict[str, Any]) -> list[dict[str, Any]]:
    """Three months of hand-offs, each with the values given for it."""
    settled = {"mature_handoffs": 40, "not_mature": 0, "ignored": 20}
    settled |= {"rejected": 10, "stalled": 4, "untouched": 6}
    return [
        {"handoff_month": month, "is_feed_stale": False, "is_outcome_only": False}
        | settled
        | values
        for month, values in zip(MONTHS[:3], changed, strict=True)
    ]


def test_page_and_terminal_give_the_same_two_rates(browser: Browser, tmp_path: Path) -> None:
    settings = published(tmp_path, company())
    write_dashboard(settings)
    ((ignored, mature),) = query(
        settings,
        "select sum(rejected), sum(mature_handoffs) from ignore_rate"
        " where handoff_month between date '2026-03-01' and date '2026-05-01'",
    )
    ((ever, ever_mature),) = query(
        settings, "select sum(rejected), sum(mature_handoffs) from ignore_rate"
    )
    leading, since = closing_lines(settings)[-2:]
    assert leading.startswith(
        "In the last settled months, 2026-03 to 2026-05, sales ignored"
        f" {ignored / mature:.1%} of {mature:,} mature hand-offs (95 % bounds "
    )
    assert since == (
        f"Since 2025-01, up to 2026-06-30, sales ignored {ever / ever_mature:.1%}"
        f" of {ever_mature:,}."
    )
    for language in ("en", "ja"):
        with looked_at(browser, settings.dashboard, f"?lang={language}") as seen:
            figure = seen.page.locator("#headline .figure").first
            rate, detail, since_on_page = figure.locator("p").all_inner_texts()
        assert rate in leading
        assert set(re.findall(r"[\d.]+%", detail)) <= set(re.findall(r"[\d.]+%", leading))
        assert len(re.findall(r"[\d.]+%", detail)) == 2
        assert re.findall(r"[\d.]+%", since_on_page) == re.findall(r"[\d.]+%", since)
        assert f"{ever_mature:,}" in since_on_page
        assert ("Since Jan 2025" if language == "en" else "2025年1月以降") in since_on_page


def test_without_a_settled_month_only_the_rate_since_the_first_is_given(tmp_path: Path) -> None:
    young = months(*[{"not_mature": 1}] * 3)
    settings = published(tmp_path, {"ignore_rate_monthly": young})
    assert closing_lines(settings)[-2:] == [
        "No month is settled yet.",
        "Since 2025-01, up to 2026-06-30, sales ignored 50.0% of 120.",
    ]


def test_without_a_mature_handoff_there_is_no_rate(tmp_path: Path) -> None:
    nothing = {"mature_handoffs": 0, "ignored": 0, "rejected": 0, "stalled": 0, "untouched": 0}
    pending = months(*[{**nothing, "not_mature": 3}] * 3)
    settings = published(tmp_path, {"ignore_rate_monthly": pending})
    assert closing_lines(settings)[-1] == (
        "Up to 2026-06-30: no mature hand-off yet, so no ignore rate."
    )


def test_a_stale_feed_makes_both_rates_provisional(tmp_path: Path) -> None:
    stale = months(*[{"is_feed_stale": True}] * 3)
    last_row = {"feed": "sales", "occurred_date": date(2025, 3, 10)}
    settings = published(tmp_path, {"ignore_rate_monthly": stale, "lead_timeline": [last_row]})
    leading, since, provisional = closing_lines(settings)
    assert leading.startswith("In the last settled months, 2025-01 to 2025-02, sales ignored 50.0%")
    assert since == "Since 2025-01, up to 2026-06-30, sales ignored 50.0% of 120."
    assert provisional == "The sales feed is stale: the rates are provisional."


def test_outcomes_alone_say_what_ignored_means(tmp_path: Path) -> None:
    alone = months(*[{"is_outcome_only": True}] * 3)
    settings = published(tmp_path, {"ignore_rate_monthly": alone})
    assert closing_lines(settings)[-1] == (
        "Sales records outcomes alone, so ignored only means not won."
    )


def test_the_summary_lists_what_the_gates_warn_of(tmp_path: Path) -> None:
    settings = published(tmp_path, {})
    assert "warning" not in summary(settings, None)
    judged(settings, "run", "raw", warns=True)
    judged(settings, "run", "marts", warns=False)
    told = summary(settings, None)
    warning = "  leads: expected that odd is expected\n    found 1 row\n"
    assert f"\n1 warning of the gates:\n{warning}" in told


def test_the_summary_ends_with_commands_for_its_own_home(tmp_path: Path) -> None:
    settings = published(tmp_path / "our home", {})
    report = LoadReport((FeedCounts("leads", 2, rows_quarantined=2),), ())
    lines = summary(settings, report).splitlines()
    option = f"--home '{tmp_path / 'our home'}'"
    assert f"  and 2 more: funnel quarantine {option}" in lines
    assert f"quarantine  funnel quarantine {option}" in lines
    assert f"one person  funnel explain PERSON|LEAD|E-MAIL {option}" in lines
