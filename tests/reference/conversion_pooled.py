"""How long conversion takes, over all quarters together (section 10)."""

from tests.reference.clock import Settings
from tests.reference.cycles import STAGES
from tests.reference.feeds import Row
from tests.reference.stage_durations import incidence_of, waits


def conversion_curve_pooled(cycles: list[Row], settings: Settings) -> list[Row]:
    found: list[Row] = []
    for stage in STAGES[1:]:
        ends = waits(cycles, "lead", stage, settings)
        found += [
            {
                "stage": stage,
                "days_since_start": day,
                "at_risk": at_risk,
                "reached": reached,
                "share": float(share),
            }
            for day, at_risk, reached, share in incidence_of(ends)
            if reached
        ]
    return found
