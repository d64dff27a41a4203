"""Every metric, asked through MetricFlow, says what the mart says."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest

from orchestration.build.project import parsed_project
from orchestration.reports.metrics import metrics_engine
from pipelines.rules.metrics import METRICS
from pipelines.settings import DBT_PROJECT
from tests.orchestration.conftest import Outcome

pytestmark = pytest.mark.xdist_group("catalog")

DIMENSIONS_OF_HANDOFFS = ["sales_team", "routed_by", "lead_source", "account_tier", "fit_grade"]
STAGES = ["mql", "handed_off", "sal", "appointment", "opportunity", "won"]
# a metric of hand-offs and what it is in ignore_rate, by the counts of which it can be summed
OF_HANDOFFS = {
    "handoffs": "sum(handoffs)",
    "mature_handoffs": "sum(mature_handoffs)",
    "ignored_handoffs": "sum(ignored)",
    "accepted_handoffs": "sum(accepted + accepted_late)",
    "handoffs_not_followed_up": "sum(no_follow_up)",
    "handoffs_ignored_at_deadline": "sum(ignored_at_deadline)",
    "rescued_handoffs": "sum(accepted_late)",
    "ignore_rate": "sum(ignored) / nullif(sum(mature_handoffs), 0)",
    "sal_rate": "sum(accepted + accepted_late) / nullif(sum(mature_handoffs), 0)",
    "no_follow_up_rate": "sum(no_follow_up) / nullif(sum(mature_handoffs), 0)",
    "ignored_at_deadline_rate": "sum(ignored_at_deadline) / nullif(sum(mature_handoffs), 0)",
    "rescue_rate": "sum(accepted_late) / nullif(sum(ignored_at_deadline), 0)",
}
RATES = [name for name in OF_HANDOFFS if name.endswith("_rate")]
OF_COHORTS = {
    "cycles": "sum(cycles)",
    **{f"{stage}_cycles": f"sum({stage})" for stage in STAGES},
    "cohort_won_amount": "sum(won_amount)",
    "lead_to_mql_rate": "sum(mql) / nullif(sum(cycles), 0)",
    "lead_to_won_rate": "sum(won) / nullif(sum(cycles), 0)",
    **{
        f"{earlier}_to_{later}_rate": f"sum({later}) / nullif(sum({earlier}), 0)"
        for earlier, later in pairwise(STAGES)
    },
}
COUNTS_OF_MAILS = {
    "recipients_sent": "sent",
    "recipients_delivered": "delivered",
    "recipients_bounced": "bounced",
    "recipients_opened": "openers",
    "recipients_machine_opened": "machine_openers",
    "recipients_clicked": "clickers",
    "recipients_unsubscribed": "unsubscribes",
    "recipients_replied": "replies",
    "recipients_complained": "complaints",
    "recipients_converted": "conversions",
}
RATES_OF_MAILS = [
    "open_rate",
    "click_rate",
    "click_to_open_rate",
    "unsubscribe_rate",
    "retention_rate",
]
OF_MAILS = {
    **{metric: f"sum({count})" for metric, count in COUNTS_OF_MAILS.items()},
    "open_rate": "sum(openers) / nullif(sum(delivered), 0)",
    "click_rate": "sum(clickers) / nullif(sum(delivered), 0)",
    "click_to_open_rate": "sum(clickers) / nullif(sum(openers), 0)",
    "unsubscribe_rate": "sum(unsubscribes) / nullif(sum(delivered), 0)",
    "retention_rate": "1 - sum(unsubscribes) / nullif(sum(delivered), 0)",
}
OF_KPIS = [
    *("new_leads", "mqls", "handoffs", "sals", "appointments", "opportunities", "wins"),
    "won_amount",
]
OF_SCENARIOS = {
    "judged_entries": "sum(judged)",
    "entries_at_goal": "sum(reached)",
    "reach_rate": "sum(reached) / nullif(sum(judged), 0)",
}
OF_CONTENTS = {
    "unnamed_visitors": "sum(unnamed_visitors)",
    "named_visitors": "sum(named)",
    "judged_readers": "sum(judged_people)",
    "qualified_readers": "sum(qualified_after)",
    "naming_rate": "sum(named) / nullif(sum(unnamed_visitors), 0)",
    "qualified_rate": "sum(qualified_after) / nullif(sum(judged_people), 0)",
}
OF_COSTS = {
    "marketing_cost": "sum(cost)",
    "credited_mqls": "sum(mql)",
    "credited_sals": "sum(sal)",
    "credited_opportunities": "sum(opportunity)",
    "credited_wins": "sum(won)",
    "credited_amount": "sum(won_amount)",
    "cost_per_mql": "sum(cost) / nullif(sum(mql), 0)",
    "cost_per_sal": "sum(cost) / nullif(sum(sal), 0)",
    "cost_per_opportunity": "sum(cost) / nullif(sum(opportunity), 0)",
    "cost_per_win": "sum(cost) / nullif(sum(won), 0)",
    "return_on_cost": "sum(won_amount) / nullif(sum(cost), 0)",
}
OF_OUTCOMES = {
    "accepted_handoffs_judged": "sum(accepted_handoffs)",
    "accepted_handoffs_won": "sum(accepted_won)",
    "ignored_handoffs_judged": "sum(ignored_handoffs)",
    "ignored_handoffs_won": "sum(ignored_won)",
    "lost_wins": "sum(lost_wins)",
    "lost_amount": "sum(lost_amount)",
    "accepted_win_rate": "sum(accepted_won) / nullif(sum(accepted_handoffs), 0)",
    "ignored_win_rate": "sum(ignored_won) / nullif(sum(ignored_handoffs), 0)",
}
OF_SEGMENTS = {
    "segment_handoffs": "sum(mature_handoffs)",
    "segment_ignored_handoffs": "sum(ignored)",
    "segment_ignore_rate": "sum(ignored) / nullif(sum(mature_handoffs), 0)",
}
OF_MARKETING = {**OF_SCENARIOS, **OF_CONTENTS, **OF_COSTS, **OF_OUTCOMES, **OF_SEGMENTS}
OF_PEOPLE = ["qualified_persons", "lead_to_mql_conversion", "lead_to_mql_conversion_90_days"]

Rows = dict[tuple[Any, ...], tuple[float | None, ...]]


@pytest.fixture(scope="module")
def engine(published: Path) -> MetricFlowEngine:
    return metrics_engine(published)


@pytest.fixture(scope="module")
def mart(published: Path) -> Callable[[str], Rows]:
    """Rows of a query over the published file by its `keys` first columns."""

    def rows(query: str, keys: int = 1) -> Rows:
        with duckdb.connect(str(published / "marts.duckdb"), read_only=True) as marts:
            return _by_key(marts.execute(query).fetchall(), keys)

    return rows


def _by_key(rows: Iterable[tuple[Any, ...]], keys: int) -> Rows:
    found = {
        tuple(_plain(value) for value in row[:keys]): tuple(map(_number, row[keys:]))
        for row in rows
    }
    assert found, "nothing to compare"
    return found


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _number(value: Any) -> float | None:
    return None if value is None else pytest.approx(float(value), abs=1e-12)


def _asked(engine: MetricFlowEngine, metrics: Iterable[str], *by: str) -> Rows:
    # one by one: a query for several joins them on the dimensions, which would hide lost groups
    columns = []
    for metric in metrics:
        request = MetricFlowQueryRequest.create(metric_names=[metric], group_by_names=list(by))
        table = engine.query(request).result_df
        assert table is not None
        assert len(table.column_names) == len(by) + 1
        columns.append({tuple(map(_plain, row[:-1])): row[-1] for row in table.rows})
    assert all(column.keys() == columns[0].keys() for column in columns)
    return {
        key: tuple(None if column[key] is None else float(column[key]) for column in columns)
        for key in columns[0]
    }


def test_rates_of_handoffs_by_month(engine: MetricFlowEngine, mart: Callable[..., Rows]) -> None:
    expected = mart(f"select handoff_month, {', '.join(RATES)} from ignore_rate_monthly")
    assert _asked(engine, RATES, "metric_time__month") == expected


@pytest.mark.parametrize("dimension", DIMENSIONS_OF_HANDOFFS)
def test_handoffs_by_dimension(
    engine: MetricFlowEngine, mart: Callable[..., Rows], dimension: str
) -> None:
    sums = ", ".join(OF_HANDOFFS.values())
    expected = mart(f"select {dimension}, {sums} from ignore_rate group by 1")
    assert _asked(engine, OF_HANDOFFS, f"handoff__{dimension}") == expected


def test_a_rate_in_the_finest_grain(engine: MetricFlowEngine, mart: Callable[..., Rows]) -> None:
    dimensions = ", ".join(DIMENSIONS_OF_HANDOFFS)
    expected = mart(f"select handoff_month, {dimensions}, ignore_rate from ignore_rate", 6)
    by = [f"handoff__{dimension}" for dimension in DIMENSIONS_OF_HANDOFFS]
    assert _asked(engine, ["ignore_rate"], "metric_time__month", *by) == expected


@pytest.mark.parametrize(
    ("dimension", "column"),
    [
        ("metric_time__month", "cohort_month"),
        ("lead_cycle__lead_source", "lead_source"),
        ("lead_cycle__fit_grade", "fit_grade"),
        ("lead_cycle__account_tier", "account_tier"),
        ("lead_cycle__is_returning", "is_returning"),
    ],
)
def test_conversion_between_stages(
    engine: MetricFlowEngine, mart: Callable[..., Rows], dimension: str, column: str
) -> None:
    sums = ", ".join(OF_COHORTS.values())
    expected = mart(f"select {column}, {sums} from funnel_cohorts group by 1")
    assert _asked(engine, OF_COHORTS, dimension) == expected


def test_a_fiscal_year_is_that_of_the_calendar(
    engine: MetricFlowEngine, mart: Callable[..., Rows]
) -> None:
    expected = mart(
        "select fiscal_year, count(*) from fct_lead_cycles"
        " inner join dim_dates on started_date = dim_dates.date group by 1"
    )
    assert _asked(engine, ["cycles"], "metric_time__fiscal_year") == expected


def test_figures_of_the_kpi_tree(engine: MetricFlowEngine, published: Path) -> None:
    with duckdb.connect(str(published / "warehouse.duckdb"), read_only=True) as warehouse:
        figures = warehouse.execute(
            "select metric, month, amount from intermediate.int_funnel_metrics"
        ).fetchall()
    assert {metric for metric, _, _ in figures} == set(OF_KPIS) <= set(METRICS)
    for name in OF_KPIS:
        expected = _by_key([row[1:] for row in figures if row[0] == name], 1)
        asked = _asked(engine, [name], "metric_time__month")
        assert {month: value for month, value in asked.items() if value != (0,)} == expected, name


def test_a_kpi_is_the_ratio_of_its_metrics(
    engine: MetricFlowEngine, mart: Callable[..., Rows]
) -> None:
    expected = mart("select month, numerator from kpi_scorecard where kpi_id = 'won_amount'")
    asked = _asked(engine, ["won_amount"], "metric_time__month")
    assert {month: asked.get(month, (0,)) for month in expected} == expected


@pytest.mark.parametrize(("by", "column"), [("mail", "mail_id"), ("mail__mail_type", "mail_type")])
def test_mails(engine: MetricFlowEngine, mart: Callable[..., Rows], by: str, column: str) -> None:
    sums = ", ".join(OF_MAILS.values())
    expected = mart(f"select {column}, {sums} from mail_performance group by 1")
    assert _asked(engine, OF_MAILS, by) == expected


def test_rates_of_a_mail_are_those_of_the_mart(
    engine: MetricFlowEngine, mart: Callable[..., Rows]
) -> None:
    expected = mart(f"select mail_id, {', '.join(RATES_OF_MAILS)} from mail_performance")
    assert _asked(engine, RATES_OF_MAILS, "mail") == expected


def test_a_mail_belongs_to_the_day_of_the_reporting_time_zone(
    engine: MetricFlowEngine, mart: Callable[..., Rows]
) -> None:
    local = "timezone('America/New_York', timezone('UTC', first_sent_at))::date"
    expected = mart(f"select {local}, sum(sent) from mail_performance group by 1")
    assert _asked(engine, ["recipients_sent"], "metric_time__day") == expected


@pytest.mark.parametrize(
    ("metric", "days"),
    [("lead_to_mql_conversion", 100_000), ("lead_to_mql_conversion_90_days", 90)],
)
def test_new_leads_who_qualified(
    engine: MetricFlowEngine, mart: Callable[..., Rows], metric: str, days: int
) -> None:
    expected = mart(
        f"""
        with qualified as (
            select
                started_date,
                lead_source,
                exists (
                    from fct_qualifications
                    where
                        fct_qualifications.person_id = fct_lead_cycles.person_id
                        and qualified_from between started_date and started_date + {days}
                ) as is_qualified
            from fct_lead_cycles
            where cycle_number = 1
        )
        select date_trunc('month', started_date)::date, lead_source, avg(is_qualified::int)
        from qualified group by 1, 2
        """,
        2,
    )
    asked = _asked(engine, [metric], "metric_time__month", "lead_cycle__lead_source")
    # MetricFlow says null where nobody has qualified
    assert {key: (value or 0,) for key, (value,) in asked.items()} == expected


def test_people_who_qualified(engine: MetricFlowEngine, mart: Callable[..., Rows]) -> None:
    expected = mart(
        "select trigger, count(distinct person_id), count(*) from fct_qualifications group by 1"
    )
    assert _asked(engine, ["qualified_persons", "mqls"], "qualification__trigger") == expected


@pytest.mark.parametrize(
    ("name", "metrics", "by"),
    [
        ("scenario_effect", OF_SCENARIOS, {"scenario_arm__scenario_id": "scenario_id"}),
        ("scenario_effect", OF_SCENARIOS, {"scenario_arm__arm": "arm"}),
        ("content_performance", OF_CONTENTS, {"content__buying_stage": "buying_stage"}),
        (
            "cost_performance",
            OF_COSTS,
            {"metric_time__month": "month", "cost_item__model": "model"},
        ),
        ("cost_performance", OF_COSTS, {"cost_item__channel": "channel"}),
        ("ignored_outcomes", OF_OUTCOMES, {"metric_time__quarter": "handoff_quarter"}),
        ("ignored_outcomes", OF_OUTCOMES, {"handoff_outcome__fit_grade": "fit_grade"}),
        ("segment_performance", OF_SEGMENTS, {"segment": "segment_id"}),
    ],
)
def test_what_nurturing_content_and_money_bring(
    engine: MetricFlowEngine,
    mart: Callable[..., Rows],
    name: str,
    metrics: dict[str, str],
    by: dict[str, str],
) -> None:
    # the row of all pages is no content
    condition = "path_prefix <> '*'" if metrics is OF_CONTENTS else "true"
    keys, sums = ", ".join(by.values()), ", ".join(metrics.values())
    expected = mart(f"select {keys}, {sums} from {name} where {condition} group by {keys}", len(by))
    asked = _asked(engine, metrics, *by)
    if metrics is OF_CONTENTS:
        assert asked.pop((None,)) == (None,) * len(metrics)
    assert asked == expected


def test_the_effect_of_a_scenario_is_that_of_the_mart_on_the_day_reported(
    engine: MetricFlowEngine, mart: Callable[..., Rows]
) -> None:
    expected = mart(
        "select date '2026-06-30', scenario_id, effect from scenario_effect where arm = 'treated'",
        2,
    )
    by = ("metric_time__day", "scenario_arm__scenario_id")
    asked = _asked(engine, ["effect_of_scenario"], *by)
    assert {key: asked.get(key, (None,)) for key in expected} == expected


def test_no_metric_is_left_out(engine: MetricFlowEngine, published: Path) -> None:
    compared = {*OF_HANDOFFS, *OF_COHORTS, *OF_MAILS, *OF_KPIS, *OF_PEOPLE}
    compared |= {*OF_MARKETING, "effect_of_scenario"}
    assert {metric.name for metric in engine.list_metrics()} == compared
    named = parsed_project(published).manifest()["metrics"].values()
    assert {metric["name"] for metric in named} == compared
    assert all(metric["description"] and metric["label"] for metric in named)


def test_the_command_line_asks_the_published_file_and_nobody_else(
    funnel: Callable[..., Outcome],
    published: Path,
    mart: Callable[..., Rows],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[tuple[Any, ...]] = []

    def refuse(*address: Any, **_options: Any) -> None:
        called.append(address)
        raise OSError("nobody is to be called")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    answer = tmp_path / "answer.csv"
    outcome = funnel(
        *("metrics", "--home", published, "query", "--quiet"),
        *("--metrics", "handoffs", "--group-by", "metric_time__month", "--csv", answer),
    )
    assert outcome.status == 0, outcome.out
    assert called == []
    assert _read(answer) == mart("select handoff_month, handoffs from ignore_rate_monthly")


def test_mf_itself_reads_the_published_file(
    published: Path, mart: Callable[..., Rows], tmp_path: Path
) -> None:
    # mf looks for what dbt has parsed in the project's own folder
    project = tmp_path / "dbt_project"
    shutil.copytree(DBT_PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    answer = tmp_path / "answer.csv"
    environment = os.environ | {
        "FUNNEL_HOME": str(published),
        "DBT_TARGET": "published",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        # where nobody answers when it asks for newer versions of itself
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    query = ["query", "--quiet", "--metrics", "handoffs", "--group-by", "metric_time__month"]
    for command in (["dbt", "parse"], ["mf", *query, "--csv", str(answer)]):
        done = subprocess.run(
            [Path(sys.executable).with_name(command[0]), *command[1:]],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert _read(answer) == mart("select handoff_month, handoffs from ignore_rate_monthly")


def _read(answer: Path) -> Rows:
    header, *lines = answer.read_text(encoding="utf-8").splitlines()
    assert header == "metric_time__month,handoffs"
    rows = [line.split(",") for line in lines]
    return {(date.fromisoformat(month[:10]),): (float(value),) for month, value in rows}


def test_the_command_line_knows_what_it_does_not_know(
    funnel: Callable[..., Outcome], published: Path, tmp_path: Path
) -> None:
    unknown = funnel("metrics", "--home", published, "query", "--quiet", "--metrics", "ignore_rat")
    assert unknown.status == 2
    assert "ignore_rate" in unknown.err
    nothing = funnel("metrics", "--home", published, "query")
    assert nothing.status == 2
    assert "There are no metrics or group by items" in nothing.err
    wrong = ["query", "--metrics", "ignore_rate", "--where", "{{ Dimension('handoff__x') }} = 1"]
    for outcome in (unknown, nothing, funnel("metrics", "--home", published, *wrong)):
        assert outcome.status == 2
        # neither a request to report a bug, nor the frames of a spinner
        assert "bug" not in outcome.out + outcome.err
        assert "Initiating" not in outcome.out
    empty = funnel("metrics", "--home", tmp_path, "query", "--metrics", "ignore_rate")
    assert empty.status == 2
    assert f"run `funnel refresh --home {tmp_path}` first" in empty.err
