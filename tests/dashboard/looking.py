"""A page that is open in the browser, and what can be read from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

DRAWN = "main[aria-busy=false]"


@dataclass(slots=True)
class Seen:
    """The open page, what it complained of and what it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def choose(self, panel: str, value: str) -> None:
        """Press one of the buttons of a panel and wait until it is drawn."""
        self.page.locator(f"#{panel} .buttons input[value='{value}']").check(force=True)
        self.page.wait_for_selector(DRAWN)

    def rows(self, panel: str, table: str) -> list[list[str]]:
        """The cells of a table as they are written."""
        found = self.page.locator(f"#{panel} table[data-table={table}] tbody tr")
        return found.evaluate_all(
            "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
        )

    def marks(self, panel: str, role: str) -> list[str]:
        """What the marks of a chart say of themselves, such as `bar` or `point`."""
        found = self.page.locator(f"#{panel} svg [aria-roledescription='{role}']")
        return found.evaluate_all("marks => marks.map(mark => mark.getAttribute('aria-label'))")

    def picture(self, panel: str) -> str:
        """The drawn charts of a panel."""
        return self.page.locator(f"#{panel} .charts").inner_html()


@contextmanager
def looked_at(
    browser: Browser, path: Path, query: str = "", width: int = 1400, dark: bool = False
) -> Iterator[Seen]:
    """Open the file and wait until it is drawn."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    try:
        seen = Seen(context.new_page())
        seen.page.on(
            "console",
            lambda message: (
                seen.complaints.append(message.text)
                if message.type in {"error", "warning"}
                else None
            ),
        )
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto(f"file://{path}{query}")
        seen.page.wait_for_selector(DRAWN)
        yield seen
    finally:
        context.close()
