"""Whoever is named in [alerts] is told of failed runs and late feeds, and of nothing else."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from expectations.report import IS_FRESH, GateReport, Result
from orchestration.home.records import EndedRun
from orchestration.job.alerting import alert

FAILED = EndedRun(
    began=datetime(2026, 6, 30, tzinfo=UTC),
    seconds=3,
    as_of=date(2026, 6, 30),
    outcome="failed",
    message="the disk is full",
)
PUBLISHED = FAILED.model_copy(update={"outcome": "published", "message": ""})


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A local server, and what was posted to it."""
    posted: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            posted.append(json.loads(self.rfile.read(length)))
            self.send_response(200 if self.path == "/hook" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", posted
    server.shutdown()
    server.server_close()


@contextmanager
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """A server that takes one mail, and the lines that it was told."""
    lines: list[str] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as stream:
            stream.write(b"220 ready\r\n")
            is_body = False
            for line in iter(stream.readline, b""):
                lines.append(line.decode().rstrip("\r\n"))
                is_over, is_body = is_body and lines[-1] == ".", is_body or lines[-1] == "data"
                if lines[-1] == "data":
                    stream.write(b"354 go on\r\n")
                elif is_over or not is_body:
                    is_body = False
                    stream.write(b"250 well\r\n")

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], lines
    thread.join(10)
    listening.close()


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Writes [alerts] of the current folder; gives the home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FUNNEL_HOME", raising=False)

    def written(alerts: str) -> Path:
        text = f'name = "Acme"\n[alerts]\n{alerts}\n'
        (tmp_path / "funnel.toml").write_text(text, encoding="utf-8")
        return tmp_path / ".funnel"

    return written


def _judged(home: Path, name: str, *, success: bool) -> None:
    result = Result(
        suite="leads_freshness",
        name=name,
        table="leads",
        column=None,
        severity="warns",
        success=success,
        message="the newest row is not much older than the reported day",
        observed="9 days",
    )
    GateReport("raw", "run", [result]).save(home / "gates")


def test_a_failed_run(
    company: Callable[[str], Path], webhook: tuple[str, list[dict[str, Any]]]
) -> None:
    address, posted = webhook
    with mail_server() as (port, lines):
        alert(
            company(
                f'webhook = "{address}/hook"\nmail_to = ["ops@acme.example"]\n'
                f'smtp = "127.0.0.1:{port}"'
            ),
            FAILED,
        )
    first = "Acme: the refresh as of 2026-06-30 failed: the disk is full"
    (told,) = posted
    assert told["text"].splitlines()[0] == first
    assert told["run"]["outcome"] == "failed"
    assert "rcpt TO:<ops@acme.example>" in lines
    assert f"Subject: {first}" in lines


def test_late_feeds_alone_of_what_was_published(
    company: Callable[[str], Path], webhook: tuple[str, list[dict[str, Any]]]
) -> None:
    address, posted = webhook
    home = company(f'webhook = "{address}/hook"')
    alert(home, PUBLISHED)
    _judged(home, IS_FRESH, success=True)
    alert(home, PUBLISHED)
    _judged(home, "another", success=False)
    alert(home, PUBLISHED)
    assert posted == []
    _judged(home, IS_FRESH, success=False)
    alert(home, PUBLISHED)
    (told,) = posted
    assert told["text"].splitlines()[0] == "Acme: late feeds as of 2026-06-30"
    assert "leads: expected that the newest row" in told["text"]


def test_an_alert_that_is_not_taken_is_a_warning(
    company: Callable[[str], Path],
    webhook: tuple[str, list[dict[str, Any]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, posted = webhook
    alert(company(f'webhook = "{address}/closed"'), FAILED)
    assert len(posted) == 1
    assert "warning: the webhook did not take the alert: HTTP Error 500" in capsys.readouterr().err


def test_the_address_may_stand_in_the_environment(
    company: Callable[[str], Path],
    webhook: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, posted = webhook
    monkeypatch.setenv("FUNNEL_ALERTS_WEBHOOK", f"{address}/hook")
    alert(company(""), FAILED)
    assert len(posted) == 1
