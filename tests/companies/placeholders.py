"""What systems write where they know nothing, in every column that the rules may list."""

from tests.companies.world import World

PLACEHOLDERS = {
    "anonymous_id": ["null", "undefined", "0"],
    "lead_id": ["UNKNOWN", "n/a"],
    "email": ["none@none.example", " Test@Test.example"],
    "phone": ["000-0000-0000", "090-9999-9999"],
    "full_name": ["テスト", "TEST USER Σ"],
    "company_name": ["個人", "N/A", "-"],
}
SHARE = {"lead_id": 0.06, "phone": 0.15, "full_name": 0.15, "company_name": 0.15}


def spelled_placeholder(world: World, column: str) -> str:
    value = world.pick(PLACEHOLDERS[column])
    near_miss = f"{value}9"
    return world.pick([value, value.upper(), f" {value.title()} ", f"\u3000{value}", near_miss])


def make_placeholders(world: World) -> None:
    """Put them in the place of known values; leads with one for an id come on top."""
    for feed, rows in world.feeds.items():
        for row in list(rows):
            for column in sorted(PLACEHOLDERS.keys() & row.keys()):
                if row[column] is None or not world.chance(SHARE.get(column, 0.04)):
                    continue
                if (feed, column) == ("leads", "lead_id"):
                    world.add(feed, **row | {column: spelled_placeholder(world, column)})
                else:
                    row[column] = spelled_placeholder(world, column)
