"""The configuration of the gates: shipped limits, changed key by key by the home's own file."""

from pathlib import Path

import pytest

from expectations.limits import read_limits
from pipelines.errors import UsageError


def own(home: Path, text: str) -> Path:
    (home / "gates.toml").write_text(text, encoding="utf-8")
    return home


def test_shipped_limits_warn_of_what_is_improbable(tmp_path: Path) -> None:
    limits = read_limits(tmp_path)
    blocking = {name for name, keys in limits.sections.items() if keys["severity"] == "blocks"}
    assert blocking == {"marts.personal_data"}


def test_home_changes_single_keys(tmp_path: Path) -> None:
    home = own(tmp_path, '[raw.volume]\nseverity = "blocks"\nfeeds = ["leads"]\nlow_factor = 1\n')
    limits = read_limits(home)
    changed = {"severity": "blocks", "feeds": ["leads"], "low_factor": 1}
    assert limits["raw.volume"] == read_limits(tmp_path / "other")["raw.volume"] | changed


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[raw.volumes]\n", "unknown section [raw.volumes]"),
        (
            '[marts.nothing_after_as_of]\nseverity = "warns"\n',
            "unknown section [marts.nothing_after_as_of]",
        ),
        ("[raw.volume]\nweeks = 3\n", "unknown key weeks; known: severity, feeds"),
        ('[raw.volume]\nseverity = "stops"\n', "expected warns or blocks"),
        ("[raw.volume]\ndays_judged = 2.5\n", "expected a whole number"),
        ("[raw.volume]\ndays_judged = true\n", "expected a whole number"),
        ('[raw.volume]\nlow_factor = "0.1"\n', "expected a number"),
        ("[raw.volume]\nlow_factor = nan\n", "expected 0 to 100000"),
        ("[raw.volume]\nslack_rows = -1\n", "expected 0 to 100000"),
        ("[raw.quarantine]\nmost_share = 5\n", "expected 0 to 1"),
        ('[raw.volume]\nfeeds = ["web"]\n', "expected a list of leads, web_events"),
        ('[raw.volume]\nfeeds = "leads"\n', "expected a list of leads, web_events"),
        ('severity = "warns"\n', "expected sections such as [raw.volume], found severity"),
        ('[raw]\nvolume = "warns"\n', "expected sections such as [raw.volume], found raw"),
        ("[raw.volume\n", "line 1"),
    ],
)
def test_bad_configuration_is_refused_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_limits(own(tmp_path, text))
    assert str(tmp_path / "gates.toml") in str(refused.value)
    assert fault in str(refused.value)


def test_unreadable_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gates.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"gates\.toml"):
        read_limits(tmp_path)
