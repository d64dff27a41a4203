"""One change each to the marts of touchpoints and hand-offs, and what must object."""

RATES = ("sal_rate", "no_follow_up_rate", "ignored_at_deadline_rate", "rescue_rate")

# what is wrong, and every expectation that must say so
BAD_HANDOFFS: list[tuple[str, set[str]]] = [
    (
        "update marts.unresolved_events set month = date '2025-07-01' where feed = 'web'",
        {"unresolved_events.nothing_after_as_of"},
    ),
    (
        "update marts.fct_touchpoints set known_date = date '2025-06-26'",
        {"fct_touchpoints.nothing_after_as_of"},
    ),
    *(
        (
            f"update marts.fct_touchpoints set campaign = 'for {address}'",
            {"fct_touchpoints.no_address_in_text"},
        )
        for address in (
            "taro@sakura-soft.jp",
            "太郎＠さくら．jp",
            "taro%40sakura-soft.jp",
            "taro%252540sakura-soft.jp",
        )
    ),
    (
        "alter table marts.fct_touchpoints add column email varchar",
        {"fct_touchpoints.no_personal_column"},
    ),
    (
        "delete from marts.fct_handoffs where handoff_id = 'D4'",
        {
            "fct_handoffs.handoffs_in_ignore_rate",
            "fct_handoffs.handoffs_in_ignore_rate_monthly",
        },
    ),
    (
        "delete from marts.fct_handoffs where handoff_id = 'D1'",
        {
            f"fct_handoffs.{count}_in_{mart}"
            for count in ("handoffs", "mature")
            for mart in ("ignore_rate", "ignore_rate_monthly")
        },
    ),
    (
        "update marts.fct_handoffs set is_ignored_at_deadline = false where handoff_id = 'D2'",
        {
            "fct_handoffs.ignored_at_deadline_in_ignore_rate",
            "fct_handoffs.ignored_at_deadline_in_ignore_rate_monthly",
        },
    ),
    (
        "update marts.fct_handoffs set is_ignored = false where handoff_id = 'D2'",
        {
            "fct_handoffs.ignored_in_ignore_rate",
            "fct_handoffs.ignored_in_ignore_rate_monthly",
        },
    ),
    (
        "update marts.fct_handoffs set handed_off_date = date '2025-06-26' where handoff_id = 'D5'",
        {"fct_handoffs.nothing_after_as_of"},
    ),
    (
        "update marts.ignore_rate set ignore_rate = 1.5 where sales_team = 'west'",
        {"ignore_rate.ignore_rate_is_a_share", "ignore_rate.ignore_rate_follows_from_counts"},
    ),
    (
        "update marts.ignore_rate set ignore_rate = null where sales_team = 'west'",
        {"ignore_rate.ignore_rate_follows_from_counts"},
    ),
    (
        f"update marts.ignore_rate set {', '.join(f'{rate} = -0.1' for rate in RATES)}"
        " where sales_team = 'west'",
        {
            f"ignore_rate.{rate}_{fault}"
            for rate in RATES
            for fault in ("is_a_share", "follows_from_counts")
        },
    ),
    (
        "update marts.ignore_rate set ignore_rate = 'nan' where sales_team = 'west'",
        {"ignore_rate.ignore_rate_follows_from_counts"},
    ),
    (
        "update marts.ignore_rate set handoffs = null where sales_team = 'west'",
        {
            "ignore_rate.handoffs_add_up",
            "ignore_rate.counts_not_negative",
            "fct_handoffs.handoffs_in_ignore_rate",
        },
    ),
    (
        "update marts.ignore_rate set withdrawn = 0 where sales_team = 'west'",
        {"ignore_rate.handoffs_add_up"},
    ),
    (
        "update marts.ignore_rate set not_mature = -1, withdrawn = 2 where sales_team = 'west'",
        {"ignore_rate.counts_not_negative"},
    ),
    (
        "update marts.ignore_rate set rejected = 1, stalled = 1, ignore_rate = 1.0"
        " where sales_team = 'east' and mature_handoffs > 0",
        {"ignore_rate.outcomes_add_up", "ignore_rate.ignore_rate_follows_from_counts"},
    ),
    (
        "update marts.ignore_rate set ignored = 2, ignore_rate = 1.0"
        " where sales_team = 'east' and mature_handoffs > 0",
        {"ignore_rate.accepted_or_ignored", "fct_handoffs.ignored_in_ignore_rate"},
    ),
    (
        "update marts.ignore_rate set ignored_at_deadline = 2, ignored_at_deadline_rate = 1.0"
        " where sales_team = 'east' and mature_handoffs > 0",
        {
            "ignore_rate.deadline_adds_up",
            "fct_handoffs.ignored_at_deadline_in_ignore_rate",
        },
    ),
    (
        "update marts.ignore_rate set no_follow_up = 0, no_follow_up_rate = 0"
        " where sales_team = 'west'",
        {"ignore_rate.untouched_not_followed_up"},
    ),
    (
        "update marts.ignore_rate set no_follow_up = 1, no_follow_up_rate = 0.5"
        " where sales_team = 'east' and mature_handoffs > 0",
        {"ignore_rate.not_followed_up_ignored"},
    ),
    (
        "insert into marts.ignore_rate"
        " select * from marts.ignore_rate where handoff_month = date '2025-06-01'",
        {"fct_handoffs.handoffs_in_ignore_rate"},
    ),
    (
        "update marts.ignore_rate_monthly set ignore_rate_low = 0.7",
        {"ignore_rate_monthly.rate_within_ignore_rate_low"},
    ),
    (
        "update marts.ignore_rate_monthly set ignore_rate_low = -0.1 where mature_handoffs > 0",
        {"ignore_rate_monthly.ignore_rate_low_is_a_share"},
    ),
    (
        "update marts.ignore_rate_monthly set ignore_rate_high = 0.6",
        {"ignore_rate_monthly.rate_within_ignore_rate_high"},
    ),
    (
        "update marts.ignore_rate_monthly set ignore_rate_high = 1.01 where mature_handoffs > 0",
        {"ignore_rate_monthly.ignore_rate_high_is_a_share"},
    ),
    *(
        (
            f"update marts.ignore_rate_monthly set {bound} = {wrong}",
            {f"ignore_rate_monthly.rate_within_{bound}"},
        )
        for bound in ("ignore_rate_low", "ignore_rate_high")
        for wrong in ("'nan'", "null")
    ),
    (
        "update marts.ignore_rate_monthly set is_outcome_only = true",
        {"ignore_rate_monthly.sales_records_its_work"},
    ),
    (
        "update marts.ignore_rate_monthly set is_feed_stale = true",
        {"ignore_rate_monthly.sales_feed_is_fresh"},
    ),
]
