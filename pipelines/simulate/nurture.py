"""Nurture scenarios: who entered which, and by a lot that is known to have brought so much.

What leads do is planned before anybody enters a scenario. The lot is therefore drawn with what
became of a lead in view, so that among the treated exactly so many more reached the goal as is
planted: no other feed depends on it, and all rows together are those of a scenario that works.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.simulate.calendar import DAY, HOUR, Calendar, settle
from pipelines.simulate.columns import numbered
from pipelines.simulate.dispositions import citations
from pipelines.simulate.drawing import NONE, Flags, Generator, Ints, Texts, chance, stream, texts
from pipelines.simulate.duplicates import Leads
from pipelines.simulate.followup import Step
from pipelines.simulate.people import People
from pipelines.simulate.rules import Rules
from pipelines.simulate.truth import is_closed

_HOLDOUT_SHARE = 0.3
# how many more of the treated than of the held out reach the goal, by scenario
_LIFTS = {"welcome": 0.12, "seminar_follow_up": 0.0}
_SOURCES = {"seminar_follow_up": ("exhibition", "seminar")}
# nobody is held out of it
_WIN_BACK = "win_back"
_SERIES = 42 * DAY  # a series of mails is over by then
# the dispositions by which a cycle is at a stage, from the first on
_KINDS = ("handed_off", "accepted", "appointment", "opportunity", "won")
_STAGES = ("handed_off", "sal", "appointment", "opportunity", "won")


@dataclass(frozen=True, slots=True)
class Entries:
    """The first entry of each person into one scenario, by person; `lift` None without a lot.

    `reached` tells of the `judged` whether they reached the goal in its days; `goal_at` is the
    second at which somebody reached it, -1 for never.
    """

    scenario: str
    person: Ints
    at: Ints
    is_treated: Flags
    judged: Flags
    reached: Flags
    goal_at: Ints
    lift: float | None


@dataclass(frozen=True, slots=True)
class Enrollments:
    """Rows of the feed by time, and the entries behind them."""

    person: Ints
    at: Ints
    scenario: Texts
    action: Texts
    arm: Texts
    entries: tuple[Entries, ...]


def build_nurture(
    seed: int, calendar: Calendar, people: People, rules: Rules, steps: list[Step]
) -> Enrollments:
    """All that happened in the scenarios by the last day; `steps` are those of sales, by time."""
    walks: dict[int, list[Step]] = {}
    for step in steps:
        walks.setdefault(step.person, []).append(step)
    others = [name for names in _SOURCES.values() for name in names]
    entries = []
    for scenario, lift in _LIFTS.items():
        sources = _SOURCES.get(scenario)
        is_meant = np.isin(people.lead_source, sources or others, invert=sources is None)
        rng = stream(seed, f"scenario {scenario}")
        entries.append(
            _first_entries(rng, calendar, people, rules, walks, scenario, is_meant, lift)
        )
    entries.append(_won_back(stream(seed, f"scenario {_WIN_BACK}"), calendar, walks))
    return _rows(stream(seed, "enrollments"), calendar, tuple(entries))


def _first_entries(
    rng: Generator,
    calendar: Calendar,
    people: People,
    rules: Rules,
    walks: dict[int, list[Step]],
    scenario: str,
    is_meant: Flags,
    lift: float,
) -> Entries:
    """Those who can be mailed enter a day or more after they became known."""
    stage, days = rules.scenarios[scenario]
    goal_at, closed_at = _fates(people, walks, stage)
    wished = people.created_at + rng.integers(1, 5, people.count) * DAY
    at = settle(rng, calendar, np.minimum(wished, calendar.end - 1))
    is_meant = is_meant & (people.email != None) & (wished < calendar.end - DAY)  # noqa: E711
    # whom sales gave back by then begins anew elsewhere; a deleted lead belongs to nobody
    is_meant &= (at < calendar.end) & ((closed_at < 0) | (closed_at // DAY > at // DAY))
    is_meant &= (people.deleted_at < 0) | (at < people.deleted_at)
    person = np.flatnonzero(is_meant)
    at, goal_at, is_gone = at[person], goal_at[person], people.deleted_at[person] >= 0
    took = goal_at // DAY - at // DAY
    is_open = (goal_at < 0) | (took > 0)
    judged = is_open & (at // DAY + days < calendar.days) & ~is_gone
    reached = judged & (goal_at >= 0) & (took <= days)
    is_held, planted = _lot(rng, judged, reached, lift)
    return Entries(scenario, person, at, ~is_held, judged, reached, goal_at, planted)


def _fates(people: People, walks: dict[int, list[Step]], stage: str) -> tuple[Ints, Ints]:
    """When each person's first cycle reached the stage and when it was closed; -1 for never."""
    goals = _KINDS[_STAGES.index(stage) :]
    goal_at, closed_at = np.full(people.count, -1), np.full(people.count, -1)
    for person, walk in walks.items():
        for place, step in enumerate(walk):
            if step.kind in goals and goal_at[person] < 0:
                goal_at[person] = step.at
            if step.kind == "won" or is_closed(walk[: place + 1]):
                closed_at[person] = step.at
                break
    return goal_at, closed_at


def _lot(rng: Generator, judged: Flags, reached: Flags, lift: float) -> tuple[Flags, float]:
    """Who is held out, so that the rates differ by the lift, or by what so few can give of it."""
    rate = float(reached.sum()) / max(1, int(judged.sum()))
    lift = min(lift, 0.9 * rate / (1 - _HOLDOUT_SHARE))
    rate_held = rate - (1 - _HOLDOUT_SHARE) * lift
    shares = {
        "reached": _HOLDOUT_SHARE * rate_held / rate if rate else 0.0,
        "missed": _HOLDOUT_SHARE * (1 - rate_held) / (1 - rate) if rate < 1 else 0.0,
    }
    is_held = chance(rng, _HOLDOUT_SHARE, len(judged))
    for share, group in zip(shares.values(), (reached, judged & ~reached), strict=True):
        place = np.arange(int(group.sum())) + rng.random()
        # every so many-th, which leaves nothing to chance
        is_held[group] = np.floor((place + 1) * share) > np.floor(place * share)
    return is_held, lift


def _won_back(rng: Generator, calendar: Calendar, walks: dict[int, list[Step]]) -> Entries:
    """Whom sales lost or gave back enters days later, everybody."""
    found = []
    for person, walk in sorted(walks.items()):
        lost = [step.at for step in walk if step.kind in ("lost", "recycled")]
        if lost:
            found.append((person, lost[0] + int(rng.integers(5, 30)) * DAY))
    rows = np.array([row for row in found if row[1] < calendar.end], dtype=np.int64).reshape(-1, 2)
    nothing = np.zeros(len(rows), dtype=bool)
    never = np.full(len(rows), -1)
    return Entries(_WIN_BACK, rows[:, 0], rows[:, 1], ~nothing, nothing, nothing, never, None)


def _rows(rng: Generator, calendar: Calendar, entries: tuple[Entries, ...]) -> Enrollments:
    """Entries and exits; some come again, also of those held out, whom their first entry counts."""
    parts: list[tuple[Ints, Ints, str, str, Texts]] = []
    for each in entries:
        blank = chance(rng, 0.4, len(each.person))
        treated: Texts = np.where(blank, NONE, texts(["treated"] * len(blank)))
        arm = np.where(each.is_treated, treated, "holdout")
        parts.append((each.person, each.at, each.scenario, "enter", arm))
        done = np.where(each.goal_at > each.at, each.goal_at + HOUR, np.iinfo(np.int64).max)
        left_at = np.minimum(done, each.at + _SERIES)
        leaves = each.is_treated & chance(rng, 0.9, len(blank))
        parts.append((each.person[leaves], left_at[leaves], each.scenario, "exit", arm[leaves]))
        again = chance(rng, 0.04, len(blank))
        again_at = left_at[again] + rng.integers(30, 90, int(again.sum())) * DAY
        parts.append(
            (each.person[again], again_at, each.scenario, "enter", texts([None] * len(again_at)))
        )
    sizes = [len(part[0]) for part in parts]
    person = np.concatenate([part[0] for part in parts])
    at = np.concatenate([part[1] for part in parts])
    order = np.lexsort((person, at))
    order = order[at[order] < calendar.end]
    return Enrollments(
        person=person[order],
        at=at[order],
        scenario=np.repeat(texts([part[2] for part in parts]), sizes)[order],
        action=np.repeat(texts([part[3] for part in parts]), sizes)[order],
        arm=np.concatenate([part[4] for part in parts])[order],
        entries=entries,
    )


def enrollment_rows(
    seed: int, calendar: Calendar, leads: Leads, enrollments: Enrollments
) -> pa.Table:
    """The rows of the feed; `at` holds the local second."""
    count = len(enrollments.at)
    lead_id, email = citations(stream(seed, "enrollment rows"), leads, enrollments.person.tolist())
    return pa.table(
        {
            "enrollment_id": numbered("n", 1, count),
            "occurred_at": pa.array(calendar.utc(enrollments.at), pa.timestamp("s")),
            "scenario_id": pa.array(enrollments.scenario, pa.string()),
            "action": pa.array(enrollments.action, pa.string()),
            "arm": pa.array(enrollments.arm, pa.string()),
            "lead_id": pa.array(lead_id, pa.string()),
            "email": pa.array(email, pa.string()),
            "at": pa.array(enrollments.at),
        }
    )


def scenario_truth(enrollments: Enrollments, persons: set[int]) -> dict[str, dict[str, object]]:
    """What was planted: the lift, and how many of each arm entered, were judged and reached it."""
    return {each.scenario: _planted(each, persons) for each in enrollments.entries}


def _planted(entries: Entries, persons: set[int]) -> dict[str, object]:
    exists = np.isin(entries.person, list(persons))
    if entries.lift is None:
        return {"lift": None, "treated": {"entered": int(exists.sum())}}
    counts = {}
    for arm, is_in in (("treated", entries.is_treated), ("holdout", ~entries.is_treated)):
        counts[arm] = {
            "entered": int((exists & is_in).sum()),
            "judged": int((entries.judged & is_in).sum()),
            "reached": int((entries.reached & is_in).sum()),
        }
    return {"lift": round(entries.lift, 6), **counts}
