"""Whole random companies, and many of them in one batch."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from tests.companies.behavior import make_mail, make_offline
from tests.companies.merges import (
    make_aliases,
    make_chain,
    make_given_up_addresses,
    make_stand_ins,
)
from tests.companies.nurture import make_costs, make_enrollments, make_namings
from tests.companies.people import make_people, redeliver_leads
from tests.companies.placeholders import make_placeholders
from tests.companies.rulebook import RuleTexts, as_reference, random_rules
from tests.companies.sales import make_sales, tells_outcome_alone
from tests.companies.web import make_web
from tests.companies.world import World
from tests.reference.clock import Settings
from tests.reference.feeds import FEEDS, Row, key_of
from tests.reference.values import EARLIEST

# as-of days after a clock change (in Cairo and Santiago at midnight, in Apia by a whole day),
# at the turn of a month, a quarter and a fiscal year
CALENDARS = [
    (date(2025, 5, 15), "Asia/Tokyo"),
    (date(2025, 3, 20), "America/New_York"),
    (date(2024, 11, 10), "America/New_York"),
    (date(2025, 1, 6), "Australia/Lord_Howe"),
    (date(2025, 5, 2), "Africa/Cairo"),
    (date(2025, 4, 20), "America/Santiago"),
    (date(2012, 1, 15), "Pacific/Apia"),
    (date(2024, 3, 1), "Asia/Kathmandu"),
    (date(2025, 4, 1), "UTC"),
]


USUAL_BOTS = "bot|crawl|spider|slurp|headless"


@dataclass(frozen=True)
class Company:
    """One or many companies under the same rules.

    `delivered` holds typed rows per feed in their order of delivery: a later row of a key stands.
    """

    delivered: dict[str, list[Row]]
    rules: RuleTexts
    settings: Settings

    def standing(self) -> dict[str, list[Row]]:
        """The rows that no later one replaced."""
        return {
            feed: list({key_of(feed, row): row for row in rows}.values())
            for feed, rows in self.delivered.items()
        }


def random_company(seed: int, *, companies: int = 1, persons: int = 12, days: int = 60) -> Company:
    """`companies` of `persons` humans each over `days`, told apart by the prefix of their ids."""
    rng = random.Random(seed)
    as_of, zone = rng.choice(CALENDARS)
    settings = Settings(
        as_of=as_of,
        reporting_timezone=zone,
        source_timezone=rng.choice(["UTC", "UTC", "Asia/Tokyo", "America/New_York"]),
        requalify_cooldown_days=rng.choice([14, 14, 3, 0, 60]),
        machine_seconds=rng.choice([3, 3, 3, 0, 60]),
        bot_pattern=rng.choice([USUAL_BOTS, USUAL_BOTS, "^SOME|compatible"]),
        win_wait_days=rng.choice([180, 20, 5]),
        segment_days=rng.choice([90, 10, 1]),
        content_days=rng.choice([365, 40, 15]),
        fewest_prediction_outcomes=[5, 12, 50][seed % 3],
    )
    rules = random_rules(rng, as_of, days)
    delivered: dict[str, list[Row]] = {feed: [] for feed in FEEDS}
    for number in range(1, companies + 1):
        world = World(
            random.Random(seed * 1_000 + number),
            f"c{number}",
            settings,
            days,
            as_reference(rules),
        )
        for feed, rows in _rows(world, persons).items():
            delivered[feed] += rows
    if rng.random() < 0.3:
        _silence_sales(delivered, settings, rng.randint(5, 12))
    if rng.random() < 0.15:
        sales = delivered["sales_dispositions"]
        sales[:] = [row for row in sales if tells_outcome_alone(row, as_reference(rules))]
    return Company(delivered, rules, settings)


def _silence_sales(delivered: dict[str, list[Row]], settings: Settings, days: int) -> None:
    """Drop the last sales rows, so that the feed is stale or nearly so."""
    last = settings.as_of - timedelta(days=days)
    rows = delivered["sales_dispositions"]
    rows[:] = [row for row in rows if settings.local_date(row["occurred_at"]) <= last]


def _rows(world: World, persons: int) -> dict[str, list[Row]]:
    people = make_people(world, persons)
    make_aliases(world, people)
    make_given_up_addresses(world, people)
    if world.chance(0.2):
        make_chain(world)
    make_stand_ins(world)
    redeliver_leads(world, people)
    make_web(world, people)
    make_mail(world, people)
    make_offline(world, people)
    make_sales(world, people)
    make_enrollments(world, people)
    make_costs(world)
    make_namings(world, people)
    make_placeholders(world)
    if world.chance(0.1):
        _age(world)
    return world.feeds


def _age(world: World) -> None:
    """Move a few rows to the first instants that the contract allows."""
    for rows in world.feeds.values():
        for row in world.rng.sample(rows, min(2, len(rows))):
            name = "created_at" if "created_at" in row else "occurred_at"
            row[name] = EARLIEST + timedelta(days=world.pick([0, 0, 366]))
