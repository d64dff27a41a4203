"""What DuckDB hands on to Spark: instants as instants, and rules as they are, cell by cell."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.spark.handing_on import hand_on
from pipelines.feeds import FEEDS
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings
from tests.reference.feeds import typed

RULES = 'kpi_id,month,target\na,2024-01-01,1.5\n" b\\""c\'",,\n'
TYPES = {"kpi_id": "varchar", "month": "date", "target": "double"}


@pytest.fixture
def handed_on(tmp_path: Path) -> Path:
    settings = Settings(as_of=date(2024, 3, 31))
    warehouse = Warehouse(tmp_path)
    cost = {"cost_id": "c", "occurred_at": "2024-03-10T00:30:00+09:00", "channel": "paid"}
    rows = {feed.name: [] for feed in FEEDS} | {
        "costs": [typed("costs", {**cost, "amount": "1"}, "UTC")]
    }
    warehouse.fill(rows, settings)
    run = warehouse.settings(settings)
    run.staged_rules.mkdir()
    (run.staged_rules / "kpi_targets.csv").write_text(RULES)
    seed: dict[str, Any] = {"resource_type": "seed", "package_name": "lead_funnel"}
    seed |= {"name": "kpi_targets", "config": {"schema": "rules", "column_types": TYPES}}
    # what is handed on takes the place of what was
    (tmp_path / "on" / "raw" / "costs").mkdir(parents=True)
    (tmp_path / "on" / "raw" / "costs" / "old.parquet").write_text("no Parquet")
    hand_on(run, {"nodes": {"seed": seed}}, tmp_path / "on")
    return tmp_path / "on"


def test_instants_are_handed_on_as_instants(handed_on: Path) -> None:
    query = f"select occurred_at, amount, _is_replaced from '{handed_on}/raw/costs/*.parquet'"
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        described = connection.execute(f"describe {query}").fetchall()
        assert [kind for _, kind, *_ in described] == [
            *["TIMESTAMP WITH TIME ZONE", "DECIMAL(18,2)", "BOOLEAN"]
        ]
        found = connection.execute(f"select cast(occurred_at as varchar) from ({query})").fetchall()
    assert found == [("2024-03-09 15:30:00+00",)]


def test_empty_cells_of_rules_are_null(handed_on: Path) -> None:
    rows = duckdb.sql(f"from '{handed_on}/rules/kpi_targets/*.parquet'").fetchall()
    assert rows == [("a", date(2024, 1, 1), 1.5), (" b\\\"c'", None, None)]
