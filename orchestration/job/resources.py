"""The run's context as Dagster's resource, and the run configuration that it is made from."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.home import lock
from orchestration.job.context import RunContext, context_from
from orchestration.job.history import recorded
from pipelines.settings import Settings, Source
from pipelines.variables import Variables

RESOURCE = "funnel"
CONFIG_TYPES = {bool: bool, int: int}


def run_config(settings: Settings) -> dict[str, Any]:
    """The run configuration that gives every step these settings."""
    config = settings.model_dump(mode="json", exclude_defaults=True)
    return {
        "resources": {RESOURCE: {"config": config}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }


def funnel_resource(prepared: RunContext | None = None) -> dg.ResourceDefinition:
    """The run's context as a resource that holds the home; `prepared` has it read already."""

    @dg.resource(config_schema=_config_schema())
    def funnel(initialized: dg.InitResourceContext) -> Iterator[RunContext]:
        context = prepared or context_from(initialized.resource_config)
        lock.hold(context.settings.home)
        if prepared:
            # the command line records its runs, and goes on with the home after the job
            yield context
            return
        try:
            with recorded(context, lambda: _failures(initialized)):
                yield context
        finally:
            lock.release(context.settings.home)

    return funnel


def _failures(initialized: dg.InitResourceContext) -> list[str]:
    """What the failed steps of the run say."""
    if initialized.instance is None or initialized.run is None:
        return []
    found = initialized.instance.all_logs(
        initialized.run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE
    )
    events = [entry.dagster_event for entry in found if entry.dagster_event]
    errors = [event.step_failure_data.error for event in events]
    # the step's own error is the cause of what Dagster makes of it
    return [(error.cause or error).message.strip() for error in errors if error]


def _config_schema() -> dict[str, Any]:
    """Every field of the settings, none of them required."""
    variables = {
        name: dg.Field(_config_type(field.default), is_required=False)
        for name, field in Variables.model_fields.items()
    }
    source = {
        name: dg.Field(_config_type(field.default), is_required=field.is_required())
        for name, field in Source.model_fields.items()
    }
    fields = {
        name: dg.Field(_config_type(field.default), is_required=False)
        for name, field in Settings.model_fields.items()
    }
    return {
        **fields,
        "sources": dg.Field([source], is_required=False),
        "variables": dg.Field(variables, is_required=False),
        "gates": dg.Field(dict, is_required=False),
        "retention": dg.Field(dict, is_required=False),
        "spark": dg.Field(dict, is_required=False),
    }


def _config_type(default: object) -> Any:
    if isinstance(default, tuple):
        return [_config_type(default[0] if default else "")]
    return CONFIG_TYPES.get(type(default), str)
