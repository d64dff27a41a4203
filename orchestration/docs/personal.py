"""The tables of docs/personal-data.md: `python -m orchestration.docs.personal` writes them anew."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines.feeds import FEEDS
from pipelines.personal.columns import MARTS, MEANS, NEVER_PUBLISHED, RAW
from pipelines.settings import PROJECT

PAGE = PROJECT / "docs" / "personal-data.md"
BEGIN, END = "<!-- generated: the list -->\n", "<!-- end of the list -->\n"


def with_list(page: str) -> str:
    """The page with the tables of today between its two marks."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    listed = "\n".join(_lines())
    return f"{before}{BEGIN}\n{listed}\n\n{END}{after}"


def _lines() -> Iterator[str]:
    yield "Raw tables, the quarantine included, which has whole rows: the owner of the home alone."
    yield from ("", "| can hold | columns of feeds |", "|---|---|")
    for kind, means in MEANS.items():
        columns = [name for name, holds in RAW.items() if holds == kind]
        if columns and kind != "word":
            yield f"| {means} | {_listed(columns)} |"
    feeds = _listed(feed.name for feed in FEEDS)
    yield from ("", f"The feeds are {feeds}; each has some of these columns.", "")
    yield "Published marts: the owner, and the group `readers` if there is one. No mart has"
    yield f"a column that can hold {' or '.join(MEANS[kind] for kind in NEVER_PUBLISHED)}."
    yield from ("", "| can hold | columns of marts | how they are published |", "|---|---|---|")
    for kind, means in MEANS.items():
        for hidden in dict.fromkeys(one.hidden for one in MARTS.values() if one.holds == kind):
            columns = [
                name for name, one in MARTS.items() if (one.holds, one.hidden) == (kind, hidden)
            ]
            if kind != "word":
                yield f"| {means} | {_listed(columns)} | {hidden} |"
    yield from ("", "All other text columns of marts hold words of rules and of this project.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def write(path: Path = PAGE) -> None:
    """Write the tables into the page."""
    path.write_text(with_list(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
