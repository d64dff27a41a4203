"""What sales did with the leads: hand-offs, answers at the edge of the deadline, returns."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.companies.people import Human, required_address
from tests.companies.world import MICROSECOND, World
from tests.reference.clock import nth_business_day_after
from tests.reference.feeds import Row
from tests.reference.rules import Rules, canonical_disposition, lookup

STAGES = [
    "handed_off",
    "handed_off",
    "handed_off",
    "accepted",
    "rejected",
    "attempted",
    "contacted",
    "appointment",
    "opportunity",
    "won",
    "lost",
    "recycled",
    "withdrawn",
    "unheard of",
]
DEAL_STAGES = [
    *("opportunity", "opportunity", "opportunity", "won", "won", "lost", "lost"),
    *("handed_off", "accepted", "appointment", "contacted", "rejected"),
]
OUTCOMES = {"handed_off", "appointment", "opportunity", "won", "lost", "unknown"}
# one person and another in many spellings
NAMES = [
    *(
        "taro@sales.example",
        "Taro@Sales.example",
        "taro%2540sales.example",
        "ｔａｒｏ＠ｓａｌｅｓ．ｅｘａｍｐｌｅ",
    ),
    *("hanako%40sales.example", "Hanako hanako@sales.example", "担当İ@sales.example"),
]
REASONS = [
    *(
        "budget",
        "ask taro@example.com first",
        "call 090-1234-5678",
        "tel 03(1234)5678 or +1 650-555-1234",
    ),
    *(
        "taro%40x.jp 0120-123-456",
        "+81 (0)90-1234-5678",
        "order 12345678",
        "090-1234-5678@x.jp",
        "電話03-1234-5678まで",
    ),
    *("x0312345678", "2025-04-01 090.1234.5678", "０９０-1234-5678", None, None),
]
ANSWERS = ["accepted", "accepted", "appointment", "attempted", "rejected", "won", "withdrawn"]
AMOUNTS = [
    None,
    None,
    Decimal("0.01"),
    Decimal("-5.00"),
    Decimal("9999999999.99"),
    Decimal("1200000.50"),
    Decimal("99.99"),
]


def make_sales(world: World, people: list[Human]) -> None:
    """Random walks, with answers exactly at the end of a deadline and rows at one instant."""
    for human in people:
        if world.chance(0.7):
            _history(world, human, _web_days(world, human))
        if world.chance(0.6):
            _deals(world, human)
    world.redeliver(
        "sales_dispositions",
        0.07,
        occurred_at=[world.moment() for _ in range(5)],
        disposition=STAGES,
        sales_team=["moved", None, *NAMES],
        opportunity_id=[f"{world.prefix}-O1", None],
        amount=AMOUNTS,
    )


def _web_days(world: World, human: Human) -> list[date]:
    """Days on which a person may have qualified."""
    return [
        world.settings.local_date(row["occurred_at"])
        for row in world.feeds.get("web_events", [])
        if row["anonymous_id"] in human.browsers
    ]


def _history(world: World, human: Human, web_days: list[date]) -> None:
    instant = world.moment()
    stages = [world.pick(STAGES) for _ in world.some(1, 9)]
    if world.chance(0.3):
        instant = world.moment(world.pick(_days_due_at_the_end(world)))
        stages[0] = "handed_off"
    for stage in stages:
        _disposition(world, human, stage, instant)
        if stage == "handed_off" and world.chance(0.6):
            _disposition(world, human, world.pick(ANSWERS), _at_deadline(world, instant))
        steps = [timedelta(0), timedelta(minutes=5), timedelta(days=1), timedelta(days=4)]
        instant = world.pick([instant + world.pick(steps), instant + world.pick(steps)])
        if web_days and world.chance(0.3):
            instant = world.moment(world.pick(web_days))
        elif world.chance(0.2):
            instant = world.moment()


def _deals(world: World, human: Human) -> None:
    """Several deals of one person: won, opened again, lost beside another, won once more."""
    number = world.new_id("O")
    deals = [f"{number}a", f"{number}a", f"{number}b", f"{number}A", None]
    instant = world.moment(world.early_day())
    steps = [timedelta(0), timedelta(minutes=5), timedelta(days=1), timedelta(days=4)]
    who = {"lead_id": world.pick(human.lead_ids)}
    for _ in world.some(2, 10):
        _disposition(world, human, world.pick(DEAL_STAGES), instant, world.pick(deals), who)
        instant += world.pick(steps)


def tells_outcome_alone(row: Row, rules: Rules) -> bool:
    """Whether a row is one of a feed in which sales tells nothing of its work."""
    return canonical_disposition(rules, row["disposition"]) in OUTCOMES


def _days_due_at_the_end(world: World) -> list[date]:
    """Days whose deadline is D for some tier, and a few more."""
    as_of = world.settings.as_of
    recent = [as_of - timedelta(days=age) for age in range(1, 15)]
    due = [day for day in recent if as_of in _deadlines(world, day)]
    return [*due, *due, recent[0], recent[6]]


def _deadlines(world: World, day: date) -> list[date]:
    """The deadline of a hand-off on that day for each tier."""
    sla = lookup(world.rules, "handoff_sla", "account_tier", "acceptance_business_days")
    holidays = {record["date"] for record in world.rules["holidays"]}
    return [nth_business_day_after(day, allowed, holidays) for allowed in sorted(sla.values())]


def _at_deadline(world: World, handed_off_at: datetime) -> datetime:
    """An instant near the end of the deadline day of some tier."""
    deadline = world.pick(_deadlines(world, world.settings.local_date(handed_off_at)))
    end = world.midnight(deadline + timedelta(days=1))
    return end + world.pick([-MICROSECOND, timedelta(0), timedelta(days=-1), timedelta(hours=9)])


def _disposition(
    world: World,
    human: Human,
    stage: str,
    instant: datetime,
    opportunity_id: str | None = None,
    who: Row | None = None,
) -> None:
    spellings = [
        record["raw_disposition"]
        for record in world.rules["disposition_map"]
        if record["disposition"] == stage
    ] or [stage]
    spelling = world.pick(spellings)
    world.add(
        "sales_dispositions",
        disposition_id=world.new_id("d"),
        occurred_at=instant,
        disposition=world.pick([spelling, spelling.upper(), f"  {spelling.title()} "]),
        sales_team=world.pick(["東日本", "west", None, world.pick(NAMES)]),
        sales_rep=world.pick(["rep1", "rep2", None, world.pick(NAMES)]),
        routed_by=world.pick(["adr", " ADR", "marketing", None, world.pick(NAMES)]),
        reason=world.pick(REASONS),
        amount=world.pick(AMOUNTS),
        opportunity_id=opportunity_id or world.pick([f"{world.prefix}-O1", None, None]),
        **(who or required_address(world, human)),
    )
