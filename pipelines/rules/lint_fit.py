"""Lint of the fit rules, and of the grades that live on their points."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from pipelines.rules.checking import Rules
from pipelines.rules.findings import Finding, Kind
from pipelines.rules.reading import Row
from pipelines.rules.seeds import FIT_ATTRIBUTES
from pipelines.rules.values import shown

# filled in for everybody, so `blank` never matches
_NEVER_BLANK = ("lead_source", "account_tier")
_LIKE_NOTHING = "\0"

Attribute = str | Decimal | None


@dataclass(frozen=True, slots=True)
class FitRule:
    """One row of fit_rules; `parts` are what it compares with, lower-cased."""

    row: int
    rule_id: str
    attribute: str
    operator: str
    parts: tuple[str, ...]
    points: int
    excludes: bool

    def numbers(self) -> tuple[Decimal, ...]:
        return tuple(Decimal(part.strip()) for part in self.parts)

    def matches(self, value: Attribute) -> bool:
        """Whether the rule matches a person whose attribute is `value`."""
        if value is None or self.operator == "blank":
            return value is None and self.operator == "blank"
        if isinstance(value, Decimal):
            return self._matches_number(value)
        if self.operator == "contains":
            return self.parts[0] in value
        return value in self.parts

    def _matches_number(self, value: Decimal) -> bool:
        if self.operator == "gte":
            return value >= self.numbers()[0]
        if self.operator == "lte":
            return value <= self.numbers()[0]
        return value in self.numbers()


def lint_fit(rules: Rules) -> Iterator[Finding]:
    """Yield fit rules that never match, do nothing, repeat or contradict, and idle grades."""
    tiers = {"none"} | {row.text("account_tier").lower() for row in rules.rows["target_accounts"]}
    fit_rules = [_fit_rule(row) for row in rules.rows["fit_rules"]]
    live = []
    for rule in fit_rules:
        reason = _never_matches(rule, tiers)
        name = f"rule {shown(rule.rule_id)}"
        if reason:
            yield _finding("never_applies", (rule,), f"{name} never matches: {reason}")
            continue
        live.append(rule)
        if not rule.points and not rule.excludes:
            yield _finding("no_effect", (rule,), f"{name} gives no points and excludes nobody")
    for one, other in combinations(live, 2):
        yield from _both_match(one, other)
    yield from _grades(live, tiers, rules)


def _fit_rule(row: Row) -> FitRule:
    value = row.text("value").lower()
    operator = row.text("operator")
    return FitRule(
        row=row.number,
        rule_id=row.text("rule_id"),
        attribute=row.text("attribute"),
        operator=operator,
        parts=tuple(value.split("|")) if operator == "in" else (value,),
        points=row.whole("points") or 0,
        excludes=row.flag("excludes"),
    )


def _never_matches(rule: FitRule, tiers: set[str]) -> str | None:
    if rule.operator == "blank":
        return f"{rule.attribute} is never blank" if rule.attribute in _NEVER_BLANK else None
    if rule.attribute == "account_tier" and not any(rule.matches(tier) for tier in tiers):
        return "target_accounts.csv has no such account_tier"
    if rule.attribute == "email_domain" and all("@" in part for part in rule.parts):
        return "an e-mail domain is what follows the @"
    if rule.operator == "eq" and "|" in rule.parts[0]:
        return "eq compares with the whole value, bars included; the operator in separates by bars"
    if rule.operator == "in" and not any(rule.parts):
        return "it lists no value"
    return None


def _both_match(one: FitRule, other: FitRule) -> Iterator[Finding]:
    """Two rules on one attribute that match the same value.

    Steps on employee_count (`gte 100`, `gte 1000`) are meant to add up, and the points of somebody
    whom a rule excludes do not matter.
    """
    if one.attribute != other.attribute or one.excludes or other.excludes:
        return
    is_opposed = one.points * other.points < 0
    is_same = (one.operator, one.parts) == (other.operator, other.parts)
    if one.attribute == "employee_count" and not is_opposed and not is_same:
        return
    witness = next(
        (value for value in _values([one, other]) if one.matches(value) and other.matches(value)),
        _LIKE_NOTHING,
    )
    if witness == _LIKE_NOTHING:
        return
    seen = "a blank" if witness is None else shown(str(witness))
    names = f"rules {shown(one.rule_id)} and {shown(other.rule_id)}"
    text = f"{names} both match {seen} as {one.attribute}"
    if is_opposed:
        yield _finding("contradicts", (other, one), f"{text}, with opposite points")
    else:
        yield _finding("counts_twice", (other, one), text)


def _values(fit_rules: Iterable[FitRule]) -> list[Attribute]:
    """Values of one attribute that tell the rules apart."""
    found: list[Attribute] = [None]
    for rule in fit_rules:
        if rule.operator == "blank":
            continue
        if rule.attribute == "employee_count":
            found += [number + step for number in rule.numbers() for step in (-1, 0, 1)]
        else:
            found += rule.parts
    return found


def _grades(live: list[FitRule], tiers: set[str], rules: Rules) -> Iterator[Finding]:
    least = greatest = 0
    for attribute in FIT_ATTRIBUTES:
        sums = _possible_sums([rule for rule in live if rule.attribute == attribute], tiers)
        least, greatest = least + min(sums), greatest + max(sums)
    grades = sorted((row.whole("min_points") or 0, row) for row in rules.rows["fit_grades"])
    for position, (points, row) in enumerate(grades):
        above = grades[position + 1][0] if position + 1 < len(grades) else None
        if points > greatest or (above is not None and above <= least):
            text = (
                f"nobody gets grade {shown(row.text('fit_grade'))}, "
                f"fit scores range from {least} to {greatest}"
            )
            yield Finding("unreachable", "fit_grades", (row.number,), text)


def _possible_sums(fit_rules: list[FitRule], tiers: set[str]) -> list[int]:
    """Sums of points that one attribute can give: over single values and long texts."""
    if not fit_rules:
        return [0]
    attribute = fit_rules[0].attribute
    values = _values(fit_rules)
    if attribute == "account_tier":
        values = list(tiers)
    elif attribute != "employee_count":
        contained = [rule for rule in fit_rules if rule.operator == "contains"]
        values += [
            _LIKE_NOTHING,
            _LIKE_NOTHING.join(rule.parts[0] for rule in contained if rule.points > 0),
            _LIKE_NOTHING.join(rule.parts[0] for rule in contained if rule.points < 0),
        ]
    if attribute == "lead_source":
        values = [value for value in values if value is not None]
    return [sum(rule.points for rule in fit_rules if rule.matches(value)) for value in values]


def _finding(kind: Kind, fit_rules: tuple[FitRule, ...], text: str) -> Finding:
    return Finding(kind, "fit_rules", tuple(rule.row for rule in fit_rules), text)
