"""A small, faultless set of rules that each test breaks or varies in one place."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

GOOD_RULES = {
    "disposition_map": "raw_disposition,disposition\nHanded Off,handed_off\n受注,won\n",
    "content_catalog": (
        "path_prefix,content_type,topic,buying_stage\n"
        "/,site,site,awareness\n"
        "/pricing,pricing,price,compare\n"
    ),
    "channel_map": "feed,key,channel\nweb,cpc,paid_search\noffline,booth_visit,exhibition\n",
    "scoring_rules": (
        "rule_id,touchpoint_type,content_type,points,every,window_days,max_points,hand_raise,"
        "valid_from,valid_to\n"
        "S1,page_view,pricing,8,1,30,24,false,,\n"
        "S2,inquiry,,50,1,30,,true,2025-01-01,2025-04-01\n"
    ),
    "fit_rules": (
        "rule_id,attribute,operator,value,points,excludes\n"
        "F1,industry,in,Manufacturing|製造業,40,false\n"
        "F2,employee_count,gte,100,10,false\n"
        "F3,department,blank,,,false\n"
    ),
    "fit_grades": "fit_grade,min_points\nA,50\nB,10\n",
    "qualification_rules": "fit_grade,min_score\nA,20\n",
    "target_accounts": "domain,account_tier\naozora-denki.example,tier1\n",
    "free_mail_domains": "domain\nfreemail.example\n",
    "visitor_offers": (
        "rule_id,priority,offer,metric,at_least\n"
        "V1,1,webinar,question_views,3\n"
        "V1,1,webinar,interested_days,2\n"
        "V2,2,document_popup,interested_days,2\n"
    ),
    "handoff_sla": "account_tier,acceptance_business_days\ndefault,5\ntier1,2\n",
    "holidays": "date,name\n2025-01-01,元日\n",
    "company_forms": "form\n株式会社\ninc\n",
    "machine_agents": "agent,kind\ngptbot,ai_agent\ncubot,human\n",
    "placeholders": "column,value\nanonymous_id,undefined\nemail,none@none.example\n",
    "kpi_tree": (
        "kpi_id,parent_kpi_id,name_en,name_ja,numerator,denominator,better\n"
        "wins,,Wins,受注数,wins,,\n"
        "win_rate,wins,Win rate,受注率,wins,opportunities,higher\n"
    ),
    "kpi_targets": "kpi_id,month,target\nwins,2025-01-01,3\nwin_rate,2025-01-01,0.25\n",
    "scenarios": (
        "scenario_id,name_en,name_ja,goal_stage,goal_days\n"
        "welcome,Welcome,ようこそ,mql,30\n"
        "back,Win back,掘り起こし,opportunity,90\n"
    ),
    "segments": (
        "segment_id,name_en,name_ja,clause,attribute,operator,value\n"
        "hot,Hot,有望,1,topic:price,gte,2\n"
        "hot,Hot,有望,1,job_title,contains,部長\n"
        "hot,Hot,有望,x,employee_count,in,50|300.0\n"
        "cold,Cold,休眠,1,days_since_touch,blank,\n"
    ),
}

WriteRules = Callable[[Mapping[str, str]], Path]


def changed(seed: str, old: str, new: str) -> dict[str, str]:
    """One file of the good rules with one text in it changed."""
    assert GOOD_RULES[seed].count(old) == 1, f"{old!r} must stand once in {seed}"
    return {seed: GOOD_RULES[seed].replace(old, new)}


@pytest.fixture
def write_rules(tmp_path: Path) -> WriteRules:
    """Write the good rules, with the files given in place of theirs, and return the folder."""

    def write(changes: Mapping[str, str]) -> Path:
        directory = tmp_path / "rules"
        directory.mkdir(exist_ok=True)
        for seed, text in {**GOOD_RULES, **changes}.items():
            (directory / f"{seed}.csv").write_bytes(text.encode())
        return directory

    return write
