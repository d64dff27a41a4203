"""Every published table as a file, for tools that read neither DuckDB nor PostgreSQL."""

from pathlib import Path

from orchestration.console import say
from orchestration.published.export.writing import (
    FORMATS,
    cell,
    folder_to_write,
    no_parts_left,
    put_in_place,
    write_query,
)
from orchestration.published.reading import PublishedTable, open_published, published_tables
from pipelines.sql import identifier


def export_tables(home: Path, file_format: str, out: Path, *, guarded: bool) -> list[Path]:
    """Write `<table>.<format>` for every published table; rows are ordered by all columns.

    Nothing is replaced before everything is written. `guarded` is of texts, as `cell` has it.
    """
    with open_published(home) as connection:
        tables = published_tables(connection)
        folder = folder_to_write(out)
        targets = [folder / f"{table.name}.{file_format}" for table in tables]
        with no_parts_left(targets):
            for table, target in zip(tables, targets, strict=True):
                query = _rows(table, guarded=guarded)
                write_query(connection, query, target, FORMATS[file_format])
            put_in_place(targets)
    say(f"exported {len(targets)} tables to {out}")
    return targets


def _rows(table: PublishedTable, *, guarded: bool) -> str:
    cells = ", ".join(
        f"{cell(column, guarded=guarded)} as {identifier(column.name)}" for column in table.columns
    )
    return f"select {cells} from (select * from main.{table.identifier} order by all)"
