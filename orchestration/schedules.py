"""When the job runs by itself."""

from datetime import timedelta

import dagster as dg

from pipelines.settings import Variables

EARLY_MORNING = "30 5 * * *"


def daily_refresh(job_name: str) -> dg.ScheduleDefinition:
    """Every early morning in the reporting time zone, for the day that has just ended."""
    timezone = Variables().reporting_timezone

    @dg.schedule(
        name="daily_refresh",
        job_name=job_name,
        cron_schedule=EARLY_MORNING,
        execution_timezone=timezone,
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        as_of = context.scheduled_execution_time.date() - timedelta(days=1)
        return dg.RunRequest(
            run_key=as_of.isoformat(),
            run_config={"resources": {"funnel": {"config": {"as_of": as_of.isoformat()}}}},
        )

    return schedule
