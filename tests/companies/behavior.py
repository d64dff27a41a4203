"""Mail and offline events."""

from datetime import datetime, timedelta

from tests.companies.people import (
    CAMPAIGNS,
    Human,
    addressed,
    required_address,
    spelled_email,
)
from tests.companies.web import web_event
from tests.companies.world import MICROSECOND, World
from tests.reference.feeds import Row

MAIL_EVENTS = ["open", "open", "click", "click", "reply", "unsubscribe", "bounce", "complaint"]
MAIL_TYPES = [
    *("newsletter", "newsletter", "product", "misc", "Newsletter ", "PRODUCT"),
    *("to taro@x.jp", "to hanako%40x.jp", "to ｊｉｒｏ＠ｘ．ｊｐ"),
]
OFFLINE_TYPES = [
    *("booth_visit", "business_card", "seminar_attended", "call_connected", "dm_sent"),
    *("Booth_Visit ", "visit taro@x.jp", "visit hanako%40x.jp"),
]
# as touchpoints have them
TOUCHPOINT_TYPES = [
    *("video_view", "login", "form_submit", "page_view"),
    *("document_request", "newsletter_signup", "webinar_signup", "quote_request", "inquiry"),
    *("download", "ask :email", "visit :email", "Booth_Visit "),
    *("mail_open", "mail_click", "mail_reply", "mail_unsubscribe", *OFFLINE_TYPES[:5]),
]


def make_mail(world: World, people: list[Human]) -> None:
    """Mails to some of the people, and what they, machines and outsiders do with them."""
    mail_ids = [f"{world.prefix}-M{number}" for number in world.some(2, 6)]
    if world.chance(0.5):
        mail_ids += [f"{world.prefix} to {at}" for at in ("taro@x.jp", "hanako%40x.jp")]
    for mail_id in mail_ids:
        has_sent, has_delivered = world.chance(0.6), world.chance(0.7)
        for human in people:
            if world.chance(0.5):
                _mail(world, mail_id, human, has_sent, has_delivered)
        outsider = spelled_email(world, f"outsider.{world.prefix}@nowhere.example")
        _mail_event(world, mail_id, "sent", lead_id=world.pick(["gone", None]), email=outsider)
        _mail_event(world, mail_id, "open", lead_id="gone", email=world.pick([None, outsider]))
    world.redeliver(
        "mail_events",
        0.05,
        occurred_at=[world.moment() for _ in range(5)],
        event_type=MAIL_EVENTS,
        mail_type=MAIL_TYPES,
        is_machine=[True, False],
    )


def _mail(world: World, mail_id: str, human: Human, has_sent: bool, has_delivered: bool) -> None:
    sent_at = world.moment()
    if has_sent and world.chance(0.9):
        who = required_address(world, human)
        _mail_event(world, mail_id, "sent", occurred_at=sent_at, **who)
    if has_delivered and world.chance(0.9):
        who = required_address(world, human)
        sent_at += world.pick([timedelta(0), timedelta(hours=1)])
        _mail_event(world, mail_id, "delivered", occurred_at=sent_at, **who)
    machine = timedelta(seconds=world.settings.machine_seconds)
    delays = [timedelta(0), -MICROSECOND, machine, machine - MICROSECOND, timedelta(hours=5)]
    delays += [MICROSECOND, MICROSECOND]
    for _ in world.some(0, 4):
        event_type = world.pick(MAIL_EVENTS)
        occurred_at = sent_at + world.pick(delays)
        _mail_event(
            world,
            mail_id,
            event_type,
            occurred_at=occurred_at,
            is_machine=world.chance(0.15),
            **required_address(world, human),
        )
        if event_type == "click" and world.chance(0.5):
            _conversion(world, human, occurred_at)


def _conversion(world: World, human: Human, clicked_at: datetime) -> None:
    limit = timedelta(hours=168)
    delay = world.pick([timedelta(0), MICROSECOND, limit, limit + MICROSECOND, limit / 2])
    who = {"lead_id": world.pick(human.lead_ids)}
    web_event(world, human.browsers[0], "form_submit", who, occurred_at=clicked_at + delay)


def _mail_event(world: World, mail_id: str, event_type: str, **values: object) -> None:
    defaults: Row = {
        "event_id": world.new_id("m"),
        "occurred_at": world.moment(),
        "mail_type": world.pick(MAIL_TYPES),
        "is_machine": False,
    }
    world.add("mail_events", mail_id=mail_id, event_type=event_type, **(defaults | values))


def make_offline(world: World, people: list[Human]) -> None:
    for human in people:
        for _ in world.some(0, 3):
            _offline_event(world, addressed(world, human))
    for _ in world.some(0, 3):
        _offline_event(world, {})
    world.redeliver(
        "offline_events",
        0.1,
        occurred_at=[world.moment() for _ in range(5)],
        quantity=[0, 3],
        event_type=OFFLINE_TYPES,
    )


def _offline_event(world: World, who: Row) -> None:
    world.add(
        "offline_events",
        event_id=world.new_id("o"),
        occurred_at=world.moment(),
        event_type=world.pick(OFFLINE_TYPES),
        campaign=world.pick(CAMPAIGNS),
        quantity=world.pick([1, 1, 0, 40, -2]),
        **who,
    )
