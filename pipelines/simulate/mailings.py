"""The mails that marketing sends: when, to what share of the base, with which subject."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.calendar import DAY, HOUR, Calendar
from pipelines.simulate.drawing import Flags, Floats, Ints, Texts, texts
from pipelines.simulate.occasions import Occasions
from pipelines.simulate.vocabulary import SITE

_NURTURE = (
    (3, "What condition monitoring saves in the first year", "/blog/monitoring/first-year"),
    (10, "予知保全の始め方", "/cases/automotive/kiyose"),
    (24, "Three plants compared", "/compare/three-plants"),
    (45, "導入費用の考え方", "/pricing"),
    (80, "Try it on one line", "/trial"),
)
_NEWS = (
    ("センサー更新のご案内", "/news/sensors"),
    ("Customer story: fewer unplanned stops", "/cases/electronics/tsurugi"),
    ("外観検査の自動化事例", "/cases/food/sazanami"),
    ("What is new in the dashboard", "/products/monitoring"),
    ("保全担当者アンケート結果", "/blog/maintenance/survey"),
)


@dataclass(frozen=True, slots=True)
class Mailings:
    """One entry per mail id; `step_days` is 0 for a mail with a date, else the nurture step's.

    `is_default` leaves the mail type out of the export, which the contract reads as newsletter.
    """

    mail_id: Texts
    mail_type: Texts
    subject: Texts
    url: Texts
    at: Ints
    step_days: Ints
    share: Floats
    is_default: Flags


def plan_mailings(calendar: Calendar, occasions: Occasions) -> Mailings:
    """A newsletter every Tuesday, product news, notices, invitations to webinars, nurture steps."""
    rows: list[tuple[str, str, str, str, int, int, float]] = []
    for step, (days, subject, path) in enumerate(_NURTURE, start=1):
        rows.append((f"NURTURE-{step}", "nurture", subject, path, 0, days, 1.0))
    tuesdays = [day for day in range(calendar.days) if calendar.day(day).weekday() == 1]
    for number, day in enumerate(tuesdays):
        subject, path = _NEWS[number % len(_NEWS)]
        name = f"NEWS-{calendar.day(day):%Y%m%d}"
        at = day * DAY + 10 * HOUR
        if number % 13 == 6:
            rows.append((f"PRODUCT{name[4:]}", "product", subject, path, at, 0, 0.55))
        else:
            rows.append((name, "newsletter", subject, path, at, 0, 0.95))
    for day in range(20, calendar.days, 28):
        name = f"NOTICE-{calendar.day(day):%Y%m%d}"
        subject = "サービスからのお知らせ" if day % 56 == 20 else "Notice of maintenance"
        rows.append((name, "notification", subject, "/news/notices", day * DAY + 9 * HOUR, 0, 0.35))
    for webinar in occasions.webinars:
        at = (webinar.day - 13) * DAY + 11 * HOUR
        if at >= 0:
            name = f"INVITE-{calendar.day(webinar.day):%Y%m%d}"
            subject = f"Webinar: {webinar.name[8:-9].replace('-', ' ')}"
            rows.append((name, "seminar_invite", subject, f"/webinars/{webinar.name}", at, 0, 0.4))
    mail_id, mail_type, subjects, paths, times, steps, shares = zip(*rows, strict=True)
    is_newsletter = np.array([each == "newsletter" for each in mail_type])
    return Mailings(
        mail_id=texts(mail_id),
        mail_type=texts(mail_type),
        subject=texts(subjects),
        url=texts([SITE + path for path in paths]),
        at=np.array(times, dtype=np.int64),
        step_days=np.array(steps, dtype=np.int64),
        share=np.array(shares),
        is_default=is_newsletter & (np.arange(len(rows)) % 3 == 0),
    )
