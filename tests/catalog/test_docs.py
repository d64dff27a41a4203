"""The pages that `make docs` writes, looked at in a browser that is told of every request."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.build.project import parsed_project
from tests.orchestration.conftest import Outcome

pytestmark = pytest.mark.xdist_group("catalog")

CHROMIUM = shutil.which("chromium")
WIDTHS = [390, 1400]


@pytest.fixture(scope="module")
def site(funnel: Callable[..., Outcome], published: Path) -> Path:
    """The folder that the pages are in."""
    outcome = funnel("docs", "--home", published)
    assert outcome.status == 0, outcome.err
    assert outcome.out.strip() == str(published / "docs" / "index.html")
    return published / "docs"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=WIDTHS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of one width that must not ask the network for anything."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda sent: asked.append(sent.url))
    yield opened
    context.close()
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_nothing_but_the_pages_is_left(site: Path, published: Path) -> None:
    assert sorted(path.name for path in site.iterdir()) == ["index.html", "models.html"]
    assert not (published / "scratch" / "docs").exists()


def test_every_link_of_the_glossary_leads_to_a_node(site: Path, published: Path) -> None:
    description = parsed_project(published).manifest()
    text = (site / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'href="models\.html#!/\w+/([^"]+)"', text))
    assert len(linked) > 60
    assert linked <= {*description["nodes"], *description["sources"], *description["metrics"]}


def test_terms_are_found(site: Path, page: Page) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto((site / "index.html").as_uri())
    everything = page.locator("article:visible").count()
    assert page.inner_text("output") == f"{everything} terms"
    page.get_by_label("Find a term").fill("イグノアレート")
    found = page.locator("article:visible")
    assert 0 < found.count() < everything
    assert page.inner_text("output") == f"{found.count()} terms"
    assert "Ignore rate" in " ".join(found.all_inner_texts())
    page.get_by_label("Find a term").fill("no such term")
    assert page.inner_text("output") == "0 terms"
    assert page.locator("h2:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults == []


def test_models_are_shown_with_columns_and_lineage(site: Path, page: Page) -> None:
    page.goto((site / "models.html").as_uri() + "#!/model/model.lead_funnel.ignore_rate")
    page.wait_for_selector("h1:has-text('ignore_rate')")
    shown = page.locator("td:has-text('Sales team; unknown if unsaid.')").first
    shown.wait_for()
    # types come from the warehouse
    page.get_by_text("BIGINT", exact=True).first.wait_for()
    page.locator(".launcher-btn a").click()
    page.locator(".launcher-window canvas").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_docs_of_nothing_are_refused(funnel: Callable[..., Outcome], tmp_path: Path) -> None:
    outcome = funnel("docs", "--home", tmp_path)
    assert outcome.status == 2
    assert f"run `funnel refresh --home {tmp_path}` first" in outcome.err
