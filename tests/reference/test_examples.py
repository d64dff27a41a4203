"""The reference against the worked companies that come with the contract."""

import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.reference.clock import Settings
from tests.reference.compare import differences
from tests.reference.feeds import FEEDS
from tests.reference.landing import Landed, deliveries_in, read
from tests.reference.marts import Marts, build
from tests.reference.rules import read_rules
from tests.reference.worked import read_mart

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples-v2"
COMPANIES = sorted(path.name for path in EXAMPLES.glob("company-*"))
# of feeds and rules that the reference does not read
LATER_MARTS = {
    *("scenario_effect", "content_performance", "cost_performance", "ignored_outcomes"),
    *("lead_segments", "segment_performance"),
}
MARTS = sorted({path.stem for path in EXAMPLES.glob("*/expected/*.csv")} - LATER_MARTS)

pytestmark = pytest.mark.skipif(not COMPANIES, reason="no ../shared/examples-v2 beside the project")


@cache
def landed(company: str) -> Landed:
    return read(deliveries_in(EXAMPLES / company / "landing"), "UTC")


@cache
def built(company: str) -> Marts:
    folder = EXAMPLES / company
    settings = Settings(as_of=date.fromisoformat((folder / "as_of").read_text().strip()))
    return build(landed(company).rows, read_rules(folder / "rules"), settings)


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("mart", MARTS)
def test_mart_equals_the_worked_one(company: str, mart: str) -> None:
    if mart == "unresolved_events" and (EXAMPLES / company / "landing" / "enrollments").exists():
        pytest.skip("counts the rows of a feed that the reference does not read")
    expected = read_mart(EXAMPLES / company / "expected" / f"{mart}.csv")
    assert differences(expected, built(company)[mart], list(expected[0])) == []


@pytest.mark.parametrize("company", COMPANIES)
def test_audit_equals_the_worked_one(company: str) -> None:
    expected = json.loads((EXAMPLES / company / "expected_audit.json").read_text())
    files = [row for row in expected["files"] if row["feed"] in FEEDS]
    faults = [row.pop("faults") for row in files]
    assert differences(files, landed(company).audit, list(files[0])) == []
    reasons = Counter(row["reason"] for row in landed(company).quarantine)
    assert reasons == sum(map(Counter, faults), Counter())
    standing = {feed: len(rows) for feed, rows in landed(company).rows.items()}
    wanted = expected["rows_standing"]
    assert standing == {feed: wanted[feed] for feed in FEEDS}
