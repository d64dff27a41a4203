"""The page in headless Chromium: quiet, closed, right, and moved by its controls."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from orchestration.dashboard.writing import write_dashboard
from pipelines.settings import Settings
from tests.dashboard.company import TEAMS, company
from tests.dashboard.looking import Seen, looked_at
from tests.dashboard.marts import judged, published, query

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = published(tmp_path_factory.mktemp("home"), company())
    judged(made, "run", "raw", warns=True)
    judged(made, "run", "marts", warns=False)
    write_dashboard(made)
    return made


@pytest.fixture
def seen(browser: Browser, settings: Settings) -> Iterator[Seen]:
    with looked_at(browser, settings.dashboard) as page:
        yield page


def _number(written: str) -> float:
    """A figure as the page writes it; rates as shares."""
    digits = float(re.sub(r"[^0-9.\-]", "", written))
    return digits / 100 if "%" in written else digits


@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", 390, True), ("en", 1400, False), ("ja", 390, False), ("ja", 1400, True)],
)
def test_the_page_is_quiet_closed_and_fits(
    browser: Browser, settings: Settings, language: str, width: int, dark: bool
) -> None:
    with looked_at(browser, settings.dashboard, f"?lang={language}", width, dark) as seen:
        assert seen.complaints == []
        assert [url.partition("?")[0] for url in seen.requests] == [f"file://{settings.dashboard}"]
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.page.evaluate("document.documentElement.lang") == language
        theme = seen.page.evaluate("document.documentElement.dataset.theme")
        assert theme == ("dark" if dark else "light")
        assert seen.page.locator(".chart svg").count() == 8
        assert seen.page.evaluate("window.broken") is None
        unfilled = re.findall(r"\{\w+\}|undefined|NaN", seen.page.locator("body").inner_text())
        assert unfilled == []


def test_the_first_screen_says_what_the_marts_say(seen: Seen, settings: Settings) -> None:
    ((ignored, mature),) = query(
        settings,
        "select sum(rejected + stalled + untouched), sum(mature_handoffs) from ignore_rate"
        " where handoff_month between date '2026-03-01' and date '2026-05-01'",
    )
    figure = seen.page.locator("#headline .figure").first
    assert _number(figure.locator(".large").inner_text()) == pytest.approx(
        ignored / mature, abs=5e-4
    )
    assert f"{ignored} of {mature} hand-offs, Mar 2026 to May 2026" in figure.inner_text()
    assert "Yes, better" in seen.page.locator("#headline").inner_text()


def test_ignore_rates_are_those_of_the_marts(seen: Seen, settings: Settings) -> None:
    expected = query(
        settings,
        "select mature_handoffs, not_mature, rejected, ignore_rate, ignore_rate_low,"
        " ignore_rate_high, not_mature = 0 from ignore_rate_monthly order by handoff_month",
    )
    rows = seen.rows("ignore_rate", "rates")
    assert len(rows) == len(expected) == 18
    for row, (*figures, is_settled) in zip(rows, expected, strict=True):
        written = [_number(cell) for cell in row[2:8]]
        assert written == pytest.approx([float(figure) for figure in figures], abs=6e-4)
        assert row[-1] == ("yes" if is_settled else "no")
    # the target is what the accepted share falls short of
    assert {row[8] for row in rows} == {"40%"}
    points = [label for label in seen.marks("ignore_rate", "point") if label]
    assert len(points) == 18


def test_splitting_shows_each_group(seen: Seen, settings: Settings) -> None:
    before = seen.picture("ignore_rate")
    seen.choose("ignore_rate", "sales_team")
    assert seen.picture("ignore_rate") != before
    headings = seen.page.locator("#ignore_rate figure h3").all_inner_texts()
    assert sorted(headings) == sorted(TEAMS)
    ((ignored, mature),) = query(
        settings,
        "select sum(rejected), sum(mature_handoffs) from ignore_rate"
        " where sales_team = 'West' and handoff_month = date '2026-05-01'",
    )
    (row,) = [row for row in seen.rows("ignore_rate", "rates") if row[:2] == ["West", "May 2026"]]
    assert [_number(row[4]), _number(row[5])] == pytest.approx(
        [ignored, ignored / mature], abs=1e-3
    )
    seen.choose("ignore_rate", "routing")
    headings = seen.page.locator("#ignore_rate figure h3").all_inner_texts()
    assert sorted(headings) == ["Not through ADR", "Through ADR"]


def test_origins_hide_small_groups(seen: Seen, settings: Settings) -> None:
    rows = {tuple(row[:2]): row for row in seen.rows("origins", "cells")}
    assert rows["West", "rare"][2:] == ["–", "–", "–", "–", "yes"]
    ((ignored, mature),) = query(
        settings,
        "select sum(rejected), sum(mature_handoffs) from ignore_rate"
        " where sales_team = 'West' and lead_source = 'exhibition'"
        " and handoff_month > date '2025-06-30'",
    )
    _, _, judged_ones, ignored_ones, rate, _, is_masked = rows["West", "exhibition"]
    assert (_number(judged_ones), _number(ignored_ones), is_masked) == (mature, ignored, "no")
    assert _number(rate) == pytest.approx(ignored / mature, abs=1e-3)
    before = seen.page.locator("#origins svg text").all_text_contents()
    seen.choose("origins", "ignored")
    seen.page.wait_for_function(
        "text => document.querySelector('#origins svg').textContent.includes(text)",
        arg=ignored_ones,
    )
    assert seen.page.locator("#origins svg text").all_text_contents() != before


def test_kpis_stand_against_their_targets(seen: Seen, settings: Settings) -> None:
    expected = query(
        settings,
        "select name_en, actual, target, achievement_rate from kpi_scorecard"
        " inner join dim_kpis using (kpi_id) where month = date '2026-06-01' order by path",
    )
    rows = seen.rows("kpis", "tree")
    assert [row[0] for row in rows] == [name for name, *_ in expected]
    for row, (_, actual, _, achieved) in zip(rows, expected, strict=True):
        assert _number(row[3]) == pytest.approx(achieved, abs=6e-4)
        if row[0] == "Accepted":
            assert _number(row[1]) == actual
    # fewer unsubscribes than the target are good, fewer accepted leads are not
    assert "good" in (seen.page.locator(".tree .meter").nth(2).get_attribute("class") or "")
    assert "bad" in (seen.page.locator(".tree .meter").nth(0).get_attribute("class") or "")


def test_the_funnel_counts_settled_cohorts_unless_told_otherwise(
    seen: Seen, settings: Settings
) -> None:
    def expected(condition: str) -> list[int]:
        (row,) = query(
            settings,
            "select sum(cycles), sum(mql), sum(handed_off), sum(sal), sum(appointment),"
            f" sum(opportunity), sum(won) from funnel_cohorts where {condition}",
        )
        return [int(figure) for figure in row]

    def shown() -> list[float]:
        return [_number(row[1]) for row in seen.rows("funnel", "stages")]

    # cohorts up to March are 90 days old on 30 June
    assert shown() == expected("cohort_month between date '2025-04-01' and date '2026-03-01'")
    bars = {label for label in seen.marks("funnel", "bar") if label}
    assert any("Lead" in label and str(expected("true")[0]) not in label for label in bars)
    seen.choose("funnel", "young")
    assert shown() == expected("cohort_month > date '2026-03-01'")
    seen.choose("funnel", "all")
    seen.page.locator("#funnel select").select_option(label="web form")
    seen.page.wait_for_function("document.querySelectorAll('#funnel tbody tr').length === 7")
    assert shown() == expected("lead_source = 'web_form'")


def test_the_slider_says_what_a_threshold_means(seen: Seen) -> None:
    readout = seen.page.locator("#thresholds .readout")
    assert readout.inner_text().startswith("From 40 points: 26 people a week (260 in all)")
    slider = seen.page.locator("#thresholds input[type=range]")
    before = seen.picture("thresholds")
    slider.focus()
    slider.press("ArrowRight")
    assert readout.inner_text().startswith("From 50 points: 25 people a week (250 in all)")
    assert "25% (20% to 31.3%)" in readout.inner_text()
    assert slider.get_attribute("aria-valuetext") == "50"
    seen.page.wait_for_timeout(200)
    assert seen.picture("thresholds") != before


def test_stage_lead_and_measure_can_be_chosen(seen: Seen, settings: Settings) -> None:
    before = seen.picture("mails")
    seen.page.locator("#mails select").select_option(label="Clicks per open")
    seen.page.wait_for_timeout(200)
    assert seen.picture("mails") != before
    assert "M00" not in {row[1] for row in seen.rows("mails", "sent")}
    assert len(seen.rows("mails", "sent")) == 11
    lead = seen.rows("scores", "leads")
    seen.choose("scores", "2")
    assert seen.rows("scores", "leads") != lead
    assert seen.rows("scores", "leads")[0][1] == "ignored"
    seen.page.locator("#conversion select").select_option(label="Won")
    ((points,),) = query(
        settings,
        "select count(*) from conversion_curve where stage = 'won' and days_since_start <> 40"
        " and at_risk >= 30",
    )
    assert len(seen.rows("conversion", "curves")) == points


def test_quality_adds_up(seen: Seen) -> None:
    feeds = {row[0]: row[1:] for row in seen.rows("quality", "feeds")}
    assert feeds["Web"] == ["2", "150", "140", "6", "4", "2.7%", "7", "Jun 30, 2026", "0"]
    assert feeds["Leads"][-1] == "2"
    assert seen.rows("quality", "gates") == [["Raw rows", "3", "0", "1"], ["Marts", "3", "0", "0"]]
    assert seen.rows("quality", "warnings") == [["Raw rows", "leads", "odd", "odd is expected"]]


def test_keys_reach_and_move_everything(seen: Seen) -> None:
    page = seen.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(document.activeElement.closest('section') || {}).id + ' '"
                " + document.activeElement.tagName"
            )
        )
    for panel in ("ignore_rate", "origins", "funnel", "scores", "thresholds"):
        assert f"{panel} INPUT" in reached
        assert f"{panel} SUMMARY" in reached
    assert {"funnel SELECT", "mails SELECT", "kpis DIV"} <= reached
    before = seen.picture("ignore_rate")
    page.locator("#ignore_rate input[value=all]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#ignore_rate figure h3")
    assert seen.picture("ignore_rate") != before
    assert page.evaluate("document.activeElement.value") == "sales_team"


def test_screen_readers_are_told_what_is_drawn(seen: Seen) -> None:
    page = seen.page
    for landmark in ("header", "nav", "main", "footer"):
        assert page.locator(f"body > {landmark}").count() == 1
    assert page.locator("h1").count() == 1
    sections = page.locator("main > section").evaluate_all(
        "cards => cards.map(card => document.getElementById(card.getAttribute('aria-labelledby'))"
        ".tagName)"
    )
    assert sections == ["H2"] * 10
    labels = page.locator(".chart[role=img], .spark svg[role=img]").evaluate_all(
        "charts => charts.map(chart => chart.getAttribute('aria-label'))"
    )
    assert len(labels) == 8 + 3
    assert [label for label in labels if len(label) < 20] == []
    assert page.locator("#ignore_rate .chart").get_attribute("aria-label") == (
        "Chart of the ignore rate by month (All), Jan 2025 to Jun 2026; last value 14.8%."
    )
    nameless = page.locator("input, select").evaluate_all(
        "inputs => inputs.filter(input => !input.labels.length).length"
    )
    assert nameless == 0


def test_language_and_theme_can_be_switched(seen: Seen) -> None:
    page = seen.page
    charts = seen.picture("ignore_rate")
    rates = [row[2:5] for row in seen.rows("ignore_rate", "rates")]
    page.locator("#choices input[value=ja]").check(force=True)
    page.wait_for_selector("html[lang=ja]")
    page.wait_for_selector("main[aria-busy=false]")
    assert page.locator("h1").inner_text() == "リードファネル"
    assert page.locator("#kpis tbody th").all_inner_texts() == ["受諾数", "受諾率", "解除率"]
    assert "営業受諾（SAL）" in page.locator("#funnel svg").inner_html()
    assert [row[2:5] for row in seen.rows("ignore_rate", "rates")] == rates
    assert page.evaluate("document.activeElement.value") == "ja"
    page.locator("#choices input[value=dark]").check(force=True)
    page.wait_for_selector("html[data-theme=dark]")
    page.wait_for_selector("main[aria-busy=false]")
    assert seen.picture("ignore_rate") != charts
    assert seen.complaints == []


def test_the_page_opens_in_the_language_of_the_run(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / settings.marts.name).write_bytes(settings.marts.read_bytes())
    japanese = replace(settings.variables, language="ja")
    write_dashboard(replace(settings, home=tmp_path, variables=japanese))
    with looked_at(browser, tmp_path / settings.dashboard.name) as seen:
        assert seen.page.title() == "リードファネル"


@pytest.mark.parametrize("rows", ["nothing", "one team", "many teams"])
def test_any_company_can_be_shown(browser: Browser, tmp_path: Path, rows: str) -> None:
    names = [f"<img src=x onerror=alert({n})> 全角の営業部 {'長' * 120} {n}" for n in range(300)]
    made = published(
        tmp_path,
        {"nothing": {}, "one team": company(TEAMS[:1]), "many teams": company(names)}[rows],
    )
    write_dashboard(made)
    with looked_at(browser, made.dashboard, width=390) as seen:
        if rows == "nothing":
            assert seen.page.locator(".chart svg").count() == 0
            assert seen.page.locator(".empty").count() == 9
            assert seen.page.locator(".legend:visible").count() == 0
        else:
            seen.choose("ignore_rate", "sales_team")
            groups = seen.page.locator("#ignore_rate figure").count()
            assert groups == (1 if rows == "one team" else 9)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert seen.complaints == []
        assert seen.page.locator("img").count() == 0
