"""The shipped mappings on the real exports that they were written for."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.load import load
from pipelines.settings import PROJECT, Settings, Source

SETS = PROJECT.parent / "shared" / "data"
NAMES = ("olist", "puffy", "yammer")
pytestmark = pytest.mark.skipif(not SETS.is_dir(), reason="the folder of real exports is absent")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A warehouse with each set."""
    folder = tmp_path_factory.mktemp("sets")
    for name in NAMES:
        settings = Settings(
            home=folder / name,
            sources=(Source(landing=SETS / name, mapping=name),),
            as_of=date(2025, 12, 31),
        )
        load(settings, lambda _: None)
    return {name: folder / name / "warehouse.duckdb" for name in NAMES}


def query(homes: dict[str, Path], name: str, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(homes[name]), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("name", "audit"),
    [
        (
            "olist",
            [("leads", 1, 8000, 8000, 0, 0), ("sales_dispositions", 2, 8842, 8842, 0, 0)],
        ),
        (
            "puffy",
            [
                ("leads", 14, 552, 546, 6, 0),
                ("sales_dispositions", 14, 294, 294, 0, 0),
                ("web_events", 14, 49963, 47055, 0, 2908),
            ],
        ),
        (
            "yammer",
            [("leads", 1, 19066, 19066, 0, 0), ("mail_events", 1, 90389, 90389, 0, 0)],
        ),
    ],
)
def test_every_row_is_accounted_for(
    homes: dict[str, Path], name: str, audit: list[tuple[object, ...]]
) -> None:
    found = query(
        homes,
        name,
        """
        select feed, count(*), sum(rows_read)::int, sum(rows_loaded)::int,
            sum(rows_replaced)::int, sum(rows_quarantined)::int
        from raw.load_audit
        group by feed
        order by feed
        """,
    )
    assert found == audit


def test_olist_hands_every_lead_over_once_and_wins_842(homes: dict[str, Path]) -> None:
    joined = """
        from raw.sales_dispositions as handed
        join raw.leads on leads.lead_id = handed.lead_id
            and leads.created_at = handed.occurred_at and handed.disposition = 'handed_off'
        left join raw.sales_dispositions as won
            on won.lead_id = handed.lead_id and won.disposition = 'won'
            and won.occurred_at >= handed.occurred_at
    """
    counts = "count(*), count(distinct leads.lead_id), count(won.lead_id)"
    assert query(homes, "olist", f"select {counts} {joined}") == [(8000, 8000, 842)]
    # dated two days before its lead's first contact, which is midnight in São Paulo
    assert query(
        homes,
        "olist",
        f"select won.occurred_at::varchar {joined}"
        " where handed.lead_id = 'b91cf8812365f50ff4bda4bcd6206b05'",
    ) == [("2018-03-08 03:00:00",)]


def test_olist_has_one_unknown_origin(homes: dict[str, Path]) -> None:
    sources = query(homes, "olist", "select lead_source, count(*) from raw.leads group by all")
    assert len(sources) == 10
    assert dict(sources)["unknown"] == 1159  # type: ignore[arg-type]


def test_olist_deals_without_a_time_are_midnights_in_brazil(homes: dict[str, Path]) -> None:
    midnights = """
        select count(*) from raw.sales_dispositions
        where disposition = 'won'
            and hour(timezone('America/Sao_Paulo', timezone('UTC', occurred_at))) = 0
            and minute(occurred_at) = 0 and second(occurred_at) = 0
    """
    # and the one that is dated by first contact
    assert query(homes, "olist", midnights) == [(61 + 1,)]


def test_puffy_quarantines_blank_clients_alone(homes: dict[str, Path]) -> None:
    reasons = query(homes, "puffy", "select reason, count(*) from raw.quarantine group by all")
    assert reasons == [("anonymous_id: required, but blank", 2908)]


def test_puffy_keeps_the_event_that_one_file_holds_twice(homes: dict[str, Path]) -> None:
    twice = "select count(*) from raw.web_events where event_id like '%-2'"
    assert query(homes, "puffy", twice) == [(1,)]


def test_puffy_columns_that_come_and_go(homes: dict[str, Path]) -> None:
    days = query(
        homes,
        "puffy",
        "select _file, count(referrer) > 0, count(anonymous_id) = count(*)"
        " from raw.web_events group by _file order by _file",
    )
    assert [has_referrer for _, has_referrer, _ in days] == [True] * 9 + [False] * 5
    assert all(has_client for *_, has_client in days)


def test_puffy_orders(homes: dict[str, Path]) -> None:
    orders = """
        select count(*), count(amount), sum(amount)::varchar, count(distinct opportunity_id)
        from raw.sales_dispositions where not _is_replaced
    """
    # ten without a sane revenue; four transaction ids stand for two orders each
    assert query(homes, "puffy", orders) == [(294, 284, "294461.40", 290)]
    leads = "select count(distinct lead_id), count(email) from raw.leads where not _is_replaced"
    assert query(homes, "puffy", leads) == [(546, 546)]


def test_yammer_opens_and_clicks_follow_a_mail_to_the_same_user(homes: dict[str, Path]) -> None:
    counts = "select event_type, count(*) from raw.mail_events group by all order by 1"
    assert query(homes, "yammer", counts) == [("click", 9010), ("open", 20459), ("sent", 60920)]
    orphans = """
        select count(*) from raw.mail_events as reaction
        where event_type <> 'sent' and not exists (
            from raw.mail_events as sent
            where sent.event_type = 'sent'
                and sent.mail_id = reaction.mail_id and sent.lead_id = reaction.lead_id
                and reaction.occurred_at > sent.occurred_at + interval 3 second
        )
    """
    # five opens and four clicks of re-engagement mails that went out at 09:30 like the digests
    assert query(homes, "yammer", orphans) == [(9,)]


def test_yammer_times_are_those_of_its_zone(homes: dict[str, Path]) -> None:
    sent = """
        select distinct occurred_at::time::varchar from raw.mail_events
        where mail_type = 'newsletter' and event_type = 'sent'
    """
    assert query(homes, "yammer", sent) == [("16:30:00",)]
    users = "select count(*), min(created_at)::varchar from raw.leads"
    assert query(homes, "yammer", users) == [(19066, "2021-01-01 12:38:00")]
