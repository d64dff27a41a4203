"""Commands that a message names work as they are printed, whichever home they are about."""

import os
from pathlib import Path

import pytest

from orchestration.build.project import dbt_environment
from orchestration.console import command_hint


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
    monkeypatch.setenv("FUNNEL_HOME", str(tmp_path))
    assert command_hint(tmp_path, "refresh") == "funnel refresh"


def test_what_a_run_sets_for_dbt_does_not_count(tmp_path: Path) -> None:
    with dbt_environment(tmp_path):
        assert os.environ["FUNNEL_HOME"] == str(tmp_path)
    assert command_hint(tmp_path, "docs") == f"funnel docs --home {tmp_path}"
