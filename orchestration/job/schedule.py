"""When the job runs by itself."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.company.configuration import configuration
from orchestration.job.resources import RESOURCE


def daily_refresh(job_name: str) -> dg.ScheduleDefinition:
    """Once a day, at a time of the reporting time zone, for the day that has just ended.

    The run takes all but the day from the company's `funnel.toml`, as it is then.
    """
    chosen = configuration()
    timezone = chosen.variables.reporting_timezone
    hour, minute = chosen.refresh_at.split(":")

    @dg.schedule(
        name="daily_refresh",
        job_name=job_name,
        cron_schedule=f"{int(minute)} {int(hour)} * * *",
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
