"""dbt reads rules from a folder outside of its project, exactly, and leaves them as they were."""

import shutil
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner

from orchestration.build.invocation import close_warehouse
from orchestration.build.project import dbt_arguments, dbt_environment, parsed_project
from pipelines.rules import load_rules, stage_rules
from pipelines.rules.seeds import SEEDS
from tests.rules.conftest import WriteRules, changed


def seed_with_dbt(home: Path) -> None:
    command = ["seed", *dbt_arguments(home), "--vars", '{"as_of_date": "2025-06-30"}']
    with dbt_environment(home):
        outcome = dbtRunner(manifest=parsed_project(home).graph()).invoke(command)
    close_warehouse()
    assert outcome.success, outcome.exception or outcome.result


def test_dbt_loads_the_copy_and_does_not_write_to_it(
    write_rules: WriteRules, parsed: Path, tmp_path: Path
) -> None:
    odd_texts = {
        **changed("channel_map", "web,cpc,paid_search", 'web,null,"a\'s, ""b"""'),
        **changed("fit_rules", "Manufacturing|製造業", '" IT |007"'),
    }
    home = shutil.copytree(parsed, tmp_path / "it's home")
    staged = stage_rules(load_rules(write_rules(odd_texts)), home / "rules")
    before = {path.name: path.read_bytes() for path in staged.iterdir()}

    seed_with_dbt(home)

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
