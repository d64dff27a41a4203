"""The examples that stand in the YAML beside each model, as dbt unit tests."""

import json
from datetime import date

from dbt.cli.main import dbtRunner

from orchestration.build.invocation import close_warehouse
from orchestration.build.project import dbt_arguments, dbt_environment, parsed_project
from pipelines.feeds import FEEDS
from pipelines.rules import load_rules, stage_rules
from pipelines.settings import DBT_PROJECT
from tests.properties.warehouse import Warehouse
from tests.reference.clock import Settings

AS_OF = date(2025, 3, 31)


def test_models_do_what_their_examples_say(warehouse: Warehouse) -> None:
    # a company without a row: dbt takes the types of the examples' columns from what it builds
    warehouse.fill({feed.name: [] for feed in FEEDS}, Settings(as_of=AS_OF))
    home = warehouse.home
    stage_rules(load_rules(DBT_PROJECT / "seeds"), home / "rules")
    command = ["build", *dbt_arguments(home), "--exclude-resource-type", "exposure"]
    command += ["--vars", json.dumps({"as_of_date": AS_OF.isoformat()})]
    with dbt_environment(home):
        outcome = dbtRunner(manifest=parsed_project(home).graph()).invoke(command)
    close_warehouse()
    assert outcome.exception is None
    failed = {
        result.node.name: result.message
        for result in outcome.result
        if result.status not in ("success", "pass")
    }
    assert failed == {}
    assert sum(result.node.resource_type == "unit_test" for result in outcome.result) > 20
