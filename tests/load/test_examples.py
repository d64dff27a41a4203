"""The audits of the worked companies, to the file."""

import json
from pathlib import Path

import pytest

from pipelines.feeds import FEEDS_BY_NAME
from tests.load.home import Home

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples-v2"

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"{EXAMPLES} is absent")


@pytest.mark.parametrize("company", ["company-1", "company-4", "company-9"])
def test_the_audit_of_a_worked_company(home: Home, company: str) -> None:
    home.folder.joinpath("landing").symlink_to(EXAMPLES / company / "landing")
    expected = json.loads((EXAMPLES / company / "expected_audit.json").read_text())

    home.load()

    assert home.audit() == {
        (file["file"], file["delivery"]): tuple(
            file[f"rows_{count}"] for count in ("read", "loaded", "replaced", "quarantined")
        )
        for file in expected["files"]
    }
    standing = {feed: len(home.standing(feed)) for feed in FEEDS_BY_NAME}
    assert standing == dict.fromkeys(FEEDS_BY_NAME, 0) | expected["rows_standing"]
