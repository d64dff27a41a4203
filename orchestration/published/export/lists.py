"""Which marts go back to a CRM as lists of changes, and what counts as a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.errors import UsageError


@dataclass(frozen=True, slots=True)
class ChangeList:
    """A mart with one row per `key`.

    `headers` renames columns for the receiver. `volatile` columns change every day by
    themselves: they are exported with a row, but do not make it a changed one.
    """

    mart: str
    key: str
    headers: Mapping[str, str] = field(default_factory=dict)
    volatile: frozenset[str] = frozenset()

    def header(self, column: str) -> str:
        return self.headers.get(column, column)


LISTS = {
    changes.mart: changes
    for changes in (
        ChangeList(
            mart="handoff_queue",
            key="person_id",
            # a person is named after its first lead record, which the CRM knows
            headers={
                "person_id": "external_id",
                "account_id": "company",
                "account_tier": "company_tier",
                "fit_grade": "lead_grade",
                "behavior_score": "lead_score",
                "score_change_7_days": "lead_score_change_7_days",
                "priority_rank": "priority",
            },
            # a changed score adds a tenth of the rows a day on the simulated company, while these
            # three together would export nearly every row every day
            volatile=frozenset({"priority_rank", "days_waiting", "score_change_7_days"}),
        ),
    )
}


def change_list(mart: str) -> ChangeList:
    """The list of a mart; raises UsageError if it has none."""
    if mart not in LISTS:
        raise UsageError(
            f"{mart} is no list for a CRM ({', '.join(LISTS)});"
            " leave the name out to export every published table"
        )
    return LISTS[mart]
