"""When the job runs by itself."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.company.configuration import configuration
from orchestration.job.resources import RESOURCE

EARLY_MORNING = "30 5 * * *"


def daily_refresh(job_name: str) -> dg.ScheduleDefinition:
    """Every early morning in the reporting time zone, for the day that has just ended."""
    timezone = configuration().variables.reporting_timezone

    @dg.schedule(
        name="daily_refresh",
        job_name=job_name,
        cron_schedule=EARLY_MORNING,
        execution_timezone=timezone,
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        # Dagster may hand over the instant in UTC, where the day is another one
        local = context.scheduled_execution_time.astimezone(ZoneInfo(timezone))
        as_of = local.date() - timedelta(days=1)
        return dg.RunRequest(
            run_key=as_of.isoformat(),
            run_config={"resources": {RESOURCE: {"config": {"as_of": as_of.isoformat()}}}},
        )

    return schedule
