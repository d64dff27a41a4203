"""What a changed reading does to the rows of a source: all of its files are read again."""

from collections.abc import Iterator, Mapping

import duckdb

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS_BY_NAME
from pipelines.load.deliveries import content_of, contents_of
from pipelines.load.landing import Landing
from pipelines.load.source import DATASET
from pipelines.load.state import Known
from pipelines.settings import of_source
from pipelines.sql import literal


def refuse_loss(
    landing: Landing,
    known: Known,
    changed: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Raise UsageError if a standing row of a changed source could not be read again."""
    for source, what in changed.items():
        files = {file: seen for file, seen in known.items() if file.source == source}
        gone = _changed_files(source, landing, files)
        lost = sorted({*gone, *_outlived_files(source, files, connection)})
        if lost:
            message = (
                f"{what} changed, but some loaded files cannot be read again with it:"
                f" {', '.join(lost)} changed since, or is no longer in the landing folder or the"
                " mapping; put it back, or load into a new home (--home)"
            )
            raise UsageError(of_source(source, message))


def _changed_files(source: str, landing: Landing, known: Known) -> Iterator[str]:
    """Files that are gone, or have another content than the one that was delivered last."""
    units = [unit for unit in landing.units if unit.source == source]
    # another mapping may have no rows of a file for a feed
    parts = slice(1, None) if landing.readings[source].mapping else slice(None)
    present = {}
    with contents_of(units, known) as contents:
        for unit in units:
            present[unit.id[parts]] = content_of(unit, contents).digest
    for file, digests in known.items():
        if present.get(file[parts]) != digests[-1]:
            yield file.file


def _outlived_files(
    source: str, known: Known, connection: duckdb.DuckDBPyConnection
) -> Iterator[str]:
    """Files with rows of an earlier content that stand, since the later one does not hold them.

    A row that stands as the first of its key comes again where the last content holds that key.
    """
    # a home from before sources had names has one of them, and no column for it
    is_named = connection.execute(
        "select 1 from duckdb_columns() where schema_name = ? and column_name = '_source'",
        [DATASET],
    ).fetchone()
    where = literal(source) if is_named else None
    audited, loaded = (f"{name} = {where}" if where else "true" for name in ("source", "_source"))
    for feed in sorted({file.feed for file in known} & FEEDS_BY_NAME.keys()):
        key = ", ".join(FEEDS_BY_NAME[feed].key)
        own_key = ", ".join(f"standing.{column}" for column in FEEDS_BY_NAME[feed].key)
        rows = connection.execute(
            f"""
            with last_contents as (
                select file as _file, max(_delivery) as _delivery
                from {DATASET}.load_audit
                where feed = $feed and {audited}
                group by file
            ),
            rows_of_source as (
                select * from {DATASET}.{feed} where {loaded}
            )
            select distinct standing._file
            from rows_of_source as standing
            inner join last_contents
                on last_contents._file = standing._file
                and last_contents._delivery > standing._delivery
            where not standing._is_replaced
                and not (
                    coalesce(standing._keeps_first, false)
                    and (standing._file, {own_key}) in (
                        select (_file, {key})
                        from rows_of_source
                        inner join last_contents using (_file, _delivery)
                    )
                )
            """,
            {"feed": feed},
        ).fetchall()
        yield from (file for (file,) in rows)
