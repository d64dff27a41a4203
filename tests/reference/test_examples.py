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
MARTS = sorted({path.stem for path in EXAMPLES.glob("*/expected/*.csv")})

pytestmark = [
    pytest.mark.skipif(not COMPANIES, reason="no ../shared/examples-v2 beside the project"),
    # whose marts are computed once
    pytest.mark.xdist_group("worked_companies"),
]


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
    path = EXAMPLES / company / "expected" / f"{mart}.csv"
    if not path.exists():
        pytest.skip("not worked out for this company")
    expected = read_mart(path)
    assert differences(expected, built(company)[mart], list(expected[0])) == []


@pytest.mark.parametrize("company", COMPANIES)
def test_audit_equals_the_worked_one(company: str) -> None:
    expected = json.loads((EXAMPLES / company / "expected_audit.json").read_text())
    files = expected["files"]
    faults = [row.pop("faults") for row in files]
    assert differences(files, landed(company).audit, list(files[0])) == []
    reasons = Counter(row["reason"] for row in landed(company).quarantine)
    assert reasons == sum(map(Counter, faults), Counter())
    standing = {feed: len(rows) for feed, rows in landed(company).rows.items()}
    assert standing == dict.fromkeys(FEEDS, 0) | expected["rows_standing"]
