"""Runs the command line in this process, as a shell would see it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from orchestration.cli import main


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exit status and what was printed."""

    status: int
    out: str
    err: str


@pytest.fixture
def funnel(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Call `funnel ARGUMENTS...`."""

    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr("sys.argv", ["funnel", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        printed = capsys.readouterr()
        return Outcome(status, printed.out, printed.err)

    return call
