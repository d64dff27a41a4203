"""The list of personal data names every text column that is loaded or published."""

import yaml

from orchestration.docs.personal import PAGE, with_list
from pipelines.feeds import FEEDS
from pipelines.personal.columns import MARTS, NEVER_PUBLISHED, PERSONAL_NAMES, RAW
from pipelines.settings import DBT_PROJECT


def test_every_text_column_of_a_feed_is_listed() -> None:
    texts = {column.name for feed in FEEDS for column in feed.raw_columns if column.type == "text"}
    assert texts == RAW.keys()


def test_every_text_column_of_a_mart_is_listed_and_none_is_personal() -> None:
    texts, all_names = set(), set()
    for path in (DBT_PROJECT / "models" / "marts").glob("*.yml"):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            names = {column["name"]: column["data_type"] for column in model["columns"]}
            all_names |= names.keys()
            texts |= {name for name, kind in names.items() if kind == "varchar"}
    assert texts == MARTS.keys()
    assert not {one.holds for one in MARTS.values()} & {*NEVER_PUBLISHED}
    assert not all_names & {*PERSONAL_NAMES}


def test_the_page_shows_the_list_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_list(page), "python -m orchestration.docs.personal writes it anew"
    assert "| a telephone number | `phone` |" in page
