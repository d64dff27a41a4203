"""One person of a published home as it was known on a day, and rules compared on its rows."""

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.settings import SHIPPED_RULES
from tests.orchestration.conftest import LAST_DAY, Outcome
from tests.orchestration.test_locking import HOLDER, another_process

pytestmark = pytest.mark.xdist_group("refresh")
Funnel = Callable[..., Outcome]
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@pytest.fixture
def rows(home: Path) -> Callable[[str], list[tuple[Any, ...]]]:
    """What a query finds in the published file."""

    def found(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(home / "marts.duckdb"), read_only=True) as marts:
            return marts.execute(query).fetchall()

    return found


def test_explain_adds_up_to_the_score(funnel: Funnel, home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        found = warehouse.execute(
            "select person_id, valid_from, behavior_score from marts.fct_lead_scores"
            " where behavior_score > 0 order by behavior_score desc, person_id limit 1"
        ).fetchone()
        assert found is not None
        person_id, day, score = found
        address = warehouse.execute(
            "select upper(max(normalized_email)) from intermediate.int_email_persons"
            " where person_id = ?",
            [person_id],
        ).fetchone()
    assert address is not None
    outcome = funnel("explain", person_id, "--on", day, "--home", home)
    assert outcome.status == 0, outcome.err
    assert f"is person {person_id}" in outcome.out
    assert f"Behaviour score on {day}: {score}" in outcome.out
    by_address = funnel("explain", address[0], "--on", day, "--home", home)
    assert by_address.out.splitlines()[1:] == outcome.out.splitlines()[1:]


def test_a_person_is_found_by_whatever_leads_to_it(funnel: Funnel, home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        ways = warehouse.execute(
            """
            select handoff_id as wanted, person_id from marts.fct_handoffs
            union all
            select opportunity_id, person_id from intermediate.int_dispositions
            union all
            select anonymous_id, person_id from intermediate.int_web_events
            union all
            select account_id, person_id from intermediate.int_persons
            union all
            select '+81 ' || substr(records.normalized_phone, 2), persons.person_id
            from intermediate.int_lead_records as records
            inner join intermediate.int_lead_persons as persons using (lead_id)
            """
        ).fetchall()
    people: dict[str, set[str]] = {}
    for wanted, person_id in ways:
        if wanted and person_id:
            people.setdefault(wanted, set()).add(person_id)
    alone = [wanted for wanted, found in people.items() if len(found) == 1]
    kinds = {re.sub("[0-9a-f]+", "0", wanted): wanted for wanted in alone}
    assert len(kinds) >= 4
    for wanted in list(kinds.values())[:6]:
        outcome = funnel("explain", wanted, "--home", home)
        (person_id,) = people[wanted]
        assert outcome.out.startswith(f"{wanted} is person {person_id},"), outcome.err
    several = next(wanted for wanted, found in people.items() if len(found) > 1)
    outcome = funnel("explain", several, "--home", home)
    assert outcome.status == 2
    assert all(person_id in outcome.err for person_id in sorted(people[several])[:10])


def test_explain_knows_whom_it_does_not_know(funnel: Funnel, home: Path, tmp_path: Path) -> None:
    nobody = funnel("explain", "nobody@example.com", "--home", home)
    assert nobody.status == 5
    assert "nobody has the person_id, lead_id, e-mail address" in nobody.err
    late = funnel("explain", "L1", "--on", "2099-01-01", "--home", home)
    assert late.status == 2
    assert "the marts end with" in late.err
    empty = funnel("explain", "L1", "--home", tmp_path)
    assert empty.status == 2
    assert f"run `funnel refresh --home {tmp_path}` first" in empty.err


def test_explain_follows_a_lead_that_was_merged_and_deleted(funnel: Funnel, home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        found = warehouse.execute(
            "select lead_id, person_id, merged_into_lead_id from intermediate.int_lead_persons"
            " inner join intermediate.int_lead_versions using (lead_id)"
            " where is_alias and is_current order by lead_id limit 1"
        ).fetchone()
    assert found is not None
    lead_id, person_id, survivor = found
    outcome = funnel("explain", lead_id, "--home", home)
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith(f"{lead_id} is person {person_id}, known since")
    assert f"deleted, merged into {survivor}" in outcome.out


@pytest.fixture
def accepted_handoff(rows: Callable[[str], list[tuple[Any, ...]]]) -> tuple[str, date, date]:
    """A person, the day of the hand-off and the later day on which sales accepted it."""
    (found,) = rows(
        "select person_id, handed_off_date, cast(accepted_at + interval 9 hour as date) as accepted"
        " from fct_handoffs where accepted > handed_off_date order by all limit 1"
    )
    return found


def test_explain_tells_a_day_nothing_that_came_later(
    funnel: Funnel, home: Path, accepted_handoff: tuple[str, date, date]
) -> None:
    person_id, handed_off, accepted = accepted_handoff
    then = funnel("explain", person_id, "--on", handed_off, "--home", home)
    assert then.status == 0, then.err
    assert f"{handed_off}  pending" in then.out
    _, _, story = then.out.partition("which count for every day")
    days = {date.fromisoformat(day) for day in DATE.findall(story)}
    deadlines = re.findall(f"deadline ({DATE.pattern})", story)
    later = {day for day in days if day > handed_off}
    assert later == {date.fromisoformat(day) for day in deadlines if day > str(handed_off)}
    now = funnel("explain", person_id, "--home", home)
    assert f"accepted {accepted}" in now.out
    assert f"to {LAST_DAY}" in now.out


def test_outcomes_of_the_last_day_are_the_published_ones(
    funnel: Funnel, home: Path, rows: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    for person_id, handed_off, outcome in rows(
        "select person_id, handed_off_date, outcome from fct_handoffs"
        " qualify row_number() over (partition by outcome order by handoff_id) = 1"
    ):
        told = funnel("explain", person_id, "--home", home).out
        assert f"{handed_off}  {outcome};" in told


def test_a_person_is_not_known_before_the_first_record(
    funnel: Funnel, home: Path, accepted_handoff: tuple[str, date, date]
) -> None:
    person_id, _, _ = accepted_handoff
    known = funnel("explain", person_id, "--home", home).out.splitlines()[0].rsplit(maxsplit=1)[-1]
    day = date.fromisoformat(known) - timedelta(days=1)
    outcome = funnel("explain", person_id, "--on", day, "--home", home)
    assert outcome.status == 0, outcome.err
    assert outcome.out.splitlines()[1:] == [f"not known yet on {day}"]


def test_explain_fits_a_narrow_terminal(
    funnel: Funnel, home: Path, rows: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    for (person_id,) in rows("select distinct person_id from fct_handoffs order by all limit 10"):
        lines = funnel("explain", person_id, "--home", home).out.splitlines()
        assert "Asia/Tokyo" in "\n".join(lines)
        assert max(map(len, lines[1:])) <= 80
        # a date that does not fit would be cut or go on in the next line
        assert not [
            line for line in lines if re.search(r"[0-9]{4}-[0-9]{0,2}(-[0-9]?)?( |$|…)", line)
        ]


def test_explain_leaves_a_run_alone(funnel: Funnel, home: Path) -> None:
    with another_process(HOLDER, home) as process:
        outcome = funnel("explain", "L1", "--home", home)
        assert outcome.status == 4
        (line,) = outcome.err.splitlines()
        assert line.startswith(f"funnel: another run holds {home} (process {process.pid}, since ")
        assert line.endswith("; wait for it to end, or use another --home")


def test_rules_diff_counts_who_qualifies(funnel: Funnel, home: Path, tmp_path: Path) -> None:
    nobody_by_score = tmp_path / "strict"
    shutil.copytree(SHIPPED_RULES, nobody_by_score)
    (nobody_by_score / "qualification_rules.csv").write_text(
        "fit_grade,min_score\nA,999999\n", encoding="utf-8"
    )
    with duckdb.connect(str(home / "marts.duckdb"), read_only=True) as marts:
        lost = {
            person
            for (person,) in marts.execute(
                "select person_id from fct_qualifications group by person_id"
                " having bool_and(trigger = 'score')"
            ).fetchall()
        }
    before = (home / "marts.duckdb").read_bytes()
    outcome = funnel("rules", "diff", SHIPPED_RULES, nobody_by_score, "--home", home)
    assert outcome.status == 0, outcome.err
    assert "0 people newly qualify" in outcome.out
    first = date.fromisoformat(re.findall("The last 180 days, ([0-9-]{10})", outcome.out)[0])
    assert first == LAST_DAY - timedelta(days=179)
    spells = re.findall("  [^ ]+  ([0-9-]{10}) to ([0-9-]{10})(.*); by", outcome.out)
    assert spells
    for start, end, remark in spells:
        assert date.fromisoformat(end) >= first
        assert (remark == ", begun before these days") == (date.fromisoformat(start) < first)
    gone = outcome.out.partition(" people no longer qualify")[0].rsplit(maxsplit=1)[-1]
    assert 0 < int(gone) <= len(lost)
    assert (home / "marts.duckdb").read_bytes() == before
