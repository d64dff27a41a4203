"""`funnel refresh --dry-run`: what a run would load and rebuild, and why."""

import tempfile
from pathlib import Path

from orchestration.build import last_build
from orchestration.build.project import parsed_project
from orchestration.build.state import changes, current_state, rules_state
from orchestration.home import lock as locking
from pipelines.load.plan import LoadPlan, plan
from pipelines.rules import stage_rules
from pipelines.settings import Settings
from pipelines.wording import counted

FILES_SHOWN = 20


def dry_run(settings: Settings) -> str:
    """Files that would load and reasons to rebuild the marts; loads and builds nothing."""
    is_filled = settings.warehouse.exists()
    if is_filled:
        locking.hold(settings.home)
    try:
        load_plan = plan(settings)
        reasons = _reasons(settings, load_plan) if is_filled else ["nothing is published yet"]
    finally:
        locking.release(settings.home)
    lines = [f"{counted(len(load_plan.files), 'file')} would load"]
    lines += [
        f"  {planned.feed}/{planned.file}"
        + (f" (its {planned.delivery}. content)" if planned.delivery > 1 else "")
        for planned in load_plan.files[:FILES_SHOWN]
    ]
    if len(load_plan.files) > FILES_SHOWN:
        lines.append(f"  and {len(load_plan.files) - FILES_SHOWN} more")
    lines += [f"warning: {warning}" for warning in load_plan.warnings]
    if not reasons:
        return "\n".join([*lines, "the marts would stay as they are"])
    return "\n".join([*lines, "the marts would be rebuilt:", *(f"  {line}" for line in reasons)])


def _reasons(settings: Settings, load_plan: LoadPlan) -> list[str]:
    """Why the marts would be rebuilt, and last how much of the models would be."""
    project = parsed_project(settings.home)
    state = current_state(settings, project)
    with tempfile.TemporaryDirectory() as folder:
        rules = stage_rules(settings.rules, Path(folder) / "rules")
        state |= rules_state(rules)
        built_anew = last_build.plan(settings, project, rules).reason
    reasons = changes(settings, state)
    if load_plan.files and not settings.full:
        reasons.insert(0, f"new: {counted(len(load_plan.files), 'file')}")
    if reasons and built_anew:
        reasons.append(f"all models anew, for {built_anew}")
    elif reasons:
        reasons.append("of the large models only the rows that this affects")
    return reasons
