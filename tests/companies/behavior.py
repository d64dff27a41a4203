"""Web, mail and offline events."""

from datetime import datetime, timedelta

from tests.companies.people import (
    CAMPAIGNS,
    Human,
    addressed,
    required_address,
    spelled_email,
)
from tests.companies.world import MICROSECOND, World
from tests.reference.feeds import Row

FORMS = [
    "document_request",
    "newsletter_signup",
    "webinar_signup",
    "quote_request",
    "inquiry",
    "download",
    None,
]
WEB_TYPES = ["page_view", "page_view", "video_view", "login", "form_submit"]
MAIL_TYPES = ["open", "open", "click", "click", "reply", "unsubscribe", "bounce", "complaint"]
OFFLINE_TYPES = ["booth_visit", "business_card", "seminar_attended", "call_connected", "dm_sent"]
TOUCHPOINT_TYPES = [
    *WEB_TYPES[1:],
    *FORMS[:-1],
    "mail_open",
    "mail_click",
    "mail_reply",
    "mail_unsubscribe",
    *OFFLINE_TYPES,
]
URLS = [
    "https://www.example.co.jp",
    "https://www.example.co.jp/?utm=1",
    "https://www.example.co.jp#top",
    "http://example.co.jp:8080/docs/",
    "https://example.co.jp/docs/api?x=1#y",
    "https://example.co.jp/docsearch",
    "HTTPS://EXAMPLE.co.jp/Docs",
    "https://user:password@example.co.jp/docs",
    "docs/api",
    "//example.co.jp/docs",
    "?q=/docs",
    "#/docs",
    "/docs/api/v1",
    "/",
    "https://example.co.jp/u/taro@example.com/settings?mail=a@b.c",
    "https://example.co.jp/pricing#a/b?c",
    "https://example.co.jp/pricing/enterprise//",
    None,
]
AGENTS = ["Mozilla/5.0", "Mozilla/5.0 (compatible; GoogleBot/2.1)", "some-crawler", None, None]


def make_web(world: World, people: list[Human]) -> None:
    """Browsers are shared, and identified only here and there."""
    for human in people:
        if world.chance(0.25):
            human.browsers.append(world.pick(world.pick(people).browsers))
        for _ in world.some(0, 40):
            who: Row = {"lead_id": None, "email": None}
            event_type = world.pick(WEB_TYPES)
            if world.chance(0.5 if event_type == "form_submit" else 0.1):
                who = addressed(world, human)
            _web_event(world, world.pick(human.browsers), event_type, who)
    for _ in world.some(0, 5):
        _web_event(world, world.new_id("B"), world.pick(WEB_TYPES), {})
    world.redeliver(
        "web_events",
        0.05,
        occurred_at=[world.moment() for _ in range(5)],
        page_url=URLS,
        anonymous_id=[human.browsers[0] for human in people],
        user_agent=AGENTS,
        lead_id=[human.lead_ids[0] for human in people] + [None],
    )


def _web_event(world: World, browser: str, event_type: str, who: Row) -> Row:
    return world.add(
        "web_events",
        event_id=world.new_id("w"),
        occurred_at=world.moment(),
        anonymous_id=browser,
        event_type=event_type,
        form_type=world.pick(FORMS) if event_type == "form_submit" or world.chance(0.1) else None,
        page_url=world.pick(URLS),
        referrer=world.pick(["https://news.example/", None]),
        utm_medium=world.pick(["email", "cpc", "affiliate", None, None]),
        utm_campaign=world.pick(CAMPAIGNS),
        user_agent=world.pick(AGENTS),
        **who,
    )


def make_mail(world: World, people: list[Human]) -> None:
    """Mails to some of the people, and what they, machines and outsiders do with them."""
    for number in world.some(1, 6):
        mail_id = f"{world.prefix}-M{number}"
        has_delivered = world.chance(0.7)
        for human in people:
            if world.chance(0.4):
                _mail(world, mail_id, human, has_delivered)
        outsider = spelled_email(world, f"outsider.{world.prefix}@nowhere.example")
        _mail_event(world, mail_id, "sent", lead_id=world.pick(["gone", None]), email=outsider)
        _mail_event(world, mail_id, "open", lead_id="gone", email=world.pick([None, outsider]))
    world.redeliver(
        "mail_events",
        0.05,
        occurred_at=[world.moment() for _ in range(5)],
        event_type=MAIL_TYPES,
        mail_type=["product"],
        is_machine=[True, False],
    )


def _mail(world: World, mail_id: str, human: Human, has_delivered: bool) -> None:
    sent_at = world.moment()
    if world.chance(0.9):
        who = required_address(world, human)
        _mail_event(world, mail_id, "sent", occurred_at=sent_at, **who)
    if has_delivered and world.chance(0.8):
        who = required_address(world, human)
        _mail_event(world, mail_id, "delivered", occurred_at=sent_at, **who)
    machine = timedelta(seconds=world.settings.machine_seconds)
    delays = [timedelta(0), -MICROSECOND, machine, machine - MICROSECOND, timedelta(hours=5)]
    for _ in world.some(0, 3):
        event_type = world.pick(MAIL_TYPES)
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
    event = _web_event(world, human.browsers[0], "form_submit", who)
    event["occurred_at"] = clicked_at + delay


def _mail_event(world: World, mail_id: str, event_type: str, **values: object) -> None:
    defaults: Row = {
        "event_id": world.new_id("m"),
        "occurred_at": world.moment(),
        "mail_type": world.pick(["newsletter", "newsletter", "product", "misc"]),
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
