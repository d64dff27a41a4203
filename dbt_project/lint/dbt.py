"""Stands in for dbt's cross-database macros while sqlfluff reads the models."""

from collections.abc import Callable

from adapter import dispatch


def __getattr__(name: str) -> Callable[..., str]:
    if name.startswith("type_"):
        return lambda: {"type_string": "varchar"}.get(name, name.removeprefix("type_"))
    return dispatch(name)
