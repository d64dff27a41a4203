"""Changes behind the marts, each with the expectation that must fail."""

BAD_LEFT_OUT: list[tuple[str, set[str]]] = [
    (
        "update intermediate.int_lead_versions set updated_at = timestamp '2025-06-25 15:00:00'",
        {"dim_leads.leads_known_on_the_day"},
    ),
    (
        "update intermediate.int_disposition_cycles set cycle_number = null",
        {"fct_lead_cycles.sales_rows_in_a_cycle"},
    ),
    (
        "insert into intermediate.int_dispositions"
        " values ('D2', 'handed_off', null, 'L1', timestamp '2025-05-13 01:30:00')",
        {"fct_handoffs.outcomes_follow_their_handoff"},
    ),
    (
        "update intermediate.int_lead_records set normalized_name = lead_id",
        {"dim_leads.few_names_share_a_key"},
    ),
    (
        "update intermediate.int_lead_records"
        " set normalized_name = lead_id, normalized_phone = null",
        {"dim_leads.few_names_share_a_key"},
    ),
    (
        "update intermediate.int_web_events set is_identified = true",
        {"dim_leads.few_names_share_a_key"},
    ),
]
