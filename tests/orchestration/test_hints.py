"""Commands that a message names work as they are printed, whichever home they are about."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import console
from orchestration.console import command_hint
from pipelines.settings import PROJECT


def test_another_home_is_named_as_a_shell_reads_it() -> None:
    assert command_hint(Path("/data/our-funnel"), "explain L1") == (
        "funnel explain L1 --home /data/our-funnel"
    )
    assert command_hint(Path("/data/Müller's home"), "refresh") == (
        """funnel refresh --home '/data/Müller'"'"'s home'"""
    )


def test_the_home_that_commands_take_by_themselves_is_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(console, "_default_home", tmp_path)
    assert command_hint(tmp_path, "refresh") == "funnel refresh"


@pytest.mark.parametrize("is_default", [True, False])
def test_what_a_run_sets_for_dbt_does_not_count(is_default: bool, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from orchestration.console import command_hint;"
        " from orchestration.build.project import set_environment;"
        f" home = Path({str(tmp_path)!r}); set_environment(home); print(command_hint(home, 'docs'))"
    )
    environment = {**os.environ, "FUNNEL_HOME": str(tmp_path if is_default else PROJECT)}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == (
        "funnel docs" if is_default else f"funnel docs --home {tmp_path}"
    )
