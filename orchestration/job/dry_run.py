"""`funnel refresh --dry-run`: what a run would load and rebuild, and why."""

import tempfile
from pathlib import Path

from orchestration.build.building import planned_build
from orchestration.build.inputs import Inputs
from orchestration.build.project import parsed_project
from orchestration.build.verify import verify_models
from orchestration.home import lock
from orchestration.job.context import RunContext
from orchestration.published.record import published_changes
from pipelines.load.plan import LoadPlan, plan
from pipelines.rules import stage_rules
from pipelines.wording import counted

FILES_SHOWN = 20


def dry_run(run: RunContext) -> str:
    """Files that would load and reasons to rebuild the marts; loads and builds nothing."""
    settings = run.settings
    is_filled = settings.warehouse.exists()
    if is_filled:
        lock.hold(settings.home)
    try:
        load_plan = plan(settings, run.landing)
        reasons = _reasons(run, load_plan) if is_filled else ["nothing is published yet"]
    finally:
        lock.release(settings.home)
    lines = [f"{counted(len(load_plan.files), 'file')} would load"]
    lines += [
        f"  {planned.label}"
        + (f" (its {planned.delivery}. content)" if planned.delivery > 1 else "")
        for planned in load_plan.files[:FILES_SHOWN]
    ]
    if len(load_plan.files) > FILES_SHOWN:
        lines.append(f"  and {len(load_plan.files) - FILES_SHOWN} more")
    lines += [f"warning: {warning}" for warning in load_plan.warnings]
    if not reasons:
        return "\n".join([*lines, "the marts would stay as they are"])
    return "\n".join([*lines, "the marts would be rebuilt:", *(f"  {line}" for line in reasons)])


def _reasons(run: RunContext, load_plan: LoadPlan) -> list[str]:
    """Why the marts would be rebuilt, and last how much of the models would be."""
    settings = run.settings
    project = parsed_project(settings.home, settings.project, settings.engine)
    verify_models(settings, project)
    with tempfile.TemporaryDirectory() as folder:
        inputs = Inputs.of(settings, project, stage_rules(run.rules, Path(folder) / "rules"))
    # as if the rows that would be loaded were there
    inputs = inputs.with_new_rows(
        {file.feed for file in load_plan.files}, are_others_gone=bool(load_plan.starts_over)
    )
    planned = planned_build(settings, project, inputs)
    reasons = published_changes(settings, inputs)
    if load_plan.files and not settings.full:
        reasons.insert(0, f"new: {counted(len(load_plan.files), 'file')}")
    reasons += [f"earlier rows of source {name} go" for name in sorted(load_plan.starts_over)]
    return [*reasons, planned.describe()] if reasons else []
