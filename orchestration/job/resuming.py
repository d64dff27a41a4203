"""Which assets of a failed or killed run still have to be built."""

from collections.abc import Sequence

import dagster as dg
from dagster import DagsterEventType

Stage = tuple[str, Sequence[dg.AssetKey]]


def unfinished(
    instance: dg.DagsterInstance, stages: Sequence[Stage], run_id: str
) -> list[dg.AssetKey]:
    """Assets of the first stage that did not end well and of all later ones.

    `stages` are (step name, assets it builds or judges) in the order of the job. A model that was
    built, and whose checks passed, is not built again, unless it is judged by a later stage: the
    gate judges all marts of one state or none.
    """
    ended = {event.step_key for event in _events(instance, run_id, DagsterEventType.STEP_SUCCESS)}
    position = next(
        (index for index, (step, _) in enumerate(stages) if step not in ended), len(stages)
    )
    judged_later = {key for _, keys in stages[position + 1 :] for key in keys}
    selected = set(judged_later)
    if position < len(stages):
        selected |= set(stages[position][1]) - _sound(instance, run_id)
    return sorted(selected)


def _sound(instance: dg.DagsterInstance, run_id: str) -> set[dg.AssetKey]:
    built = {
        event.asset_key
        for event in _events(instance, run_id, DagsterEventType.ASSET_MATERIALIZATION)
    }
    faulty = {
        event.asset_check_evaluation_data.asset_key
        for event in _events(instance, run_id, DagsterEventType.ASSET_CHECK_EVALUATION)
        if not event.asset_check_evaluation_data.passed
    }
    return built - faulty


def _events(
    instance: dg.DagsterInstance, run_id: str, kind: DagsterEventType
) -> list[dg.DagsterEvent]:
    entries = instance.all_logs(run_id, of_type=kind)
    return [entry.dagster_event for entry in entries if entry.dagster_event is not None]
