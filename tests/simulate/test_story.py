"""What a reader of the demo's dashboard can see: who ignores leads, and what helped."""

import csv
from collections import Counter

import numpy as np
import pytest

from pipelines.settings import SHIPPED_RULES
from pipelines.simulate.calendar import DAY
from pipelines.simulate.company import DEFAULT_LAST_DAY, Company, build_company
from pipelines.simulate.dispositions import disposition_ids
from pipelines.simulate.nurture import scenario_truth
from pipelines.simulate.spending import campaign_truth
from pipelines.simulate.truth import Entry, account_tiers, handoff_truth, lead_persons, team_truth
from pipelines.simulate.vocabulary import NO_BROWSER, NO_COMPANIES, NO_PHONES
from tests.reference.nurture import difference, rate

Handoffs = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def handoffs(demo: Company) -> Handoffs:
    persons = lead_persons(demo.leads, demo.versions).values()
    pairs = zip(demo.leads.person.tolist(), persons, strict=True)
    person_ids = {person: found for person, found in pairs if found}
    ids = disposition_ids(len(demo.steps)).to_pylist()
    entries = [Entry(step.at, each, step) for each, step in zip(ids, demo.steps, strict=True)]
    tiers = account_tiers(demo.leads, demo.versions, demo.rules)
    return handoff_truth(demo.calendar, demo.rules, entries, person_ids, tiers)


def _rate(handoffs: Handoffs, **wanted: str) -> float:
    chosen = {
        each: row
        for each, row in handoffs.items()
        if all(str(row[name]).startswith(value) for name, value in wanted.items())
    }
    rate = team_truth(chosen)["all"]["ignore_rate"]
    assert isinstance(rate, float)
    return rate


def test_about_four_of_ten_leads_are_ignored(handoffs: Handoffs) -> None:
    assert 0.35 < _rate(handoffs) < 0.5


def test_teams_differ(handoffs: Handoffs) -> None:
    central = _rate(handoffs, sales_team="Central")
    assert central > 0.12 + max(
        _rate(handoffs, sales_team=team) for team in ("East", "West", "Key")
    )
    shares = {
        team: Counter(row["outcome"] for row in handoffs.values() if row["sales_team"] == team)
        for team in {row["sales_team"] for row in handoffs.values()}
    }

    def share(team: str, outcome: str) -> float:
        return shares[team][outcome] / shares[team].total()

    assert max(shares, key=lambda team: share(str(team), "accepted_late")) == "West Japan"
    assert max(shares, key=lambda team: share(str(team), "rejected")) == "Key Accounts"
    assert max(shares, key=lambda team: share(str(team), "untouched")) == "Central Japan"


def test_the_programme_half_way_helps(demo: Company, handoffs: Handoffs) -> None:
    halfway = str(demo.calendar.day(demo.calendar.days // 2))
    before = {each: row for each, row in handoffs.items() if str(row["handed_off_date"]) < halfway}
    after = {each: row for each, row in handoffs.items() if each not in before}
    assert _rate(before) > _rate(after) + 0.2


def test_the_adr_team_helps(handoffs: Handoffs) -> None:
    after = {each: row for each, row in handoffs.items() if str(row["handed_off_date"]) > "2026"}
    assert _rate(after, routed_by="adr") < _rate(after, routed_by="marketing") - 0.08


def test_no_month_is_empty(demo: Company, handoffs: Handoffs) -> None:
    per_month = Counter(str(row["handed_off_date"])[:7] for row in handoffs.values())
    assert min(per_month[month] for month, _, _ in demo.calendar.months()) >= 10
    for times in (demo.visits.sessions.start, demo.mail.at, demo.offline.at):
        for _, begin, end in demo.calendar.months():
            assert np.count_nonzero((times >= begin) & (times < end)) > 0


def test_the_demo_is_small_enough(demo: Company) -> None:
    assert 150_000 < demo.web_events + len(demo.mail.at) + len(demo.offline.at) < 260_000


def test_handed_over_people_have_shown_more_interest(demo: Company) -> None:
    handed = {step.person for step in demo.steps if step.kind == "handed_off"}
    forms = Counter(demo.forms.person.tolist())
    others = set(range(demo.people.count)) - handed
    assert np.mean([forms[each] for each in handed]) > 1.6 * np.mean(
        [forms[each] for each in others]
    )


def test_nothing_happens_after_the_last_day(demo: Company) -> None:
    end = demo.calendar.end
    assert max(step.at for step in demo.steps) < end
    assert max(demo.mail.at.max(), demo.offline.at.max(), demo.forms.at.max()) < end
    assert demo.versions.updated_at.max() < end
    assert demo.visits.sessions.start.max() < end


def test_nobody_excluded_buys(demo: Company) -> None:
    won = {step.person for step in demo.steps if step.kind == "won"}
    excluded = set(np.flatnonzero(demo.people.is_excluded).tolist())
    assert len(excluded) > 50
    assert won & excluded == set()
    handed = {step.person for step in demo.steps if step.kind == "handed_off"}
    assert handed & excluded, "lists of fair visitors hold them all the same"


def test_one_of_five_buyers_buys_at_once_and_the_others_within_two_years(demo: Company) -> None:
    known_for = demo.calendar.end - demo.people.created_at
    days = [
        (step.at - int(demo.people.created_at[step.person])) / DAY
        for step in demo.steps
        # whoever has not been known for long has had no time to buy late
        if step.kind == "won" and known_for[step.person] > 500 * DAY
    ]
    assert len(days) > 25
    assert np.mean([each <= 30 for each in days]) == pytest.approx(0.2, abs=0.07)
    assert np.mean([each > 180 for each in days]) > 0.5
    assert max(days) > 365


def test_customers_buy_again_and_have_several_deals(demo: Company) -> None:
    deals: dict[tuple[int, str], set[int | None]] = {}
    for step in demo.steps:
        deals.setdefault((step.person, step.kind), set()).add(step.deal)
    wins = [len(found) for (_, kind), found in deals.items() if kind == "won"]
    assert 0.03 < np.mean([each > 1 for each in wins]) < 0.25
    offers = [len(found) for (_, kind), found in deals.items() if kind == "opportunity"]
    assert max(offers) >= 2


def test_what_means_nothing_is_in_the_placeholders() -> None:
    for name, values in (("phone", NO_PHONES), ("company_name", NO_COMPANIES)):
        assert set(values) <= _seed_column("placeholders", "value", column=name)
    assert NO_BROWSER in _seed_column("placeholders", "value", column="anonymous_id")


def test_wins_come_back_as_repeat_business(demo: Company) -> None:
    won_at = {step.person: step.at for step in demo.steps if step.kind == "won"}
    after = [s for s in demo.steps if s.kind == "handed_off" and s.at > won_at.get(s.person, s.at)]
    assert len(won_at) > 30
    assert after


def test_stages_are_skipped_and_recorded_late(demo: Company) -> None:
    first: dict[tuple[int, str], int] = {}
    for step in demo.steps:
        first.setdefault((step.person, step.kind), step.at)
    met = [(person, at) for (person, kind), at in first.items() if kind == "appointment"]
    assert any((person, "accepted") not in first for person, _ in met)
    assert any(first.get((person, "accepted"), 0) > at + DAY for person, at in met)


def _seed_column(seed: str, column: str, /, **wanted: str) -> set[str]:
    with (SHIPPED_RULES / f"{seed}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row[column]
            for row in csv.DictReader(file)
            if all(row[name] == value for name, value in wanted.items())
        }


def test_the_company_speaks_the_words_of_the_rules(demo: Company) -> None:
    scored = _seed_column("scoring_rules", "touchpoint_type")
    assert set(demo.forms.form_type) <= scored
    channels = _seed_column("channel_map", "key", feed="offline")
    assert set(demo.offline.event_type) <= channels
    assert set(demo.mail.mailings.mail_type) <= _seed_column("channel_map", "key", feed="mail")
    mediums = {campaign.medium for campaign in demo.occasions.campaigns} | {"email", "organic"}
    assert mediums <= _seed_column("channel_map", "key", feed="web")
    unmapped = {step.kind for step in demo.steps} - _seed_column("disposition_map", "disposition")
    assert unmapped == {"parked"}


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_one_scenario_works_and_one_does_nothing(seed: int) -> None:
    company = build_company(800, 400, seed, DEFAULT_LAST_DAY, 0)
    planted = scenario_truth(company.enrollments, set(range(company.people.count)))
    effects = {}
    for scenario in ("welcome", "seminar_follow_up"):
        arms = [planted[scenario][arm] for arm in ("treated", "holdout")]
        effects[scenario] = difference(*(rate(arm["reached"], arm["judged"]) for arm in arms))
    effect, low, high = effects["welcome"]
    assert planted["welcome"]["lift"] == 0.12 == pytest.approx(effect, abs=0.02)
    assert low > 0
    effect, low, high = effects["seminar_follow_up"]
    assert planted["seminar_follow_up"]["lift"] == 0 == pytest.approx(effect, abs=0.02)
    assert low < 0 < high
    assert planted["win_back"]["lift"] is None
    assert planted["win_back"]["treated"]["entered"] > 30


def test_one_campaign_pays_and_one_does_not(demo: Company) -> None:
    plan = (demo.spending, demo.occasions, demo.visits, demo.forms, demo.steps)
    campaigns = campaign_truth(*plan)
    assert campaigns["pays"]["channel"] == "paid_search"
    assert campaigns["does_not_pay"]["channel"] == "display"
    assert campaigns["does_not_pay"]["cost"] > 100 * campaigns["pays"]["cost"]
