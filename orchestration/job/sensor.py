"""Starts the job when sources have delivered."""

import json

import dagster as dg

from orchestration.build.inputs import digest
from orchestration.company.configuration import configuration
from orchestration.job.watching import landed_files, states_of

# a file is complete once it has not changed for so long
PAUSE_SECONDS = 60


def new_files(job_name: str) -> dg.SensorDefinition:
    """A refresh for yesterday once new files have lain unchanged from one look to the next."""

    @dg.sensor(name="new_files", job_name=job_name, minimum_interval_seconds=PAUSE_SECONDS)
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        seen = {"last": None, "asked_for": None, **json.loads(context.cursor or "{}")}
        states = states_of(landed_files(configuration().sources))
        if not states:
            return dg.SkipReason("no source has delivered a file")
        now = digest(*(f"{path} {state}" for path, state in sorted(states.items())))
        is_complete = now == seen["last"]
        is_new = is_complete and now != seen["asked_for"]
        cursor = {"last": now, "asked_for": now if is_new else seen["asked_for"]}
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=now)] if is_new else [],
            skip_reason=None if is_new else "nothing new" if is_complete else "files still change",
            cursor=json.dumps(cursor),
        )

    return sensor
