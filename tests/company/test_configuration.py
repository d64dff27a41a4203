"""What `funnel.toml` says: found from below, refused where wrong, and less than an option."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration.company.configuration import Options, configuration
from orchestration.job.context import context_from
from pipelines.errors import UsageError
from tests.orchestration.conftest import Outcome

Funnel = Callable[..., Outcome]

FILE = """\
name = "Acme"
language = "ja"
home = "data/home"
rules = "rules"

[sources.crm]
landing = "exports/crm"
mapping = "mappings/crm.toml"
id_prefix = "crm-"

[sources."web"]
landing = "/data/web"
mapping = "ga4"
timezone = "Europe/Berlin"

[thresholds]
win_wait_days = 90
faq_content_types = ["faq", "support"]

[gates.raw.freshness]
quiet_days = 5
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "funnel.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_are_those_of_the_file_above(folder: Path) -> None:
    written(folder, FILE)
    settings = configuration().settings(date(2026, 1, 31))
    assert (settings.home, settings.rules) == (folder / "data" / "home", folder / "rules")
    crm, web = settings.sources
    assert (crm.name, crm.landing, crm.id_prefix) == ("crm", folder / "exports" / "crm", "crm-")
    # a file of one's own is found from the folder, a shipped mapping by its name
    assert (crm.mapping, web.mapping) == (str(folder / "mappings" / "crm.toml"), "ga4")
    assert (web.landing, web.timezone, web.id_prefix) == (Path("/data/web"), "Europe/Berlin", "")
    assert settings.company == "Acme"
    variables = settings.variables
    assert (variables.language, variables.win_wait_days, variables.machine_seconds) == ("ja", 90, 3)
    assert variables.faq_content_types == ("faq", "support")
    assert settings.gates == {"raw": {"freshness": {"quiet_days": 5}}}


def test_options_hold_before_the_environment_and_this_before_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(folder, FILE)
    monkeypatch.setenv("FUNNEL_HOME", str(folder / "other"))
    assert configuration().home == folder / "other"
    options = Options(folder / "third", folder / "files", assignments=("win_wait_days=30",))
    settings = configuration(options).settings(date(2026, 1, 31))
    assert settings.home == folder / "third"
    # one folder takes the place of all sources, and what else the file says stays
    assert [(source.name, source.landing) for source in settings.sources] == [
        ("landing", folder / "files")
    ]
    assert (settings.variables.win_wait_days, settings.variables.language) == (30, "ja")
    assert settings.rules == folder / "rules"


def test_a_run_of_dagster_has_the_same_settings(folder: Path) -> None:
    written(folder, FILE)
    settings = context_from({"as_of": "2026-01-31", "variables": {"language": "en"}}).settings
    wanted = configuration().settings(date(2026, 1, 31))
    variables = wanted.variables.model_copy(update={"language": "en"})
    assert settings == wanted.replace(variables=variables)


def test_config_says_where_each_value_comes_from(
    funnel: Funnel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(folder, FILE)
    monkeypatch.setenv("FUNNEL_HOME", str(folder / "other"))
    shown = funnel("config", "--set", "neglect_days=60")
    assert shown.status == 0, shown.err
    first, *lines = shown.out.splitlines()
    assert first == f"funnel.toml: {path}"
    held = {}
    for line in lines:
        key, value, origin = filter(None, line.split("  "))
        held[key] = (value.strip(), origin.strip())
    assert held["name"] == ('"Acme"', "funnel.toml line 1")
    assert held["home"] == (f'"{folder / "other"}"', "FUNNEL_HOME")
    assert held["rules"] == (f'"{folder / "rules"}"', "funnel.toml line 4")
    assert held["reporting_timezone"] == ('"Asia/Tokyo"', "default")
    assert held["sources.web.timezone"] == ('"Europe/Berlin"', "funnel.toml line 14")
    assert held["thresholds.faq_content_types"] == ('["faq", "support"]', "funnel.toml line 18")
    assert held["thresholds.neglect_days"] == ("60", "--set")
    assert held["gates.raw.freshness.quiet_days"] == ("5", "funnel.toml line 21")
    assert held["gates.raw.freshness.gap_factor"] == ("2.0", "default")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nam = "Acme"', ", line 1: unknown key nam: did you mean name?"),
        ("\n[sources.crm]\nlandin = 'x'", ", line 3: unknown key sources.crm.landin: did you mean"),
        ("[sources.crm]\nmapping = 'ga4'", ", line 1: sources.crm.landing is missing"),
        ("[sources.'a b']\nlanding = 'x'", "expected letters, digits, - and _"),
        ("[sources]\ncrm = 'x'", ", line 2: sources.crm = 'x': expected a table"),
        (
            "[sources.a]\nlanding='x'\nid_prefix='a'\n[sources.b]\nlanding='y'\nid_prefix='ab'",
            "id_prefix ab begins with id_prefix a",
        ),
        ("[thresholds]\nwin_wait_day = 5", ", line 2: unknown key thresholds.win_wait_day: did"),
        ("win_wait_days = 5", ", line 1: unknown key win_wait_days: it belongs in [thresholds]"),
        (
            "[thresholds]\nlanguage = 'ja'",
            ", line 2: unknown key thresholds.language: it belongs at",
        ),
        ("[thresholds]\nwin_wait_days = 'soon'", "thresholds.win_wait_days = 'soon': expected a"),
        ("[thresholds]\njunk_to_decile = 9", "junk_to_decile must be below good_from_decile"),
        ("reporting_timezone = 'Moon'", "reporting_timezone = 'Moon': not a time zone name"),
        ("home = ''", ", line 1: home = '': expected a text that is not blank"),
        ("name = 5", ", line 1: name = 5: expected a text"),
        ("[gates.raw.volum]\n", ", line 1: unknown key gates.raw.volum: did you mean volume?"),
        ("[gates.raw.volume]\nweeks = 3", ", line 2: unknown key gates.raw.volume.weeks"),
        ("[gates.raw.volume]\nslack_rows = -1", "slack_rows = -1: expected 0 to 100000"),
        ("[raw.volume]\nslack_rows = 1", "unknown key raw: it belongs in [gates.raw]"),
        ("[thresholds\n", "line 1"),
    ],
)
@pytest.mark.parametrize("command", ["refresh", "quarantine"])
def test_a_wrong_file_is_refused_and_nothing_touched(
    funnel: Funnel, folder: Path, command: str, text: str, said: str
) -> None:
    path = written(folder, text)
    outcome = funnel(command, "--home", folder / "home")
    assert outcome.status == 2
    assert outcome.err.startswith(f"funnel: {path}")
    assert said in outcome.err
    assert not (folder / "home").exists()


def test_a_file_without_a_source_is_no_demo(funnel: Funnel, folder: Path) -> None:
    path = written(folder, 'name = "Acme"\n')
    outcome = funnel("refresh")
    assert outcome.status == 2
    assert outcome.err == (f"funnel: {path} has no [sources.NAME]; add one, or give --landing\n")
    assert not (folder / ".funnel").exists()


@pytest.mark.usefixtures("folder")
def test_without_a_file_the_defaults_hold() -> None:
    chosen = configuration()
    assert chosen.company is None
    assert {held.origin for held in chosen.held.values()} == {"default"}
    with pytest.raises(UsageError, match=r"funnel\.toml has no \[sources\.NAME\]"):
        chosen.settings(None)
