"""A small company shows every format and habit of exporting; a large one is Parquet by month."""

from pathlib import Path

import pytest

from pipelines.feeds import FEEDS
from pipelines.simulate import exporting, simulate
from tests.simulate.exports import Exports


@pytest.mark.parametrize("feed", [feed.name for feed in FEEDS])
def test_every_format_of_the_contract(exports: Exports, feed: str) -> None:
    suffixes = {name.partition(".")[2] for name in exports.files(feed)}
    assert suffixes >= {"csv", "csv.gz", "jsonl", "jsonl.gz", "parquet"}


def test_instants_come_in_several_spellings(exports: Exports) -> None:
    patterns = ["%T%Z", "%T%+09:00", "____-%-% %:%", "____/%"]
    assert all(exports.count("web_events", f"occurred_at like '{each}'") for each in patterns)


def test_some_headers_are_odd(exports: Exports) -> None:
    headers = [
        path.read_bytes().partition(b"\n")[0]
        for path in (exports.landing / "leads").glob("*.csv")
        if "typed" not in path.name
    ]
    odd = [header for header in headers if header.startswith(b"\xef\xbb\xbf")]
    assert odd
    assert len(odd) < len(headers)
    assert all(b" LEAD_ID " in header and b" EXPORTED BY " in header for header in odd)


def test_a_large_company_is_parquet_by_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_LARGE", 2_000)
    simulate(60, 100, 4, tmp_path, web_events=3_000)
    exports = Exports(tmp_path)
    web = [name for name in exports.files("web_events") if "_p" in name]
    assert [name[11:18] for name in web] == ["2026-06", "2026-07", "2026-08", "2026-09"]
    assert all(name.endswith("_p01.parquet") for name in web)
    rows = exports.truth["rows"]["web_events"]
    assert rows["standing"] == 3_000
    assert exports.count("web_events") == rows["standing"] + rows["replaced"]
    assert "leads_2026-06.csv" in exports.files("leads")


def test_a_large_month_is_cut_into_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_LARGE", 2_000)
    monkeypatch.setattr("pipelines.simulate.web._CHUNK", 400)
    simulate(60, 30, 4, tmp_path, web_events=3_000)
    exports = Exports(tmp_path)
    parts = [name for name in exports.files("web_events") if name.endswith(".parquet")]
    assert len(parts) > 5
    assert exports.values("select count(distinct event_id) from web_events") == [3_000]
