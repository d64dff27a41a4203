"""Models that need more memory than they are given go on from disk, and so do those after them."""

from pathlib import Path

import pytest
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments.local import LocalEnvironment
from jinja2 import Environment

from pipelines.settings import DBT_PROJECT

ROWS = 4_000_000
LARGER_THAN_MEMORY = (
    f"create table sorted as select md5(range::text) as digest from range({ROWS}) order by digest"
)


@pytest.fixture
def environment(tmp_path: Path) -> LocalEnvironment:
    """What dbt opens with the project's profile."""
    (tmp_path / "scratch").mkdir()
    variables = {"FUNNEL_HOME": str(tmp_path), "FUNNEL_MEMORY_LIMIT": "100MB"}
    text = (DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8")
    templates = Environment()
    templates.filters["as_bool"] = str
    rendered = templates.from_string(text).render(
        env_var=lambda name, default: variables.get(name, default)
    )
    output = yaml.safe_load(rendered)["lead_funnel"]["outputs"]["duckdb"]
    output.pop("plugins")
    return LocalEnvironment(DuckDBCredentials.from_dict({**output, "database": "warehouse"}))


def test_a_model_can_be_built_after_one_that_spilled(
    environment: LocalEnvironment, tmp_path: Path
) -> None:
    spilled = environment.handle().cursor()
    spilled.execute(LARGER_THAN_MEMORY)
    assert (tmp_path / "scratch" / "spill").is_dir()
    after = environment.handle().cursor()
    after.execute("select count(*) from sorted")
    assert after.fetchone() == (ROWS,)
    environment.close()
