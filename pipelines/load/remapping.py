"""What a changed mapping does to rows that were read with it before: all files are read again."""

from collections.abc import Iterator, Mapping

import duckdb

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS_BY_NAME
from pipelines.load.deliveries import Known, content_of, contents_of
from pipelines.load.landing import Landing
from pipelines.load.source import DATASET


def remapped_files(landing: Landing, read_with: Mapping[str, str]) -> list[str]:
    """The files of the landing folder that were loaded with another version of the mapping."""
    files = {unit.file for unit in landing.units}
    return sorted(file for file in files if read_with.get(file, landing.mapping) != landing.mapping)


def refuse_loss(landing: Landing, known: Known, connection: duckdb.DuckDBPyConnection) -> None:
    """Raise UsageError if some row that stands could not be read again from the landing folder."""
    lost = sorted({*_changed_files(landing, known), *_outlived_files(known, connection)})
    if lost:
        raise UsageError(
            "the mapping changed, but some loaded files cannot be read again with it:"
            f" {', '.join(lost)} changed since, or is no longer in the landing folder or the"
            " mapping; put it back, or load into a new home (--home)"
        )


def _changed_files(landing: Landing, known: Known) -> Iterator[str]:
    """Files that are gone, or have another content than the one that was delivered last."""
    present = {}
    with contents_of(landing.units, known) as contents:
        for unit in landing.units:
            present[unit.file] = content_of(unit, contents).digest
    for files in known.values():
        for file, digests in files.items():
            if present.get(file) != digests[-1]:
                yield file


def _outlived_files(known: Known, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Files with rows of an earlier content that stand, since the later one does not hold them.

    A row that stands as the first of its key comes again where the last content holds that key.
    """
    for feed in filter(known.get, FEEDS_BY_NAME):
        key = ", ".join(FEEDS_BY_NAME[feed].key)
        own_key = ", ".join(f"standing.{column}" for column in FEEDS_BY_NAME[feed].key)
        rows = connection.execute(
            f"""
            with last_contents as (
                select file as _file, max(_delivery) as _delivery
                from {DATASET}.load_audit
                where feed = $feed
                group by file
            )
            select distinct standing._file
            from {DATASET}.{feed} as standing
            inner join last_contents
                on last_contents._file = standing._file
                and last_contents._delivery > standing._delivery
            where not standing._is_replaced
                and not (
                    coalesce(standing._keeps_first, false)
                    and (standing._file, {own_key}) in (
                        select (_file, {key})
                        from {DATASET}.{feed}
                        inner join last_contents using (_file, _delivery)
                    )
                )
            """,
            {"feed": feed},
        ).fetchall()
        yield from (file for (file,) in rows)
