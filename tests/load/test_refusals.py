"""What a user must mend is said in one message, and leaves everything as it was."""

import os
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


def test_a_late_sign_that_is_not_utf8_is_called_so(home: Home) -> None:
    rows = "".join(f"O{number},2025-01-05,visit\n" for number in range(70_000))
    text = f"event_id,occurred_at,event_type\n{rows}O-,2025-01-05,caf".encode() + b"\xe9\n"
    home.write("offline_events", "a.csv", text)
    home.load()
    (row,) = home.query("select row_number, reason from raw.quarantine")
    assert row["row_number"] == 0
    assert "utf-8" in row["reason"].lower()


def test_a_home_with_a_quote_in_its_name(tmp_path: Path) -> None:
    home = Home(tmp_path / "it's")
    home.write("offline_events", "a.csv", EVENTS)
    home.load()
    assert len(home.standing("offline_events")) == 1


def test_a_file_name_that_is_no_text(home: Home) -> None:
    home.write("offline_events", "a.csv", EVENTS)
    folder = home.landing / "offline_events"
    for name in (b"caf\xe9.csv", b"caf\xe9.txt"):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text(EVENTS.replace("O1", "O2"))
    report = home.load()
    assert len(home.standing("offline_events")) == 1
    (warning,) = [warning for warning in report.warnings if "not UTF-8" in warning]
    assert warning.endswith(r"caf\xe9.csv, caf\xe9.txt")


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
