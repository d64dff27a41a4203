"""Row numbers, bad rows and replaced rows of what dlt loaded."""

import duckdb

from pipelines.feeds import Feed
from pipelines.load.source import DATASET


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
        group by _file, _delivery
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


def mark_replaced(connection: duckdb.DuckDBPyConnection, feed: Feed, load_id: str) -> None:
    """Mark the rows that a row of the same key, later in the contract's order, stands for.

    `load_id` is the load whose rows were not compared yet.
    """
    table = f"{DATASET}.{feed.name}"
    key = ", ".join(feed.key)
    is_new = "_dlt_load_id = $load"
    (has_old,) = connection.execute(
        f"select exists (from {table} where not {is_new})", {"load": load_id}
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
        """,
        {"load": load_id} if has_old else {},
    )
    (doubles,) = connection.execute("select count(*) from double_keys").fetchone() or (0,)
    if doubles == 0:
        return
    connection.execute(
        f"""
        update {table}
        set _is_replaced = true
        where rowid in (
            select place
            from (
                select
                    rowid as place,
                    row_number() over (
                        partition by {key}
                        -- a mapping may make several rows of one: they lie in its order
                        order by encode(_file) desc, _delivery desc, _row_number desc, rowid desc
                    ) as rank
                from {table}
                where not _is_replaced and hash({key}) in (select key_hash from double_keys)
            )
            where rank > 1
        )
        """
    )
