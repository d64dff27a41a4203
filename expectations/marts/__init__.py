"""Suites on the marts: every module of this package that defines `suites` is one family of them."""

import importlib
import pkgutil
from collections.abc import Iterator

from expectations.limits import Limits
from expectations.suite import Suite

# suites on any other mart run as soon as it exists
EXPECTED = (
    "fct_handoffs",
    "fct_touchpoints",
    "ignore_rate",
    "ignore_rate_monthly",
    "unresolved_events",
)


def suites(limits: Limits) -> Iterator[Suite]:
    """All suites; those whose marts do not exist are left out by the judge."""
    for found in pkgutil.iter_modules(__path__, f"{__name__}."):
        yield from importlib.import_module(found.name).suites(limits)
