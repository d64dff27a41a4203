"""A command whose extra is not installed says on one line which."""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli.extras import EXTRAS, extra
from pipelines.settings import PROJECT
from tests.orchestration.conftest import Outcome


def test_every_extra_of_a_command_can_be_installed() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert EXTRAS.keys() <= project["optional-dependencies"].keys()


@pytest.mark.parametrize(
    ("arguments", "missing", "module", "name"),
    [
        (
            ["publish", "--to", "postgres://u@h/d"],
            "psycopg",
            "orchestration.published.postgres",
            "postgres",
        ),
        (
            ["metrics", "list", "metrics"],
            "dbt_metricflow",
            "orchestration.reports.metrics",
            "metrics",
        ),
    ],
)
def test_a_missing_extra_is_named(
    funnel: Callable[..., Outcome],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    missing: str,
    module: str,
    name: str,
) -> None:
    for loaded in [one for one in sys.modules if one.startswith((missing, module))]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.chdir(tmp_path)
    outcome = funnel(*arguments)
    assert outcome.status == 2
    install = f"pip install 'lead-funnel-warehouse[{name}]'"
    assert outcome.err == f"funnel: this command needs the extra `{name}`: {install}\n"


def test_another_missing_module_is_no_missing_extra() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"), extra("postgres"):
        import no_such_module  # noqa: F401
