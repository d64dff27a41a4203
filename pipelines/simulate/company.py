"""The plan of the whole company, part by part; nothing is written yet."""

from dataclasses import dataclass
from datetime import date

from pipelines.simulate.calendar import Calendar, build_calendar
from pipelines.simulate.companies import Companies, build_companies
from pipelines.simulate.drawing import Texts, stream
from pipelines.simulate.duplicates import DUPLICATE_SHARE, Leads, build_leads
from pipelines.simulate.followup import Step
from pipelines.simulate.identity import check_persons
from pipelines.simulate.interest import Forms, build_episodes, build_forms, join_forms
from pipelines.simulate.leads import Versions, build_versions
from pipelines.simulate.mail import Mail, build_mail, forms_after_clicks
from pipelines.simulate.nurture import Enrollments, build_nurture
from pipelines.simulate.occasions import Occasions, plan_occasions
from pipelines.simulate.offline import Offline, build_offline
from pipelines.simulate.people import People, build_people
from pipelines.simulate.rules import Rules, read_rules
from pipelines.simulate.sales import build_sales
from pipelines.simulate.spending import Spending, build_spending
from pipelines.simulate.visits import Visits, build_visits

DEFAULT_LAST_DAY = date(2026, 9, 30)
_WEB_EVENTS_PER_LEAD_AND_DAY = 0.1


@dataclass(frozen=True, slots=True)
class Company:
    """Everything that happens at the company up to its last day."""

    seed: int
    rules: Rules
    calendar: Calendar
    occasions: Occasions
    companies: Companies
    people: People
    leads: Leads
    versions: Versions
    mail: Mail
    forms: Forms
    visits: Visits
    offline: Offline
    steps: list[Step]
    enrollments: Enrollments
    spending: Spending
    web_events: int

    @property
    def first_lead_id(self) -> Texts:
        """The lead id that most rows of a person cite."""
        return self.leads.lead_id[self.leads.first_of_person()]


def build_company(
    leads: int, days: int, seed: int, last_day: date, web_events: int | None
) -> Company:
    """Plan people first, then their interest, and from it everything that they do."""
    rules = read_rules()
    calendar = build_calendar(last_day, days, rules.holidays)
    occasions = plan_occasions(calendar)
    persons = leads - int(leads * DUPLICATE_SHARE)
    companies = build_companies(stream(seed, "companies"), rules, persons)
    people = build_people(seed, calendar, companies, occasions, persons)
    records = build_leads(seed, calendar, people, companies, leads)
    episodes = build_episodes(seed, calendar, people)
    mail = build_mail(seed, calendar, people, episodes, occasions)
    versions = build_versions(seed, calendar, people, companies, records, mail.unsubscribed_at)
    check_persons(records, versions)
    forms = join_forms(
        build_forms(seed, calendar, people, episodes), forms_after_clicks(seed, calendar, mail)
    )
    usual = int(leads * days * _WEB_EVENTS_PER_LEAD_AND_DAY)
    wanted = usual if web_events is None else web_events
    visits = build_visits(
        seed, calendar, people, episodes, mail, forms, wanted, wanted / max(usual, 1)
    )
    steps = build_sales(seed, calendar, people, companies, episodes, forms, rules)
    steps.sort(key=lambda step: (step.at, step.person))
    return Company(
        seed=seed,
        rules=rules,
        calendar=calendar,
        occasions=occasions,
        companies=companies,
        people=people,
        leads=records,
        versions=versions,
        mail=mail,
        forms=forms,
        visits=visits,
        offline=build_offline(seed, calendar, people, episodes, forms, occasions),
        steps=steps,
        enrollments=build_nurture(seed, calendar, people, rules, steps),
        spending=build_spending(seed, calendar, occasions, persons),
        web_events=wanted,
    )
