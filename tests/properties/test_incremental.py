"""After any sequence of refreshes the marts are those of a build from raw, row for row."""

import json
import random
import shutil
from collections.abc import Callable
from datetime import timedelta

import duckdb
import pytest
from dbt.cli.main import dbtRunner
from hypothesis import given

from orchestration.build import project
from orchestration.build.invocation import close_warehouse
from orchestration.build.plan import Plan
from orchestration.home.records import read_records, update_records
from tests.companies.history import Arrival, History
from tests.companies.strategies import Case, cases
from tests.properties.marts import MODELS
from tests.properties.profiles import many
from tests.properties.warehouse import Warehouse

pytestmark = pytest.mark.xdist_group("warehouse")

STEPS = 6
COMPARED = [f"marts.{name}" for name in sorted(MODELS)] + ["intermediate.int_persons"]


Event = Callable[["Refreshes"], None]


class Refreshes:
    """A warehouse that grows with a company's history, and is compared with a full build."""

    def __init__(self, warehouse: Warehouse, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rng = random.Random(case.seed)
        self.warehouse = warehouse
        self.history = History(case.company(), case.seed, case.days)
        self.plans: list[Plan] = []
        self._loads = 0
        warehouse.clear()
        # a large warehouse is closed after each model
        monkeypatch.setattr(
            "orchestration.build.invocation.MOST_ROWS_HELD_OPEN", self.rng.choice([0, 10**9])
        )

    def take(self, arrival: Arrival | None = None) -> None:
        """Load what arrived and build."""
        if arrival:
            self.deliver(arrival)
        self.plans.append(self._build())

    def take_and_die(self, arrival: Arrival, first_missed: str) -> None:
        """Load what arrived, and build up to a model, as a run that is killed then."""
        self.deliver(arrival)
        with pytest.MonkeyPatch.context() as monkeypatch:
            cut = ["--exclude", f"{first_missed}+"]
            monkeypatch.setattr(
                "orchestration.build.invocation.dbt_arguments",
                lambda home, root: [*project.dbt_arguments(home, root), *cut],
            )
            self._build()

    def deliver(self, arrival: Arrival) -> None:
        self._loads += 1
        self.warehouse.deliver(
            f"load{self._loads}", arrival.file, arrival.rows, self.history.settings
        )

    def _build(self, *, full: bool = False) -> Plan:
        history = self.history
        return self.warehouse.build(history.rules, history.settings, full=full).plan

    def differences(self) -> dict[str, int]:
        """Rows per mart that only the warehouse or only a full build of it has."""
        kept = self.warehouse.home / "kept.duckdb"
        path = self.warehouse.settings(self.history.settings).warehouse
        shutil.copyfile(path, kept)
        records = read_records(self.warehouse.home)
        self._build(full=True)
        update_records(self.warehouse.home, **dict(records))
        with duckdb.connect() as connection:
            connection.execute(f"attach '{kept}' as kept (read_only)")
            connection.execute(f"attach '{path}' as built (read_only)")
            found = {name: _differing_rows(connection, name) for name in COMPARED}
        kept.replace(path)
        return {name: rows for name, rows in found.items() if rows}


def _differing_rows(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    (rows,) = connection.execute(
        f"""
        select count(*)
        from (
            (from kept.{name} except all from built.{name})
            union all
            (from built.{name} except all from kept.{name})
        )
        """
    ).fetchone() or (0,)
    return rows


def older_day_and_back(refreshes: Refreshes) -> None:
    history = refreshes.history
    today = history.settings.as_of
    history.set_day(today - timedelta(days=refreshes.rng.randint(1, 9)))
    refreshes.take()
    history.set_day(today)
    refreshes.take(history.arrive())


def rules_change(refreshes: Refreshes) -> None:
    refreshes.history.rules_change()
    refreshes.take()


def variables_change(refreshes: Refreshes) -> None:
    refreshes.history.set_variable()
    refreshes.take()


def two_loads_before_a_build(refreshes: Refreshes) -> None:
    refreshes.deliver(refreshes.history.rows_again())
    refreshes.take(refreshes.history.days_pass())


def killed_between(refreshes: Refreshes) -> None:
    missed = refreshes.rng.choice(["int_affected_browsers", "fct_touchpoints", "fct_lead_scores"])
    refreshes.take_and_die(refreshes.history.leads_change(), missed)
    refreshes.take(refreshes.history.rows_again())


def hand_build(refreshes: Refreshes) -> None:
    """Somebody runs dbt for one model, with the vars of another day."""
    name = refreshes.rng.choice(["fct_handoffs", "int_persons", "fct_lead_scores", "int_browsers"])
    day = refreshes.history.settings.as_of - timedelta(days=2)
    variables = json.dumps({"as_of_date": day.isoformat()})
    with project.dbt_environment(refreshes.warehouse.home):
        graph = project.parsed_project(refreshes.warehouse.home).graph()
        dbtRunner(manifest=graph).invoke(
            [
                *("run", *project.dbt_arguments(refreshes.warehouse.home)),
                *("--select", name, "--vars", variables),
            ]
        )
    close_warehouse()
    refreshes.take()


def _arrivals(kind: Callable[[History], Arrival]) -> Event:
    return lambda refreshes: refreshes.take(kind(refreshes.history))


days_pass = _arrivals(History.days_pass)
leads_change = _arrivals(History.leads_change)
late_file = _arrivals(History.a_late_file)
rows_again = _arrivals(History.rows_again)
strangers_name_themselves = _arrivals(History.strangers_name_themselves)
USUAL = [days_pass, leads_change, late_file, rows_again, strangers_name_themselves]
ALL = [*USUAL, *USUAL, two_loads_before_a_build, rules_change, rules_change]
ALL += [older_day_and_back, variables_change, killed_between, hand_build]


def rows_in_full(plan: Plan, *names: str) -> set[str]:
    """Which of these models a build computed in full."""
    return {
        name for phase in plan.phases if not phase.base for name in names if name in phase.nodes
    }


KEPT = ("fct_touchpoints", "fct_lead_scores", "fct_qualifications", "int_mail_events")


@pytest.mark.parametrize(
    ("seed", "events", "in_full"),
    [
        (1, [days_pass, late_file], [set(), set()]),
        (1, [strangers_name_themselves, leads_change], [set(), set()]),
        (2, [two_loads_before_a_build, killed_between], [set(), set(KEPT)]),
        (3, [leads_change, hand_build], [set(), None]),
    ],
)
def test_marts_equal_a_full_build(
    warehouse: Warehouse,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    events: list[Event],
    in_full: list[set[str] | None],
) -> None:
    case = Case(seed=seed, companies=4, persons=12, days=60)
    refreshes = Refreshes(warehouse, case, monkeypatch)
    refreshes.take(refreshes.history.arrive())
    for event in events:
        event(refreshes)
    assert refreshes.differences() == {}
    for plan, expected in zip(refreshes.plans[1:], in_full, strict=True):
        assert expected is None or rows_in_full(plan, *KEPT) == expected


def test_a_killed_build_is_continued(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshes = Refreshes(warehouse, Case(seed=4, companies=2, persons=12, days=60), monkeypatch)
    refreshes.take(refreshes.history.arrive())
    refreshes.take_and_die(refreshes.history.leads_change(), "fct_lead_scores")
    refreshes.take()
    plan = refreshes.plans[-1]
    assert "fct_lead_scores" in plan.nodes
    assert "fct_touchpoints" not in plan.nodes
    assert rows_in_full(plan, *KEPT) == set()
    assert refreshes.differences() == {}


@pytest.mark.soak
@given(cases(companies=12))
@many
def test_sequences_for_long(warehouse: Warehouse, case: Case) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        refreshes = Refreshes(warehouse, case, monkeypatch)
        refreshes.take(refreshes.history.arrive())
        for _ in range(STEPS):
            refreshes.rng.choice(ALL)(refreshes)
            assert refreshes.differences() == {}
