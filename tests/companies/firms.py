"""Names of companies as forms hold them: with legal forms, in odd spellings, or with none left."""

from dataclasses import dataclass

from tests.companies.world import World, full_width

FIRM_DOMAINS = ["big.example", "mid.example", "other.co.jp"]
FORMS = [
    *("株式会社", "(株)", "有限会社", "会社", "Inc", "co", "LTD", "ＧｍｂＨ", "Co., Ltd.", "k.k."),
]
FORMS_ALONE = ["株式会社", "Inc", "Ltd Co", " ・ ", "Co., Ltd.", "㈱"]


@dataclass(frozen=True)
class Firm:
    """A company: what its spellings share, and the domains of those who have its address."""

    name: str
    domains: list[str]


def make_firms(world: World) -> list[Firm]:
    """Names start with the company's prefix, but for one that many companies share."""
    names = [f"北野が{world.prefix}工業", f"kita {world.prefix} fh"]
    own_domain = world.pick([*FIRM_DOMAINS, f"{world.prefix}.example"])
    return [
        Firm(world.pick(names), [own_domain]),
        Firm("ACME Japan", world.rng.sample(FIRM_DOMAINS, 2)),
    ]


def spelled_company(world: World, name: str) -> str:
    """Mostly spellings of one company, and a few that make another one of it."""
    half = len(name) // 2
    decomposed = name.replace("が", "か\u3099")
    spellings = [
        *(name, name.upper(), full_width(name), f"{name[:half]}・{name[half:]}", decomposed),
        *(f"株式会社{name}", f"{name}（株）", f"㈱ {name}", f"{name[:half]}㈱{name[half:]}"),
        *(f"{name}\u3000有限会社", f"{name} 株式会社会社", f"{name} Co., Ltd.", f"{name} K.K."),
        *(
            f"{name}-inc",
            f"{name}, Inc.",
            f"{name} CO LTD",
            f"{name} gmbh",
            full_width(f"{name} co"),
        ),
        # what one removal leaves is no form, and a mark is no letter
        *(f"{name}会(株)社", f"{name[:half]}\u3099{name[half:]}", f"{name} co、ltd"),
        *(f"inc {name}", f"{name} co x", f"{name}inc"),
    ]
    return name if world.chance(0.5) else world.pick(spellings)
