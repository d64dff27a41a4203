"""Web events to measure loading with, made by DuckDB: one Parquet, one CSV, one packed JSONL."""

from pathlib import Path

import duckdb

from pipelines.sql import literal

FORMATS = ("parquet", "jsonl.gz", "csv")

# every draw is a hash of the event's number, so that each format and run has the same events
EVENTS = """
with

draws as (

    select number, list_transform(range(16), lambda draw: (hash(number, draw) >> 1)::bigint) as draw
    from range($rows) as numbers(number)

)

select
    'E' || lpad(number::varchar, 12, '0') as event_id,
    timestamp '2024-01-01' + to_microseconds(number * 3_155_692) as occurred_at,
    'a' || md5((draw[1] % (1 + $rows // 20))::varchar)[:16] as anonymous_id,
    ['page_view', 'page_view', 'page_view', 'click', 'form_submit', 'login'][1 + draw[2] % 6]
        as event_type,
    case when draw[3] % 10 = 0 then 'L' || draw[4] % 100_000 end as lead_id,
    case when draw[3] % 10 = 1 then 'user' || draw[4] % 100_000 || '@example.com' end as email,
    case
        when draw[2] % 6 = 4 then ['inquiry', 'download', 'newsletter_signup'][1 + draw[5] % 3]
    end as form_type,
    'https://www.example.com/'
        || ['', 'pricing', 'docs/api', 'blog/' || draw[6] % 500, 'case/' || draw[6] % 200][
            1 + draw[7] % 5
        ]
        || '?session=' || draw[8] % 100_000 as page_url,
    case when draw[9] % 3 = 0 then 'https://www.google.com/' end as referrer,
    case when draw[10] % 3 = 0 then 'google' end as utm_source,
    case when draw[10] % 3 = 0 then ['cpc', 'organic', 'email'][1 + draw[11] % 3] end as utm_medium,
    case when draw[10] % 3 = 0 then 'campaign ' || draw[12] % 50 end as utm_campaign,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/'
        || 100 + draw[13] % 30 || '.0 Safari/537.36' as user_agent,
    case
        when draw[14] % 4 = 0
            then '{"depth": ' || draw[15] % 100 || ', "variant": "v' || draw[16] % 3 || '"}'
    end as properties
from draws
"""
# CSV and JSON say the instant as most exports do
TEXT = (
    "select * replace (strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%fZ') as occurred_at) from events"
)

# one row in twenty breaks the contract
WITH_BAD = (
    "select * replace (case when hash(event_id) % 20 = 0 then {} else occurred_at end"
    " as occurred_at) from ({})"
)


def write_web_events(folder: Path, rows: int, *, with_bad: bool = False) -> dict[str, Path]:
    """Write the files that are not there yet; returns them by format."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"web_events_{rows}{'_with_bad' if with_bad else ''}"
    paths = {name: folder / f"{stem}.{name}" for name in FORMATS}
    rows_of = WITH_BAD.format("timestamp '1999-12-31'", EVENTS) if with_bad else EVENTS
    text = WITH_BAD.format("'soon'", TEXT) if with_bad else TEXT
    if all(path.exists() for path in paths.values()):
        return paths
    with duckdb.connect(config={"temp_directory": str(folder / "spill")}) as connection:
        connection.execute("set memory_limit = '4GB'")
        connection.execute(f"copy ({rows_of}) to {literal(paths['parquet'])}", {"rows": rows})
        connection.execute(f"create view events as from {literal(paths['parquet'])}")
        connection.execute(f"copy ({text}) to {literal(paths['csv'])} (header)")
        connection.execute(
            f"copy ({text}) to {literal(paths['jsonl.gz'])} (format json, compression gzip)"
        )
    return paths
