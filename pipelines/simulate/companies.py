"""Companies: target accounts from the seed, competitors, and many that were made up."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate import vocabulary as words
from pipelines.simulate.drawing import NONE, Floats, Generator, Ints, Texts, draw, texts
from pipelines.simulate.rules import Rules


@dataclass(frozen=True, slots=True)
class Companies:
    """One entry per company: `weight` is its share of the people, `need` that of the product."""

    name: Texts
    domain: Texts
    industry: Texts
    country: Texts
    employees: Ints
    tier: Texts
    weight: Floats
    need: Floats

    @property
    def count(self) -> int:
        return len(self.name)


def build_companies(rng: Generator, rules: Rules, persons: int) -> Companies:
    """About one company for four people, and every target account."""
    rows = [_target(number, domain) for number, domain in enumerate(rules.target_accounts)]
    rows += [("Rival Monitoring", words.COMPETITORS[0], "electronics", "JP")]
    rows += [("Copycat Systems", words.COMPETITORS[1], "software", "US")]
    accounts = len(rules.target_accounts)
    rows += _ordinary(max(1, persons // 4))
    name, domain, industry, country = zip(*rows, strict=True)
    tier = texts([rules.target_accounts.get(each, "none") for each in domain])
    weight = rng.gamma(1.2, 1.0, len(rows))
    weight[:accounts] *= 0.16 * weight[accounts + 2 :].sum() / weight[:accounts].sum()
    weight[accounts : accounts + 2] = 0.006 * weight.sum()
    employees = np.exp(rng.normal(5.0, 1.5, len(rows))).astype(np.int64) + 3
    employees[:accounts] = 800 + employees[:accounts] * 6
    known = draw(rng, [None, "x"], len(rows), [0.06, 0.94])
    core = {industry for *_, industry in words.COMPANY_TRADES[:5]}
    adjacent = {industry for *_, industry in words.COMPANY_TRADES[5:9]}
    need = np.array([0.9 if i in core else 0.6 if i in adjacent else 0.25 for i in industry])
    return Companies(
        name=texts(name),
        domain=texts(domain),
        industry=np.where(known == "x", texts(industry), NONE),
        country=texts(country),
        employees=employees,
        tier=tier,
        weight=weight,
        need=need,
    )


def _target(number: int, domain: str) -> tuple[str, str, str, str]:
    industry = words.COMPANY_TRADES[number % 9][3]
    name = domain.partition(".")[0].replace("-", " ").title()
    if number % 3 == 2:
        return f"{name} {words.WESTERN_FORMS[number % 4]}", domain, industry, "DE"
    return f"{name}株式会社", domain, industry, "JP"


def _ordinary(count: int) -> list[tuple[str, str, str, str]]:
    """Walk all pairs of stem and trade in a mixed order; later rounds get a prefix."""
    rows = []
    stems, trades = len(words.COMPANY_STEMS), len(words.COMPANY_TRADES)
    for number in range(count):
        trade, trade_ja, trade_en, industry = words.COMPANY_TRADES[number * 5 % trades]
        read, written = _round_prefix(number // (stems * trades))
        step = number // trades + number
        if number % 7 == 3:
            stem = words.WESTERN_COMPANY_STEMS[step % len(words.WESTERN_COMPANY_STEMS)]
            form = words.WESTERN_FORMS[number % 4]
            name = f"{read.removesuffix('-').title()} {stem} {trade_en} {form}".strip()
            rows.append((name, f"{read}{stem}-{trade_en}.example".lower(), industry, "US"))
            continue
        stem, stem_ja = words.COMPANY_STEMS[step % stems]
        name = f"{written}{stem_ja}{trade_ja}"
        forms = (f"株式会社{name}", f"{name}㈱")
        rows.append((forms[number % 5 == 4], f"{read}{stem}-{trade}.example", industry, "JP"))
    return rows


def _round_prefix(number: int) -> tuple[str, str]:
    """What tells the companies of one round from those before: in a domain, as written."""
    if number < len(words.COMPANY_PREFIXES):
        return words.COMPANY_PREFIXES[number]
    return f"n{number}-", f"第{number}"
