"""What somebody clicks in Dagster never makes a publication of two days, or of unjudged marts."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.build.project import parsed_project
from orchestration.home.records import read_records, update_records
from orchestration.job.definitions import definitions
from orchestration.job.resources import RESOURCE
from pipelines.errors import UsageError
from tests.orchestration.conftest import LAST_DAY
from tests.orchestration.test_refresh import content

pytestmark = pytest.mark.xdist_group("refresh")

PUBLISHED = dg.AssetKey(["published", "marts"])
MONTHLY = dg.AssetKey(["marts", "ignore_rate_monthly"])


@pytest.fixture
def copied(home: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    return copy


def materialize(home: Path, *keys: dg.AssetKey, **config: Any) -> None:
    """What the launchpad does for some assets, with a configuration that names but the home."""
    job = definitions(parsed_project(home)).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        job.execute_in_process(
            run_config={"resources": {RESOURCE: {"config": {"home": str(home), **config}}}},
            asset_selection=list(keys),
            instance=instance,
        )


def unstamp(home: Path, table: str) -> None:
    """Leave a table as somebody does who builds it by hand."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as warehouse:
        warehouse.execute("delete from main.node_states where node = ?", [table])


def test_a_mart_is_built_for_the_day_of_the_home(copied: Path) -> None:
    before, built = content(copied / "marts.duckdb"), read_records(copied).build
    materialize(copied, MONTHLY)
    materialize(copied, PUBLISHED)
    assert content(copied / "marts.duckdb") == before
    records = read_records(copied)
    assert records.build is not None
    assert records.build.inputs.as_of == LAST_DAY
    assert records.build == built
    # whoever asks for the last runs sees those of the page too
    assert [run.outcome for run in records.runs[-2:]] == ["unchanged", "published"]


def test_a_mart_of_another_day_is_refused(copied: Path) -> None:
    earlier = LAST_DAY - timedelta(days=1)
    with pytest.raises(UsageError, match=f"reports {LAST_DAY}"):
        materialize(copied, MONTHLY, as_of=earlier.isoformat())


def test_a_mart_is_not_built_from_tables_of_other_inputs(copied: Path) -> None:
    unstamp(copied, "ignore_rate")
    with pytest.raises(UsageError, match="ignore_rate"):
        materialize(copied, MONTHLY)
    last = read_records(copied).runs[-1]
    assert last.outcome == "failed"
    assert "ignore_rate" in last.message


def test_tables_that_were_built_by_hand_are_not_published(copied: Path) -> None:
    unstamp(copied, "ignore_rate_monthly")
    with pytest.raises(UsageError, match="ignore_rate_monthly does not stand as it was built"):
        materialize(copied, PUBLISHED)
    materialize(copied, MONTHLY)
    materialize(copied, PUBLISHED)


def test_marts_that_were_not_judged_are_not_published(copied: Path) -> None:
    update_records(copied, judged={})
    with pytest.raises(UsageError, match="were not judged"):
        materialize(copied, PUBLISHED)


def test_a_home_without_a_build_takes_whole_runs_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run the whole job first"):
        materialize(tmp_path, MONTHLY)
