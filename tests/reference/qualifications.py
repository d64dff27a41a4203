"""Spells of qualified days (section 8)."""

from datetime import date

from tests.reference.clock import ONE_DAY, Settings, days
from tests.reference.feeds import Row
from tests.reference.rules import Rules, lookup
from tests.reference.scores import Scores


def qualifications(
    persons: list[Row],
    dispositions: dict[str, list[Row]],
    scores: Scores,
    rules: Rules,
    settings: Settings,
) -> list[Row]:
    """fct_qualifications."""
    found: list[Row] = []
    for person in persons:
        person_id = person["person_id"]
        won = [row for row in dispositions.get(person_id, []) if row["stage"] == "won"]
        won_date = min((settings.local_date(row["occurred_at"]) for row in won), default=date.max)
        triggers = {
            day: trigger
            for day in days(settings.local_date(person["created_at"]), settings.as_of)
            if day < won_date and (trigger := trigger_of(person, day, scores, rules))
        }
        for first, last in spells(list(triggers), settings.requalify_cooldown_days):
            found.append(
                {
                    "person_id": person_id,
                    "qualified_from": first,
                    "qualified_to": None if last == settings.as_of else last + ONE_DAY,
                    "trigger": triggers[first],
                    "score_at_entry": scores.score(person_id, first),
                    "fit_grade": person["fit_grade"],
                    "account_tier": person["account_tier"],
                }
            )
    return found


def trigger_of(person: Row, day: date, scores: Scores, rules: Rules) -> str | None:
    """Why a person qualifies on a day, wins aside; None if it does not."""
    if person["is_excluded"] or not person["is_contactable"]:
        return None
    if scores.has_raised_hand(person["person_id"], day):
        return "hand_raise"
    thresholds = lookup(rules, "qualification_rules", "fit_grade", "min_score")
    threshold = thresholds.get(person["fit_grade"])
    reached = threshold is not None and scores.score(person["person_id"], day) >= threshold
    return "score" if reached else None


def spells(qualified: list[date], cooldown_days: int) -> list[tuple[date, date]]:
    """(first, last) of runs of days, those a short gap apart taken as one."""
    found: list[tuple[date, date]] = []
    for day in qualified:
        if found and (day - found[-1][1]).days - 1 <= cooldown_days:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
