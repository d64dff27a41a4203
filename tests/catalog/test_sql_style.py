"""How the models and macros are written, where neither dbt nor sqlfluff looks."""

import re

import pytest

from pipelines.settings import DBT_PROJECT

MODELS = sorted((DBT_PROJECT / "models").rglob("*.sql"))
SQL = [*MODELS, *sorted((DBT_PROJECT / "macros").rglob("*.sql"))]
MOST_LINES = 120

# functions that every engine has, with the same meaning for the same values; what only one has, or
# has otherwise, stands in a dispatched macro (docs/spark.md)
PORTABLE = re.compile(
    "abs|bool_or|coalesce|count|date_trunc|exp|extract|floor|greatest|lag|lead|least|length|ln|max"
    "|max_by|min|nullif|power|replace|round|row_number|sign|sqrt|substring|sum|trim"
)
# followed by a bracket, and no function: words of the grammar and types
GRAMMAR = re.compile(
    "and|as|by|cast|decimal|exists|filter|from|in|not|on|or|over|select|try_cast|using|values|when"
    "|where"
)
CALL = re.compile(r"\b([a-z_]\w*)\s*\(", re.IGNORECASE)
OF_ONE_ENGINE = re.compile(
    r"::|//|->|\b(?:lambda|ignore nulls|qualify|by name|asof)\b"
    r"|\*\s*(?:exclude|replace|except)\b"
    r"|\b(?:hugeint|varchar|string|text)\b(?=\s*\))",
    re.IGNORECASE,
)
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TEXT = re.compile(r"'(?:[^']|'')*'")

COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
# a window without partition and order, described in place or under a name
EMPTY_WINDOW = re.compile(
    r"\b(?:over|window\b[^;]*?\bas)\s*\(\s*(?:\)|(?:rows|range|groups)\b)", re.IGNORECASE
)
CLOCK = re.compile(
    r"\bcurrent_(?:date|time|timestamp)\b|\blocal(?:time|timestamp)\b"
    r"|\b(?:now|today|getdate|sysdate|transaction_timestamp|get_current_time\w*)\s*\("
    r"|\bmodules\.datetime\b|\brun_started_at\b",
    re.IGNORECASE,
)


def found(pattern: re.Pattern[str], sql: str) -> list[str]:
    """What of a text without its comments matches."""
    return pattern.findall(COMMENT.sub(" ", sql))


def matching(pattern: re.Pattern[str]) -> list[str]:
    """The files in which anything matches."""
    return [path.name for path in SQL if found(pattern, path.read_text(encoding="utf-8"))]


def test_models_and_macros_are_there() -> None:
    assert len(MODELS) > 70
    assert len(SQL) > len(MODELS)


def test_no_model_is_long() -> None:
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in MODELS}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def of_one_engine(sql: str) -> set[str]:
    """Functions and operators outside of macros that not every engine has."""
    bare = TEXT.sub("''", JINJA.sub(" made_by_macro ", COMMENT.sub(" ", sql)))
    called = {name.lower() for name in CALL.findall(bare)}
    others = {name for name in called if not (PORTABLE.fullmatch(name) or GRAMMAR.fullmatch(name))}
    return others | set(OF_ONE_ENGINE.findall(bare))


def test_no_model_calls_a_function_of_one_engine() -> None:
    tests = sorted((DBT_PROJECT / "tests").rglob("*.sql"))
    found_in = {
        path.name: of_one_engine(path.read_text(encoding="utf-8")) for path in MODELS + tests
    }
    assert {name: found for name, found in found_in.items() if found} == {}


@pytest.mark.parametrize(
    ("sql", "function"),
    [
        ("select string_agg(a, ',') from t", "string_agg"),
        ("select a::date from t", "::"),
        ("select last_value(a ignore nulls) over (order by b) from t", "ignore nulls"),
        ("select cast(a as varchar) from t", "varchar"),
        ("select * exclude (a) from t", "* exclude"),
        ("select List_Transform(a, lambda x: x) from t", "list_transform"),
    ],
)
def test_a_function_of_one_engine_is_found(sql: str, function: str) -> None:
    assert function in of_one_engine(sql)


def test_macros_and_portable_functions_may_be_called() -> None:
    sql = "select {{ listed_in_order('a', '::') }}, cast(sum(b) as decimal(38, 2)), 'now()'"
    assert of_one_engine(sql + " from t where a in (select 1) and (a = 1)") == set()


def test_no_window_is_over_all_rows() -> None:
    # DuckDB 1.5 has a race in them (duckdb/duckdb#22352); a subquery gives the same
    assert matching(EMPTY_WINDOW) == []


def test_no_model_reads_the_clock() -> None:
    assert matching(CLOCK) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(n) over () from t",
        "select sum(n) OVER( ) from t",
        "select sum(n)\n    over\n    (\n    )\nfrom t",
        "select sum(n) over ( -- all\n) from t",
        "select sum(n) over ({# all #}) from t",
        "select sum(n) over (rows between unbounded preceding and current row) from t",
        "select sum(n) over every_row from t window every_row as ()",
        "select sum(n) over b from t window a as (order by n), b as (\n)",
    ],
)
def test_a_window_over_all_rows_is_found(sql: str) -> None:
    assert found(EMPTY_WINDOW, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(n) over (order by n) from t",
        "select sum(n) over by_n from t window by_n as (partition by n)",
        "select n from t -- over ()",
        "{# over () #} select takeover () from t",
    ],
)
def test_other_windows_are_not(sql: str) -> None:
    assert not found(EMPTY_WINDOW, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select current_date",
        "select CURRENT_TIMESTAMP",
        "select now()",
        "select getdate ()",
        "select '{{ run_started_at }}'",
        "select {{ modules.datetime.date.today() }}",
    ],
)
def test_a_clock_is_found(sql: str) -> None:
    assert found(CLOCK, sql)


def test_days_are_not_a_clock() -> None:
    assert not found(CLOCK, "select known_at, current_date_id, {{ as_of_date() }} from t -- now()")
