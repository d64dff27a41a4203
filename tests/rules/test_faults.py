"""Every kind of bad rule that the contract names, each as one broken cell and its message."""

from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.rules import check_rules, load_rules, stage_rules
from pipelines.rules.seeds import SEEDS
from tests.rules.conftest import GOOD_RULES, WriteRules, changed

# file, the text to break, what stands there instead, the message
BROKEN_CELLS = [
    (
        "disposition_map",
        "won",
        "win",
        "row 2: unknown disposition `win`, expected one of handed_off, accepted, rejected, "
        "attempted, contacted, appointment, opportunity, won, lost, recycled, withdrawn",
    ),
    (
        "disposition_map",
        "受注",
        " HANDED OFF ",
        "row 2: duplicate raw_disposition `handed off`, first in row 1",
    ),
    ("disposition_map", "受注", "", "row 2: raw_disposition is blank"),
    (
        "content_catalog",
        "/pricing",
        "pricing",
        "row 2: path_prefix `pricing` does not start with /",
    ),
    ("content_catalog", "/pricing", "/", "row 2: duplicate path_prefix `/`, first in row 1"),
    ("content_catalog", "price", " ", "row 2: topic is blank"),
    (
        "visitor_offers",
        "document_popup",
        "none",
        "row 3: offer none is what a visitor has without any",
    ),
    (
        "visitor_offers",
        "V1,1,webinar,interested_days",
        "V1,3,webinar,interested_days",
        "row 2: priority is not that of row 1, of the same rule_id `V1`",
    ),
    (
        "visitor_offers",
        "V1,1,webinar,interested_days",
        "V1,1,call,interested_days",
        "row 2: offer is not that of row 1, of the same rule_id `V1`",
    ),
    ("visitor_offers", "V2,2", "V2,1", "row 3: priority 1 is that of rule_id `V1`"),
    (
        "visitor_offers",
        "question_views,3",
        "clicks,3",
        "row 1: unknown metric `clicks`, expected one of days_seen, interested_days, sessions, "
        "page_views, interested_views, pricing_views, faq_views, question_views",
    ),
    (
        "visitor_offers",
        "question_views,3",
        "question_views,0",
        "row 1: at_least 0 is out of range, expected 1 to 1000000000",
    ),
    (
        "visitor_offers",
        "webinar,interested_days",
        "webinar,question_views",
        "row 2: duplicate rule_id, metric `V1`, `question_views`, first in row 1",
    ),
    (
        "content_catalog",
        "compare",
        "comparing",
        "row 2: unknown buying_stage `comparing`, expected one of awareness, interest, search, "
        "compare, consider, act, share",
    ),
    (
        "channel_map",
        "web",
        "sales",
        "row 1: unknown feed `sales`, expected one of web, mail, offline",
    ),
    (
        "channel_map",
        "offline,booth_visit",
        "web,cpc",
        "row 2: duplicate feed, key `web`, `cpc`, first in row 1",
    ),
    ("channel_map", "cpc", "", "row 1: key is blank"),
    (
        "channel_map",
        "offline,booth_visit",
        "web, CPC ",
        "row 2: duplicate feed, key `web`, `cpc`, first in row 1",
    ),
    (
        "machine_agents",
        "ai_agent",
        "robot",
        "row 1: unknown kind `robot`, expected one of crawler, preview, monitor, library, "
        "ai_agent, human",
    ),
    ("machine_agents", "cubot", "GPTBot", "row 2: duplicate agent `gptbot`, first in row 1"),
    (
        "placeholders",
        "email,",
        "country,",
        "row 2: unknown column `country`, expected one of anonymous_id, lead_id, email, phone, "
        "full_name, company_name",
    ),
    ("placeholders", "undefined", "", "row 1: value is blank"),
    (
        "placeholders",
        "email,none@none.example",
        "anonymous_id, Undefined",
        "row 2: duplicate column, value `anonymous_id`, `undefined`, first in row 1",
    ),
    ("kpi_tree", "higher", "more", "row 2: unknown better `more`, expected one of higher, lower"),
    ("scoring_rules", "S2", "S1", "row 2: duplicate rule_id `S1`, first in row 1"),
    ("scoring_rules", "inquiry", "", "row 2: touchpoint_type is blank"),
    ("scoring_rules", ",8,", ",,", "row 1: points is blank"),
    ("scoring_rules", ",8,", ",eight,", "row 1: points `eight` is not a whole number"),
    ("scoring_rules", ",8,", ",2.5,", "row 1: points `2.5` is not a whole number"),
    ("scoring_rules", ",8,", ",８,", "row 1: points `８` is not a whole number"),
    (
        "scoring_rules",
        ",8,",
        ",99999999999999999999,",
        "row 1: points `99999999999999999999` is out of range",
    ),
    (
        "scoring_rules",
        "8,1,30",
        "8,0,30",
        "row 1: every 0 is out of range, expected 1 to 1000000000",
    ),
    (
        "scoring_rules",
        "8,1,30",
        "8,1,0",
        "row 1: window_days 0 is out of range, expected 1 to 1000000",
    ),
    (
        "scoring_rules",
        "30,24",
        "30,0",
        "row 1: max_points 0 is out of range, expected 1 to 1000000000",
    ),
    ("scoring_rules", "true", "maybe", "row 2: hand_raise `maybe` is not true or false"),
    ("scoring_rules", "true", "", "row 2: hand_raise is blank"),
    (
        "scoring_rules",
        "2025-01-01",
        "2025-04-01",
        "row 2: valid_to 2025-04-01 is not after valid_from 2025-04-01",
    ),
    (
        "scoring_rules",
        "2025-01-01",
        "2025/02/30",
        "row 2: valid_from `2025/02/30` is not a date such as 2025-04-01",
    ),
    (
        "scoring_rules",
        "2025-01-01",
        "01.01.2025",
        "row 2: valid_from `01.01.2025` is not a date such as 2025-04-01",
    ),
    ("scoring_rules", ",24,false,,", ",24,false,,,,", "row 1: has 12 fields, the header has 10"),
    (
        "scoring_rules",
        "pricing,8",
        '"pricing"x,8',
        "row 1: is not valid CSV (',' expected after '\"')",
    ),
    ("fit_rules", "F2", "F1", "row 2: duplicate rule_id `F1`, first in row 1"),
    (
        "fit_rules",
        "industry",
        "branch",
        "row 1: unknown attribute `branch`, expected one of industry, job_title, department, "
        "country, employee_count, lead_source, email_domain, account_tier",
    ),
    (
        "fit_rules",
        "in,",
        "like,",
        "row 1: unknown operator `like`, expected one of eq, in, contains, gte, lte, blank",
    ),
    (
        "fit_rules",
        "industry,in",
        "industry,gte",
        "row 1: operator gte needs the attribute employee_count",
    ),
    (
        "fit_rules",
        "count,gte",
        "count,contains",
        "row 2: operator contains does not apply to employee_count",
    ),
    (
        "fit_rules",
        "100",
        "many",
        "row 2: value `many` is not a number; employee_count is compared as a number",
    ),
    (
        "fit_rules",
        "gte,100",
        "in,50|",
        "row 2: value `` is not a number; employee_count is compared as a number",
    ),
    ("fit_rules", "Manufacturing|製造業", "", "row 1: value is blank, operator in needs one"),
    ("fit_rules", "10,false", "10,", "row 2: excludes is blank"),
    ("fit_grades", "B,10", "A,10", "row 2: duplicate fit_grade `A`, first in row 1"),
    ("fit_grades", "B,10", "B,50", "row 2: min_points 50 is the same as in row 1"),
    ("fit_grades", "B,10", "B,", "row 2: min_points is blank"),
    ("qualification_rules", "A,20", "C,20", "row 1: fit_grade `C` is not in fit_grades.csv"),
    ("qualification_rules", "A,20", "A,1e2", "row 1: min_score `1e2` is not a whole number"),
    (
        "target_accounts",
        "tier1\n",
        "tier1\n AOZORA-Denki.example,tier2\n",
        "row 2: duplicate domain `aozora-denki.example`, first in row 1",
    ),
    ("target_accounts", "tier1", "", "row 1: account_tier is blank"),
    (
        "free_mail_domains",
        "freemail.example",
        '"freemail.example',
        "row 1: is not valid CSV (unexpected end of data)",
    ),
    ("handoff_sla", "default", "other", "the row of account_tier `default` is missing"),
    (
        "handoff_sla",
        "tier1,2",
        "tier1,0",
        "row 2: acceptance_business_days 0 is out of range, expected 1 to 10000",
    ),
    ("handoff_sla", "tier1", "default", "row 2: duplicate account_tier `default`, first in row 1"),
    (
        "holidays",
        "2025-01-01",
        "2025-1-1",
        "row 1: date `2025-1-1` is not a date such as 2025-04-01",
    ),
    (
        "holidays",
        "元日",
        "元日\n2025/01/01,again",
        "row 2: duplicate date `2025-01-01`, first in row 1",
    ),
    ("holidays", "元日", "", "row 1: name is blank"),
    ("kpi_tree", "rate,wins,Win", "rate,sales,Win", "row 2: parent_kpi_id `sales` is not a kpi_id"),
    (
        "kpi_tree",
        "rate,wins,Win",
        "rate,win_rate,Win",
        "row 2: kpi_id `win_rate` is its own ancestor",
    ),
    ("kpi_tree", "受注率", "", "row 2: name_ja is blank"),
    ("kpi_tree", "受注数,wins", "受注数,", "row 1: numerator is blank"),
    ("kpi_targets", "win_rate,", "winrate,", "row 2: kpi_id `winrate` is not in kpi_tree.csv"),
    (
        "kpi_targets",
        "win_rate,",
        "wins,",
        "row 2: duplicate kpi_id, month `wins`, `2025-01-01`, first in row 1",
    ),
    (
        "kpi_targets",
        "wins,2025-01-01",
        "wins,2025-01-15",
        "row 1: month 2025-01-15 is not the first of a month",
    ),
    ("kpi_targets", "0.25", "25%", "row 2: target `25%` is not a number"),
    ("kpi_targets", "0.25", "nan", "row 2: target `nan` is not a number"),
    (
        "kpi_targets",
        "0.25",
        "1" + "0" * 20,
        "row 2: target `100000000000000000000` is out of range",
    ),
    (
        "scenarios",
        "mql",
        "lead",
        "row 1: unknown goal_stage `lead`, expected one of mql, handed_off, sal, appointment, "
        "opportunity, won",
    ),
    (
        "scenarios",
        "mql,30",
        "mql,0",
        "row 1: goal_days 0 is out of range, expected 1 to 1000000",
    ),
    (
        "scenarios",
        "back,Win",
        "welcome,Win",
        "row 2: duplicate scenario_id `welcome`, first in row 1",
    ),
    ("scenarios", "ようこそ", "", "row 1: name_ja is blank"),
    (
        "segments",
        "gte",
        "over",
        "row 1: unknown operator `over`, expected one of eq, in, contains, gte, lte, blank",
    ),
    (
        "segments",
        "contains",
        "gte",
        "row 2: operator gte needs a number: employee_count, fit_score, behavior_score, "
        "days_since_touch, touches or a count such as type:page_view",
    ),
    (
        "segments",
        "topic:price,gte",
        "topic:price,contains",
        "row 1: operator contains does not apply to topic:price",
    ),
    (
        "segments",
        "gte,2",
        "gte,two",
        "row 1: value `two` is not a number; topic:price is compared as a number",
    ),
    (
        "segments",
        "50|300.0",
        "50| 300",
        "row 3: value `50| 300` has spaces; employee_count takes numbers alone",
    ),
    ("segments", "部長", "", "row 2: value is blank, operator contains needs one"),
    (
        "segments",
        "有望,x",
        "見込,x",
        "row 3: name_ja is not that of row 1, of the same segment_id `hot`",
    ),
    ("segments", "休眠,1", "休眠,", "row 4: clause is blank"),
    (
        "segments",
        "x,employee_count,in,50|300.0",
        "1,job_title,contains,部長",
        "row 3: duplicate segment_id, clause, attribute, operator, value "
        "`hot`, `1`, `job_title`, `contains`, `部長`, first in row 2",
    ),
]


def faults_of(directory: Path) -> list[str]:
    with pytest.raises(UsageError) as refused:
        check_rules(directory)
    return str(refused.value).split("\n")


@pytest.mark.parametrize(("seed", "old", "new", "message"), BROKEN_CELLS)
def test_a_broken_cell_is_refused_with_file_row_and_fault(
    write_rules: WriteRules, seed: str, old: str, new: str, message: str
) -> None:
    separator = " " if message.startswith("row") else ": "
    assert faults_of(write_rules(changed(seed, old, new))) == [f"{seed}.csv{separator}{message}"]


@pytest.mark.parametrize(
    "metric", ["clicks", "wins:x", "views", "offline: ", "mails_sent:", ":x", "Touchpoints:x"]
)
@pytest.mark.parametrize("name", ["numerator", "denominator"])
def test_a_kpi_is_made_of_known_metrics_only(
    write_rules: WriteRules, name: str, metric: str
) -> None:
    row = {"numerator": f"x,x,X,X,{metric},", "denominator": f"x,,X,X,wins,{metric}"}[name]
    faults = faults_of(write_rules({"kpi_tree": GOOD_RULES["kpi_tree"] + row + ",\n"}))
    assert f"unknown {name} `{metric}`, expected one of touchpoints, visitors" in faults[0]


@pytest.mark.parametrize("attribute", ["mood", "topic", "topic:", "type: ", ":x", "stage:lead"])
def test_a_segment_asks_for_known_attributes_only(write_rules: WriteRules, attribute: str) -> None:
    faults = faults_of(write_rules(changed("segments", "job_title", attribute)))
    assert len(faults) == 1
    assert faults[0].startswith(
        f"segments.csv row 2: unknown attribute `{attribute}`, expected one of industry, job_title"
    )
    assert faults[0].endswith("touches, topic:NAME, content:NAME, buying_stage:NAME, type:NAME")


def test_every_kpi_on_a_circle_is_its_own_ancestor(write_rules: WriteRules) -> None:
    tree = (
        "kpi_id,parent_kpi_id,name_en,name_ja,numerator,denominator\n"
        "wins,win_rate,Wins,受注数,wins,\n"
        "win_rate,wins,Win rate,受注率,wins,opportunities\n"
        "below,wins,Below the circle,下,wins,\n"
    )
    assert faults_of(write_rules({"kpi_tree": tree})) == [
        "kpi_tree.csv row 1: kpi_id `wins` is its own ancestor",
        "kpi_tree.csv row 2: kpi_id `win_rate` is its own ancestor",
    ]


def test_all_faults_come_at_once_in_the_order_of_files_and_rows(write_rules: WriteRules) -> None:
    faults = faults_of(
        write_rules(
            {
                **changed("kpi_targets", "0.25", "many"),
                **changed("scoring_rules", "8,1,30", "x,y,30"),
                **changed("content_catalog", "/pricing", "pricing"),
            }
        )
    )
    assert faults == [
        "content_catalog.csv row 2: path_prefix `pricing` does not start with /",
        "scoring_rules.csv row 1: points `x` is not a whole number",
        "scoring_rules.csv row 1: every `y` is not a whole number",
        "kpi_targets.csv row 2: target `many` is not a number",
    ]


@pytest.mark.parametrize(
    "seed",
    [seed.name for seed in SEEDS if not seed.may_be_missing and not seed.is_shipped],
)
def test_a_missing_file_is_named(write_rules: WriteRules, seed: str) -> None:
    directory = write_rules({})
    (directory / f"{seed}.csv").unlink()
    assert faults_of(directory) == [f"{seed}.csv: file is missing"]


@pytest.mark.parametrize(
    ("seed", "column"),
    [
        (seed.name, column.name)
        for seed in SEEDS
        for column in seed.columns
        if column.default is None
    ],
)
def test_a_missing_column_is_named(write_rules: WriteRules, seed: str, column: str) -> None:
    header, rest = GOOD_RULES[seed].split("\n", 1)
    names = ["other" if name == column else name for name in header.split(",")]
    faults = faults_of(write_rules({seed: ",".join(names) + "\n" + rest}))
    assert len(faults) == 1
    assert faults[0].startswith(f"{seed}.csv: column {column} missing, the header is `")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty, expected the header date,name"),
        (b"\n \n", "is empty, expected the header date,name"),
        (b"date,Date ,name\n", "column date is duplicated in the header"),
        (b"date;name\n2025-01-01;x\n", "columns date, name missing, the header is `date;name`"),
        (
            "date,name\n2025-01-01,元日\n".encode("cp932"),
            "is not UTF-8 (byte 22), save it as CSV UTF-8",
        ),
        ("date,name\n".encode("utf-16"), "is not UTF-8 (byte 1), save it as CSV UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    write_rules: WriteRules, content: bytes, message: str
) -> None:
    directory = write_rules({})
    (directory / "holidays.csv").write_bytes(content)
    assert faults_of(directory) == [f"holidays.csv: {message}"]


def test_a_folder_in_place_of_a_file_is_refused(write_rules: WriteRules) -> None:
    directory = write_rules({})
    (directory / "holidays.csv").unlink()
    (directory / "holidays.csv").mkdir()
    assert faults_of(directory) == ["holidays.csv: cannot be read (Is a directory)"]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert faults_of(missing) == [f"the rules folder {missing} does not exist or is not a folder"]


def test_a_message_stays_on_one_short_line(write_rules: WriteRules) -> None:
    unknown = '"\x1b[2Jfirst\nsecond' + "x" * 500 + '"'
    fault = faults_of(write_rules(changed("channel_map", "web", unknown)))
    assert len(fault) == 1
    assert fault[0].startswith("channel_map.csv row 1: unknown feed `?[2Jfirst?secondxxx")
    assert len(fault[0]) < 200


def test_nothing_is_staged_from_a_bad_folder(write_rules: WriteRules, tmp_path: Path) -> None:
    directory = write_rules(changed("handoff_sla", "default", "other"))
    with pytest.raises(UsageError):
        stage_rules(load_rules(directory), tmp_path / "staged")
    assert not (tmp_path / "staged").exists()
