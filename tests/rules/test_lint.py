"""Each warning of the lint, provoked by one change to rules that raise none."""

from collections.abc import Mapping

import pytest

from pipelines.errors import UsageError
from pipelines.rules import Finding, Observed, lint, load_rules, rules_report
from tests.rules.conftest import GOOD_RULES, WriteRules, changed


def added(seed: str, *rows: str) -> dict[str, str]:
    """One file of the good rules with rows added."""
    return {seed: GOOD_RULES[seed] + "".join(row + "\n" for row in rows)}


def scoring(*rows: str) -> dict[str, str]:
    return added("scoring_rules", *rows)


def fit(*rows: str) -> dict[str, str]:
    return added("fit_rules", *rows)


def found(write_rules: WriteRules, changes: Mapping[str, str]) -> list[Finding]:
    return lint(load_rules(write_rules(changes)))


def test_the_good_rules_raise_no_warning_but_the_idle_rule(write_rules: WriteRules) -> None:
    assert [str(finding) for finding in found(write_rules, {})] == [
        "fit_rules.csv row 3: rule `F3` gives no points and excludes nobody"
    ]


WARNINGS = [
    # one touchpoint counted twice
    (
        scoring("S3,page_view,,1,1,30,10,false,,"),
        Finding(
            "counts_twice",
            "scoring_rules",
            (3, 1),
            "rule `S3` counts touchpoints that are counted by `S1` too",
        ),
    ),
    (
        scoring("S3,inquiry,,5,1,30,10,false,2025-03-31,"),
        Finding(
            "counts_twice",
            "scoring_rules",
            (3, 2),
            "rule `S3` counts touchpoints that are counted by `S2` too",
        ),
    ),
    # rules that can never fire
    (
        scoring("S3,page_view,webinar,1,1,30,10,false,,"),
        Finding(
            "never_applies",
            "scoring_rules",
            (3,),
            "rule `S3` never applies: content_catalog.csv has no content_type `webinar`",
        ),
    ),
    (
        scoring("S3,booth_visit,pricing,1,1,30,10,false,,"),
        Finding(
            "never_applies",
            "scoring_rules",
            (3,),
            "rule `S3` never applies: booth_visit has no page and so no content_type",
        ),
    ),
    (
        scoring("S3,mail_click,pricing,1,1,30,10,false,,"),
        Finding(
            "never_applies",
            "scoring_rules",
            (3,),
            "rule `S3` never applies: mail_click has no page and so no content_type",
        ),
    ),
    (
        scoring("S3,open,,1,1,30,10,false,,"),
        Finding(
            "never_applies",
            "scoring_rules",
            (3,),
            "rule `S3` never applies: the touchpoint of a mail open is called mail_open",
        ),
    ),
    (
        scoring("S3,mail_delivered,,1,1,30,10,false,,"),
        Finding(
            "never_applies",
            "scoring_rules",
            (3,),
            "rule `S3` never applies: a mail delivered is not a touchpoint",
        ),
    ),
    (
        scoring("S3,accepted,,1,1,30,10,false,,"),
        Finding(
            "never_applies",
            "scoring_rules",
            (3,),
            "rule `S3` never applies: the disposition accepted is not a touchpoint",
        ),
    ),
    (
        scoring("S3,login,,1,500,7,10,false,,"),
        Finding(
            "never_applies",
            "scoring_rules",
            (3,),
            "rule `S3` never applies: it asks for 500 matches in 7 days",
        ),
    ),
    # rules without effect
    (
        scoring("S3,login,,0,1,7,,false,,"),
        Finding(
            "no_effect", "scoring_rules", (3,), "rule `S3` gives no points and is not a hand raise"
        ),
    ),
    (
        scoring("S3,login,,-20,1,7,5,false,,"),
        Finding(
            "no_effect",
            "scoring_rules",
            (3,),
            "rule `S3` never gives its 20 points, max_points is 5",
        ),
    ),
    # thresholds
    (
        {
            **changed("scoring_rules", "1,30,,true", "1,30,50,true"),
            **changed("qualification_rules", "A,20", "A,75"),
        },
        Finding(
            "unreachable",
            "qualification_rules",
            (1,),
            "min_score 75 of grade `A` is out of reach, all rules together give at most 74",
        ),
    ),
    (
        changed("qualification_rules", "A,20", "A,0"),
        Finding(
            "no_effect",
            "qualification_rules",
            (1,),
            "min_score 0 lets grade `A` qualify without a single touchpoint",
        ),
    ),
    # fit rules
    (
        fit("F4,lead_source,blank,,5,false"),
        Finding(
            "never_applies",
            "fit_rules",
            (4,),
            "rule `F4` never matches: lead_source is never blank",
        ),
    ),
    (
        fit("F4,account_tier,eq,tier9,5,false"),
        Finding(
            "never_applies",
            "fit_rules",
            (4,),
            "rule `F4` never matches: target_accounts.csv has no such account_tier",
        ),
    ),
    (
        fit("F4,email_domain,eq,a@b.example,5,false"),
        Finding(
            "never_applies",
            "fit_rules",
            (4,),
            "rule `F4` never matches: an e-mail domain is what follows the @",
        ),
    ),
    (
        fit("F4,country,eq,jp|japan,5,false"),
        Finding(
            "never_applies",
            "fit_rules",
            (4,),
            "rule `F4` never matches: eq compares with the whole value, bars included; "
            "the operator in separates by bars",
        ),
    ),
    (
        fit("F4,country,in,|,5,false"),
        Finding("never_applies", "fit_rules", (4,), "rule `F4` never matches: it lists no value"),
    ),
    (
        fit("F4,industry,contains,FACTUR,5,false"),
        Finding(
            "counts_twice",
            "fit_rules",
            (4, 1),
            "rules `F1` and `F4` both match `manufacturing` as industry",
        ),
    ),
    (
        fit("F4,industry,eq,製造業,-5,false"),
        Finding(
            "contradicts",
            "fit_rules",
            (4, 1),
            "rules `F1` and `F4` both match `製造業` as industry, with opposite points",
        ),
    ),
    (
        fit("F4,employee_count,lte,100,-5,false"),
        Finding(
            "contradicts",
            "fit_rules",
            (4, 2),
            "rules `F2` and `F4` both match `100` as employee_count, with opposite points",
        ),
    ),
    (
        fit("F4,employee_count,gte,100,5,false"),
        Finding(
            "counts_twice",
            "fit_rules",
            (4, 2),
            "rules `F2` and `F4` both match `100` as employee_count",
        ),
    ),
    # grades
    (
        changed("fit_grades", "A,50", "A,51"),
        Finding(
            "unreachable",
            "fit_grades",
            (1,),
            "nobody gets grade `A`, fit scores range from 0 to 50",
        ),
    ),
    (
        added("fit_grades", "C,-10", "D,0"),
        Finding(
            "unreachable",
            "fit_grades",
            (3,),
            "nobody gets grade `C`, fit scores range from 0 to 50",
        ),
    ),
    # the other files
    (
        added("content_catalog", "/docs?page=1,docs,docs,search"),
        Finding(
            "never_applies",
            "content_catalog",
            (3,),
            "`/docs?page=1` matches no page: a page_path contains no ?, # or @",
        ),
    ),
    (
        added("content_catalog", "/pricing/,pricing,price,act"),
        Finding(
            "unreachable",
            "content_catalog",
            (3, 2),
            "`/pricing/` is the prefix of row 2, the longer one is used",
        ),
    ),
    (
        added("free_mail_domains", "someone@gmail"),
        Finding(
            "never_applies",
            "free_mail_domains",
            (2,),
            "no e-mail address ends in @`someone@gmail`",
        ),
    ),
    (
        added("target_accounts", "FreeMail.example,tier1"),
        Finding(
            "never_applies",
            "target_accounts",
            (2,),
            "`freemail.example` is in free_mail_domains.csv, so it is nobody's company domain",
        ),
    ),
    (
        added("handoff_sla", "tier3,9"),
        Finding(
            "never_applies",
            "handoff_sla",
            (3,),
            "no account of target_accounts.csv has the account_tier `tier3`",
        ),
    ),
    (
        changed("kpi_targets", "0.25", "0"),
        Finding(
            "no_effect",
            "kpi_targets",
            (2,),
            "a target of 0 gives no sensible achievement rate",
        ),
    ),
]


@pytest.mark.parametrize(
    ("changes", "finding"), WARNINGS, ids=lambda case: getattr(case, "text", "")
)
def test_a_suspicious_rule_raises_one_warning(
    write_rules: WriteRules, changes: dict[str, str], finding: Finding
) -> None:
    idle = Finding("no_effect", "fit_rules", (3,), "rule `F3` gives no points and excludes nobody")
    assert set(found(write_rules, changes)) == {idle, finding}


@pytest.mark.parametrize(
    "changes",
    [
        # one rule follows the other without a day in common
        scoring("S3,inquiry,,5,1,30,10,false,2025-04-01,"),
        scoring("S3,inquiry,,5,1,30,10,false,,2025-01-01"),
        # other content, or nothing but a raised hand
        scoring("S3,page_view,site,5,1,30,10,false,,"),
        scoring("S3,page_view,pricing,0,1,30,,true,,"),
        # steps add up; different words are no repetition; an exclusion needs no points
        fit("F4,employee_count,gte,1000,10,false"),
        fit("F4,industry,contains,steel,5,false"),
        fit("F4,industry,eq,manufacturing,,true"),
        fit("F4,account_tier,eq,NONE,-5,false"),
        # an uncapped rule reaches every threshold
        changed("qualification_rules", "A,20", "A,5000"),
        # a low grade that a negative rule leads to
        {**added("fit_grades", "C,-10"), **fit("F4,country,blank,,-3,false")},
    ],
)
def test_an_ordinary_rule_raises_no_warning(
    write_rules: WriteRules, changes: dict[str, str]
) -> None:
    assert [finding.text for finding in found(write_rules, changes)] == [
        "rule `F3` gives no points and excludes nobody"
    ]


def test_what_the_data_does_not_hold_is_found_where_data_is_given(
    write_rules: WriteRules,
) -> None:
    seen = Observed(touchpoint_types={"page_view"}, channel_keys={("web", "cpc")})
    texts = [str(finding) for finding in lint(load_rules(write_rules({})), seen)]
    assert texts[:2] == [
        "channel_map.csv row 2: the data of feed offline contains no `booth_visit`",
        "scoring_rules.csv row 2: rule `S2` never applies: "
        "the data contains no touchpoint of type `inquiry`",
    ]


def test_the_report_lists_warnings_then_a_summary(write_rules: WriteRules) -> None:
    directory = write_rules({"holidays": "date,name,note\n2025-01-01,元日,closed\n"})
    assert rules_report(directory) == [
        "warning: holidays.csv: extra column `note` ignored",
        "warning: fit_rules.csv row 3: rule `F3` gives no points and excludes nobody",
        f"{directory}: 19 files, 38 rows, no errors, 2 warnings",
    ]


def test_the_report_refuses_bad_rules(write_rules: WriteRules) -> None:
    with pytest.raises(UsageError, match=r"^fit_grades.csv row 1: min_points is blank$"):
        rules_report(write_rules(changed("fit_grades", "A,50", "A,")))
