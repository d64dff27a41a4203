"""The page in headless Chromium: quiet, closed, right, and moved by its controls."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from expectations.report import GateReport, Result
from orchestration.dashboard.writing import write_dashboard
from pipelines.settings import Settings
from tests.dashboard.company import SOURCES, TEAMS, company
from tests.dashboard.looking import DRAWN, Seen, looked_at
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
    digits = float(re.sub(r"[^0-9.\-]", "", written.replace("\u2212", "-")))
    return digits * {"%": 0.01, "K": 1_000}.get(written[-1], 1)


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
        assert seen.page.locator(".chart svg").count() == 11
        assert seen.page.evaluate("window.broken") is None
        unfilled = re.findall(r"\{\w+\}|undefined|NaN", seen.page.locator("body").inner_text())
        assert unfilled == []


def test_the_first_screen_says_what_the_marts_say(seen: Seen, settings: Settings) -> None:
    ((ignored, mature),) = query(
        settings,
        "select sum(ignored), sum(mature_handoffs) from ignore_rate"
        " where handoff_month between date '2026-03-01' and date '2026-05-01'",
    )
    figure = seen.page.locator("#headline .figure").first
    assert _number(figure.locator(".large").inner_text()) == pytest.approx(
        ignored / mature, abs=5e-4
    )
    assert f"{ignored} of {mature} hand-offs, Mar 2026 to May 2026" in figure.inner_text()
    assert "Yes, better" in seen.page.locator("#headline").inner_text()


def test_without_rows_from_sales_nothing_is_called_better_or_worse(
    browser: Browser, tmp_path: Path
) -> None:
    rows = company()
    stale = [{**row, "is_feed_stale": True} for row in rows["ignore_rate_monthly"]]
    # the hand-offs of February and March wait for sales, who wrote last on 15 February
    pending = [
        {**row, "acceptance_deadline": day}
        for row, day in zip(
            rows["fct_handoffs"],
            [date(2026, 3, 5), date(2026, 2, 4), date(2026, 2, 20), date(2026, 7, 3)],
            strict=True,
        )
    ]
    last_row = {"feed": "sales", "occurred_date": date(2026, 2, 15)}
    made = published(
        tmp_path,
        {
            **rows,
            "ignore_rate_monthly": stale,
            "fct_handoffs": pending,
            "lead_timeline": [*rows["lead_timeline"], last_row],
        },
    )
    write_dashboard(made)
    with looked_at(browser, made.dashboard, "?lang=ja") as seen:
        verdict = seen.page.locator("#headline .figure").nth(1).locator(".large")
        assert verdict.inner_text() == "暫定値"
        assert seen.page.locator("#headline .bad, #headline .good").count() == 0
        assert "2025年11月～2026年1月" in seen.page.locator("#headline .figure").first.inner_text()
        settled = {row[1]: row[-1] for row in seen.rows("ignore_rate", "rates")}
        assert (settled["2026年1月"], settled["2026年2月"]) == ("はい", "いいえ")


def test_a_company_without_hand_offs_is_not_told_of_deadlines(
    browser: Browser, tmp_path: Path
) -> None:
    nobody = [{**row, "handed_over_rate": None} for row in company()["threshold_curve"]]
    made = published(tmp_path, {"threshold_curve": nobody})
    write_dashboard(made)
    with looked_at(browser, made.dashboard) as seen:
        headline = seen.page.locator("#headline").inner_text()
        assert "No lead has been handed over to sales yet." in headline
        assert "deadline" not in headline
        assert seen.page.locator("#thresholds .empty").count() == 1
        assert seen.page.locator("#thresholds details").count() == 0


@pytest.mark.parametrize("split", ["all", "sales_team"])
def test_cards_stand_below_each_other_without_gaps(seen: Seen, split: str) -> None:
    seen.choose("ignore_rate", split)
    seen.page.wait_for_timeout(200)
    boxes = seen.page.locator("main > section").evaluate_all(
        "cards => cards.map(card => card.getBoundingClientRect()).map(box =>"
        " [box.left, box.right, box.top, box.bottom])"
    )
    for place, (left, right, top, _) in enumerate(boxes):
        above = [box[3] for box in boxes if box[0] < right and left < box[1] and box[2] < top]
        assert place == 0 or 0 < top - max(above) < 25


def test_a_phone_shows_every_figure_or_that_there_is_more(
    browser: Browser, settings: Settings
) -> None:
    with looked_at(browser, settings.dashboard, width=390) as seen:
        for column in seen.page.locator("#kpis thead th").all():
            assert column.is_visible()
        region = seen.page.locator("#kpis .scroll")
        assert region.evaluate("region => region.scrollWidth - region.clientWidth") <= 0
        assert seen.page.locator("#kpis .edged.more").count() == 0
        feeds = seen.page.locator("#quality .edged").first
        assert "more" in (feeds.get_attribute("class") or "")
        feeds.locator(".scroll").focus()
        for _ in range(20):
            seen.page.keyboard.press("ArrowRight")
        seen.page.wait_for_selector("#quality .edged:not(.more) table[data-table=feeds]")
        assert "%" in seen.page.locator("#origins svg").inner_html()


def test_warnings_are_in_the_reader_s_language_or_say_in_which(
    browser: Browser, tmp_path: Path
) -> None:
    made = published(tmp_path, {})
    results = [
        Result("leads", name, "leads", None, "warns", False, "told in English", "1 row")
        for name in ("feed_is_fresh", "odd")
    ]
    GateReport("raw", "run", results).save(made.gate_results)
    write_dashboard(made)
    with looked_at(browser, made.dashboard, "?lang=ja") as seen:
        said = [row[2] for row in seen.rows("quality", "warnings")]
        assert said == ["最新の行が集計日より大幅に古くない", "told in English"]
        assert seen.page.locator("#quality [lang=en]").all_inner_texts() == ["told in English"]


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
        "select sum(ignored), sum(mature_handoffs) from ignore_rate"
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
    assert len(rows) == len(TEAMS) * len(SOURCES)
    ((ignored, mature),) = query(
        settings,
        "select sum(ignored), sum(mature_handoffs) from ignore_rate"
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
        # what exceeds 1 in some month is no share
        assert ("%" in row[1]) == (row[0] in ("Accept rate", "Unsubscribes"))
    # fewer unsubscribes than the target achieve more than 1, fewer accepted leads do not
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


def test_the_share_of_buyers_and_the_days_between_stages_are_told(seen: Seen) -> None:
    said = seen.page.locator("#conversion .readout").inner_text()
    assert "25% buy within 30 days" in said
    assert "95% within two years" in said
    assert [row[:5] for row in seen.rows("conversion", "durations")] == [
        ["Cycle started", "MQL", "80", "40", "7"],
        ["Opportunity", "Won", "80", "40", "7"],
        ["Cycle started", "Won", "80", "40", "7"],
    ]


def test_a_scenario_is_shown_with_its_bounds_or_that_nobody_knows(seen: Seen) -> None:
    rows = seen.rows("scenarios", "effects")
    assert [row[:7] for row in rows] == [
        ["Hello", "Accepted (SAL)", "60", "works", "+20", "+8", "+31"],
        ["Again", "MQL", "30", "no effect shown: stop or change it", "+1", "−20", "+22"],
        ["Nobody's", "Won", "90", "nobody has entered", "–", "–", "–"],
        ["Hello", "Won", "90", "no holdout: effect unknown", "–", "–", "–"],
    ]
    assert [row[7:] for row in rows] == [
        ["100", "30%", "50", "10%", "no", "30", "6"],
        ["29", "34%", "30", "33%", "yes", "61", "6"],
        ["0", "–", "0", "–", "yes", "0", "6"],
        ["8", "25%", "0", "–", "yes", "1", "6"],
    ]
    drawn = seen.page.locator("#scenarios svg text").all_text_contents()
    assert {"Hello (hello)", "Hello (twin)", "works", "no holdout: effect unknown"} <= {*drawn}
    # an effect that nobody knows is no point
    assert len([label for label in seen.marks("scenarios", "point") if label]) == 2


def test_money_is_that_of_the_mart_by_channel_campaign_and_model(
    seen: Seen, settings: Settings
) -> None:
    def expected(model: str, *columns: str, condition: str = "true") -> list[list[float]]:
        found = query(
            settings,
            f"select sum(cost), sum(mql), sum(sal), sum(won), sum(won_amount) from cost_performance"
            f" where model = '{model}' and month > date '2025-06-30' and {condition}"
            f" group by {', '.join(columns)} order by sum(cost) desc, sum(won) desc",
        )
        return [[float(figure) for figure in row] for row in found]

    def shown() -> list[list[str]]:
        return seen.rows("money", "figures")

    def figures() -> list[list[float]]:
        return [[_number(cell) for cell in row[2:7]] for row in shown()]

    by_channel = expected("linear", "channel")
    assert [row[0] for row in shown()] == ["display", "paid search", "mail", "direct"]
    for row, (cost, mql, sal, won, amount) in zip(shown(), by_channel, strict=True):
        assert [_number(cell) for cell in row[2:7]] == pytest.approx(
            [cost, mql, sal, won, amount], rel=0.01
        )
        prices = [cost / mql, cost / sal, cost / won, amount / cost] if cost else [None] * 4
        for cell, price in zip(row[7:11], prices, strict=True):
            if price is None:
                assert cell == "–"
            else:
                assert _number(cell) == pytest.approx(price, rel=0.02)
        assert row[11] == ("yes" if won < 10 else "no")
    paid = expected("linear", "model", condition="channel <> 'direct'")[0]
    readout = seen.page.locator("#money .readout")
    assert readout.inner_text().startswith("Spent: 2.36K. The channels and tools that cost")
    assert f"{paid[4] / paid[0]:.2f} for each 1 spent" in readout.inner_text()

    seen.choose("money", "campaign")
    assert [row[0] for row in shown()] == ["banner", "brand", "trial"]
    named = expected("linear", "channel", "campaign", condition="campaign is not null")
    assert [row[1:4] for row in figures()] == [row[1:4] for row in named]
    seen.page.locator("#money select").select_option(label="First touch")
    seen.page.wait_for_selector(DRAWN)
    halved = expected("first", "channel", "campaign", condition="campaign is not null")
    assert [row[1:4] for row in figures()] == [row[1:4] for row in halved]
    assert halved[0][3] == named[0][3] / 2


def test_what_ignored_leads_may_have_cost_adds_up(seen: Seen, settings: Settings) -> None:
    def expected(column: str) -> list[tuple]:
        return query(
            settings,
            "select sum(ignored_handoffs), sum(ignored_won), sum(accepted_handoffs),"
            " sum(accepted_won), sum(lost_wins),"
            " sum(lost_wins) - sqrt(sum((lost_wins - lost_wins_low) ** 2)),"
            " sum(lost_wins) + sqrt(sum((lost_wins_high - lost_wins) ** 2)),"
            " sum(lost_wins * accepted_won_amount / nullif(accepted_won, 0)),"
            " coalesce(sum(ignored_handoffs) filter (where lost_wins is null), 0)"
            f" from ignored_outcomes group by {column} order by {column}",
        )

    def shown() -> list[tuple]:
        rows = [[_number(cell) for cell in row[2:19]] for row in seen.rows("ignored", "outcomes")]
        return [(*row[0:2], *row[5:7], *row[10:14], row[16]) for row in rows]

    for level, column in (("quarter", "handoff_quarter"), ("grade", "fit_grade")):
        seen.choose("ignored", level)
        for row, figures in zip(shown(), expected(column), strict=True):
            assert row == pytest.approx([float(figure) for figure in figures], abs=0.06, rel=0.01)
    grades = seen.rows("ignored", "outcomes")
    assert [row[1] for row in grades] == ["A", "B"]
    assert grades[0][4:7] == ["6%", "2.1%", "16.2%"]
    # of these sales accepted only 20 and 50 of the other
    assert [row[-1] for row in grades] == ["no", "no"]
    seen.choose("ignored", "quarter")
    assert [row[-1] for row in seen.rows("ignored", "outcomes")] == ["no", "yes"]
    said = seen.page.locator("#ignored .readout").inner_text()
    assert said.startswith("Sales ignored 117 hand-offs up to 2025 Q3, of which 4 were won")
    assert "14.5 wins were lost by it" in said


def test_feeds_that_were_not_delivered_are_told(browser: Browser, tmp_path: Path) -> None:
    free = [{**row, "cost": 0} for row in company()["cost_performance"]]
    nobody = [{**row, "entered": 0, "judged": 0} for row in company()["scenario_effect"]]
    rows = {**company(), "cost_performance": free, "scenario_effect": nobody}
    made = published(tmp_path, rows)
    write_dashboard(made)
    with looked_at(browser, made.dashboard, "?lang=ja") as seen:
        for panel, feed in (("scenarios", "enrollments"), ("money", "costs")):
            said = seen.page.locator(f"#{panel} .empty").inner_text()
            assert said.startswith("データ未提供")
            assert feed in said
            assert seen.page.locator(f"#{panel} details").count() == 0
            assert not seen.page.locator(f"#{panel} .readout").is_visible()
        assert seen.page.locator(".chart svg").count() == 9


def test_quality_adds_up(seen: Seen) -> None:
    feeds = {row[0]: row[1:] for row in seen.rows("quality", "feeds")}
    assert feeds["Web"] == ["2", "150", "140", "6", "4", "2.7%", "7", "Jun 30, 2026", "0"]
    assert feeds["Leads"][-1] == "2"
    assert feeds["Enrollments"][6] == "2"
    assert seen.rows("quality", "gates") == [["Raw rows", "3", "0", "1"], ["Marts", "3", "0", "0"]]
    warning = ["Raw rows", "leads", "odd is expected", "1 row", ""]
    assert seen.rows("quality", "warnings") == [warning]


def test_keys_reach_and_move_everything(seen: Seen) -> None:
    page = seen.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(160):
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
    assert sections == ["H2"] * 13
    labels = page.locator(".chart[role=img], .spark svg[role=img]").evaluate_all(
        "charts => charts.map(chart => chart.getAttribute('aria-label'))"
    )
    assert len(labels) == 11 + 4
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
    names = ["受諾数", "受諾率", "解除率", "新規リードあたりMQL数"]
    assert page.locator("#kpis tbody th").all_inner_texts() == names
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
    japanese = settings.variables.model_copy(update={"language": "ja"})
    write_dashboard(settings.replace(home=tmp_path, variables=japanese))
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
            assert seen.page.locator(".empty").count() == 11
            assert seen.page.locator(".legend:visible").count() == 0
        else:
            seen.choose("ignore_rate", "sales_team")
            groups = seen.page.locator("#ignore_rate figure").count()
            assert groups == (1 if rows == "one team" else 9)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert seen.complaints == []
        assert seen.page.locator("img").count() == 0
