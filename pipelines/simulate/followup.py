"""What happens to one hand-off, by the discipline of the team that got it."""

import math
from dataclasses import dataclass

from pipelines.simulate.calendar import DAY, HOUR, Calendar
from pipelines.simulate.drawing import Generator

NEVER_AGAIN = -1


@dataclass(frozen=True, slots=True)
class Discipline:
    """How a team treats leads: willingness to accept, and shares of what else it does."""

    willing: float
    late: float
    rejects: float
    touches: float


# East Japan keeps the rules, West Japan accepts late, Central Japan lets leads lie, Key Accounts
# is choosy and says why
_DISCIPLINES = (
    Discipline(willing=0.75, late=0.08, rejects=0.35, touches=0.6),
    Discipline(willing=0.35, late=0.52, rejects=0.25, touches=0.6),
    Discipline(willing=-0.75, late=0.22, rejects=0.08, touches=0.22),
    Discipline(willing=0.15, late=0.1, rejects=0.8, touches=0.7),
)


@dataclass(frozen=True, slots=True)
class Handoff:
    """One lead on its way to a team; `quality` lies in 0 to 1, `worth` scales a deal's amount.

    An urgent lead buys at once or not at all, any other not before `decides_at`.
    """

    person: int
    at: int
    quality: float
    is_dump: bool
    is_excluded: bool
    is_urgent: bool
    decides_at: int
    team: int
    rep: int
    routed_by: str | None
    has_programme: bool
    days_to_accept: int
    worth: float


@dataclass(frozen=True, slots=True)
class Step:
    """One disposition; `kind` is canonical, or a text that the map does not know."""

    person: int
    at: int
    kind: str
    team: int
    rep: int
    routed_by: str | None
    has_reason: bool = False
    amount: int | None = None
    deal: int | None = None


class _Diary:
    """Collects the steps of one hand-off, all on business days in office hours."""

    def __init__(self, rng: Generator, calendar: Calendar, handoff: Handoff) -> None:
        self._rng = rng
        self._calendar = calendar
        self._handoff = handoff
        self.steps: list[Step] = []
        day = calendar.first_business_day(handoff.at // DAY)
        if handoff.at > day * DAY + 17 * HOUR:
            day = calendar.business_days_after(day, 1)
        self.at = self.office(day, handoff.at)

    @property
    def end(self) -> int:
        """The first second that has not happened yet."""
        return self._calendar.end

    def office(self, day: int, not_before: int = 0) -> int:
        """A time in that day's office hours, or soon after the given one if they are over."""
        begin = max(day * DAY + 9 * HOUR, not_before) + 60
        end = max(day * DAY + 18 * HOUR, begin + 20 * 60)
        return begin + int(self._rng.random() * (end - begin))

    def from_then_on(self, at: int) -> int:
        """A time on the first business day from that time on."""
        return self.office(self._calendar.first_business_day(at // DAY))

    def write(self, kind: str, at: int, **more: int | bool | None) -> None:
        handoff = self._handoff
        self.steps.append(
            Step(
                handoff.person, at, kind, handoff.team, handoff.rep, handoff.routed_by,
                **more,  # type: ignore[arg-type]
            )
        )  # fmt: skip

    def after(self, at: int, least: int, most: int) -> int:
        """A time between so many business days after the given one."""
        further = int(self._rng.integers(least, most + 1))
        day = at // DAY
        if further:
            day = self._calendar.business_days_after(day, further)
        return self.office(day, at if not further else 0)


def follow_up(rng: Generator, calendar: Calendar, handoff: Handoff) -> tuple[list[Step], int]:
    """The hand-off's steps, and when marketing gets the lead back (NEVER_AGAIN after a win)."""
    diary = _Diary(rng, calendar, handoff)
    diary.write("handed_off", diary.at)
    if rng.random() < 0.02:
        # a second team gets the same lead on the same day
        diary.write("handed_off", diary.at + int(rng.integers(600, 2 * HOUR)))
    discipline = _DISCIPLINES[handoff.team]
    if rng.random() < 0.025:
        at = diary.after(diary.at, 0, 4)
        diary.write("withdrawn", at, has_reason=rng.random() < 0.4)
        return diary.steps, at
    odds = -0.45 + 6.0 * (handoff.quality - 0.55) + discipline.willing
    odds += 0.75 * (handoff.routed_by == "adr") + 0.75 * handoff.has_programme
    odds += 1.5 * handoff.is_urgent - 0.8 * handoff.is_dump
    if not handoff.is_excluded and rng.random() < 1.0 / (1.0 + math.exp(-odds)):
        return _accepted(rng, diary, handoff, discipline)
    return _refused(rng, diary, handoff, discipline)


def _accepted(
    rng: Generator, diary: _Diary, handoff: Handoff, discipline: Discipline
) -> tuple[list[Step], int]:
    late = discipline.late * (0.6 if handoff.has_programme else 1.0)
    late *= 0.5 if handoff.routed_by == "adr" else 1.0
    is_late = rng.random() < late and not handoff.is_urgent
    days = 0 if handoff.is_urgent else handoff.days_to_accept
    at = diary.after(diary.at, days + 1, days + 14) if is_late else diary.after(diary.at, 0, days)
    if rng.random() < 0.6:
        touched_at = diary.after(diary.at, 0, 3)
        if touched_at < at:
            diary.write("attempted" if rng.random() < 0.5 else "contacted", touched_at)
    meets = rng.random() < (0.95 if handoff.is_urgent else 0.35 + 0.5 * handoff.quality)
    met_at = diary.after(at, 1, 2) if handoff.is_urgent else diary.after(at, 2, 15)
    # some teams record the acceptance only when the meeting is set, or never
    share = rng.random()
    if not meets or share > 0.1:
        diary.write("accepted", at)
    elif share > 0.05:
        diary.write("accepted", diary.after(met_at, 0, 3))
    if not meets:
        returned_at = diary.after(at, 15, 50)
        kind = "recycled" if rng.random() < 0.6 else "lost"
        diary.write(kind, returned_at, has_reason=True)
        return diary.steps, returned_at
    diary.write("appointment", met_at)
    return _pursued(rng, diary, handoff, met_at)


def _pursued(
    rng: Generator, diary: _Diary, handoff: Handoff, met_at: int
) -> tuple[list[Step], int]:
    is_urgent = handoff.is_urgent
    if rng.random() > (0.85 if is_urgent else 0.4 + 0.4 * handoff.quality):
        returned_at = diary.after(met_at, 5, 40)
        diary.write("recycled" if rng.random() < 0.5 else "lost", returned_at, has_reason=True)
        return diary.steps, returned_at
    wins = rng.random() < (0.75 if is_urgent else 0.95 * handoff.quality - 0.12)
    opened_at = diary.after(met_at, 1, 2) if is_urgent else diary.after(met_at, 3, 25)
    if wins and not is_urgent:
        # the talks begin half-way to the day on which there is money
        opened_at = diary.from_then_on((opened_at + max(opened_at, handoff.decides_at)) // 2)
    deal = _deal(handoff, opened_at)
    amount = int(400 * handoff.worth * math.exp(rng.normal(0.0, 0.6))) * 1_000
    closed_at = diary.after(opened_at, 2, 6) if is_urgent else diary.after(opened_at, 10, 70)
    if wins and not is_urgent:
        closed_at = diary.from_then_on(max(closed_at, handoff.decides_at))
    if rng.random() > 0.06:
        diary.write("opportunity", opened_at, amount=amount, deal=deal)
        _second_deal(rng, diary, handoff, opened_at, closed_at)
    if wins:
        paid = amount - amount * int(rng.integers(0, 4)) // 20
        # a win without an amount is worth what its opportunity says
        diary.write("won", closed_at, amount=None if rng.random() < 0.06 else paid, deal=deal)
        _after_the_win(rng, diary, handoff, closed_at)
        return diary.steps, NEVER_AGAIN
    diary.write("lost", closed_at, has_reason=True, amount=None, deal=deal)
    return diary.steps, closed_at


def _deal(handoff: Handoff, opened_at: int) -> int:
    """The number of the deal that was opened with a person on a day."""
    return handoff.person * 10_000 + opened_at // DAY


def _second_deal(
    rng: Generator, diary: _Diary, handoff: Handoff, opened_at: int, closed_at: int
) -> None:
    """Now and then a smaller deal beside the first, which comes to nothing."""
    second_at = diary.after(opened_at, 1, 8)
    lost_at = diary.after(second_at, 2, 12)
    if rng.random() < 0.12 and lost_at < closed_at:
        deal = _deal(handoff, second_at)
        amount = int(100 * handoff.worth) * 1_000
        diary.write("opportunity", second_at, amount=amount, deal=deal)
        diary.write("lost", lost_at, has_reason=True, deal=deal)


def _after_the_win(rng: Generator, diary: _Diary, handoff: Handoff, won_at: int) -> None:
    """Some customers are handed over again, others buy more without marketing."""
    share = rng.random()
    if won_at >= diary.end or share > 0.35:
        return
    again_at = diary.after(won_at, 20, 120)
    if share < 0.08:
        diary.write("handed_off", again_at)
        return
    diary.write("appointment", again_at)
    opened_at = diary.after(again_at, 3, 20)
    amount, deal = int(250 * handoff.worth) * 1_000, _deal(handoff, opened_at)
    diary.write("opportunity", opened_at, amount=amount, deal=deal)
    is_won = rng.random() < 0.7
    closed_at = diary.after(opened_at, 25, 80)
    diary.write("won" if is_won else "lost", closed_at, has_reason=not is_won, deal=deal)


def _refused(
    rng: Generator, diary: _Diary, handoff: Handoff, discipline: Discipline
) -> tuple[list[Step], int]:
    """Rejected with a reason, tried and left, or left to lie."""
    rejects = discipline.rejects + (0.12 if handoff.has_programme else 0.0)
    if rng.random() < rejects:
        if rng.random() < 0.35:
            diary.write("attempted", diary.after(diary.at, 0, 2))
        at = diary.after(diary.at, 2, handoff.days_to_accept + 8)
        diary.write("rejected", at, has_reason=rng.random() < 0.92)
        return diary.steps, at
    at = diary.at
    if rng.random() < discipline.touches:
        for _ in range(int(rng.integers(1, 4))):
            at = diary.after(at, 1, 6)
            diary.write("attempted" if rng.random() < 0.75 else "contacted", at)
    elif rng.random() < 0.02:
        diary.write("parked", diary.after(at, 3, 9))
    return diary.steps, at + 30 * DAY
