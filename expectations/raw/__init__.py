"""Suites on the raw batch, one set for each feed."""

from expectations.limits import Limits
from expectations.raw import (
    arrivals,
    bare_dates,
    categories,
    deliveries,
    history,
    identifiers,
    keys,
    nulls,
    numbers,
)
from expectations.suite import Suite
from pipelines.feeds import FEEDS

EXPECTED = tuple(feed.name for feed in FEEDS)


def suites(limits: Limits) -> list[Suite]:
    """All suites; those whose tables do not exist are left out by the judge."""
    modules = (
        *(deliveries, keys, identifiers, arrivals, bare_dates),
        *(history, nulls, numbers, categories),
    )
    return [suite for feed in FEEDS for module in modules for suite in module.suites(feed, limits)]
