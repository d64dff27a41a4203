"""Lint of the scoring rules, and of the thresholds that live on their points."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.feeds import MAIL_EVENT_TYPES
from pipelines.rules.checking import Rules
from pipelines.rules.findings import Finding, Kind, Observed
from pipelines.rules.reading import Row
from pipelines.rules.seeds import DISPOSITIONS
from pipelines.rules.values import shown

MAIL_TOUCHPOINTS = ("mail_open", "mail_click", "mail_reply", "mail_unsubscribe")
# more than this many matches on every single day of a window is nobody's behaviour
_MATCHES_A_DAY = 20


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """One row of scoring_rules; an open or absent value is None, a blank content type empty."""

    row: int
    rule_id: str
    touchpoint_type: str
    content_type: str
    points: int
    every: int
    window_days: int
    max_points: int | None
    hand_raise: bool
    valid_from: date
    valid_to: date


def lint_scoring(rules: Rules, observed: Observed) -> Iterator[Finding]:
    """Yield rules that never apply, do nothing or count a touchpoint again, and idle thresholds."""
    live = []
    for rule in map(_scoring_rule, rules.rows["scoring_rules"]):
        reason = _never_applies(rule, rules, observed)
        if reason:
            yield _finding(
                "never_applies", rule, f"rule {shown(rule.rule_id)} never applies: {reason}"
            )
            continue
        live.append(rule)
        yield from _without_effect(rule)
    yield from _counted_twice(live)
    yield from _thresholds(live, rules)


def _scoring_rule(row: Row) -> ScoringRule:
    return ScoringRule(
        row=row.number,
        rule_id=row.text("rule_id"),
        touchpoint_type=row.text("touchpoint_type"),
        content_type=row.text("content_type"),
        points=row.whole("points") or 0,
        every=row.whole("every") or 1,
        window_days=row.whole("window_days") or 1,
        max_points=row.whole("max_points"),
        hand_raise=row.flag("hand_raise"),
        valid_from=row.day("valid_from") or date.min,
        valid_to=row.day("valid_to") or date.max,
    )


def _never_applies(rule: ScoringRule, rules: Rules, observed: Observed) -> str | None:
    kind = rule.touchpoint_type
    if kind in MAIL_EVENT_TYPES and f"mail_{kind}" in MAIL_TOUCHPOINTS:
        return f"the touchpoint of a mail {kind} is called mail_{kind}"
    if kind.removeprefix("mail_") in MAIL_EVENT_TYPES and kind not in MAIL_TOUCHPOINTS:
        return f"a mail {kind.removeprefix('mail_')} is not a touchpoint"
    if kind in DISPOSITIONS:
        return f"the disposition {kind} is not a touchpoint"
    if rule.content_type and _is_pageless(kind, rules):
        return f"{kind} has no page and so no content_type"
    catalogue = {row.text("content_type") for row in rules.rows["content_catalog"]}
    if rule.content_type and rule.content_type not in catalogue:
        return f"content_catalog.csv has no content_type {shown(rule.content_type)}"
    if observed.touchpoint_types and kind not in observed.touchpoint_types:
        return f"the data contains no touchpoint of type {shown(kind)}"
    if rule.every > _MATCHES_A_DAY * rule.window_days:
        return f"it asks for {rule.every} matches in {rule.window_days} days"
    return None


def _is_pageless(kind: str, rules: Rules) -> bool:
    return kind in MAIL_TOUCHPOINTS or any(
        row.text("feed") == "offline" and row.text("key") == kind
        for row in rules.rows["channel_map"]
    )


def _without_effect(rule: ScoringRule) -> Iterator[Finding]:
    if rule.points == 0 and not rule.hand_raise:
        text = f"rule {shown(rule.rule_id)} gives no points and is not a hand raise"
        yield _finding("no_effect", rule, text)
    elif rule.max_points and rule.max_points < abs(rule.points):
        text = (
            f"rule {shown(rule.rule_id)} never gives its {abs(rule.points)} points, "
            f"max_points is {rule.max_points}"
        )
        yield _finding("no_effect", rule, text)


def _counted_twice(live: list[ScoringRule]) -> Iterator[Finding]:
    scoring = [rule for rule in live if rule.points]
    for position, rule in enumerate(scoring):
        others = [other for other in scoring[:position] if _overlap(rule, other)]
        if others:
            names = ", ".join(shown(other.rule_id) for other in others)
            text = f"rule {shown(rule.rule_id)} counts touchpoints that are counted by {names} too"
            rows = (rule.row, *(other.row for other in others))
            yield Finding("counts_twice", "scoring_rules", rows, text)


def _overlap(one: ScoringRule, other: ScoringRule) -> bool:
    return (
        one.touchpoint_type == other.touchpoint_type
        and (
            not one.content_type or not other.content_type or one.content_type == other.content_type
        )
        and max(one.valid_from, other.valid_from) < min(one.valid_to, other.valid_to)
    )


def _thresholds(live: list[ScoringRule], rules: Rules) -> Iterator[Finding]:
    giving = [rule for rule in live if rule.points > 0]
    has_ceiling = all(rule.max_points is not None for rule in giving)
    ceiling = sum(rule.max_points or 0 for rule in giving)
    for row in rules.rows["qualification_rules"]:
        least, grade = row.whole("min_score") or 0, shown(row.text("fit_grade"))
        if least <= 0:
            text = f"min_score {least} lets grade {grade} qualify without a single touchpoint"
        elif has_ceiling and least > ceiling:
            text = (
                f"min_score {least} of grade {grade} is out of reach, "
                f"all rules together give at most {ceiling}"
            )
        else:
            continue
        kind: Kind = "no_effect" if least <= 0 else "unreachable"
        yield Finding(kind, "qualification_rules", (row.number,), text)


def _finding(kind: Kind, rule: ScoringRule, text: str) -> Finding:
    return Finding(kind, "scoring_rules", (rule.row,), text)
