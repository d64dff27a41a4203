"""Everything that real exports do to a warehouse happens at the simulated company too."""

import gzip
import json
import re
import unicodedata

import pytest

from tests.simulate.exports import Exports

ODDITIES = {
    "e-mail in full width": ("leads", "email like '%＠%'"),
    "e-mail in capitals": ("leads", "email = upper(email) and email like '%@%'"),
    "phone with the country's code": ("leads", "phone like '+81%'"),
    "phone in full width": ("leads", "phone like '０%'"),
    "name in half-width katakana": ("leads", "regexp_matches(full_name, '[ｱ-ﾝ]')"),
    "name in kanji": ("leads", "regexp_matches(full_name, '[一-龠]')"),
    "Western name": ("leads", "regexp_matches(full_name, '^[A-Z][a-z]+ [A-Z]')"),
    "Japanese company": ("leads", "company_name like '%株式会社%'"),
    "Western company": ("leads", "company_name like '%GmbH'"),
    "merged lead": ("leads", "merged_into_lead_id like 'L000%'"),
    "lead merged and deleted": (
        "leads",
        "merged_into_lead_id like 'L000%' and is_deleted = 'true'",
    ),
    "phone that means nothing": ("leads", "phone = '000-0000-0000'"),
    "company that means nothing": ("leads", "company_name = '個人'"),
    "browser that means nothing": ("web_events", "anonymous_id = 'undefined'"),
    "pointer to nowhere": ("leads", "merged_into_lead_id = 'L999999999'"),
    "deleted lead": ("leads", "is_deleted = 'true'"),
    "version without updated_at": ("leads", "updated_at is null"),
    "free mail": ("leads", "email like '%@gmail.com'"),
    "nobody to contact": ("leads", "email is null and phone is null"),
    "student": ("leads", "job_title in ('学生', 'Student')"),
    "bot": ("web_events", "user_agent like '%Googlebot%'"),
    "bot by another name": ("web_events", "user_agent like '%Headless%'"),
    "AI agent": ("web_events", "user_agent like '%ChatGPT-User%'"),
    "link preview": ("web_events", "user_agent like 'Slack-ImgProxy%'"),
    "phone that is called a bot": ("web_events", "user_agent like '%CUBOT%'"),
    "own site as the referrer": (
        "web_events",
        "referrer like 'https://www.kanade-monitoring.example/%' and utm_medium is null",
    ),
    "form with an e-mail": ("web_events", "event_type = 'form_submit' and email like '%@%'"),
    "visitor told by lead id": ("web_events", "event_type = 'page_view' and lead_id is not null"),
    "visit from a mail": ("web_events", "utm_medium = 'email' and utm_campaign like 'NEWS-%'"),
    "visit from an advert": ("web_events", "utm_medium = 'cpc'"),
    "e-mail address in a path": ("web_events", "page_url like '%/hanako.yamada@%'"),
    "query and fragment": ("web_events", "page_url like '%?ref=menu' or page_url like '%#%'"),
    "properties with Japanese keys": ("web_events", "properties like '%地域%'"),
    "flagged machine open": ("mail_events", "event_type = 'open' and is_machine = 'true'"),
    "bounce": ("mail_events", "event_type = 'bounce'"),
    "unsubscribe": ("mail_events", "event_type = 'unsubscribe'"),
    "complaint": ("mail_events", "event_type = 'complaint'"),
    "notification": ("mail_events", "mail_type = 'notification'"),
    "reply": ("mail_events", "event_type = 'reply'"),
    "mail without a type": ("mail_events", "mail_type is null"),
    "nurture mail": ("mail_events", "mail_type = 'nurture'"),
    "invitation": ("mail_events", "mail_type = 'seminar_invite'"),
    "mail row by address alone": ("mail_events", "lead_id is null and email is not null"),
    "head count": ("offline_events", "quantity::int > 1 and lead_id is null and email is null"),
    "business card": ("offline_events", "event_type = 'business_card'"),
    "card left at a seminar": ("offline_events", "event_type = 'seminar_card'"),
    "webinar guest": ("offline_events", "event_type = 'seminar_attended'"),
    "offline row by address alone": ("offline_events", "lead_id is null and email is not null"),
    "Japanese disposition": ("sales_dispositions", "disposition = 'トスアップ'"),
    "padded disposition": ("sales_dispositions", "disposition like ' %'"),
    "disposition in capitals": ("sales_dispositions", "regexp_matches(disposition, '^[A-Z -]+$')"),
    "rejection with a reason": ("sales_dispositions", "reason = '予算なし'"),
    "reason with an address": ("sales_dispositions", "reason like '%@%'"),
    "routing by ADR": ("sales_dispositions", "routed_by = 'adr'"),
    "routing unknown": ("sales_dispositions", "routed_by is null"),
    "sales row by address alone": ("sales_dispositions", "lead_id is null and email like '%@%'"),
    "deal with an amount": ("sales_dispositions", "amount::decimal(18, 2) > 100000"),
    "row of an earlier month": ("web_events", "file like '%_late.csv'"),
    "resent row": ("leads", "file like '%_resent.jsonl'"),
}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_oddity_is_there(exports: Exports, oddity: str) -> None:
    feed, condition = ODDITIES[oddity]
    assert exports.count(feed, condition) > 0


def test_unflagged_machines_open_within_three_seconds(exports: Exports) -> None:
    quick = exports.values(
        """
        select count(*) from mail_events as opened
        join mail_events as sent using (mail_id, email)
        where opened.event_type = 'open' and coalesce(opened.is_machine, 'false') = 'false'
            and sent.event_type = 'sent' and sent.file = opened.file
            and try_cast(opened.occurred_at as timestamp) - try_cast(sent.occurred_at as timestamp)
                between interval 0 second and interval 2 second
        """
    )
    assert quick[0] > 20


def test_people_share_browsers_and_have_several(exports: Exports) -> None:
    browsers = """
        select {key}, count(distinct {value}) as number from web_events
        where event_type = 'form_submit' and email not like '%＠%' group by {key}
    """
    shared = browsers.format(key="anonymous_id", value="trim(lower(email))")
    several = browsers.format(key="trim(lower(email))", value="anonymous_id")
    assert exports.values(f"select count(*) from ({shared}) where number > 1")[0] >= 1
    assert exports.values(f"select count(*) from ({several}) where number > 1")[0] >= 5


def test_most_visitors_stay_anonymous_but_forms_name_some_later(exports: Exports) -> None:
    visitors = exports.values("select count(distinct anonymous_id) from web_events")[0]
    named = exports.values(
        "select count(distinct anonymous_id) from web_events where email is not null"
    )[0]
    assert 0.02 < named / visitors < 0.4


def test_late_files_hold_rows_of_the_month_before(exports: Exports) -> None:
    months = exports.values(
        """
        select distinct regexp_extract(file, '\\d{4}-\\d{2}') = occurred_at[1:7]
        from mail_events where file like '%_late.csv' and occurred_at not like '%/%'
        """
    )
    assert False in months


def test_resent_rows_put_right_what_was_wrong(exports: Exports) -> None:
    changed = exports.values(
        """
        select count(*) from sales_dispositions as resent
        join sales_dispositions as before using (disposition_id)
        where resent.file like '%_resent.jsonl' and before.file not like '%_resent.jsonl'
            and before.disposition != resent.disposition and before.file < resent.file
        """
    )
    assert changed[0] > 0


def test_corrections_come_as_later_versions(exports: Exports) -> None:
    changed = exports.values(
        """
        select count(*) from (
            select lead_id, count(distinct trim(lower(email))) as emails from leads
            where email not like '%＠%' group by lead_id
        ) where emails > 1
        """
    )
    assert changed[0] > 0


def test_duplicates_look_different(exports: Exports) -> None:
    """One person, two lead ids: the same address to the contract, not to the eye."""
    written: dict[str, set[str]] = {}
    for email in exports.values("select distinct email from leads where email is not null"):
        seen = unicodedata.normalize("NFKC", email).strip().lower()
        written.setdefault(seen, set()).add(email)
    assert sum(len(spellings) > 1 for spellings in written.values()) >= 5


def test_an_upload_broke_off(exports: Exports) -> None:
    [name] = [name for name in exports.files("offline_events") if name.endswith("_upload.csv.gz")]
    with pytest.raises(EOFError):
        gzip.decompress((exports.landing / "offline_events" / name).read_bytes())


def test_hand_typed_files_hold_broken_rows(exports: Exports) -> None:
    [name] = [name for name in exports.files("web_events") if name.endswith("by-hand.jsonl")]
    lines = (exports.landing / "web_events" / name).read_text().splitlines()
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines[-1])
    assert all(json.loads(line) for line in lines[:-1])
    [name] = [name for name in exports.files("leads") if name.endswith("by-hand.csv")]
    header, *rows = (exports.landing / "leads" / name).read_text().splitlines()
    assert rows[-1].count(",") == header.count(",") + 2


def test_a_lead_comes_again_after_it_was_lost(exports: Exports) -> None:
    again = re.compile("lost|recycled|失注|育成戻し|back to nurture|ナーチャリング戻し")
    walks: dict[str, list[str]] = {}
    rows = exports.tables.execute(
        """
        select lead_id, trim(lower(disposition)) from sales_dispositions
        where lead_id is not null order by disposition_id, file
        """
    ).fetchall()
    for lead, disposition in rows:
        walks.setdefault(lead, []).append(disposition)
    handed = re.compile("hand|sent to sales|引|トスアップ")
    assert any(
        again.search(walk[place]) and any(handed.search(later) for later in walk[place + 1 :])
        for walk in walks.values()
        for place in range(len(walk))
    )
