"""Senseless arguments are refused; the smallest companies are not."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS
from pipelines.simulate import simulate
from tests.simulate.exports import Exports


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"leads": 0}, "0 leads"),
        ({"days": 0}, "0 days"),
        ({"days": 5_001}, "5001 days"),
        ({"seed": -1}, "seed -1"),
        ({"web_events": -5}, "-5 web events"),
        ({"last_day": date(2099, 1, 1)}, "years 2001 to 2098"),
        ({"last_day": date(2001, 1, 1), "days": 400}, "years 2001 to 2098"),
    ],
)
def test_senseless_arguments(tmp_path: Path, arguments: dict[str, object], message: str) -> None:
    usual: dict[str, object] = {"leads": 5, "days": 5, "seed": 1}
    with pytest.raises(UsageError, match=message):
        simulate(**(usual | arguments), out=tmp_path / "out")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_a_landing_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    precious = tmp_path / "landing" / "leads" / "leads.csv"
    precious.parent.mkdir(parents=True)
    precious.write_text("lead_id,created_at\n")
    with pytest.raises(UsageError, match="holds something else"):
        simulate(5, 5, 1, tmp_path)
    assert precious.read_text() == "lead_id,created_at\n"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        simulate(5, 5, 1, tmp_path / "out")


@pytest.mark.parametrize(
    ("leads", "days", "web_events"), [(1, 1, None), (2, 1, 0), (1, 40, 7), (40, 3, None)]
)
def test_the_smallest_companies(
    tmp_path: Path, leads: int, days: int, web_events: int | None
) -> None:
    simulate(leads, days, 3, tmp_path, web_events=web_events)
    exports = Exports(tmp_path)
    assert len(exports.truth["leads"]) == leads
    for feed in FEEDS:
        rows = exports.truth["rows"][feed.name]
        assert exports.count(feed.name) == rows["standing"] + rows["replaced"]


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    simulate(5, 40, 3, tmp_path / "Kanade's 会社")
    assert len(Exports(tmp_path / "Kanade's 会社").truth["leads"]) == 5


def test_progress_is_told(tmp_path: Path) -> None:
    messages: list[str] = []
    simulate(20, 40, 3, tmp_path, progress=messages.append)
    assert messages[0] == "planning 20 leads over 40 days"
    assert any(message.startswith("writing sales_dispositions") for message in messages)


def test_the_last_day_is_the_as_of_date(tmp_path: Path) -> None:
    simulate(30, 20, 3, tmp_path, last_day=date(2025, 3, 31))
    assert (tmp_path / "as_of").read_text() == "2025-03-31\n"
    instants = Exports(tmp_path).instants("web_events")
    assert min(instants).date() >= date(2025, 3, 12)
    assert max(instants).date() <= date(2025, 3, 31)
