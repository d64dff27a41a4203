"""Stands in for this package's own macros where they name each other, as a company's models do."""

from collections.abc import Callable

from adapter import dispatch


def __getattr__(name: str) -> Callable[..., str]:
    return dispatch(name)
