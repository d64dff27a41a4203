"""Nurture scenarios, what marketing spent, and visitors who name themselves just in time."""

from datetime import datetime, timedelta
from decimal import Decimal

from tests.companies.people import CAMPAIGNS, Human, required_address, spelled_email
from tests.companies.placeholders import spelled_placeholder
from tests.companies.web import web_event
from tests.companies.world import MICROSECOND, World

# one that no rule knows, and one that differs from another in case alone
SCENARIO_IDS = ["warm", "call", "WARM", "long", "day", "unknown"]
CHANNELS = ["mail", "paid", "Paid ", "exhibition", "direct", "unattributed", "to taro@x.jp"]
AMOUNTS = [Decimal(amount) for amount in ("100.00", "0.01", "0.00", "-100.00", "99999.99")]
NAMED_WITHIN = timedelta(hours=168)


def make_enrollments(world: World, people: list[Human]) -> None:
    """Entries and exits at the days of what else happens, and at the edge of being judged."""
    goals = {row["scenario_id"]: row["goal_days"] for row in world.rules["scenarios"]}
    steps = [timedelta(0), MICROSECOND, timedelta(hours=5), timedelta(days=3)]
    for human in people:
        for scenario_id in world.rng.sample(SCENARIO_IDS, world.rng.randint(0, 4)):
            instant = world.moment(world.early_day())
            if world.chance(0.2):
                last = world.settings.as_of - timedelta(days=goals.get(scenario_id, 1))
                instant = world.moment(last + timedelta(days=world.pick([0, 1])))
            elif world.chance(0.3):
                instant = world.pick(world.feeds["sales_dispositions"] or [{}]).get(
                    "occurred_at", instant
                )
            for _ in world.some(1, 3):
                _enrollment(world, human, scenario_id, instant)
                instant += world.pick(steps)
    outsider = spelled_email(world, f"outsider.{world.prefix}@nowhere.example")
    world.add(
        "enrollments",
        enrollment_id=world.new_id("e"),
        occurred_at=world.moment(),
        scenario_id="warm",
        action="enter",
        arm="treated",
        lead_id=spelled_placeholder(world, "lead_id"),
        email=world.pick([None, outsider]),
    )
    world.redeliver(
        "enrollments",
        0.07,
        occurred_at=[world.moment() for _ in range(3)],
        scenario_id=SCENARIO_IDS,
        action=["enter", "exit"],
        arm=["treated", "holdout"],
    )


def _enrollment(world: World, human: Human, scenario_id: str, instant: datetime) -> None:
    world.add(
        "enrollments",
        enrollment_id=world.new_id("e"),
        occurred_at=instant,
        scenario_id=scenario_id,
        action=world.pick(["enter", "enter", "exit"]),
        arm=world.pick(["treated", "treated", "holdout"]),
        **required_address(world, human),
    )


def make_costs(world: World) -> None:
    """Costs of any month, some that cancel out, and credit notes."""
    for _ in world.some(0, 12):
        world.add(
            "costs",
            cost_id=world.new_id("c"),
            occurred_at=world.moment(),
            channel=world.pick(CHANNELS),
            campaign=world.pick([*CAMPAIGNS, None, None, None]),
            amount=world.pick(AMOUNTS),
        )
    world.redeliver("costs", 0.1, amount=AMOUNTS, channel=CHANNELS)


def make_namings(world: World, people: list[Human]) -> None:
    """A page seen on a new browser, which names itself about as late as counts."""
    edges = [timedelta(0), MICROSECOND, NAMED_WITHIN, NAMED_WITHIN + MICROSECOND]
    for human in people:
        if world.chance(0.3):
            browser, instant = world.new_id("b"), world.moment(world.early_day())
            web_event(world, browser, "page_view", {}, occurred_at=instant)
            who = {"lead_id": world.pick(human.lead_ids)}
            named_at = instant + world.pick(edges)
            web_event(world, browser, "page_view", who, occurred_at=named_at)
