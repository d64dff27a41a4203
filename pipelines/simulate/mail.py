"""Newsletters, nurture mails and invitations, and what their recipients and machines do."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.simulate.calendar import DAY, HOUR, Calendar, settle
from pipelines.simulate.columns import numbered, taken, taken_few
from pipelines.simulate.drawing import NONE, Flags, Generator, Ints, Texts, chance, stream, texts
from pipelines.simulate.interest import Episodes, Forms, weeks_of_interest
from pipelines.simulate.mailings import Mailings, plan_mailings
from pipelines.simulate.occasions import Occasions
from pipelines.simulate.people import People

_EVENT_TYPES = (
    "sent", "delivered", "bounce", "open", "click", "unsubscribe", "reply", "complaint",
)  # fmt: skip
_LEAVES_AFTER = 2 * HOUR  # from the mail to the unsubscription that it causes
_TYPE = {name: number for number, name in enumerate(_EVENT_TYPES)}


@dataclass(frozen=True, slots=True)
class Mail:
    """Events by time; `kind` is the event type's number, `clicks` marks human clicks.

    `unsubscribed_at` holds one time per person, -1 for never.
    """

    mailings: Mailings
    mailing: Ints
    person: Ints
    at: Ints
    kind: Ints
    is_flagged: Flags
    is_human_click: Flags
    unsubscribed_at: Ints


@dataclass(frozen=True, slots=True)
class _Sends:
    mailing: Ints
    person: Ints
    at: Ints

    def only(self, keep: Flags) -> "_Sends":
        return _Sends(self.mailing[keep], self.person[keep], self.at[keep])


@dataclass(frozen=True, slots=True)
class _Reaction:
    """One kind of event: to which sends it happens, and when to each of them."""

    event_type: str
    happens: Flags
    at: Ints
    is_flagged: bool = False
    is_human_click: bool = False


def build_mail(
    seed: int, calendar: Calendar, people: People, episodes: Episodes, occasions: Occasions
) -> Mail:
    """Send every mailing and let people react; somebody who unsubscribed gets no more."""
    rng = stream(seed, "mail")
    mailings = plan_mailings(calendar, occasions)
    sends = _plan_sends(rng, calendar, people, mailings)
    weeks = calendar.days // 7 + 1
    hot = weeks_of_interest(episodes, weeks)
    is_hot = np.isin(sends.person * weeks + sends.at // (7 * DAY), hot)
    habit = rng.beta(1.6, 4.6, people.count) + 0.12 * people.interest
    opens = chance(rng, habit[sends.person] * np.where(is_hot, 1.5, 0.75), len(sends.at))
    leaves = opens & chance(rng, np.where(is_hot, 0.004, 0.02), len(sends.at))
    unsubscribed_at = _first_times(sends, leaves, people.count)
    still = (unsubscribed_at[sends.person] < 0) | (sends.at <= unsubscribed_at[sends.person])
    sends, is_hot, opens, leaves = sends.only(still), is_hot[still], opens[still], leaves[still]
    return _react(rng, calendar, people, mailings, sends, is_hot, opens, leaves)


def _plan_sends(rng: Generator, calendar: Calendar, people: People, mailings: Mailings) -> _Sends:
    """Who gets which mailing; nurture steps follow the creation, the others have a date."""
    reach = people.opted_in & (people.email != None)  # noqa: E711 - elementwise
    gone_at = np.where(people.deleted_at < 0, calendar.end, people.deleted_at)
    parts = []
    for number, (share, at, step_days) in enumerate(
        zip(mailings.share, mailings.at, mailings.step_days, strict=True)
    ):
        if step_days:
            wished = people.created_at + int(step_days) * DAY
            chosen = np.flatnonzero(reach & (wished < calendar.end) & (wished < gone_at))
            times = settle(rng, calendar, wished[chosen])
        else:
            known = (people.created_at < at) & (at < gone_at)
            chosen = np.flatnonzero(reach & known & chance(rng, share, people.count))
            times = at + np.arange(len(chosen)) // 4
        parts.append((np.full(len(chosen), number), chosen, times))
    mailing, person, at = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _Sends(mailing, person, at).only(at < calendar.end)


def _first_times(sends: _Sends, happens: Flags, count: int) -> Ints:
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, sends.person[happens], sends.at[happens] + _LEAVES_AFTER)
    return np.where(first == np.iinfo(np.int64).max, -1, first)


def _react(
    rng: Generator,
    calendar: Calendar,
    people: People,
    mailings: Mailings,
    sends: _Sends,
    is_hot: Flags,
    opens: Flags,
    leaves: Flags,
) -> Mail:
    """What people and machines do with each send that reached them."""
    count = len(sends.at)
    dead = chance(rng, 0.012, people.count)
    bounces = chance(rng, np.where(dead[sends.person], 0.85, 0.002), count)
    guarded = _is_guarded(rng, people)[sends.person] & ~bounces
    unflagged = guarded & chance(rng, 0.5, count)
    opens, leaves = opens & ~bounces, leaves & ~bounces
    opened_at = sends.at + 60 + (rng.lognormal(9.2, 1.5, count)).astype(np.int64)
    again = opens & chance(rng, 0.18, count)
    clicks = opens & chance(rng, np.where(is_hot, 0.26, 0.09), count)
    clicked_at = opened_at + rng.integers(4, 240, count)
    scans = guarded & chance(rng, 0.15, count)
    replies = opens & chance(rng, np.where(is_hot, 0.02, 0.004), count)
    complaints = opens & chance(rng, 0.0008, count)
    reactions = [
        _Reaction("sent", np.ones(count, bool), sends.at),
        _Reaction("delivered", ~bounces, sends.at + rng.integers(1, 30, count)),
        _Reaction("bounce", bounces, sends.at + rng.integers(2, 900, count)),
        _Reaction("open", unflagged, sends.at + rng.integers(0, 3, count)),
        _Reaction(
            "open", guarded & ~unflagged, sends.at + rng.integers(1, 900, count), is_flagged=True
        ),
        _Reaction("click", scans, sends.at + rng.integers(1, 3, count)),
        _Reaction("open", opens, opened_at),
        _Reaction("open", again, opened_at + rng.integers(HOUR, 5 * DAY, count)),
        _Reaction("click", clicks, clicked_at, is_human_click=True),
        _Reaction("unsubscribe", leaves, sends.at + _LEAVES_AFTER),
        _Reaction("reply", replies, opened_at + rng.integers(300, DAY, count)),
        _Reaction("complaint", complaints, opened_at + 60),
    ]
    left = np.flatnonzero(leaves & (sends.at + _LEAVES_AFTER < calendar.end))
    unsubscribed_at = np.full(people.count, -1)
    unsubscribed_at[sends.person[left]] = sends.at[left] + _LEAVES_AFTER
    return _joined(calendar, mailings, sends, reactions, unsubscribed_at)


def _joined(
    calendar: Calendar,
    mailings: Mailings,
    sends: _Sends,
    reactions: list[_Reaction],
    unsubscribed_at: Ints,
) -> Mail:
    """All reactions that have happened, by time."""
    rows = [np.flatnonzero(reaction.happens) for reaction in reactions]
    sizes = [len(row) for row in rows]
    send = np.concatenate(rows)
    at = np.concatenate([each.at[row] for row, each in zip(rows, reactions, strict=True)])
    kind = np.repeat([_TYPE[reaction.event_type] for reaction in reactions], sizes)
    order = np.lexsort((send, kind, at))
    order = order[at[order] < calendar.end]
    return Mail(
        mailings=mailings,
        mailing=sends.mailing[send][order],
        person=sends.person[send][order],
        at=at[order],
        kind=kind[order],
        is_flagged=np.repeat([each.is_flagged for each in reactions], sizes)[order],
        is_human_click=np.repeat([each.is_human_click for each in reactions], sizes)[order],
        unsubscribed_at=unsubscribed_at,
    )


def _is_guarded(rng: Generator, people: People) -> Flags:
    """People whose company opens every mail by machine before it reaches them."""
    companies = int(people.company.max(initial=0)) + 1
    return (people.company >= 0) & chance(rng, 0.1, companies)[people.company]


def forms_after_clicks(seed: int, calendar: Calendar, mail: Mail) -> Forms:
    """The forms that a click on a mail leads to, within the days after it."""
    rng = stream(seed, "forms after clicks")
    clicks = np.flatnonzero(mail.is_human_click)
    clicks = clicks[chance(rng, 0.035, len(clicks))]
    is_invitation = mail.mailings.mail_type[mail.mailing[clicks]] == "seminar_invite"
    at = mail.at[clicks] + (rng.exponential(8.0, len(clicks)) * HOUR).astype(np.int64) + 90
    form_type = np.where(is_invitation, "webinar_signup", "document_request").astype(object)
    happens = at < calendar.end
    return Forms(mail.person[clicks][happens], at[happens], form_type[happens])


def mail_months(
    seed: int, calendar: Calendar, people: People, first_lead_id: Texts, mail: Mail
) -> Iterator[tuple[str, pa.Table]]:
    """The feed's rows month by month; some know the lead, some the address, most both."""
    rng = stream(seed, "mail rows")
    for month, begin, end in calendar.months():
        low, high = np.searchsorted(mail.at, [begin, end]).tolist()
        yield month, _rows(rng, calendar, people, first_lead_id, mail, slice(low, high))


def _rows(
    rng: Generator,
    calendar: Calendar,
    people: People,
    first_lead_id: Texts,
    mail: Mail,
    part: slice,
) -> pa.Table:
    mailings, mailing, person = mail.mailings, mail.mailing[part], mail.person[part]
    at, kind = mail.at[part], mail.kind[part]
    by = rng.random(len(at))
    is_default = mailings.is_default[mailing]
    is_flagged = np.where(mail.is_flagged[part], True, np.where(by < 0.5, False, NONE))
    return pa.table(
        {
            "event_id": numbered("m", part.start + 1, len(at)),
            "occurred_at": pa.array(calendar.utc(at), pa.timestamp("s")),
            "mail_id": taken(mailings.mail_id, mailing),
            "event_type": taken(texts(_EVENT_TYPES), kind),
            "lead_id": taken_few(first_lead_id, person, by >= 0.9),
            "email": taken_few(people.email, person, by < 0.25),
            "mail_type": taken(mailings.mail_type, mailing, is_default),
            "subject": taken(mailings.subject, mailing),
            "url": taken(mailings.url, mailing, kind != _TYPE["click"]),
            "is_machine": pa.array(is_flagged, pa.bool_()),
            "at": pa.array(at),
        }
    )
