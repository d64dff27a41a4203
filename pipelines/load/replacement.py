"""Row numbers, bad rows and replaced rows of what dlt loaded."""

import duckdb

from pipelines.feeds import Feed
from pipelines.load.source import DATASET
from pipelines.sql import literal


def number_rows(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Number the rows of large text files, which were loaded in their order but without numbers.

    The bad rows are among them.
    """
    table = f"{DATASET}.{feed.name}"
    blocks = connection.execute(
        f"""
        select min(rowid), max(rowid), count(*)
        from {table}
        where _row_number is null
        group by _source, _file, _delivery
        """
    ).fetchall()
    for first, last, rows in blocks:
        if last - first + 1 != rows:
            raise RuntimeError(f"the rows of a file are not one block of {table}")
        connection.execute(
            f"update {table} set _row_number = rowid - ? + 1 where rowid between ? and ?",
            [first, first, last],
        )


def delete_bad(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Delete the rows of large files that are in the quarantine."""
    connection.execute(f"delete from {DATASET}.{feed.name} where _is_replaced is null")


def mark_replaced(
    connection: duckdb.DuckDBPyConnection, feed: Feed, load_id: str | None = None
) -> None:
    """Mark the rows that a row of the same key, later in the contract's order, stands for.

    Of rows that keep the first one stands the earliest of an id, and any other row of its key
    replaces it: an order of all rows, so that it does not matter in which loads they came. Files of
    one name come in the order of the names of their sources. `load_id` is the load whose rows were
    not compared yet; without one all are compared.
    """
    table = f"{DATASET}.{feed.name}"
    is_new = "true" if load_id is None else f"_dlt_load_id = {literal(load_id)}"
    if load_id is None:
        connection.execute(f"update {table} set _is_replaced = false where _is_replaced")
    _mark_all_but_first(connection, feed, is_new)
    key = ", ".join(feed.key)
    (has_old,) = connection.execute(
        f"select exists (from {table} where not ({is_new}))"
    ).fetchone() or (True,)
    concerned = f"hash({key}) in (select hash({key}) from {table} where {is_new})"
    # most keys occur once: 8 bytes each show which ones may not, and only those are sorted
    connection.execute(
        f"""
        create or replace temp table double_keys as
        select hash({key}) as key_hash
        from {table}
        where not _is_replaced {f"and {concerned}" if has_old else ""}
        group by key_hash
        having count(*) > 1
        """
    )
    (doubles,) = connection.execute("select count(*) from double_keys").fetchone() or (0,)
    if doubles == 0:
        return
    _mark_beyond_first(
        connection,
        table,
        f"""
        select
            rowid as place,
            row_number() over (
                partition by {key}
                -- a mapping may make several rows of one: they lie in its order
                order by
                    coalesce(_keeps_first, false),
                    encode(_file) desc, _source desc, _delivery desc, _row_number desc, rowid desc
            ) as rank
        from {table}
        where not _is_replaced and hash({key}) in (select key_hash from double_keys)
        """,
    )


def _mark_all_but_first(connection: duckdb.DuckDBPyConnection, feed: Feed, is_new: str) -> None:
    """Mark the rows that keep the first of their id, but are not the first.

    The id of a lead is its `lead_id`: all its versions are compared.
    """
    table = f"{DATASET}.{feed.name}"
    entity = feed.key[0]
    # also rows that are replaced: what stands before them in the order still comes first
    _mark_beyond_first(
        connection,
        table,
        f"""
        select
            rowid as place,
            row_number() over (
                partition by {entity}
                order by encode(_file), _source, _delivery, _row_number, rowid
            ) as rank
        from {table}
        where _keeps_first
            and {entity} in (
                select {entity} from {table} where _keeps_first and {is_new}
            )
        """,
    )


def _mark_beyond_first(connection: duckdb.DuckDBPyConnection, table: str, ranked: str) -> None:
    """Mark the rows that `ranked` (place, rank) does not put first."""
    connection.execute(
        f"""
        update {table}
        set _is_replaced = true
        where rowid in (select place from ({ranked}) where rank > 1)
        """
    )


def shared_ids(
    connection: duckdb.DuckDBPyConnection, feed: Feed, load_id: str
) -> list[tuple[int, str]]:
    """How many ids of the rows of a load another source has too, by the sources that have them."""
    (sources,) = connection.execute(
        f"select count(distinct source) from {DATASET}.load_audit where feed = ?", [feed.name]
    ).fetchone() or (0,)
    if sources < 2:
        return []
    table, entity = f"{DATASET}.{feed.name}", feed.key[0]
    # as for keys: 8 bytes an id show the few that are looked at
    return connection.execute(
        f"""
        with candidates as (
            select hash({entity}) as id_hash
            from {table}
            where hash({entity}) in (select hash({entity}) from {table} where _dlt_load_id = $load)
            group by id_hash
            having min(_source) <> max(_source)
        ),
        sources_of_ids as (
            select list_sort(list(distinct _source)) as sources
            from {table}
            where hash({entity}) in (select id_hash from candidates)
            group by {entity}
        )
        select count(*), array_to_string(sources, ' and ')
        from sources_of_ids
        where len(sources) > 1
        group by sources
        order by sources
        """,
        {"load": load_id},
    ).fetchall()
