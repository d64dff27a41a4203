"""Leads with marketing that nobody touched for long."""

from datetime import date, timedelta

from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.handoffs import TOUCHES
from tests.reference.mail import first_events
from tests.reference.rules import Rules, lookup

DAYS = timedelta(days=90)


def neglected_leads(
    leads: list[Row],
    persons: dict[str, Row],
    dispositions: dict[str, list[Row]],
    mail: list[Row],
    rules: Rules,
    settings: Settings,
) -> list[Row]:
    """`persons` by `person_id`; `mail` as `addressed` gives it."""
    thresholds = lookup(rules, "qualification_rules", "fit_grade", "min_score")
    best = [grade for grade, score in thresholds.items() if score == min(thresholds.values())]
    mailed = _last_mailed(mail, settings)
    found: list[Row] = []
    for lead in leads:
        sales = dispositions.get(lead["person_id"], [])
        touched = [
            settings.local_date(row["occurred_at"]) for row in sales if row["stage"] in TOUCHES
        ]
        touched += [lead["last_touch_date"]] if lead["last_touch_date"] else []
        last = max(touched, default=None)
        if lead["owner"] == "sales" or max(last or date.min, lead["created_date"]) > (
            settings.as_of - DAYS
        ):
            continue
        person = persons[lead["person_id"]]
        last_mailed = mailed.get(f"person {lead['person_id']}")
        neglected = {
            "person_id": lead["person_id"],
            "created_date": lead["created_date"],
            "last_touch_date": last,
            "days_without_touch": (settings.as_of - (last or lead["created_date"])).days,
            "last_mailed_date": last_mailed,
            "is_still_mailed": bool(last_mailed and last_mailed > settings.as_of - DAYS),
            "fit_grade": lead["fit_grade"],
            "account_tier": lead["account_tier"],
            "is_contactable": lead["is_contactable"],
            "is_mailable": lead["is_mailable"],
            "mail_block_reason": lead["mail_block_reason"],
            "is_opted_in": person["mail_opt_in"],
            "is_excluded": lead["is_excluded"],
        }
        found.append(neglected | {"suggested_action": _action(neglected, person, best)})
    counts = {"neglected_people": len(found), "base_people": len(leads)}
    return [row | counts | {"neglected_rate": len(found) / len(leads)} for row in found]


def _last_mailed(mail: list[Row], settings: Settings) -> dict[str, date]:
    """The day of the last mail to each recipient that did not bounce."""
    firsts = first_events(mail)
    found: dict[str, date] = {}
    for key, sent_at in firsts["sent"].items():
        if key not in firsts["bounced"]:
            _, recipient = key
            day = settings.local_date(sent_at)
            found[recipient] = max(day, found.get(recipient, day))
    return found


def _action(lead: Row, person: Row, best_grades: list[str]) -> str:
    is_gone = lead["mail_block_reason"] == "bounced"
    has_no_address = person["normalized_email"] is None or is_gone
    cases = [
        (lead["is_excluded"], "leave"),
        (has_no_address and person["normalized_phone"] is None, "complete_data"),
        (lead["fit_grade"] in best_grades or lead["account_tier"] != "none", "call"),
        (has_no_address, "complete_data"),
        (not lead["is_mailable"], "stop_mailing" if lead["is_still_mailed"] else "leave"),
        (lead["is_still_mailed"], "change_content"),
        (lead["is_opted_in"], "mail"),
        (True, "ask_for_consent"),
    ]
    return next(action for holds, action in cases if holds)
