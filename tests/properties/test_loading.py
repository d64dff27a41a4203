"""However files come in, the raw rows, the audit and the quarantine are those of the reference."""

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.load import load
from tests.companies.company import Company
from tests.companies.landing import deliveries, write
from tests.companies.odd_files import near_misses, troubled_files
from tests.companies.strategies import Case, cases
from tests.companies.typed_files import typed_files
from tests.properties.marts import built_marts, reference, report
from tests.properties.profiles import many, named
from tests.properties.warehouse import Warehouse
from tests.reference.compare import differences
from tests.reference.feeds import FEEDS, Row, column_names
from tests.reference.landing import Delivery, Landed, is_read, read

AUDIT = ["feed", "file", "rows_read", "rows_loaded", "rows_replaced", "rows_quarantined"]

pytestmark = pytest.mark.xdist_group("warehouse")


def in_pieces(given: list[Delivery], rng: random.Random) -> list[list[Delivery]]:
    """Two to four loads, no file name twice in one; the second content of a name comes later."""
    pieces: list[list[Delivery]] = [[] for _ in range(rng.randint(2, 4))]
    held: dict[tuple[str, str], int] = {}
    for feed, name, content in given:
        earliest = held.get((feed, name), -1) + 1
        if earliest == len(pieces):
            pieces.append([])
        place = rng.randint(earliest, len(pieces) - 1)
        held[feed, name] = place
        pieces[place].append((feed, name, content))
    return pieces


def expected(given: Iterable[Delivery], company: Company) -> Landed:
    zone = company.settings.source_timezone
    return read([delivery for delivery in given if is_read(delivery[1])], zone)


def check_raw(warehouse: Warehouse, company: Company, landed: Landed) -> None:
    """The standing rows, the audit and the places of the quarantined rows."""

    def table(name: str) -> list[Row]:
        return warehouse.table(f"raw.{name}", company.settings)

    assert differences(landed.audit, table("load_audit"), AUDIT) == []
    places = ["feed", "file", "row_number"]
    assert differences(landed.quarantine, table("quarantine"), places) == []
    for feed in FEEDS:
        standing = [row for row in table(feed) if not row["_is_replaced"]]
        assert differences(landed.rows[feed], standing, column_names(feed)) == [], feed


def load_pieces(
    warehouse: Warehouse, company: Company, pieces: list[list[Delivery]], *, build: bool
) -> None:
    """Load each piece into an empty home, and build on the way if asked to."""
    warehouse.clear()
    settings = warehouse.settings(company.settings)
    (source,) = settings.sources
    for number, piece in enumerate(pieces):
        write(piece, source.landing)
        load(settings, silent)
        if build and number in (0, len(pieces) - 1):
            warehouse.build(company.rules, company.settings)


def silent(_message: Any) -> None:
    """Say nothing about progress."""


def check_pieces(warehouse: Warehouse, case: Case) -> None:
    company = case.company()
    rng = random.Random(case.seed)
    given = deliveries(company, case.seed)
    landed = expected(given, company)
    load_pieces(warehouse, company, in_pieces(given, rng), build=True)
    check_raw(warehouse, company, landed)
    marts = reference(landed.rows, company, company.settings)
    assert report(marts, built_marts(warehouse, company.settings)) == ""

    load(warehouse.settings(company.settings), silent)
    check_raw(warehouse, company, landed)

    load_pieces(warehouse, company, in_pieces(given, rng), build=False)
    check_raw(warehouse, company, landed)


def check_files(warehouse: Warehouse, given: list[Delivery], seed: int) -> None:
    company = Case(seed=seed, companies=1, persons=1, days=5).company()
    load_pieces(warehouse, company, [given], build=False)
    check_raw(warehouse, company, expected(given, company))


def test_near_misses_of_every_type_are_judged_alike(warehouse: Warehouse) -> None:
    check_files(warehouse, near_misses(seed=1, count=3_000), seed=1)


def test_files_full_of_separators_are_read_alike(warehouse: Warehouse) -> None:
    check_files(warehouse, troubled_files(seed=1, count=12), seed=1)


def test_columns_of_every_type_are_read_alike(warehouse: Warehouse) -> None:
    check_files(warehouse, typed_files(seed=1, files=50, rows=2_000), seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_a_million_rows_of_every_type(warehouse: Warehouse, seed: int) -> None:
    check_files(warehouse, typed_files(seed, files=100, rows=1_000), seed)


@pytest.mark.soak
@given(seed=st.integers(0, 1_000_000))
@many
def test_odd_files_for_long(warehouse: Warehouse, seed: int) -> None:
    check_files(warehouse, near_misses(seed, count=2_000), seed)
    check_files(warehouse, troubled_files(seed, count=20), seed)


@example(Case(seed=3, companies=4, persons=12, days=60))
@given(cases(companies=6))
@named
def test_pieces_in_any_order_give_the_same_marts(warehouse: Warehouse, case: Case) -> None:
    check_pieces(warehouse, case)


@pytest.mark.soak
@given(cases(companies=8))
@many
def test_pieces_for_long(warehouse: Warehouse, case: Case) -> None:
    check_pieces(warehouse, case)
