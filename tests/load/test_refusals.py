"""What a user must mend is said in one message, and leaves everything as it was."""

from pathlib import Path

import pytest

from pipelines.errors import UsageError
from tests.load.home import Home

EVENTS = "event_id,occurred_at,event_type\nO1,2025-01-05,visit\n"


def refused(home: Home, said: str, **variables: str) -> None:
    before = sorted(home.folder.rglob("*"))
    with pytest.raises(UsageError, match=said):
        home.load(**variables)
    assert sorted(home.folder.rglob("*")) == before


def test_a_landing_folder_that_is_missing(home: Home) -> None:
    refused(home, "does not exist")


def test_a_landing_folder_that_is_a_file(home: Home) -> None:
    home.folder.joinpath("landing").write_text("")
    refused(home, "is a file")


def test_a_folder_without_any_feed(home: Home) -> None:
    home.write("events", "a.csv", EVENTS)
    refused(home, "has none of the folders leads, web_events, ")


def test_feed_folders_without_any_file(home: Home) -> None:
    home.write("leads", "_notes.csv", EVENTS)
    refused(home, "has no file to load")


def test_feed_folders_without_any_file_do_not_matter_later(home: Home) -> None:
    path = home.write("offline_events", "a.csv", EVENTS)
    home.load()
    path.unlink()
    assert home.load().feeds[3].rows_read == 0
    assert len(home.standing("offline_events")) == 1


def test_another_source_timezone_on_the_same_home(home: Home) -> None:
    home.write("offline_events", "a.csv", EVENTS)
    home.load(source_timezone="Asia/Tokyo")
    home.write("offline_events", "b.csv", EVENTS.replace("O1", "O2"))
    with pytest.raises(
        UsageError, match=r"source_timezone=Asia/Tokyo.*source_timezone=UTC.*--home"
    ):
        home.load()
    assert len(home.standing("offline_events")) == 1
    home.load(source_timezone="Asia/Tokyo")
    assert len(home.standing("offline_events")) == 2


def test_a_file_that_may_not_be_opened(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write("offline_events", "a.csv", EVENTS)

    def refuse(_path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pipelines.load.deliveries.fingerprint", refuse)
    with pytest.raises(UsageError, match=r"a\.csv cannot be opened: Permission denied"):
        home.load()
    monkeypatch.undo()
    home.load()
    assert len(home.standing("offline_events")) == 1
