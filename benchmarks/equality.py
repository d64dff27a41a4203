"""Whether two databases hold the same marts: counts, hashes of exact columns, sums of the rest."""

import math
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

MARTS = (
    "unresolved_events",
    "fct_touchpoints",
    "fct_lead_scores",
    "fct_score_contributions",
    "fct_qualifications",
    "fct_handoffs",
    "ignore_rate",
    "ignore_rate_monthly",
    "fct_lead_cycles",
    "funnel_cohorts",
    "funnel_daily",
    "conversion_curve",
    "kpi_scorecard",
    "mail_performance",
    "attribution",
)
TOLERANCE = 1e-9
FRACTIONS = {"DOUBLE", "FLOAT"}


@dataclass(frozen=True, slots=True)
class Digest:
    """One mart: `sums` of the columns that hold fractions, which no hash can compare."""

    rows: int
    exact: int
    sums: dict[str, float]

    def equals(self, other: "Digest") -> bool:
        return (
            (self.rows, self.exact) == (other.rows, other.exact)
            and self.sums.keys() == other.sums.keys()
            and all(
                math.isclose(self.sums[name], other.sums[name], rel_tol=TOLERANCE, abs_tol=1e-6)
                for name in self.sums
            )
        )


def different_marts(
    connection: DuckDBPyConnection, ours: str, theirs: str, marts: tuple[str, ...] = MARTS
) -> list[str]:
    """The marts that differ between two schemas, given as `database.schema`."""
    return [mart for mart in marts if not _same(connection, f"{ours}.{mart}", f"{theirs}.{mart}")]


def _same(connection: DuckDBPyConnection, ours: str, theirs: str) -> bool:
    types = _types(connection, ours)
    if types.keys() != _types(connection, theirs).keys():
        return False
    return digest(connection, ours, types).equals(digest(connection, theirs, types))


def digest(connection: DuckDBPyConnection, table: str, types: dict[str, str]) -> Digest:
    """Digest a table with the columns and types of its counterpart."""
    exact = [f"cast({name} as {kind})" for name, kind in types.items() if kind not in FRACTIONS]
    fractions = [name for name, kind in types.items() if kind in FRACTIONS]
    sums = [f"coalesce(sum({name}), 0), count({name})" for name in fractions]
    found = connection.execute(
        f"select count(*), cast(coalesce(sum(hash({', '.join(exact)})), 0) as varchar)"
        f"{''.join(f', {one}' for one in sums)} from {table}"
    ).fetchone()
    rows, hashed, *rest = found or (0, "0")
    names = [name for fraction in fractions for name in (fraction, f"count of {fraction}")]
    return Digest(int(rows), int(hashed), dict(zip(names, map(float, rest), strict=True)))


def _types(connection: DuckDBPyConnection, table: str) -> dict[str, str]:
    found = connection.execute(
        f"select column_name, column_type from (describe {table}) order by column_name"
    )
    return dict(found.fetchall())
