"""Row numbers and replaced rows of what dlt loaded; all from the warehouse, so it can be redone."""

import duckdb

from pipelines.feeds import Feed
from pipelines.load.source import DATASET


def number_rows(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Number the rows of large text files, which were loaded in their order but without numbers.

    Their quarantined rows have theirs: the good ones are the numbers in between.
    """
    table = f"{DATASET}.{feed.name}"
    blocks = connection.execute(
        f"""
        select _file, _delivery, min(rowid), max(rowid), count(*)
        from {table}
        where _row_number is null
        group by _file, _delivery
        """
    ).fetchall()
    for file, delivery, first, last, rows in blocks:
        if last - first + 1 != rows:
            raise RuntimeError(f"rows of {feed.name}/{file} are not one block of {table}")
        (bad,) = connection.execute(
            f"select count(*) from {DATASET}.quarantine"
            " where feed = ? and file = ? and _delivery = ?",
            [feed.name, file, delivery],
        ).fetchone() or (0,)
        if bad == 0:
            connection.execute(
                f"update {table} set _row_number = rowid - ? + 1 where rowid between ? and ?",
                [first, first, last],
            )
            continue
        connection.execute(
            f"""
            update {table} as loaded
            set _row_number = numbered.row_number
            from (
                select row_number, row_number() over (order by row_number) - 1 as place
                from (select unnest(range(1, ?)) as row_number)
                where row_number not in (
                    select row_number
                    from {DATASET}.quarantine
                    where feed = ? and file = ? and _delivery = ?
                )
            ) as numbered
            where loaded.rowid = numbered.place + ? and loaded.rowid between ? and ?
            """,
            [rows + bad + 1, feed.name, file, delivery, first, first, last],
        )


def mark_replaced(connection: duckdb.DuckDBPyConnection, feed: Feed, loads: list[str]) -> None:
    """Mark the rows that a row of the same key, later in the contract's order, stands for.

    `loads` are the loads whose rows were not compared yet.
    """
    table = f"{DATASET}.{feed.name}"
    key = ", ".join(feed.key)
    is_new = "_dlt_load_id in (select unnest($loads))"
    (has_old,) = connection.execute(
        f"select exists (from {table} where not {is_new})", {"loads": loads}
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
        {"loads": loads} if has_old else {},
    )
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
    connection.execute("drop table double_keys")
