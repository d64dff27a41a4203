"""Random rules, as the texts of their CSV files."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from tests.companies.behavior import TOUCHPOINT_TYPES
from tests.companies.firms import FORMS
from tests.companies.placeholders import PLACEHOLDERS
from tests.companies.segments import random_segments
from tests.reference.rules import OPTIONAL, Rules, typed_rules

RuleTexts = dict[str, list[dict[str, str]]]

METRICS = [
    *("touchpoints", "visitors", "identified_visitors", "new_leads", "booth_visits"),
    *("business_cards", "newsletter_signups", "document_requests", "downloads"),
    *("webinar_signups", "inquiries", "mqls", "handoffs", "sals", "appointments"),
    *("opportunities", "wins", "won_amount", "mails_sent", "mails_delivered", "mail_openers"),
    *("mail_clickers", "mail_unsubscribes", "mail_replies", "mail_conversions"),
]
NAMED_METRICS = [
    *("touchpoints:page_view", "touchpoints:ask :email", "touchpoints:no such type"),
    *("offline:booth_visit", "offline:Booth_Visit ", "offline:visit taro@x.jp"),
    *("views:pricing", "views:document", "mails_sent:newsletter", "mails_sent:Newsletter "),
    *("mails_delivered:to :email", "mail_openers:product", "mail_clickers:newsletter"),
    *("mail_unsubscribes:newsletter", "mail_replies:misc", "mail_conversions:newsletter"),
]
AGENTS = """cubot,human
headless kiosk,human
OkHttp,library
chatgpt-user,ai_agent
uptimemonitor,monitor
mozilla/5.0 (compatible,crawler
CUBOT X,preview"""
CATALOG = """/docs,document,tech,search
/docs/api,reference,tech,compare
/pricing,pricing,price,compare
/pricing/enterprise,pricing,enterprise,consider
/u,account,support,act
/,site,site,awareness"""
CHANNELS = """web,Email,mail
web, CPC,paid
mail,newsletter ,mail
mail,product,mail_product
offline,Booth_Visit,exhibition
offline,call_connected,phone"""
SPELLINGS = {
    "handed_off": ["handed off", "引渡し"],
    "accepted": ["accepted", "sal"],
    "rejected": ["rejected", "差し戻し", "geri İade"],
    "recycled": ["recycled", "back to nurture", "πίσω στους"],
    "won": ["won", "closed won"],
}
OTHER_DISPOSITIONS = [
    *("attempted", "contacted", "appointment", "opportunity", "lost", "withdrawn"),
]
FIT_RULES = """industry,eq,it,10,false
industry,in,製造|RETAIL,15,false
industry,blank,,-3,false
job_title,contains,MANAGER,20,false
job_title,contains,部長,15,false
job_title,eq,διευθυντήσ,6,false
department,eq,sales,5,false
department,blank,,,false
country,in,jp|us,4,false
employee_count,gte,51,12,false
employee_count,lte,20,-10,false
employee_count,eq,50.0,7,false
employee_count,in,0|1000,3,false
lead_source,eq,exhibition,5,false
lead_source,contains,taro@x.jp,8,false
email_domain,eq,other.co.jp,0,true
email_domain,in,gmail.com|big.example,-15,false
email_domain,blank,,-1,false
account_tier,eq,none,-2,false
account_tier,contains,tier,20,false"""


def _records(header: str, lines: list[str]) -> list[dict[str, str]]:
    names = header.split(",")
    return [dict(zip(names, line.split(","), strict=True)) for line in lines]


def random_rules(rng: random.Random, as_of: date, days: int) -> RuleTexts:
    """Every seed of sections 3 and 13, without a fault."""
    dispositions = [f"{name},{name}" for name in OTHER_DISPOSITIONS]
    dispositions += [f"{text},{name}" for name, texts in SPELLINGS.items() for text in texts]
    fit = rng.sample(FIT_RULES.splitlines(), rng.randint(7, 16))
    grades = {"A": 25, "B": 10, "C": 0, "D": -8}
    scored = rng.sample(sorted(grades), rng.randint(2, 4))
    holidays = {as_of - timedelta(days=rng.randint(-5, days)) for _ in range(rng.randint(1, 6))}
    months = sorted({(as_of - timedelta(days=day)).replace(day=1) for day in range(days)})
    has_placeholders = rng.random() < 0.8
    return {
        "disposition_map": _records("raw_disposition,disposition", dispositions),
        "content_catalog": _records(
            "path_prefix,content_type,topic,buying_stage", _sample(rng, CATALOG)
        ),
        "channel_map": _records("feed,key,channel", _sample(rng, CHANNELS)),
        "scoring_rules": [_scoring_rule(rng, n, as_of, days) for n in range(rng.randint(8, 20))],
        "fit_rules": _records(
            "rule_id,attribute,operator,value,points,excludes",
            [f"F{number:02d},{line}" for number, line in enumerate(fit)],
        ),
        "fit_grades": _records(
            "fit_grade,min_points", [f"{grade},{points}" for grade, points in grades.items()]
        ),
        "qualification_rules": _records(
            "fit_grade,min_score", [f"{grade},{rng.choice([0, 5, 12, 30])}" for grade in scored]
        ),
        "target_accounts": _records(
            "domain,account_tier",
            ["big.example,tier1", "mid.example,tier2", "free-target.example,tier1"],
        ),
        "free_mail_domains": _records("domain", ["gmail.com", "free-target.example"]),
        "company_forms": [{"form": form} for form in _some(rng, FORMS)],
        "machine_agents": _records("agent,kind", _some(rng, AGENTS.splitlines())),
        "placeholders": [
            {"column": column, "value": value}
            for column, values in PLACEHOLDERS.items()
            if has_placeholders
            for value in rng.sample(values, rng.randint(1, len(values)))
        ],
        "handoff_sla": _records(
            "account_tier,acceptance_business_days",
            [f"default,{rng.choice([1, 2, 3, 5, 400])}", f"tier1,{rng.randint(1, 3)}"],
        ),
        "holidays": _records("date,name", [f"{day},holiday" for day in sorted(holidays)]),
        "kpi_tree": _kpi_tree(rng),
        "kpi_targets": _records(
            "kpi_id,month,target",
            [
                f"{metric},{rng.choice(months)},{rng.choice([5, 0.5])}"
                for metric in METRICS
                if rng.random() < 0.7
            ],
        ),
        "visitor_offers": _visitor_offers(rng),
        "scenarios": _scenarios(rng),
        "segments": random_segments(rng),
    }


def _some(rng: random.Random, lines: list[str]) -> list[str]:
    """Most of them in any order, or none: a seed whose file is missing."""
    if rng.random() < 0.15:
        return []
    return rng.sample(lines, rng.randint(len(lines) * 3 // 4, len(lines)))


def _sample(rng: random.Random, lines: str) -> list[str]:
    known = lines.splitlines()
    return rng.sample(known, rng.randint(len(known) // 2, len(known)))


def _scoring_rule(rng: random.Random, number: int, as_of: date, days: int) -> dict[str, str]:
    kind = rng.choice(TOUCHPOINT_TYPES)
    content = rng.choice(["pricing", "document", "site"])
    limit = as_of - timedelta(days=rng.randint(0, days))
    validity = rng.choice([("", ""), ("", ""), ("", str(limit)), (str(limit), "")])
    if rng.random() < 0.15:
        validity = (str(limit), str(limit + timedelta(days=rng.randint(1, days))))
    return {
        "rule_id": f"R{number:02d}",
        "touchpoint_type": rng.choice([kind, "page_view"]),
        "content_type": content if rng.random() < 0.3 else "",
        "points": str(rng.choice([1, 2, 5, 10, 30, -1, -10, 0])),
        "every": str(rng.choice([1, 1, 1, 2, 3])),
        "window_days": str(rng.choice([1, 2, 3, 7, 14, 30, 90, 4000])),
        "max_points": rng.choice(["", "", "1", "8", "20"]),
        "hand_raise": "true" if rng.random() < 0.15 else "false",
        "valid_from": validity[0],
        "valid_to": validity[1],
    }


def _scenarios(rng: random.Random) -> list[dict[str, str]]:
    days = [f"{name},{name},{name}の育成" for name in ("warm", "call", "WARM", "long", "day")]
    stages = ["mql", "handed_off", "sal", "appointment", "opportunity", "won"]
    return _records(
        "scenario_id,name_en,name_ja,goal_stage,goal_days",
        [f"{names},{rng.choice(stages)},{rng.choice([1, 7, 20])}" for names in _some(rng, days)],
    )


def _visitor_offers(rng: random.Random) -> list[dict[str, str]]:
    """Up to three rules of one or two conditions, none of them rare."""
    metrics = ["days_seen", "interested_days", "sessions", "page_views", "question_views"]
    priorities = rng.sample(range(1, 9), rng.randint(1, 3))
    return [
        {
            "rule_id": f"O{priority}",
            "priority": str(priority),
            "offer": ("webinar", "document_popup", "call_back")[number],
            "metric": metric,
            "at_least": str(rng.randint(1, 3)),
        }
        for number, priority in enumerate(priorities)
        for metric in rng.sample(metrics, rng.randint(1, 2))
    ]


def _kpi_tree(rng: random.Random) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    has_better = rng.random() < 0.8
    for metric in [*METRICS, *NAMED_METRICS]:
        parent = rng.choice(found)["kpi_id"] if found else ""
        denominator = rng.choice([*METRICS, *NAMED_METRICS, ""]) if rng.random() < 0.4 else ""
        # a name may hold an address, which an id must not
        kpi_id = metric if metric in METRICS else f"named_{len(found)}"
        better = {"better": rng.choice(["", "higher", "lower"])} if has_better else {}
        found.append(
            {
                "kpi_id": kpi_id,
                "parent_kpi_id": parent,
                "name_en": kpi_id.capitalize(),
                "name_ja": f"{kpi_id}数",
                "numerator": metric,
                "denominator": denominator,
                **better,
            }
        )
    return found


def write_rules(rules: RuleTexts, folder: Path) -> None:
    """One CSV per seed, as `--rules` and dbt read them; none for an optional one without rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, records in rules.items():
        if seed in OPTIONAL and not records:
            (folder / f"{seed}.csv").unlink(missing_ok=True)
            continue
        with (folder / f"{seed}.csv").open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, records[0].keys())
            writer.writeheader()
            writer.writerows(records)


def as_reference(rules: RuleTexts) -> Rules:
    return {seed: typed_rules(seed, records) for seed, records in rules.items()}
