"""Leads: duplicates, merges, versions, deletions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.companies.world import World, full_width
from tests.reference.feeds import Row

DOMAINS = ["gmail.com", "free-target.example", "big.example", "mid.example", "other.co.jp"]
BAD_EMAILS = ["a@b@c.jp", "nobody@localhost", "@x.jp", "not an address"]
NAMES = [
    ("佐藤 美咲", "佐藤　美咲", "佐藤\t美咲"),
    ("ｻﾄｳ ﾐｻｷ", "サトウミサキ", "\nサトウ\u00a0ミサキ"),
    ('Anna "MÜLLER"', 'anna "müller"', 'ＡＮＮＡ"mu\u0308ller"'),
]
ATTRIBUTES: dict[str, list[str | None]] = {
    "company_name": ["ＡＣＭＥ　Japan", "acme japan", "あおぞら", None, None],
    "job_title": ["営業部長", "Manager", "manager", "Ｍanager", None],
    "department": ["Sales", "情報システム", None],
    "industry": ["IT", "it", "製造", "Retail", None],
    "country": ["JP", "jp", "US", None],
}
HEADCOUNTS = [0, 20, 50, 51, 1000, None]
SOURCES = ["web", "Exhibition", "referral", "unknown"]
# texts that a reader of files may mistake for something else
CAMPAIGNS = [
    "<a.b+c@x-y.co.jp>, d@e",
    "to taro@example.com now",
    "null",
    "007",
    "2025-01-01",
    ' a,b\n"c" ',
    "1.0",
    None,
    None,
]


@dataclass
class Human:
    """A real person behind one or more leads; events are addressed to the ids and e-mails here."""

    name: int
    email: str
    phone: str
    created_at: datetime
    lead_ids: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    browsers: list[str] = field(default_factory=list)


def make_people(world: World, count: int) -> list[Human]:
    """Fill the leads feed and return who is behind it."""
    people = [_human(world, number) for number in range(count)]
    for human in people:
        if world.chance(0.15):
            human.phone = world.pick(people).phone
    for human in people:
        for _ in world.some(1, 3 if world.chance(0.4) else 1):
            _lead(world, human, people)
    if world.chance(0.3):
        _chain(world)
    world.redeliver(
        "leads",
        0.1,
        email=[human.email for human in people] + [None],
        full_name=["Somebody Else", None],
        lead_source=["corrected"],
        created_at=[world.moment()],
        is_deleted=[True, False],
        employee_count=HEADCOUNTS,
    )
    return people


def _human(world: World, number: int) -> Human:
    email = f"p{number}.{world.prefix}@{world.pick(DOMAINS)}"
    serial = int(world.prefix.strip("c")) * 100 + number
    human = Human(number % len(NAMES), email, f"090{serial:08d}", world.moment(world.early_day()))
    human.emails = [email]
    human.browsers = [world.new_id("B") for _ in world.some(1, 2)]
    return human


def _lead(world: World, human: Human, people: list[Human]) -> None:
    lead_id = world.new_id("L")
    created_at = human.created_at if not human.lead_ids else world.moment()
    updated_at = created_at
    merge_targets = [other for someone in people for other in someone.lead_ids]
    for version in world.some(1, 3):
        row = world.add(
            "leads",
            lead_id=lead_id,
            created_at=world.moment() if version and world.chance(0.05) else created_at,
            updated_at=updated_at,
            email=_email(world, human),
            full_name=world.pick([*NAMES[human.name], None]),
            phone=_phone(world, human),
            lead_source=world.pick(SOURCES),
            campaign=world.pick(CAMPAIGNS),
            mail_opt_in=world.pick([True, False, None]),
            employee_count=world.pick(HEADCOUNTS),
            is_deleted=world.chance(0.07),
            **{name: world.pick(values) for name, values in ATTRIBUTES.items()},
        )
        if world.chance(0.2):
            row["merged_into_lead_id"] = world.pick([*merge_targets, lead_id, "nowhere"])
        updated_at = max(updated_at + timedelta(seconds=1), world.moment())
    human.lead_ids.append(lead_id)


def _chain(world: World) -> None:
    """Merge the leads in one long chain, or in a ring."""
    lead_ids = sorted({row["lead_id"] for row in world.feeds["leads"]})[: world.rng.randint(2, 30)]
    world.rng.shuffle(lead_ids)
    following = dict(
        zip(lead_ids, lead_ids[1:] + lead_ids[: world.rng.randint(0, 1)], strict=False)
    )
    for row in world.feeds["leads"]:
        row["merged_into_lead_id"] = following.get(row["lead_id"], row["merged_into_lead_id"])


def _email(world: World, human: Human) -> str | None:
    if world.chance(0.1):
        return world.pick([*BAD_EMAILS, None])
    if world.chance(0.15):
        human.emails.append(f"{world.prefix}.{len(human.emails)}.{human.email}")
    return spelled_email(world, world.pick(human.emails))


def spelled_email(world: World, email: str) -> str:
    """One of the spellings that normalize to the same address."""
    spellings = [email, email, email.upper(), f" {email} ", full_width(email), f"　{email}"]
    spellings += [f"\t{email}\n", f"\u00a0{email}"]
    return world.pick(spellings)


def _phone(world: World, human: Human) -> str | None:
    digits = human.phone
    spellings = [
        digits,
        f"{digits[:3]}-{digits[3:7]}-{digits[7:]}",
        f"+81 (0){digits[1:]}",
        f"+81 {digits[1:]}",
        full_width(f"+81{digits[1:]}"),
        f" + 8 1 ({digits[:3]}) {digits[3:]}",
        full_width(digits),
        digits[:8],
        None,
    ]
    return world.pick(spellings)


def addressed(world: World, human: Human) -> Row:
    """`lead_id` and `email` of an event: either, both, neither, or ones that nobody knows."""
    lead_id = world.pick([*human.lead_ids, "gone"]) if world.chance(0.5) else None
    email = spelled_email(world, world.pick(human.emails)) if world.chance(0.6) else None
    if world.chance(0.05):
        email = world.pick(BAD_EMAILS)
    return {"lead_id": lead_id, "email": email}


def required_address(world: World, human: Human) -> Row:
    """As `addressed`, where a feed demands one of the two."""
    row = addressed(world, human)
    if row["lead_id"] is None and row["email"] is None:
        row["lead_id"] = world.pick(human.lead_ids)
    return row
