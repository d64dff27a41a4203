"""Wrong addresses are one message, which never shows a password."""

import socket
from pathlib import Path

import pytest

from orchestration.published.postgres import Address
from tests.orchestration.conftest import run_funnel


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://user:s3cret@host/db", "expected postgres://"),
        ("s3cret", "expected postgres://"),
        ("postgres://user:s3cret@host:port/db", "not a URL of the form"),
        ("postgres://user:s3cret@host:5432", "no database is named"),
        ("postgres://user:s3cret@host/db?colour=red", "PostgreSQL cannot read the URL"),
        ("postgres://user:s3cret%zz@host/db", "PostgreSQL cannot read the URL"),
        ("postgres://user:s3cret@host/db?schema=", "schema must have 1 to 50"),
        ("postgres://user:s3cret@host/db?schema=" + "x" * 51, "schema must have 1 to 50"),
        ("postgres://user:s3cret@host/db?schema=public", "belongs to PostgreSQL"),
        ("postgres://user:s3cret@host/db?schema=pg_catalog", "belongs to PostgreSQL"),
    ],
)
def test_wrong_urls_are_refused(home: Path, url: str, said: str) -> None:
    outcome = run_funnel("publish", "--to", url, "--home", home)
    assert outcome.status == 2
    assert said in outcome.err
    assert "s3cret" not in outcome.out + outcome.err


def test_an_unreachable_server_is_named(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        url = f"postgres://user:s3cret@127.0.0.1:{port}/db"
        outcome = run_funnel("publish", "--to", url, "--home", home)
    assert outcome.status == 2
    assert f"cannot connect to 127.0.0.1:{port}/db" in outcome.err
    assert "s3cret" not in outcome.out + outcome.err


def test_nothing_published_yet(tmp_path: Path) -> None:
    outcome = run_funnel("publish", "--to", "postgres://u@127.0.0.1/db", "--home", tmp_path)
    assert outcome.status == 2
    assert f"run `funnel refresh --home {tmp_path}` first" in outcome.err


def test_the_schema_is_taken_out_of_the_url() -> None:
    address = Address.parse("postgresql://u:a%2Fb@h:1/db?sslmode=require&schema=sales%20marts")
    assert address.schema == "sales marts"
    assert address.place == "h:1/db"
    assert address.url == "postgresql://u:a%2Fb@h:1/db?sslmode=require&connect_timeout=10"
    assert address.without_secrets("says a/b\nis wrong") == "says *** is wrong"


def test_a_local_server_needs_no_host() -> None:
    address = Address.parse("postgres:///db?host=/run/postgresql")
    assert address.url == "postgres:///db?host=/run/postgresql&connect_timeout=10"
    assert address.schema == "funnel"
