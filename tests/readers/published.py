"""A small published file, written without a run of the pipeline."""

from pathlib import Path

import duckdb

EVERY_TYPE = """
select * from (values
    (
        1::bigint, true, 'plain'::varchar, 0.1::double, 12.30::decimal(18, 2),
        9223372036854775807::hugeint * 4, date '2026-06-30', timestamp '2026-06-30 01:02:03.456789',
        1.50::decimal(38, 2), 7::integer
    ),
    (
        2, false, 'a "quoted", text' || chr(10) || 'in two lines \\N 日本', 1e300, -0.01,
        -5, date '1999-12-31', timestamp '2000-01-01 00:00:00', -99.99, -1
    ),
    (3, null, '', null, null, null, null, null, null, null),
    (4, null, null, 'nan'::double, null, null, null, null, null, null)
) as rows_of_it (
    row_id, is_good, words, share, amount, huge, happened_date, happened_at, wide_amount, small
)
"""
QUEUE = """
select * from (values
    (1, 'L1', 'a.example', 'tier1', 'A', 80, 5, 'Viewed pages on pricing 3 times', 29),
    (2, 'L2', 'b.example', 'none', 'B', 60, 0, 'Requested a document once', 20),
    (3, 'L3', '株式会社', 'none', 'B', 40, -2, '見積もりを依頼', 1)
) as queue (
    priority_rank, person_id, account_id, account_tier, fit_grade, behavior_score,
    score_change_7_days, reason_1, days_waiting
)
"""


def write_published(home: Path, tables: dict[str, str]) -> Path:
    """Publish the rows of each query under its name, in place of what is there; with comments."""
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / "marts.duckdb.next"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{fresh}' as published (storage_version 'v1.0.0')")
        for table, query in tables.items():
            connection.execute(f"create table published.main.{table} as {query}")
            connection.execute(f"comment on table published.main.{table} is 'What {table} means'")
            for (column,) in connection.execute(
                "select column_name from duckdb_columns() where table_name = ?", [table]
            ).fetchall():
                connection.execute(
                    f"comment on column published.main.{table}.{column} is '{column}''s meaning'"
                )
    fresh.replace(home / "marts.duckdb")
    return home / "marts.duckdb"
