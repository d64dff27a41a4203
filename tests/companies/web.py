"""Web events: single ones at any moment, and visits from page to page."""

from datetime import datetime, timedelta

from tests.companies.people import CAMPAIGNS, Human, addressed
from tests.companies.placeholders import spelled_placeholder
from tests.companies.world import MICROSECOND, World
from tests.reference.feeds import Row

FORMS = [
    "document_request",
    "newsletter_signup",
    "webinar_signup",
    "quote_request",
    "inquiry",
    "download",
    "ask taro@x.jp",
    "ask hanako%40x.jp",
    None,
]
WEB_TYPES = ["page_view", "page_view", "video_view", "login", "form_submit"]
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
    "https://example.co.jp/app?q=1#/docs/api/?x=1",
    "https://www.example.co.jp#!/pricing/",
    "https://example.co.jp/docs#!pricing",
    "https://example.co.jp/pricing#!/",
    "/app#//example.com/docs",
    "/app#/docs#api?x",
    "https://example.co.jp/u/taro%40x.jp/settings",
    "/u/taro%252540x.jp/a",
    "https://example.co.jp/#/u/taro＠x.jp?mail=a@b.c",
    "https://example.co.jp/u/100%25/a",
    None,
]
AGENTS = [
    *("Mozilla/5.0", "Mozilla/5.0 (compatible; GoogleBot/2.1)", "some-crawler", None, None),
    *(
        "Mozilla/5.0 (Linux; CUBOT X30)",
        "Mozilla/5.0 (Linux; CUBOT_NOTE)",
        "cubot GoogleBot okhttp/4",
        "OkHttp/3.1",
        "okhttp/4",
    ),
    *("ChatGPT-User/1.0", "UptimeMonitor/2", "Headless KİOSK"),
]
MEDIUMS = ["email", " EMAIL", "cpc", " Cpc ", "ｃｐｃ", "affiliate", *[None] * 6]
REFERRERS = ["https://news.example/", None, "https://example.co.jp.evil.example/", "example.co.jp"]
OWN_REFERRERS = [
    *("https://www.example.co.jp/", "http://EXAMPLE.co.jp:8080/x?y=//other.example#z"),
    *("//www.example.co.jp:443", "https://taro@example.co.jp/a"),
    # hosts that are nearly the same, and a text without one
    *("https://www.www.example.co.jp", "https://wwwexample.co.jp/", "/docs"),
]


def make_web(world: World, people: list[Human]) -> None:
    """Browsers are shared, and identified only here and there."""
    for human in people:
        if world.chance(0.25):
            human.browsers.append(world.pick(world.pick(people).browsers))
        for _ in world.some(0, 30):
            who: Row = {"lead_id": None, "email": None}
            event_type = world.pick(WEB_TYPES)
            if world.chance(0.5 if event_type == "form_submit" else 0.1):
                who = addressed(world, human)
            web_event(world, world.pick(human.browsers), event_type, who)
        for _ in world.some(0, 2):
            _visit(world, human)
    for _ in world.some(0, 5):
        web_event(world, world.new_id("B"), world.pick(WEB_TYPES), {})
    world.redeliver(
        "web_events",
        0.05,
        occurred_at=[world.moment() for _ in range(5)],
        page_url=URLS,
        referrer=[*REFERRERS, *OWN_REFERRERS],
        utm_medium=MEDIUMS,
        anonymous_id=[human.browsers[0] for human in people],
        user_agent=AGENTS,
        lead_id=[human.lead_ids[0] for human in people] + [None],
    )


def _visit(world: World, human: Human) -> None:
    """Pages one after the other, most with an own page as referrer; some pauses too long."""
    browser, instant = world.pick(human.browsers), world.moment()
    if world.chance(0.1):
        browser = spelled_placeholder(world, "anonymous_id")
    pause = timedelta(minutes=30)
    pauses = [timedelta(0), timedelta(minutes=1), pause, pause, pause + MICROSECOND]
    who = addressed(world, human) if world.chance(0.5) else {}
    web_event(world, browser, "page_view", who, occurred_at=instant)
    for _ in world.some(1, 5):
        instant += world.pick(pauses)
        own: Row = {"referrer": world.pick(OWN_REFERRERS), "utm_medium": None}
        is_own = world.chance(0.8)
        web_event(world, browser, "page_view", {}, occurred_at=instant, **(own if is_own else {}))


def web_event(
    world: World,
    browser: str,
    event_type: str,
    who: Row,
    *,
    occurred_at: datetime | None = None,
    **values: object,
) -> Row:
    defaults: Row = {
        "event_id": world.new_id("w"),
        "occurred_at": occurred_at or world.moment(),
        "form_type": None,
        "page_url": world.pick(URLS),
        "referrer": world.pick(REFERRERS if world.chance(0.7) else OWN_REFERRERS),
        "utm_source": world.pick(["news", "to taro@x.jp", None]),
        "utm_medium": world.pick(MEDIUMS),
        "utm_campaign": world.pick(CAMPAIGNS),
        "user_agent": world.pick(AGENTS),
    }
    if event_type == "form_submit" or world.chance(0.1):
        defaults["form_type"] = world.pick(FORMS)
    named = {"anonymous_id": browser, "event_type": event_type}
    return world.add("web_events", **(defaults | named | who | values))
