"""What the project's pages point to is there: files, headings, and paths that they name."""

import re
from pathlib import Path

import pytest

from pipelines.settings import DBT_PROJECT, PROJECT

# dbt shows the pages of its project among its own
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
FOLDERS = "benchmarks|dbt_project|docs|expectations|orchestration|pipelines|tests"

CODE_BLOCK = re.compile(r"^```.*?^```|^ {4}.*?$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/[\w./*<>-]*")


def anchors(page: Path) -> set[str]:
    """The headings of a page as the last part of an address."""
    headings = HEADING.findall(CODE_BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings}


def broken_links(page: Path) -> list[str]:
    """The relative links of a page that lead to no file or to no heading."""
    broken = []
    for link in LINK.findall(CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if ":" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


def missing_paths(page: Path, root: Path) -> list[str]:
    """The paths from the root of the project that a page names and nothing has.

    `*` and a name in angle brackets stand for any name.
    """
    named = PATH.findall(page.read_text(encoding="utf-8"))
    patterns = {path: re.sub(r"<\w+>", "*", path).rstrip("./") for path in named}
    return [path for path, pattern in patterns.items() if not any(root.glob(pattern))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_everything_that_a_page_points_to_is_there(page: Path) -> None:
    assert broken_links(page) == []
    assert missing_paths(page, PROJECT) == []


def test_what_is_missing_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text("# An `odd` heading, with-signs\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# Page\n\n[a](docs/other.md) [b](docs/other.md#an-odd-heading-with-signs) [c](#page)\n"
        "[d](https://example.com/docs/none) `docs/other.md`, `docs/<page>.md` and `docs/`.\n\n"
        "    [e](none.md) # not a link\n\n"
        "[f](none.md) [g](docs/other.md#none) [h\ni](#none) `docs/none.md`, `tests/<none>.py`\n"
    )
    assert broken_links(page) == ["none.md", "docs/other.md#none", "#none"]
    assert missing_paths(page, tmp_path) == ["docs/none.md", "tests/<none>.py"]


def test_every_mart_has_a_row() -> None:
    page = (PROJECT / "docs" / "marts.md").read_text(encoding="utf-8")
    marts = {path.stem for path in (DBT_PROJECT / "models" / "marts").glob("*.sql")}
    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted({*marts, "load_audit", "kpi_revisions"})
