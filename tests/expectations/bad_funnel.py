"""One change each to the marts of scores, funnel, KPIs and mails, and what must object."""

MAIL_RATES = (
    "open_rate",
    "click_rate",
    "click_to_open_rate",
    "unsubscribe_rate",
    "retention_rate",
)

# what is wrong, and every expectation that must say so
BAD_FUNNEL: list[tuple[str, set[str]]] = [
    (
        "update marts.fct_lead_cycles set cycle_number = 3 where cycle_number = 2",
        {"fct_lead_cycles.cycles_numbered"},
    ),
    (
        "delete from marts.dim_leads where person_id = 'L1'",
        {"dim_leads.every_cycle_has_its_lead", "dim_leads.every_lead_in_the_matrix"},
    ),
    (
        "update marts.dim_leads set person_id = 'taro@sakura-soft.jp' where person_id = 'L1'",
        {"dim_leads.no_address_as_id"},
    ),
    (
        "update marts.mailed_despite_block set last_mailed_date = date '2024-06-26'",
        {"mailed_despite_block.nobody_mailed_against_a_reason"},
    ),
    ("delete from marts.handoff_queue", {"dim_leads.every_waiting_lead_queued"}),
    (
        "insert into marts.follow_up_worklist select * from marts.follow_up_worklist",
        {"dim_leads.every_unanswered_handoff_listed"},
    ),
    *(
        (
            f"update marts.funnel_cohorts set {narrower} = {wider} + 1 where not is_returning",
            {f"funnel_cohorts.{narrower}_within_{wider}"},
        )
        for wider, narrower in (
            ("mql", "handed_off"),
            ("handed_off", "sal"),
            ("sal", "appointment"),
            ("appointment", "opportunity"),
            ("opportunity", "won"),
        )
    ),
    (
        "update marts.funnel_cohorts set cycles = 0 where is_returning",
        {"funnel_cohorts.cohorts_not_empty", "funnel_cohorts.every_cycle_in_a_cohort"},
    ),
    (
        "update marts.funnel_cohorts set mql = 2 where is_returning",
        {"funnel_cohorts.mql_within_cycles"},
    ),
    (
        "update marts.funnel_cohorts set sal = null where is_returning",
        {"funnel_cohorts.appointment_within_sal"},
    ),
    (
        "update marts.funnel_cohorts set won = -1 where is_returning",
        {"funnel_cohorts.counts_not_negative"},
    ),
    (
        "update marts.funnel_daily set entered = 2 where date = date '2025-06-01'",
        {"funnel_daily.every_cycle_enters"},
    ),
    (
        "delete from marts.funnel_daily where date = date '2025-06-25'",
        {"funnel_daily.every_open_cycle_counted"},
    ),
    (
        "update marts.conversion_curve set share = 0.4 where days_since_start = 9",
        {"conversion_curve.share_never_falls"},
    ),
    (
        "update marts.conversion_curve set share = 'nan' where days_since_start = 9",
        {"conversion_curve.share_is_a_number"},
    ),
    (
        "update marts.conversion_curve set share = 1.1 where days_since_start = 9",
        {"conversion_curve.share_within_0_and_1"},
    ),
    (
        "update marts.kpi_scorecard set actual = 0.5 where kpi_id = 'sal_rate' and numerator = 3",
        {"kpi_scorecard.actual_follows"},
    ),
    (
        "update marts.kpi_scorecard set actual = 'nan' where numerator = 3",
        {"kpi_scorecard.actual_follows"},
    ),
    (
        "update marts.kpi_scorecard set achievement_rate = 2 where numerator = 4",
        {"kpi_scorecard.achievement_follows"},
    ),
    (
        "update marts.kpi_scorecard set achievement_rate = 1 where target = 0",
        {"kpi_scorecard.achievement_follows"},
    ),
    (
        "delete from marts.kpi_scorecard where kpi_id = 'mqls' and month = date '2025-06-01'",
        {"kpi_scorecard.every_kpi_every_month"},
    ),
    (
        "update marts.mail_performance set replies = -1 where mail_id = 'M1'",
        {"mail_performance.counts_not_negative"},
    ),
    (
        "update marts.mail_performance set clickers = null where mail_id = 'M1'",
        {"mail_performance.counts_not_negative", "mail_performance.conversions_clicked"},
    ),
    (
        "update marts.mail_performance set conversions = 3 where mail_id = 'M1'",
        {"mail_performance.conversions_clicked"},
    ),
    (
        f"update marts.mail_performance set {', '.join(f'{rate} = 0.4' for rate in MAIL_RATES)}"
        " where mail_id = 'M1'",
        {f"mail_performance.{rate}_follows_from_counts" for rate in MAIL_RATES},
    ),
    (
        "update marts.mail_performance set complaints = 5 where mail_id = 'M1'",
        {"mail_performance.reactions_delivered"},
    ),
    (
        # of 30 that did not bounce the four who reacted, and ten with a recorded delivery
        "update marts.mail_performance set sent = 40, bounced = 10, delivered = 14,"
        " open_rate = 1 / 14, click_rate = 2 / 14, unsubscribe_rate = 1 / 14,"
        " retention_rate = 13 / 14 where mail_id = 'M1'",
        {"mail_performance.deliveries_recorded"},
    ),
    (
        "update marts.attribution set credit = 0.4 where model = 'linear' and channel = 'mail'",
        {"attribution.credits_add_up"},
    ),
    (
        "delete from marts.attribution where model = 'linear' and conversion_stage = 'sal'",
        {"attribution.credits_add_up", "attribution.amounts_add_up"},
    ),
    (
        "update marts.attribution set credit = case channel when 'mail' then 0 else 1 end"
        " where model = 'last'",
        {"attribution.credit_positive"},
    ),
    (
        "update marts.cost_performance set sal = 0.4 where model = 'linear' and channel = 'mail'",
        {"cost_performance.credits_are_those_of_attribution"},
    ),
    (
        "update raw.costs set amount = 99",
        {"cost_performance.every_cost_counted"},
    ),
    (
        "delete from marts.lead_segments where person_id = 'L2'",
        {"segment_performance.every_member_counted"},
    ),
    (
        "delete from marts.lead_predictions where person_id = 'L2'",
        {"lead_predictions.open_leads_predicted"},
    ),
    (
        "update marts.dim_leads set owner = 'sales' where person_id = 'L2'",
        {"lead_predictions.open_leads_predicted"},
    ),
    (
        "delete from marts.prediction_quality where chance_decile = 3",
        {"prediction_quality.handoffs_add_up"},
    ),
    (
        "update marts.prediction_quality set hits = 2 where handoff_quarter is null"
        " and chance_decile is null",
        {"prediction_quality.hits_add_up"},
    ),
]
