"""`funnel publish` into a real PostgreSQL server."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest

from orchestration.published.postgres import copying, swapping
from tests.orchestration.conftest import Outcome, run_funnel
from tests.readers.postgres_server import PASSWORD, PASSWORD_IN_URL, Server
from tests.readers.published import EVERY_TYPE, QUEUE, write_published

pytestmark = pytest.mark.xdist_group("postgres")

ROWS = 50_000


@pytest.fixture
def database(server: Server, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    """A connection to a database of the test's own."""
    name = f"test_{abs(hash(request.node.nodeid))}"
    with server.connect() as administration:
        administration.execute(f"create database {name}")
        with server.connect(name) as connection:
            yield connection
        administration.execute(f"drop database {name} with (force)")


def _publish(
    server: Server, database: psycopg.Connection, home: Path, options: str = ""
) -> Outcome:
    url = server.url(database.info.dbname) + options
    outcome = run_funnel("publish", "--to", url, "--home", home)
    for said in (outcome.out, outcome.err):
        assert PASSWORD not in said
        assert PASSWORD_IN_URL not in said
    return outcome


def _schemas(database: psycopg.Connection) -> list[str]:
    rows = database.execute("select nspname from pg_namespace where nspname like 'funnel%'")
    return sorted(name for (name,) in rows.fetchall())


def test_types_values_and_comments_are_kept(
    server: Server, database: psycopg.Connection, home: Path
) -> None:
    outcome = _publish(server, database, home)
    assert outcome.status == 0, outcome.err
    types = database.execute(
        "select a.attname, format_type(a.atttypid, a.atttypmod),"
        " col_description(a.attrelid, a.attnum)"
        " from pg_attribute as a where a.attrelid = 'funnel.every_type'::regclass and a.attnum > 0"
        " order by a.attnum"
    ).fetchall()
    assert {name: kind for name, kind, _ in types} == {
        "row_id": "bigint",
        "is_good": "boolean",
        "words": "text",
        "share": "double precision",
        "amount": "numeric(18,2)",
        "huge": "numeric(39,0)",
        "happened_date": "date",
        "happened_at": "timestamp without time zone",
        "wide_amount": "numeric(38,2)",
        "small": "integer",
    }
    assert all(comment == f"{name}'s meaning" for name, _, comment in types)
    assert database.execute(
        "select obj_description('funnel.every_type'::regclass, 'pg_class')"
    ).fetchone() == ("What every_type means",)
    with duckdb.connect(str(home / "marts.duckdb"), read_only=True) as marts:
        expected = marts.execute("from every_type order by row_id").fetchall()
    arrived = database.execute("select * from funnel.every_type order by row_id").fetchall()
    assert [list(map(_plain, row)) for row in arrived] == [
        list(map(_plain, row)) for row in expected
    ]


def _plain(value: object) -> object:
    """A value that equals its like from another driver: whole numbers alike, nan equal to nan."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return str(value) if isinstance(value, float) else value


def test_a_second_publication_replaces_the_first(
    server: Server, database: psycopg.Connection, home: Path
) -> None:
    assert _publish(server, database, home).status == 0
    write_published(home, {"handoff_queue": f"{QUEUE} where person_id = 'L1'"})
    outcome = _publish(server, database, home)
    assert outcome.status == 0, outcome.err
    tables = database.execute("select tablename from pg_tables where schemaname = 'funnel'")
    assert tables.fetchall() == [("handoff_queue",)]
    assert database.execute("select person_id from funnel.handoff_queue").fetchall() == [("L1",)]
    assert _schemas(database) == ["funnel"]


def test_readers_see_one_publication_or_the_other(
    server: Server, database: psycopg.Connection, tmp_path: Path
) -> None:
    def publication(number: int) -> str:
        return f"select range as row_id, {number} as publication from range({ROWS})"

    write_published(tmp_path, {"numbers": publication(0)})
    assert _publish(server, database, tmp_path).status == 0
    seen: list[tuple] = []
    ended = threading.Event()

    def read() -> None:
        with server.connect(database.info.dbname) as reader:
            while not ended.is_set():
                row = reader.execute(
                    "select count(*), min(publication), max(publication) from funnel.numbers"
                ).fetchone()
                assert row is not None
                seen.append(row)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for number in (1, 2, 3):
            write_published(tmp_path, {"numbers": publication(number)})
            outcome = _publish(server, database, tmp_path)
            assert outcome.status == 0, outcome.err
    finally:
        ended.set()
        thread.join()
    assert {rows for rows, _, _ in seen} == {ROWS}
    assert all(least == greatest for _, least, greatest in seen)
    assert len({least for _, least, _ in seen}) > 1


def test_a_long_query_neither_waits_nor_stops_the_swap(
    server: Server,
    database: psycopg.Connection,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(swapping, "LONGEST_WAIT", "100ms")
    assert _publish(server, database, home).status == 0
    with server.connect(database.info.dbname) as reader:
        with reader.transaction():
            before = reader.execute("select count(*) from funnel.handoff_queue").fetchone()
            write_published(home, {"handoff_queue": f"{QUEUE} where person_id = 'L1'"})
            outcome = _publish(server, database, home)
            assert outcome.status == 0, outcome.err
            assert "is still being read" in outcome.err
            assert _schemas(database) == ["funnel", "funnel__old_1"]
            assert before == (3,)
        assert reader.execute("select count(*) from funnel.handoff_queue").fetchone() == (1,)
    assert _publish(server, database, home).status == 0
    assert _schemas(database) == ["funnel"]


def test_what_fails_before_the_swap_changes_nothing(
    server: Server,
    database: psycopg.Connection,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _publish(server, database, home).status == 0
    with monkeypatch.context() as patch:
        patch.setattr(copying, "_fill", lambda *_: None)
        short = _publish(server, database, home)
    assert short.status == 1
    assert "every_type: 0 rows arrived of 4; nothing swapped" in short.err
    write_published(home, {"every_type": EVERY_TYPE, "listed": "select [1, 2] as numbers"})
    odd = _publish(server, database, home)
    assert odd.status == 1
    assert "listed.numbers has type INTEGER[]" in odd.err
    assert _schemas(database) == ["funnel"]
    assert database.execute("select count(*) from funnel.handoff_queue").fetchone() == (3,)


def test_a_connection_that_breaks_changes_nothing(
    server: Server,
    database: psycopg.Connection,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _publish(server, database, home).status == 0
    write_published(home, {"handoff_queue": f"{QUEUE} where person_id = 'L1'"})

    def broken(_: object, publishing: psycopg.Connection, *__: object) -> None:
        database.execute("select pg_terminate_backend(%s)", [publishing.info.backend_pid])
        publishing.execute("select 1")

    with monkeypatch.context() as patch:
        patch.setattr(copying, "_fill", broken)
        outcome = _publish(server, database, home)
    assert outcome.status == 1
    assert f"127.0.0.1:{server.port}/" in outcome.err
    assert "terminating connection" in outcome.err
    assert _schemas(database) == ["funnel"]
    assert database.execute("select count(*) from funnel.handoff_queue").fetchone() == (3,)
    assert _publish(server, database, home).status == 0


def test_rights_are_given_again(server: Server, database: psycopg.Connection, home: Path) -> None:
    assert _publish(server, database, home).status == 0
    database.execute("create role analyst; create role seller")
    try:
        database.execute(
            "grant usage on schema funnel to analyst, seller;"
            "grant select on all tables in schema funnel to analyst;"
            "grant select on funnel.handoff_queue to seller, public"
        )
        write_published(
            home, {"every_type": EVERY_TYPE, "handoff_queue": QUEUE, "brand_new": "select 1 as one"}
        )
        outcome = _publish(server, database, home)
        assert outcome.status == 0, outcome.err
        readable = database.execute(
            "select role, relname from pg_class"
            " cross join unnest(array['analyst', 'seller', 'pg_monitor']) as role"
            " where relnamespace = 'funnel'::regnamespace"
            " and has_table_privilege(role, pg_class.oid, 'select') order by 1, 2"
        ).fetchall()
        usable = database.execute(
            "select has_schema_privilege('analyst', 'funnel', 'usage'),"
            " has_schema_privilege('pg_monitor', 'funnel', 'usage')"
        ).fetchone()
    finally:
        database.execute("drop owned by analyst, seller; drop role analyst, seller")
    assert readable == [
        ("analyst", "brand_new"),
        ("analyst", "every_type"),
        ("analyst", "handoff_queue"),
        ("pg_monitor", "handoff_queue"),
        ("seller", "handoff_queue"),
    ]
    assert usable == (True, False)


def test_what_others_made_is_not_replaced(
    server: Server, database: psycopg.Connection, home: Path
) -> None:
    database.execute("create schema theirs; create table theirs.precious (id int)")
    refused = _publish(server, database, home, "?schema=theirs")
    assert refused.status == 2
    assert "schema theirs holds tables that funnel publish did not write" in refused.err
    database.execute("create schema prepared")
    assert _publish(server, database, home, "?schema=prepared").status == 0
    database.execute("create view theirs.waiting as select * from prepared.handoff_queue")
    dependent = _publish(server, database, home, "?schema=prepared")
    assert dependent.status == 2
    assert "theirs.waiting would go on reading the old tables" in dependent.err
    assert database.execute("select count(*) from theirs.waiting").fetchone() == (3,)
    database.execute("drop view theirs.waiting")
    assert _publish(server, database, home, "?schema=prepared").status == 0


def test_two_publications_at_once(server: Server, database: psycopg.Connection, home: Path) -> None:
    swapping.Swap(database, "funnel").lock()
    outcome = _publish(server, database, home)
    assert outcome.status == 4
    assert "another publication to schema funnel is running" in outcome.err


def test_who_may_not_publish_is_told(
    server: Server, database: psycopg.Connection, home: Path
) -> None:
    wrong = run_funnel("publish", "--to", server.url(password="wr0ng-secret"), "--home", home)
    assert wrong.status == 2
    assert "password authentication failed" in wrong.err
    assert "wr0ng-secret" not in wrong.err + wrong.out
    database.execute("create role guest login password 'guest-secret'")
    try:
        url = server.url(database.info.dbname, "guest-secret").replace("owner", "guest")
        guest = run_funnel("publish", "--to", url, "--home", home)
    finally:
        database.execute("drop role guest")
    assert guest.status == 2
    assert "permission denied" in guest.err
    assert "guest-secret" not in guest.err + guest.out
