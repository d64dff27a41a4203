"""Tells a webhook, or people by mail, that a run failed or that a feed is late.

An alert that cannot be sent is a warning of the run, not its failure. What sends it is imported
where it is needed: most runs have nothing to tell.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from expectations.report import IS_FRESH, GateReport, newest
from orchestration.company.configuration import configuration
from orchestration.console import command_hint, say
from orchestration.home.records import EndedRun
from orchestration.published.verdicts import FOLDER
from pipelines.settings import Alerts

PATIENCE_SECONDS = 10.0
LINES_SHOWN = 20


def alert(home: Path, ended: EndedRun) -> None:
    """Send what is worth waking somebody for, if `[alerts]` says to whom."""
    chosen = configuration()
    alerts = chosen.alerts
    if not (alerts.webhook or alerts.mail_to):
        return
    lines = list(_worth_telling(home, ended))
    if not lines:
        return
    name = chosen.name or str(home)
    text = "\n".join([f"{name}: {lines[0]}", *lines[1:LINES_SHOWN]])
    if alerts.webhook:
        _sent("the webhook", lambda: _post(alerts.webhook, text, ended))
    if alerts.mail_to:
        _sent(alerts.smtp, lambda: _mail(alerts, text))


def _worth_telling(home: Path, ended: EndedRun) -> Iterator[str]:
    if ended.outcome == "failed":
        yield f"the refresh as of {ended.as_of} failed: {ended.message}"
        yield f"what is published stays; `{command_hint(home, 'doctor')}` says what mends it"
        return
    report = newest(home / FOLDER, "raw")
    late = list(_late_feeds(report)) if report else []
    if late:
        yield f"late feeds as of {ended.as_of}"
        yield from late


def _late_feeds(report: GateReport) -> Iterator[str]:
    for result in report.results:
        if not result.success and result.name == IS_FRESH:
            yield f"{result.table}: expected that {result.message}; found {result.observed}"


def _sent(target: str, send: Callable[[], None]) -> None:
    try:
        send()
    except (OSError, ValueError) as fault:
        say(f"warning: {target} did not take the alert: {fault}")


def _post(address: str, text: str, ended: EndedRun) -> None:
    from urllib.request import Request, urlopen

    body = {"text": text, "run": ended.model_dump(mode="json")}
    request = Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=PATIENCE_SECONDS):
        pass


def _mail(alerts: Alerts, text: str) -> None:
    from email.message import EmailMessage
    from smtplib import SMTP

    message = EmailMessage()
    message["Subject"] = text.splitlines()[0]
    message["From"], message["To"] = alerts.mail_from, ", ".join(alerts.mail_to)
    message.set_content(text)
    host, _, port = alerts.smtp.partition(":")
    with SMTP(host, int(port or 25), timeout=PATIENCE_SECONDS) as server:
        server.send_message(message)
