"""Leads: duplicates, versions, deletions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.companies.firms import FORMS_ALONE, Firm, make_firms, spelled_company
from tests.companies.placeholders import spelled_placeholder
from tests.companies.world import World, full_width
from tests.reference.feeds import Row

DOMAINS = ["gmail.com", "free-target.example", "big.example", "mid.example", "other.co.jp"]
BAD_EMAILS = [
    *("a@b@c.jp", "nobody@localhost", "@x.jp", "not an address", "\u200b@x.jp", "a b@x.jp"),
    *(
        "a@x.jp,b",
        "a;b@x.jp",
        "<a@x.jp>",
        '"a"@x.jp',
        "a(b)@x.jp",
        "a\u2003b@x.jp",
        "a\u2028b@x.jp",
    ),
]
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
NAMES = [
    ("佐藤 美咲", "佐藤　美咲", "佐藤\t美咲"),
    ("ｻﾄｳ ﾐｻｷ", "サトウミサキ", "\nサトウ\u00a0ミサキ"),
    ('Anna "MÜLLER"', 'anna "müller"', 'ＡＮＮＡ"mu\u0308ller"'),
    ("İSMAİL ΝΊΚΟΣ", "ismail νίκοσ", "İsmail\u3000ΝΊΚΟσ"),
]
ATTRIBUTES: dict[str, list[str | None]] = {
    "job_title": ["営業部長", "Manager", "manager", "Ｍanager", "ΔΙΕΥΘΥΝΤΉΣ", None],
    "department": ["Sales", "情報システム", None],
    "industry": ["IT", "it", "製造", "Retail", None],
    "country": ["JP", "jp", "US", None],
}
HEADCOUNTS = [0, 20, 50, 51, 1000, None]
SOURCES = ["web", "Exhibition", "referral", "unknown", "ask taro@x.jp", "ask hanako%40x.jp"]
# texts that a reader of files may mistake for something else
CAMPAIGNS = [
    "<a.b+c@x-y.co.jp>, d@e",
    "to taro@example.com now",
    "for taro%2540x.jp or jiro＠x．jp",
    "ｃａｆｅ\u0301＠ｘ．ｊｐ宛",
    "mail @ noon, 03-1234-5678",
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
    firm: Firm | None
    lead_ids: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    browsers: list[str] = field(default_factory=list)


def make_people(world: World, count: int) -> list[Human]:
    """Fill the leads feed and return who is behind it."""
    firms = make_firms(world)
    people = [_human(world, number, firms) for number in range(count)]
    for human in people:
        if world.chance(0.15):
            human.phone = world.pick(people).phone
    for human in people:
        for _ in world.some(1, 3 if world.chance(0.4) else 1):
            _lead(world, human, people)
    return people + _colleagues(world, firms, count)


def _colleagues(world: World, firms: list[Firm], count: int) -> list[Human]:
    """Leads that only the name of their company connects, one of them without its address."""
    found: list[Human] = []
    for firm in firms:
        for domain in [*firm.domains, "gmail.com", "gmail.com"]:
            human = _human(world, count + len(found), [firm])
            human.email = f"{world.new_id('c').lower()}@{domain}"
            human.emails = [human.email]
            _lead(world, human, [])
            last = world.feeds["leads"][-1]
            last["email"], last["company_name"] = human.email, spelled_company(world, firm.name)
            found.append(human)
    return found


def redeliver_leads(world: World, people: list[Human]) -> None:
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


def _human(world: World, number: int, firms: list[Firm]) -> Human:
    firm = world.pick([*firms, *firms, None])
    domain = world.pick(DOMAINS)
    if firm:
        domain = world.pick([world.pick(firm.domains), world.pick(firm.domains), "gmail.com"])
    email = f"pi{number}.{world.prefix}@{domain}"
    serial = int(world.prefix.strip("c")) * 100 + number
    phone, created_at = f"090{serial:08d}", world.moment(world.early_day())
    human = Human(number % len(NAMES), email, phone, created_at, firm)
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
            company_name=_company_name(world, human),
            lead_source=world.pick(SOURCES),
            campaign=world.pick(CAMPAIGNS),
            mail_opt_in=world.pick([True, False, None]),
            employee_count=world.pick(HEADCOUNTS),
            is_deleted=world.chance(0.07),
            **{name: world.pick(values) for name, values in ATTRIBUTES.items()},
        )
        if world.chance(0.1):
            row["merged_into_lead_id"] = world.pick([*merge_targets, lead_id, "nowhere"])
        updated_at = max(updated_at + timedelta(seconds=1), world.moment())
    human.lead_ids.append(lead_id)


def _company_name(world: World, human: Human) -> str | None:
    if human.firm is None or world.chance(0.2):
        return world.pick([*FORMS_ALONE, "あおぞら", None, None, None])
    return spelled_company(world, human.firm.name)


def _email(world: World, human: Human) -> str | None:
    if world.chance(0.1):
        return world.pick([*BAD_EMAILS, None])
    if world.chance(0.15):
        human.emails.append(f"{world.prefix}.{len(human.emails)}.{human.email}")
    return spelled_email(world, world.pick(human.emails))


def spelled_email(world: World, email: str) -> str:
    """One of the spellings that normalize to the same address."""
    spellings = [email, email, email.upper(), f" {email} ", full_width(email), f"　{email}"]
    spellings += [f"\t{email}\n", f"\u00a0{email}", email.replace("i", "İ")]
    place = world.rng.randint(0, len(email))
    spellings += [f"{email[:place]}{world.pick(INVISIBLE)}{email[place:]}", f"\ufeff {email}"]
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
    if lead_id is None and world.chance(0.05):
        lead_id = spelled_placeholder(world, "lead_id")
    return {"lead_id": lead_id, "email": email}


def required_address(world: World, human: Human) -> Row:
    """As `addressed`, where a feed demands one of the two."""
    row = addressed(world, human)
    if row["lead_id"] is None and row["email"] is None:
        row["lead_id"] = world.pick(human.lead_ids)
    return row
