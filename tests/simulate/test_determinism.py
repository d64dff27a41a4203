"""The same arguments give the same bytes; other ones give another company."""

from pathlib import Path

from pipelines.simulate import simulate
from tests.simulate.exports import Exports


def _simulated(
    folder: Path, leads: int = 80, days: int = 70, seed: int = 5, **more: int
) -> Exports:
    simulate(leads, days, seed, folder, **more)  # type: ignore[arg-type]
    return Exports(folder)


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = _simulated(tmp_path / "first").digests()
    assert first == _simulated(tmp_path / "second").digests()
    assert len(first) > 30


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    first = _simulated(tmp_path / "first").digests()
    second = _simulated(tmp_path / "second", seed=6).digests()
    assert all(
        digest != second.get(name)
        for name, digest in first.items()
        if name != "as_of" and "typed-by-hand" not in name and "upload" not in name
    )


def test_more_web_traffic_leaves_leads_and_sales_alone(tmp_path: Path) -> None:
    usual = _simulated(tmp_path / "usual")
    busy = _simulated(tmp_path / "busy", web_events=5_000)
    assert busy.truth["rows"]["web_events"]["standing"] == 5_000
    assert usual.truth["rows"]["web_events"]["standing"] < 1_500
    assert usual.truth["handoffs"] == busy.truth["handoffs"]
    assert usual.truth["leads"] == busy.truth["leads"]
    before, after = usual.digests(), busy.digests()
    assert all(after[name] == digest for name, digest in before.items() if "/leads_" in name)


def test_an_earlier_simulation_is_replaced_whole(tmp_path: Path) -> None:
    _simulated(tmp_path / "out", leads=50, days=100, seed=1)
    again = _simulated(tmp_path / "out")
    assert again.digests() == _simulated(tmp_path / "fresh").digests()
