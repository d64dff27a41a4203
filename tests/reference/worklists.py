"""What people act on: handoff_queue, follow_up_worklist."""

import csv
from datetime import date
from functools import cache

from pipelines.settings import LABELS
from tests.reference.clock import ONE_DAY, Settings, days, is_business_day
from tests.reference.feeds import Row
from tests.reference.leads import grouped
from tests.reference.rules import Rules
from tests.reference.scores import Scores, rule_points
from tests.reference.value_matrix import BANDS

Marts = dict[str, list[Row]]


@cache
def labels() -> dict[tuple[str, str], str]:
    with (LABELS / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {(row["kind"], row["key"]): row["label"] for row in rows if row["language"] == "en"}


def label(kind: str, key: str) -> str:
    return labels().get((kind, key), key)


def reasons(person_id: str, scores: Scores) -> list[str]:
    """The three rules that count most for a person on D, in words."""
    found = []
    for rule_id, series in scores.counts.get(person_id, {}).items():
        rule, active = scores.rules[rule_id], series.get(scores.settings.as_of, 0)
        points = rule_points(rule, active)
        is_raised = rule["hand_raise"] and active >= rule["every"]
        if points > 0 or is_raised:
            found.append((not is_raised, -points, -active, rule_id))
    return [
        _sentence(scores.rules[rule_id], -count, -points)
        for _, points, count, rule_id in sorted(found)[:3]
    ]


def _sentence(rule: Row, count: int, points: int) -> str:
    what = label("touchpoint", rule["touchpoint_type"])
    if rule["content_type"]:
        what = f"{what} on {label('content', rule['content_type'])}"
    often = "once" if count == 1 else f"{count} times"
    span = (
        "on the last day" if rule["window_days"] == 1 else f"in the last {rule['window_days']} days"
    )
    return f"{what} {often} {span}" + (f" (score +{points})" if points > 0 else "")


def hand_raised_date(person_id: str, scores: Scores) -> date | None:
    """The last day on which one more touch than the day before held up a hand that is up on D."""
    days_of_rise = [
        day
        for rule_id, series in scores.counts.get(person_id, {}).items()
        if scores.rules[rule_id]["hand_raise"]
        and series.get(scores.settings.as_of, 0) >= scores.rules[rule_id]["every"]
        for day, active in series.items()
        if active > series.get(day - ONE_DAY, 0)
    ]
    return max(days_of_rise, default=None)


def handoff_queue(leads: list[Row], marts: Marts, scores: Scores) -> list[Row]:
    settings = scores.settings
    handed, spells = grouped(marts["fct_handoffs"]), grouped(marts["fct_qualifications"])
    waiting = []
    for lead in leads:
        if not lead["is_qualified"] or lead["owner"] == "sales":
            continue
        person_id, since = lead["person_id"], lead["qualified_from"]
        own = handed.get(person_id, [])
        earlier = [row["handed_off_date"] for row in own]
        withdrawals = [
            settings.local_date(row["withdrawn_at"])
            for row in own
            if row["cycle_number"] == lead["cycle_number"] and row["withdrawn_at"]
        ]
        waiting_since = max(since, lead["cycle_started_date"], *withdrawals)
        raised = hand_raised_date(person_id, scores)
        is_given_back = (raised is None or raised <= waiting_since) and any(
            row["handed_off_date"] >= since and _gave_back(row, lead) for row in own
        )
        told = [*reasons(person_id, scores), None, None, None]
        route = "adr" if lead["account_tier"] != "none" else "sales"
        (running,) = (row for row in spells[person_id] if row["qualified_to"] is None)
        waiting.append(
            lead
            | {
                "trigger": running["trigger"],
                "reason_1": told[0],
                "reason_2": told[1],
                "reason_3": told[2],
                "hand_raised_date": raised,
                "suggested_route": "marketing" if is_given_back else route,
                "waiting_since": waiting_since,
                "days_waiting": (settings.as_of - waiting_since).days,
                "is_given_back": is_given_back,
                "earlier_handoffs": len(earlier),
                "last_handed_off_date": max(earlier, default=None),
            }
        )
    waiting.sort(
        key=lambda row: (
            row["is_given_back"],
            row["trigger"] != "hand_raise" and row["hand_raised_date"] is None,
            row["account_tier"] == "none",
            -row["behavior_score"],
            -row["fit_score"],
            row["waiting_since"],
            row["person_id"],
        )
    )
    return [_queued(rank, row) for rank, row in enumerate(waiting, start=1)]


def _gave_back(handoff: Row, lead: Row) -> bool:
    """Whether sales gave a hand-off back: it said so, or the cycle ended without a win."""
    is_over = handoff["cycle_number"] < lead["cycle_number"]
    return handoff["outcome"] == "rejected" or (is_over and handoff["outcome"] != "withdrawn")


def _queued(rank: int, row: Row) -> Row:
    names = [
        *("person_id", "account_id", "account_tier", "fit_grade", "behavior_score", "trigger"),
        *("score_change_7_days", "reason_1", "reason_2", "reason_3", "top_topic", "buying_stage"),
        *("suggested_route", "qualified_from", "waiting_since", "days_waiting", "is_given_back"),
        *("earlier_handoffs", "last_handed_off_date", "lead_source", "last_touch_date"),
        *("last_touch_type", "hand_raised_date", "is_mailable", "mail_block_reason"),
    ]
    stage = row["buying_stage"]
    return {
        "priority_rank": rank,
        "trigger_label": label("trigger", row["trigger"]),
        "buying_stage_label": stage and label("buying_stage", stage),
        "suggested_route_label": label("route", row["suggested_route"]),
        **{name: row[name] for name in names},
    }


def follow_up_worklist(
    leads: list[Row], marts: Marts, rules: Rules, settings: Settings
) -> list[Row]:
    holidays = {record["date"] for record in rules["holidays"]}
    people = {lead["person_id"]: lead for lead in leads}
    found = []
    for row in marts["fct_handoffs"]:
        if row["outcome"] not in ("pending", "untouched"):
            continue
        lead = people[row["person_id"]]
        deadline = row["acceptance_deadline"]
        earlier, later = sorted([settings.as_of, deadline])
        between = sum(
            is_business_day(day, holidays) for day in days(earlier, later) if day > earlier
        )
        kept = ("fit_grade", "account_id", "account_tier", "buying_stage", "top_topic")
        taken = ("handoff_id", "person_id", "sales_team", "sales_rep", "routed_by", "outcome")
        found.append(
            {
                **{name: row[name] for name in taken},
                "is_open": lead["open_handoff_id"] == row["handoff_id"],
                "handed_off_date": row["handed_off_date"],
                "acceptance_deadline": deadline,
                "business_days_left": between if deadline > settings.as_of else -between,
                "behavior_score": lead["behavior_score"],
                "score_at_handoff": row["score_at_handoff"],
                **{name: lead[name] for name in (*kept, "last_touch_date", "last_touch_type")},
            }
        )
    found.sort(
        key=lambda row: (
            not row["is_open"],
            -sum(row["behavior_score"] >= floor for floor in BANDS),
            row["business_days_left"],
            -row["behavior_score"],
            row["handed_off_date"],
            row["handoff_id"],
        )
    )
    return [{"follow_up_rank": rank, **row} for rank, row in enumerate(found, start=1)]
