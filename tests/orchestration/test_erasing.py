"""A person is erased from everywhere, and everything held of one can be given out."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.erasing import erasure
from orchestration.erasing.erasure import Receipt, go_on, order, pending
from orchestration.erasing.traces import find_traces, is_in_bytes, pattern_of
from orchestration.home.records import published_run
from pipelines.errors import UsageError
from pipelines.load import load
from pipelines.settings import Source
from tests.orchestration.conftest import Outcome

Funnel = Callable[..., Outcome]
BALANCED = "rows_read = rows_loaded + rows_replaced + rows_quarantined"


def _ask(home: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        return warehouse.execute(query).fetchall()


def _somebody(home: Path) -> tuple[str, str, str]:
    """Person, address and name of somebody whose rows are of several feeds."""
    ((person, address, name),) = _ask(
        home,
        "select leads.lead_id, leads.email, leads.full_name from raw.leads"
        " inner join raw.mail_events using (lead_id)"
        " where leads.email is not null and leads.full_name is not null"
        " group by all order by count(*) desc, leads.lead_id limit 1",
    )
    return str(person), str(address), str(name)


def test_nothing_of_an_erased_person_is_left(funnel: Funnel, copied: Path, tmp_path: Path) -> None:
    person, address, name = _somebody(copied)
    held = funnel("export", "person", address, "--home", copied, "--out", tmp_path / "held")
    assert held.status == 0, held.err
    written = tmp_path / "held" / "person.json"
    assert written.stat().st_mode & 0o777 == 0o600
    given = json.loads(written.read_text(encoding="utf-8"))
    assert person in given["person"]["leads"]
    leads = given["delivered"]["leads"]
    rows = sum(map(len, given["delivered"].values())) + len(given["quarantined"])
    assert leads
    assert rows > len(leads)

    erased = funnel("erase", address, "--home", copied)
    assert erased.status == 0, erased.err
    assert "nothing of them is left" in erased.err
    # what was given out is what went, and nothing else
    (receipt,) = (copied / "erasures").iterdir()
    told = Receipt.model_validate_json(receipt.read_bytes())
    assert sum(told.rows.values()) == rows
    assert told.left == ()
    assert told.landing_files
    pattern = pattern_of(
        [address.lower(), name.lower(), *(row["lead_id"].lower() for row in leads)]
    )
    files = [path for path in copied.rglob("*") if path.is_file()]
    assert [path for path in files if is_in_bytes(path, pattern)] == []
    assert find_traces(copied, [address.lower(), name.lower()], [person]) == []
    assert _ask(copied, f"select count(*) from raw.load_audit where not {BALANCED}") == [(0,)]
    assert _ask(copied, "select sum(rows_erased) from raw.load_audit") == [(rows,)]
    assert pending(copied) is None
    assert funnel("explain", address, "--home", copied).status == 5

    # tomorrow's file has the person again, under an id of its own and among others
    later = tmp_path / "later"
    (later / "leads").mkdir(parents=True)
    (later / "leads" / "tomorrow.csv").write_text(
        f"lead_id,created_at,email\nnew-id,2026-06-01,{address.upper()}\nother,2026-06-01,\n",
        encoding="utf-8",
    )
    settings = published_run(copied).replace(sources=(Source(landing=later),))
    report = load(settings, lambda _: None)
    assert "leads: 1 row of erased people not loaded" in report.warnings
    assert _ask(copied, "select lead_id from raw.leads where _file = 'tomorrow.csv'") == [
        ("other",)
    ]


def test_an_erasure_that_was_killed_goes_on(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person, address, _ = _somebody(copied)
    counts = f"select count(*) from raw.mail_events where lead_id = '{person}'"
    ((before,),) = _ask(copied, counts)
    settings = order(copied, [address])
    assert (copied / "erasure.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="is not finished"):
        order(copied, [address])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    # before the new warehouse takes the place of the old one, and after
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.erasing.warehouse.sync", killed)
        with pytest.raises(KeyboardInterrupt):
            go_on(settings)
    assert _ask(copied, counts) == [(before,)]
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "remove_traces", killed)
        with pytest.raises(KeyboardInterrupt):
            go_on(settings)
    assert _ask(copied, counts) == [(0,)]
    go_on(settings)
    left = pending(copied)
    assert left is not None
    assert left.stage == "proof"
    assert left.rows["mail_events"] >= int(str(before))
    # the marts are still those from before, and the search says so
    receipt = erasure.finish(copied)
    assert receipt is not None
    assert any(place.startswith("marts.duckdb") for place in receipt.left)


def test_texts_of_any_signs_are_searched_for(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "it.duckdb")) as database:
        database.execute("create table texts as select 'id-' || range as text from range(3)")
    signs = (*map(chr, range(32, 127)), *"－＠（・ー　é")
    assert find_traces(tmp_path, [f"{sign}9x{sign}9" for sign in signs], ["id-1"]) == [
        "it.duckdb: main.texts"
    ]


def test_nobody_is_erased_where_one_is_unknown(
    funnel: Funnel, copied: Path, tmp_path: Path
) -> None:
    _, address, _ = _somebody(copied)
    before = _ask(copied, "select count(*) from raw.leads")
    listed = tmp_path / "people.txt"
    listed.write_text(f"{address}\nnobody@nowhere.example\n", encoding="utf-8")
    outcome = funnel("erase", "--file", listed, "--home", copied)
    assert outcome.status == 2
    assert "nobody is known by number 2 of those given" in outcome.err
    assert _ask(copied, "select count(*) from raw.leads") == before
    assert not (copied / "erasure.json").exists()
