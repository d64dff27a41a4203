"""Which column of which table can hold personal data: the one list that docs and gates follow.

Every text column of a feed and of a published mart stands in it, or `tests/catalog` fails.
"""

from dataclasses import dataclass
from typing import Literal

Holds = Literal["address", "phone", "name", "id", "company", "text", "staff", "word"]

MEANS: dict[Holds, str] = {
    "address": "an e-mail address",
    "phone": "a telephone number",
    "name": "a person's name",
    "id": "an id that leads back to the CRM: one that is an address or a number tells more",
    "company": "a company's name or domain: of a person in business alone it is the person's",
    "text": "whatever somebody typed or a system put into it",
    "staff": "names of the company's own people",
    "word": "nothing personal: words of the rules, of the contract or of this project",
}
# what marts may have no column of
NEVER_PUBLISHED: tuple[Holds, ...] = ("address", "phone", "name")


@dataclass(frozen=True, slots=True)
class Published:
    """A text column of marts: what it can hold, and how it is published."""

    holds: Holds
    hidden: str = ""


_IDS = "lead_id merged_into_lead_id event_id disposition_id enrollment_id cost_id anonymous_id"
_TEXTS = (
    "job_title department industry country lead_source campaign page_url referrer utm_source"
    " utm_medium utm_campaign user_agent properties form_type event_type mail_id mail_type subject"
    " url reason disposition channel scenario_id"
)
# of raw tables by the name of the column: readable by the owner of the home alone
RAW: dict[str, Holds] = {
    "email": "address",
    "phone": "phone",
    "full_name": "name",
    "company_name": "company",
    "sales_team": "staff",
    "sales_rep": "staff",
    "routed_by": "staff",
    **dict.fromkeys(("action", "arm"), "word"),
    **dict.fromkeys((*_IDS.split(), "opportunity_id"), "id"),
    **dict.fromkeys(_TEXTS.split(), "text"),
}

_ADDRESSES = "addresses become `:email`"
_HASHED = "addresses become `:email-` and eight digits of a hash"
_GIVEN = "as it is"
_WORDS = (
    "account_group account_tier agent arm better buying_stage buying_stage_label content_type"
    " conversion_stage denominator feed fit_grade from_stage furthest_stage holiday_name kind"
    " kpi_id last_content_type last_topic mail_block_reason model name_en name_ja numerator"
    " offer_rule_id outcome owner parent_kpi_id path path_prefix rule_id scenario_id"
    " score_band segment_id stage suggested_action suggested_by suggested_offer"
    " suggested_owner suggested_route suggested_route_label to_stage top_topic topic trigger"
    " trigger_label accepted_note_en accepted_note_ja accepted_status basis goal_stage status"
    " won_note_en won_note_ja won_status"
)
# of marts by the name of the column: readable by the owner and the group `readers`
MARTS: dict[str, Published] = {
    **{
        name: Published("id", _GIVEN)
        for name in (
            *("person_id", "lead_ids", "handoff_id", "touchpoint_id", "timeline_id"),
            "anonymous_id",
        )
    },
    "account_id": Published("company", "letters and digits of the name, or the domain"),
    **{
        name: Published("text", _ADDRESSES)
        for name in (
            *("campaign", "lead_source", "touchpoint_type", "last_touch_type", "entry_type"),
            *("mail_id", "mail_type", "utm_source", "utm_campaign", "reason_1", "reason_2"),
            "reason_3",
            *(
                f"{outcome}_reason_{place}_{language}"
                for outcome in ("accepted", "won")
                for place in (1, 2, 3)
                for language in ("en", "ja")
            ),
        )
    },
    "page_path": Published("text", "a segment with an address becomes `:email`"),
    "reason": Published(
        "text", f"{_ADDRESSES}, telephone numbers `:phone`; none at all on request"
    ),
    "detail": Published("text", "as the page path, campaign, mail or reason that it is"),
    **{
        name: Published("staff", _HASHED)
        for name in ("sales_team", "sales_rep", "routed_by", "routing_group")
    },
    # what somebody booked costs on
    "channel": Published("word", _GIVEN),
    **{name: Published("word", _GIVEN) for name in _WORDS.split()},
}
# what no mart may be called by
PERSONAL_NAMES = (
    *(name for name, holds in RAW.items() if holds in NEVER_PUBLISHED),
    *("normalized_email", "normalized_name", "normalized_phone", "recipient"),
)


def holds(column: str) -> Holds:
    """What a column of a mart can hold: any text, if a company's own model has it."""
    if column in MARTS:
        return MARTS[column].holds
    return "id" if column.endswith(("_id", "_ids")) else "text"
