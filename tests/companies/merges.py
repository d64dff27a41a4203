"""Leads as CRMs export them: merged and deleted, of today only, with addresses given up."""

from datetime import timedelta

from tests.companies.people import Human
from tests.companies.world import World
from tests.reference.feeds import Row

DAY = timedelta(days=1)


def make_chain(world: World) -> None:
    """Merge the leads in one long chain, or in a ring."""
    lead_ids = sorted({row["lead_id"] for row in world.feeds["leads"]})[: world.rng.randint(2, 30)]
    world.rng.shuffle(lead_ids)
    following = dict(
        zip(lead_ids, lead_ids[1:] + lead_ids[: world.rng.randint(0, 1)], strict=False)
    )
    for row in world.feeds["leads"]:
        row["merged_into_lead_id"] = following.get(row["lead_id"], row["merged_into_lead_id"])


def make_aliases(world: World, people: list[Human]) -> None:
    """Leads that were deleted by a merge: into a lead, through each other, in a circle."""
    for human in people:
        if not world.chance(0.4):
            continue
        target: str | None = world.pick(world.pick(people).lead_ids)
        aliases = [world.new_id("A") for _ in world.some(1, 3)]
        if world.chance(0.35):
            target = world.pick([aliases[-1], "nowhere", None])
        for alias, into in zip(aliases, [target, *aliases], strict=False):
            _alias(world, human, alias, into)
        human.lead_ids += aliases
        if world.chance(0.8):
            # a lead that lives and was merged into the alias
            rows = [row for row in world.feeds["leads"] if row["lead_id"] == human.lead_ids[0]]
            rows[-1]["merged_into_lead_id"] = aliases[-1]


def _alias(world: World, human: Human, alias: str, into: str | None) -> None:
    email = f"{alias}@gone.example".lower()
    given_up = f"old.{email}"
    versions = [given_up, email] if world.chance(0.5) else [email]
    for number, address in enumerate(versions):
        is_last = number == len(versions) - 1
        world.add(
            "leads",
            lead_id=alias,
            created_at=human.created_at,
            updated_at=human.created_at + number * DAY,
            email=address,
            lead_source="unknown",
            is_deleted=is_last,
            merged_into_lead_id=into if is_last or world.chance(0.3) else None,
        )
    human.emails += versions


def make_given_up_addresses(world: World, people: list[Human]) -> None:
    """Addresses of earlier versions alone, some of them of two leads, at one instant or not."""
    for human in people:
        if world.chance(0.3):
            address = f"given.up{len(human.emails)}.{human.email}"
            other = world.pick([human, world.pick(people)])
            age = world.pick([DAY, 2 * DAY])
            _earlier(world, human, address, human.created_at - age)
            _earlier(world, other, address, human.created_at - DAY)
            human.emails.append(address)


def _earlier(world: World, human: Human, email: str, updated_at: object) -> None:
    lead_id = world.pick(human.lead_ids)
    known = [row for row in world.feeds["leads"] if row["lead_id"] == lead_id]
    if all(row["updated_at"] != updated_at for row in known):
        first: Row = min(known, key=lambda row: row["updated_at"])
        world.add("leads", **first | {"updated_at": updated_at, "email": email})


def make_stand_ins(world: World) -> None:
    """Leads of which the export holds only versions from after D."""
    after = world.midnight(world.settings.as_of + DAY)
    lead_ids = sorted({row["lead_id"] for row in world.feeds["leads"]})
    chosen = {lead_id for lead_id in lead_ids if world.chance(0.08)}
    for lead_id in sorted(chosen):
        versions = [row for row in world.feeds["leads"] if row["lead_id"] == lead_id]
        first = min(row["updated_at"] for row in versions)
        for row in versions:
            row["updated_at"] += after - first
            row["is_deleted"] |= world.chance(0.3)
