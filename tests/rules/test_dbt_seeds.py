"""dbt reads rules from a folder outside of its project, exactly, and leaves them as they were."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb

from pipelines.rules import load_rules, stage_rules
from pipelines.rules.seeds import SEEDS
from pipelines.settings import DBT_PROJECT
from tests.rules.conftest import WriteRules, changed


def seed_with_dbt(home: Path, rules: Path) -> None:
    arguments = ["seed", "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT]
    arguments += ["--target-path", home / "dbt", "--log-path", home / "logs"]
    arguments += ["--vars", '{"as_of_date": "2025-06-30"}']
    finished = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *map(str, arguments)],
        cwd=DBT_PROJECT,
        env={**os.environ, "FUNNEL_HOME": str(home), "FUNNEL_RULES": str(rules)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_dbt_loads_the_copy_and_does_not_write_to_it(
    write_rules: WriteRules, tmp_path: Path
) -> None:
    odd_texts = {
        **changed("channel_map", "web,cpc,paid_search", 'web,null,"a\'s, ""b"""'),
        **changed("fit_rules", "Manufacturing|製造業", '" IT |007"'),
    }
    home = tmp_path / "it's home"
    staged = stage_rules(load_rules(write_rules(odd_texts)), home / "rules")
    before = {path.name: path.read_bytes() for path in staged.iterdir()}

    seed_with_dbt(home, staged)

    assert {path.name: path.read_bytes() for path in staged.iterdir()} == before
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        channels = warehouse.execute("from rules.channel_map order by feed").fetchall()
        value = warehouse.execute("select value from rules.fit_rules where rule_id = 'F1'")
        fit_value = value.fetchone()
        columns = warehouse.execute(
            "select table_name, list(column_name order by ordinal_position) "
            "from information_schema.columns where table_schema = 'rules' group by 1"
        ).fetchall()
        (labels,) = warehouse.execute("select count(*) from labels.labels").fetchone() or (0,)
    assert labels > 0, "the labels come with the project, whatever the rules"
    assert channels == [("offline", "booth_visit", "exhibition"), ("web", "null", 'a\'s, "b"')]
    assert fit_value == (" IT |007",)
    assert dict(columns) == {seed.name: list(seed.column_names) for seed in SEEDS}
