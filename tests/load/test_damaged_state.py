"""A warehouse that cannot say what was loaded into it: nothing is loaded twice."""

import json
import zlib
from base64 import b64encode
from pathlib import Path

import duckdb
import pytest

from orchestration.home.loaded import loaded_state
from pipelines.database import connect
from pipelines.errors import FunnelError
from tests.load.home import Home


def _packed(state: object) -> str:
    return b64encode(zlib.compress(json.dumps(state).encode())).decode()


LATEST = {"_state_engine_version": 4, "_state_version": 1, "_version_hash": "x"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("loaded"))
    home.write("leads", "a.csv", "lead_id,created_at\n1,2025-06-01\n")
    home.load()
    return home


@pytest.mark.parametrize(
    "state",
    [
        "garbage",
        "abcd",
        "",
        _packed({"sources": {}})[:20],
        _packed([1]),
        _packed({**LATEST, "sources": [1]}),
        _packed({**LATEST, "sources": {"landing": {"resources": {"leads": {"files": [1]}}}}}),
        _packed({**LATEST, "sources": {"landing": {"resources": {"leads": {"contents": [1]}}}}}),
        _packed({**LATEST, "sources": {"landing": {"resources": [1]}}}),
    ],
)
def test_a_damaged_state_of_loads_is_named(loaded: Home, state: str) -> None:
    settings = loaded.settings()
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute("update raw._dlt_pipeline_state set state = ?", [state])
    before = loaded.query("select * from raw.leads")
    with connect(settings) as warehouse:
        assert loaded_state(warehouse) is None
    with pytest.raises(FunnelError, match=r"the state of its loads .* is damaged") as raised:
        loaded.load()
    assert f"mv {settings.warehouse} {settings.warehouse}.old" in str(raised.value)
    assert loaded.query("select * from raw.leads") == before


def test_a_warehouse_moved_away_is_loaded_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write("leads", "a.csv", "lead_id,created_at\n1,2025-06-01\n")
    home.load()
    with duckdb.connect(str(home.settings().warehouse)) as warehouse:
        warehouse.execute("update raw._dlt_pipeline_state set state = 'garbage'")
    with pytest.raises(FunnelError):
        home.load()
    home.settings().warehouse.rename(tmp_path / "warehouse.duckdb.old")
    assert home.load().feeds[0].rows_loaded == 1
