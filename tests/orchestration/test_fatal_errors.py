"""A database that DuckDB invalidates is opened once more, and what it lost is built again."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.build import invocation
from orchestration.build.invocation import run_phases
from orchestration.build.plan import Phase, Plan
from orchestration.build.project import ParsedProject
from pipelines.errors import FunnelError
from pipelines.settings import Settings, Source
from tests.dashboard.marts import AS_OF, inputs

FATAL = "INTERNAL Error: Attempted to access index 0 within vector of size 0"
INVALID = "FATAL Error: Failed: database has been invalidated because of a previous fatal error"


class Dbt:
    """Stands in for dbt: each invocation ends with the next of the given results."""

    def __init__(self, *runs: dict[str, str]) -> None:
        self.runs = list(runs)
        self.selected: list[set[str]] = []

    def run(self, _s: object, _p: object, _plan: object, phase: Phase, _r: object) -> list[Any]:
        self.selected.append({*phase.nodes, *phase.tests})
        return [
            SimpleNamespace(
                node=SimpleNamespace(name=name, resource_type="model"),
                status="error" if message else "success",
                message=message,
            )
            for name, message in self.runs.pop(0).items()
        ]


def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dbt: Dbt) -> invocation.Results:
    monkeypatch.setattr(invocation, "_run", dbt.run)
    settings = Settings(home=tmp_path, sources=(Source(landing=tmp_path),), as_of=AS_OF)
    phases = (Phase(frozenset({"first", "second", "third"}), frozenset()),)
    plan = Plan(inputs(settings), {}, phases)
    return run_phases(settings, ParsedProject(tmp_path, ""), plan)


def test_what_a_fatal_error_ended_is_built_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dbt = Dbt({"first": "", "second": FATAL, "third": INVALID}, {"second": "", "third": ""})
    results = run(monkeypatch, tmp_path, dbt)
    assert dbt.selected == [{"first", "second", "third"}, {"second", "third"}]
    assert not results.has_failures()
    assert [result.node.name for result in results.nodes] == ["first", "second", "third"]
    assert "DuckDB stopped in second" in capsys.readouterr().err


def test_a_second_fatal_error_names_the_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dbt = Dbt({"first": "", "second": FATAL}, {"second": FATAL})
    with pytest.raises(FunnelError, match="second: INTERNAL Error"):
        run(monkeypatch, tmp_path, dbt).raise_for_failures()
    assert dbt.runs == []


def test_other_errors_are_not_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dbt = Dbt({"first": "Binder Error: no such column"})
    with pytest.raises(FunnelError, match="no such column"):
        run(monkeypatch, tmp_path, dbt).raise_for_failures()
    assert len(dbt.selected) == 1
