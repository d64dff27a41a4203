"""The worked companies, from their landing folders to the published file."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.orchestration.conftest import Outcome
from tests.properties.marts import NOT_PUBLISHED
from tests.reference.clock import Settings
from tests.reference.compare import differences
from tests.reference.landing import deliveries_in, read
from tests.reference.marts import build
from tests.reference.rules import read_rules
from tests.reference.worked import read_mart

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "examples-v2"
COMPANIES = sorted(path.name for path in EXAMPLES.glob("company-*"))
ACTED_ON = [
    *("dim_leads", "dim_accounts", "dim_dates"),
    *("handoff_queue", "follow_up_worklist", "value_matrix"),
]
AUDIT = "feed, file, rows_read, rows_loaded, rows_replaced, rows_quarantined"

pytestmark = [
    pytest.mark.skipif(not COMPANIES, reason=f"the worked companies are not in {EXAMPLES}"),
    pytest.mark.xdist_group("examples"),
]


def _digest(folder: Path) -> str:
    parts = [
        path.name.encode() + path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _computed(company: Path) -> dict[str, list[dict[str, Any]]]:
    """What is worked out nowhere, from the reference."""
    day = date.fromisoformat((company / "as_of").read_text(encoding="utf-8").strip())
    landed = read(deliveries_in(company / "landing"), "UTC")
    marts = build(landed.rows, read_rules(company / "rules"), Settings(as_of=day))
    return {name: marts[name] for name in ACTED_ON}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("company", COMPANIES)
def test_every_mart_comes_out_as_worked(
    funnel: Callable[..., Outcome], new_home: Path, company: str
) -> None:
    given = EXAMPLES / company
    before = _digest(given)
    outcome = funnel(
        "refresh",
        *("--landing", given / "landing"),
        *("--rules", given / "rules"),
        *("--as-of", (given / "as_of").read_text(encoding="utf-8").strip()),
        *("--home", new_home),
    )
    assert outcome.status == 0, outcome.err
    assert _digest(given) == before
    with duckdb.connect(str(new_home / "marts.duckdb"), read_only=True) as marts:
        for path in sorted((given / "expected").glob("*.csv")):
            expected = read_mart(path)
            actual = _rows(marts, f"from {path.stem}")
            assert list(actual[0]) == list(expected[0]), path.stem
            assert differences(expected, actual, list(expected[0])) == [], path.stem
        for name, expected in _computed(given).items():
            columns = [column for column in expected[0] if column not in NOT_PUBLISHED]
            actual = _rows(marts, f"select {', '.join(columns)} from {name}")
            assert differences(expected, actual, columns) == [], name
        audit = _rows(marts, f"select {AUDIT} from load_audit")
    worked = json.loads((given / "expected_audit.json").read_text(encoding="utf-8"))
    names = AUDIT.split(", ")
    wanted = [{name: file[name] for name in names} for file in worked["files"]]
    assert sorted(audit, key=str) == sorted(wanted, key=str)
