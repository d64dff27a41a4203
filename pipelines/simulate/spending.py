"""What marketing spends: adverts that pay, adverts that do not, and what fairs and rooms cost."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.simulate.calendar import DAY, HOUR, Calendar
from pipelines.simulate.columns import numbered
from pipelines.simulate.drawing import Ints, Texts, stream, texts
from pipelines.simulate.followup import Step
from pipelines.simulate.interest import Forms
from pipelines.simulate.occasions import Occasion, Occasions
from pipelines.simulate.visits import ADVERT, Visits

# what a day of adverts costs at a company of 2,000 persons; each medium brings about as many visits
_A_DAY = {"cpc": 500, "paid_social": 6_000, "display": 90_000}
_CHANNELS = {"cpc": "paid_search", "paid_social": "paid_social", "display": "display"}
_PAYS, _WASTES = "cpc", "display"
_FAIR, _SEMINAR, _LETTERS = 200_000, 20_000, 40_000
_MAIL_TOOL, _WEBINAR_TOOL = 40_000, 15_000  # a month
_CREDIT_NOTE = 0.1  # of a campaign of display adverts, given back at its end
_BUYS_WITHIN = 90 * DAY
_Cost = tuple[int, str, str | None, float]


@dataclass(frozen=True, slots=True)
class Spending:
    """One entry per cost, by time; `amount` in whole yen."""

    at: Ints
    channel: Texts
    campaign: Texts
    amount: Ints


def build_spending(seed: int, calendar: Calendar, occasions: Occasions, persons: int) -> Spending:
    """Every bill by the last day; a company of more persons spends more on each."""
    rng = stream(seed, "spending")
    months = [begin for _, begin, _ in calendar.months()]
    costs = [
        *_adverts(occasions.campaigns),
        *((each.day * DAY, "exhibition", each.name, _FAIR) for each in occasions.fairs),
        *((each.day * DAY, "seminar", each.name, _SEMINAR) for each in occasions.seminars),
        *((each.day * DAY, "direct_mail", each.name, _LETTERS) for each in occasions.letters),
        *((begin, "seminar", None, _WEBINAR_TOOL) for begin in months),
        *((begin, "mail", None, _MAIL_TOOL) for begin in months),
    ]
    at = np.array([cost[0] for cost in costs], dtype=np.int64)
    at = at + (9 + rng.integers(0, 9, len(at))) * HOUR
    usual = np.array([cost[3] for cost in costs]) * max(0.05, persons / 2_000)
    amount = (usual * rng.uniform(0.9, 1.1, len(at))).astype(np.int64)
    order = np.argsort(at, kind="stable")
    order = order[at[order] < calendar.end]
    return Spending(
        at[order],
        texts([cost[1] for cost in costs])[order],
        texts([cost[2] for cost in costs])[order],
        amount[order],
    )


def _adverts(campaigns: tuple[Occasion, ...]) -> list[_Cost]:
    """A bill a week for each campaign; of the dearest ones some is given back."""
    costs: list[_Cost] = []
    for each in campaigns:
        channel, a_day = _CHANNELS[each.medium], _A_DAY[each.medium]
        for day in range(0, each.length, 7):
            days = min(7, each.length - day)
            costs.append(((each.day + day) * DAY, channel, each.name, a_day * days))
        if each.medium == _WASTES:
            given_back = -_CREDIT_NOTE * a_day * each.length
            costs.append(((each.day + each.length) * DAY, channel, each.name, given_back))
    return costs


def cost_rows(calendar: Calendar, spending: Spending) -> pa.Table:
    """The rows of the feed; `at` holds the local second."""
    amount = pa.array(spending.amount, pa.int64()).cast(pa.decimal128(19, 0))
    return pa.table(
        {
            "cost_id": numbered("c", 1, len(spending.at)),
            "occurred_at": pa.array(calendar.utc(spending.at), pa.timestamp("s")),
            "channel": pa.array(spending.channel, pa.string()),
            "campaign": pa.array(spending.campaign, pa.string()),
            "amount": amount.cast(pa.decimal128(18, 2), safe=False),
            "at": pa.array(spending.at),
        }
    )


def campaign_truth(
    spending: Spending, occasions: Occasions, visits: Visits, forms: Forms, steps: list[Step]
) -> dict[str, dict[str, object]]:
    """The search campaign by whose adverts most buyers came, and the dearest of display adverts.

    Neither is there where no such campaign was held or brought a buyer.
    """
    costs: dict[str, int] = {}
    for campaign, amount in zip(spending.campaign, spending.amount.tolist(), strict=True):
        costs[campaign] = costs.get(campaign, 0) + amount
    held = [each for each in occasions.campaigns if each.name in costs]
    buyers = {
        each.name: count
        for each in held
        if each.medium == _PAYS and (count := _buyers(each, visits, forms, steps))
    }
    wasted = {each.name: costs[each.name] for each in held if each.medium == _WASTES}
    found = {"pays": (buyers, _PAYS), "does_not_pay": (wasted, _WASTES)}
    return {
        name: {"channel": _CHANNELS[medium], "campaign": best, "cost": costs[best]}
        for name, (campaigns, medium) in found.items()
        if (best := max(campaigns, key=campaigns.__getitem__, default=""))
    }


def _buyers(campaign: Occasion, visits: Visits, forms: Forms, steps: list[Step]) -> int:
    """Persons who came by its adverts, with a browser that a form names, and bought soon after."""
    sessions = visits.sessions
    begin, end = campaign.day * DAY, (campaign.day + campaign.length) * DAY
    came = (sessions.coming == ADVERT) & (sessions.start >= begin) & (sessions.start < end)
    came_at = dict(zip(sessions.browser[came].tolist(), sessions.start[came].tolist(), strict=True))
    persons: dict[int, int] = {
        person: came_at[browser]
        for browser, person in zip(visits.form_browser.tolist(), forms.person.tolist(), strict=True)
        if browser in came_at
    }
    return sum(
        step.kind == "won" and 0 <= step.at - persons.get(step.person, step.at + 1) < _BUYS_WITHIN
        for step in steps
    )
