"""The page as a file: the same bytes again, closed to the outside, complete in both languages."""

import ast
import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from expectations.report import IS_FRESH, last_passed
from orchestration.dashboard.page import FOLDER, SCRIPTS, palette
from orchestration.dashboard.panels import PANELS
from orchestration.dashboard.panels.conversion import QUARTERS, conversion
from orchestration.dashboard.panels.funnel import DAYS_TO_SETTLE
from orchestration.dashboard.panels.headline import change
from orchestration.dashboard.published import Marts, Table, add_wilson_bounds
from orchestration.dashboard.texts import texts
from orchestration.dashboard.writing import redraw_dashboard, refresh_dashboard, write_dashboard
from orchestration.home.records import Run, update_records
from orchestration.published.reading import open_published
from pipelines.settings import DBT_PROJECT, PROJECT, Settings
from tests.dashboard.company import TEAMS, company
from tests.dashboard.marts import AS_OF, content_of, judged, published
from tests.orchestration.conftest import run_funnel


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = published(tmp_path_factory.mktemp("home"), company())
    write_dashboard(made)
    return made


def test_the_same_marts_give_the_same_bytes(settings: Settings, tmp_path: Path) -> None:
    again = published(tmp_path, company())
    write_dashboard(again)
    assert again.dashboard.read_bytes() == settings.dashboard.read_bytes()


def test_only_the_page_s_own_scripts_may_run_and_nothing_may_be_fetched(settings: Settings) -> None:
    text = settings.dashboard.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    ]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    assert len(scripts) == 2
    assert policy[1].split("; ") == [
        "default-src 'none'",
        f"script-src {allowed}",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_no_script_of_the_page_is_forgotten() -> None:
    assert sorted(SCRIPTS) == sorted(path.stem for path in FOLDER.glob("*.js"))


def test_a_team_cannot_end_the_script(settings: Settings) -> None:
    text = settings.dashboard.read_text(encoding="utf-8")
    assert text.count("</script>") == text.count("<script") == 3
    cells = _panel(settings, "origins")["tables"]["cells"]["rows"]
    assert TEAMS[2] in {row[0] for row in cells}


def test_nobody_is_named(settings: Settings) -> None:
    text = settings.dashboard.read_text(encoding="utf-8").partition("<script>")[0]
    assert not re.search(r'"(p\d|h\d)"', text)


def test_every_text_is_there_in_both_languages_with_the_same_places() -> None:
    english, japanese = texts()["en"], texts()["ja"]
    assert english.keys() == japanese.keys()
    for key, words in english.items():
        assert words.strip(), key
        assert _places(words) == _places(japanese[key]), key
    assert japanese["funnel.settled"].startswith(f"{DAYS_TO_SETTLE}日")
    assert japanese["funnel.young"].startswith(f"{DAYS_TO_SETTLE}日")


def test_every_check_that_may_warn_is_said_in_both_languages() -> None:
    warning = {
        name
        for path in (PROJECT / "expectations").rglob("*.py")
        for name in _improbable(path.read_text(encoding="utf-8"))
    }
    assert {"files_readable", "month_not_risen", IS_FRESH} <= warning
    said = {key.removeprefix("check.") for key in texts()["ja"] if key.startswith("check.")}
    assert said == warning


def _improbable(code: str) -> list[str]:
    """Names of expectations that only warn."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    names = [call.args[2] for call in calls if getattr(call.func, "id", "") == "improbable"]
    return [ast.literal_eval(name) for name in names]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(theme: str) -> None:
    colors: Mapping[str, Any] = palette()[theme]
    for words in ("ink", "soft", "link", "bad", "good"):
        for behind in ("paper", "card"):
            assert _contrast(colors[words], colors[behind]) >= 4.5, (words, behind)
    assert _contrast(colors["soft"], colors["chip"]) >= 4.5
    for cell in (*colors["heat"], colors["chip"]):
        assert _contrast(colors["ink"], cell) >= 4.5, cell
    for line in (*colors["category"], colors["quiet"], colors["focus"]):
        assert _contrast(line, colors["card"]) >= 3, line
    assert len(set(colors["quarter"])) == QUARTERS
    for line in colors["quarter"]:
        assert _contrast(line, colors["card"]) >= 4.5, line


def test_the_exposure_names_what_the_page_reads(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()
    table = Marts.table

    def noted(self: Marts, query: str, *arguments: Any, **parameters: Any) -> Table:
        read.update(re.findall(r"\b(?:from|join)\s+(\w+)", query))
        return table(self, query, *arguments, **parameters)

    monkeypatch.setattr(Marts, "table", noted)
    with open_published(settings.home) as connection:
        for panel in PANELS:
            panel(Marts(connection, settings))
        tables = {name for (name,) in connection.execute("show tables").fetchall()}
    path = DBT_PROJECT / "models" / "exposures.yml"
    (exposure,) = yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]
    declared = {name.removeprefix("ref('").removesuffix("')") for name in exposure["depends_on"]}
    assert declared == (read & tables) - {"load_audit"}
    assert "load_audit" in read


def test_a_change_counts_when_it_is_more_than_chance() -> None:
    def periods(now: tuple[int, int], before: tuple[int, int]) -> Table:
        with duckdb.connect() as connection:
            add_wilson_bounds(connection)
            rows = [
                connection.execute(
                    "select $ago, $hits / $trials,"
                    " wilson_low($hits, $trials), wilson_high($hits, $trials)",
                    {"ago": ago, "hits": hits, "trials": trials},
                ).fetchone()
                for ago, (hits, trials) in enumerate([now, before])
            ]
        kinds = ("periods_ago", "ignore_rate", "ignore_rate_low", "ignore_rate_high")
        return Table(dict.fromkeys(kinds, "rate"), [row for row in rows if row])

    # Newcombe (1998), example (a): 56 of 70 against 48 of 80 differ by 0.0524 to 0.3339
    larger = change(periods((56, 70), (48, 80)), 1)
    assert larger == {
        "difference": pytest.approx(0.2),
        "low": pytest.approx(0.0524, abs=5e-5),
        "high": pytest.approx(0.3339, abs=5e-5),
        "verdict": "worse",
    }
    smaller = change(periods((48, 80), (56, 70)), 1)
    assert smaller is not None
    assert smaller["verdict"] == "better"
    alike = change(periods((5, 10), (4, 10)), 1)
    assert alike is not None
    assert alike["verdict"] == "unclear"
    assert change(periods((5, 10), (4, 10)), 4) is None


def test_gates_that_stopped_a_run_say_nothing_of_what_is_published(tmp_path: Path) -> None:
    settings = published(tmp_path, {})
    assert last_passed(settings.gate_results, "raw") is None
    judged(settings, "first", "raw", warns=True)
    judged(settings, "second", "raw", warns=False, blocks=True)
    report = last_passed(settings.gate_results, "raw")
    assert report is not None
    assert report.run_id == "first"


def test_the_page_is_drawn_again_only_when_it_would_change(tmp_path: Path) -> None:
    settings = published(tmp_path, company())
    assert refresh_dashboard(tmp_path)
    first = settings.dashboard.stat()
    assert not refresh_dashboard(tmp_path)
    assert settings.dashboard.stat() == first
    settings.dashboard.unlink()
    assert refresh_dashboard(tmp_path)
    published(tmp_path, {}, state="2")
    assert refresh_dashboard(tmp_path)
    assert _panel(settings, "origins")["tables"]["cells"]["rows"] == []
    assert not list(tmp_path.glob(".*.part"))


def test_own_code_hand_and_the_name_of_the_company_draw_the_page_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = published(tmp_path, {})
    assert refresh_dashboard(tmp_path)
    page = redraw_dashboard(tmp_path)
    assert page == tmp_path / "dashboard.html"
    assert not refresh_dashboard(tmp_path)
    update_records(tmp_path, run=Run.of(settings.replace(company="Acme & Söhne")))
    assert refresh_dashboard(tmp_path)
    assert "<title>Acme &amp; Söhne: " in page.read_text(encoding="utf-8")
    monkeypatch.setattr("orchestration.dashboard.writing.FOLDER", tmp_path / "changed")
    assert refresh_dashboard(tmp_path)


def test_the_command_draws_what_is_published_or_says_that_nothing_is(tmp_path: Path) -> None:
    nothing = run_funnel("dashboard", "--home", tmp_path)
    assert nothing.status == 2
    assert f"run `funnel refresh --home {tmp_path}` first" in nothing.err
    settings = published(tmp_path, {})
    drawn = run_funnel("dashboard", "--home", tmp_path)
    assert (drawn.status, drawn.out.strip()) == (0, str(settings.dashboard))
    assert content_of(settings)["as_of"] == settings.as_of.isoformat()


def test_drawing_libraries_wait_until_something_is_drawn() -> None:
    code = (
        "import sys, orchestration.dashboard.writing as _;"
        " sys.exit(bool({'altair', 'vl_convert', 'duckdb'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _panel(settings: Settings, name: str) -> dict[str, Any]:
    (panel,) = (panel for panel in content_of(settings)["panels"] if panel["name"] == name)
    return panel


def _places(words: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", words))


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours by WCAG 2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_span_that_nobody_was_watched_for_is_not_told(tmp_path: Path) -> None:
    young = [{"person_id": "p1", "cycle_number": 1, "started_date": AS_OF - timedelta(days=400)}]
    settings = published(tmp_path, {**company(), "fct_lead_cycles": young})
    with open_published(settings.home) as connection:
        reading = conversion(Marts(connection, settings)).tables["readings"].records()[0]
    assert reading["bought_soon_rate"] == 0.25
    assert reading["bought_late_rate"] is None
