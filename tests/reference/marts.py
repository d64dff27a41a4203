"""Every mart that the reference knows, from typed rows."""

from tests.reference.agent_traffic import agent_traffic
from tests.reference.attribution import attribution
from tests.reference.clock import Settings
from tests.reference.content import content_performance
from tests.reference.conversion_pooled import conversion_curve_pooled
from tests.reference.costs import cost_performance
from tests.reference.cycles import lead_cycles
from tests.reference.feeds import Row
from tests.reference.funnel import conversion_curve, funnel_cohorts, funnel_daily
from tests.reference.handoffs import dispositions_by_person, handoffs, lead_handoffs
from tests.reference.identity import Directory, resolve, unresolved_events
from tests.reference.ignore_rate import ignore_rate, ignore_rate_monthly
from tests.reference.ignored_outcomes import ignored_outcomes
from tests.reference.kpis import kpi_scorecard, metrics, named_metrics
from tests.reference.leads import dim_accounts, dim_dates, dim_leads
from tests.reference.mail import addressed, mail_performance
from tests.reference.mailability import mail_blocks, mailed_despite_block
from tests.reference.neglect import neglected_leads
from tests.reference.nurture import scenario_effect
from tests.reference.persons import persons
from tests.reference.prediction_cases import Cases
from tests.reference.prediction_profiles import Profiles
from tests.reference.prediction_quality import prediction_quality
from tests.reference.predictions import lead_predictions
from tests.reference.qualifications import qualifications
from tests.reference.routing_effect import routing_effect
from tests.reference.rules import Rules
from tests.reference.score_calibration import score_calibration
from tests.reference.scores import Scores
from tests.reference.segments import lead_segments, segment_performance
from tests.reference.stage_durations import stage_durations
from tests.reference.threshold_curve import threshold_curve
from tests.reference.timeline import lead_timeline
from tests.reference.touchpoints import touchpoints
from tests.reference.value_matrix import value_matrix
from tests.reference.versions import Leads, without_placeholders
from tests.reference.visitors import anonymous_visitors
from tests.reference.worklists import follow_up_worklist, handoff_queue

Marts = dict[str, list[Row]]


def build(feeds: dict[str, list[Row]], rules: Rules, settings: Settings) -> Marts:
    """Marts by name; `persons` stands for the identity behind them."""
    feeds = without_placeholders(feeds, rules)
    leads = Leads.of(feeds["leads"], settings)
    people = persons(leads, rules)
    directory = Directory.of(people, leads)
    resolved = resolve(feeds, directory, settings)
    sales, mail = resolved["sales_dispositions"], addressed(resolved["mail_events"], settings)
    dispositions = dispositions_by_person(sales, rules)
    touches = touchpoints(resolved, rules, settings)
    scores = Scores(touches, rules, settings)
    spells = qualifications(people, dispositions, scores, rules, settings)
    cycles = lead_cycles(people, dispositions, spells, settings)
    handed = [
        row | _context(row, cycles, scores)
        for row in handoffs(dispositions, directory.persons, rules, settings)
    ]
    judged = lead_handoffs(handed, cycles)
    marts = {
        "persons": people,
        "unresolved_events": unresolved_events(resolved, settings),
        "fct_touchpoints": touches,
        "fct_score_contributions": scores.contributions(),
        "fct_lead_scores": scores.lead_scores(),
        "fct_qualifications": spells,
        "fct_handoffs": handed,
        "ignore_rate": ignore_rate(handed),
        "ignore_rate_monthly": ignore_rate_monthly(handed, sales, dispositions, rules, settings),
        "fct_lead_cycles": cycles,
        "funnel_cohorts": funnel_cohorts(cycles),
        "funnel_daily": funnel_daily(cycles, people, settings),
        "conversion_curve": conversion_curve(cycles, settings),
        "conversion_curve_pooled": conversion_curve_pooled(cycles, settings),
        "stage_durations": stage_durations(cycles, settings),
        "mail_performance": mail_performance(mail, touches),
        "attribution": attribution(cycles, touches),
        "scenario_effect": scenario_effect(resolved["enrollments"], cycles, rules, settings),
        "content_performance": content_performance(
            resolved["web_events"], touches, spells, rules, settings
        ),
        "cost_performance": cost_performance(feeds["costs"], cycles, touches, settings),
        "ignored_outcomes": ignored_outcomes(handed, dispositions, settings),
        "lead_segments": lead_segments(people, cycles, touches, scores, rules, settings),
    }
    marts |= {
        "segment_performance": segment_performance(marts["lead_segments"], marts, rules, settings),
        "agent_traffic": agent_traffic(resolved["web_events"], rules, settings),
        "anonymous_visitors": anonymous_visitors(resolved["web_events"], rules, settings),
        "lead_timeline": lead_timeline(resolved, dispositions, touches, rules, settings),
        "routing_effect": routing_effect(handed),
        "score_calibration": score_calibration(judged, cycles, settings),
        "threshold_curve": threshold_curve(people, cycles, handed, judged, scores, rules, settings),
    }
    given = (marts, resolved, mail, rules, settings)
    lead_ids = directory.by_lead_id
    blocks = mail_blocks(people, feeds["leads"], lead_ids, mail, touches, settings)
    today = dim_leads(people, marts, scores, blocks)
    profiles = Profiles(feeds["leads"], lead_ids, rules, settings)
    cases = Cases(marts, judged, dispositions, today, profiles, rules, settings)
    return marts | {
        "lead_predictions": lead_predictions(cases, settings),
        "prediction_quality": prediction_quality(cases, settings),
        "mailed_despite_block": mailed_despite_block(blocks, mail, settings),
        "kpi_scorecard": kpi_scorecard(metrics(*given), named_metrics(*given), rules),
        "dim_leads": today,
        "dim_accounts": dim_accounts(today, marts, settings),
        "dim_dates": dim_dates(today, rules, settings),
        "handoff_queue": handoff_queue(today, marts, scores),
        "follow_up_worklist": follow_up_worklist(today, marts, rules, settings),
        "value_matrix": value_matrix(today, judged, marts, rules, settings),
        "neglected_leads": neglected_leads(
            today, directory.persons, dispositions, mail, rules, settings
        ),
    }


def _context(handoff: Row, cycles: list[Row], scores: Scores) -> Row:
    """The cycle that holds a hand-off, and the score of its day."""
    holding = [row["cycle_number"] for row in cycles if handoff["handoff_id"] in row["held"]]
    return {
        "cycle_number": holding[0] if holding else None,
        "score_at_handoff": scores.score(handoff["person_id"], handoff["handed_off_date"]),
    }
