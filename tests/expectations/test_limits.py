"""The configuration of the gates: shipped limits, changed key by key by a company's own."""

import tomllib

import pytest

from expectations.limits import read_limits
from pipelines.errors import UsageError

# of people, in a published text
KNOWN = ("marts.known_addresses", "marts.known_phones", "marts.known_names")


def test_shipped_limits_warn_of_what_is_improbable() -> None:
    limits = read_limits()
    blocking = {name for name, keys in limits.sections.items() if keys["severity"] == "blocks"}
    assert blocking == {"marts.personal_data", *KNOWN}


def test_a_company_changes_single_keys() -> None:
    changed = {"severity": "blocks", "feeds": ["leads"], "low_factor": 1}
    limits = read_limits({"raw": {"volume": changed}})
    assert limits["raw.volume"] == read_limits()["raw.volume"] | changed


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[raw.volumes]\n", "gates.raw.volumes = {}"),
        ('[marts.nothing_after_as_of]\nseverity = "warns"\n', "gates.marts.nothing_after_as_of"),
        ("[raw.volume]\nweeks = 3\n", "gates.raw.volume.weeks = 3"),
        ('[raw.volume]\nseverity = "stops"\n', "expected warns or blocks"),
        ("[raw.volume]\ndays_judged = 2.5\n", "expected a whole number"),
        ("[raw.volume]\ndays_judged = true\n", "expected a whole number"),
        ('[raw.volume]\nlow_factor = "0.1"\n', "expected a number"),
        ("[raw.volume]\nlow_factor = nan\n", "expected 0 to 100000"),
        ("[raw.volume]\nslack_rows = -1\n", "expected 0 to 100000"),
        ("[raw.quarantine]\nmost_share = 5\n", "expected 0 to 1"),
        ('[raw.volume]\nfeeds = ["web"]\n', "expected a list of leads, web_events"),
        ('[raw.volume]\nfeeds = "leads"\n', "expected a list of leads, web_events"),
        ('severity = "warns"\n', "gates.severity = 'warns'"),
        ('[raw]\nvolume = "warns"\n', "gates.raw.volume = 'warns'"),
    ],
)
def test_a_bad_limit_is_refused_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_limits(tomllib.loads(text))
    assert fault in str(refused.value)
