"""Every published table as a file, for tools that read neither DuckDB nor PostgreSQL."""

from pathlib import Path

from orchestration.console import say
from orchestration.published.export.writing import (
    FORMATS,
    folder_to_write,
    no_parts_left,
    put_in_place,
    write_query,
)
from orchestration.published.reading import open_published, published_tables


def export_tables(home: Path, file_format: str, out: Path) -> list[Path]:
    """Write `<table>.<format>` for every published table; rows are ordered by all columns.

    Nothing is replaced before everything is written.
    """
    with open_published(home) as connection:
        tables = published_tables(connection)
        folder = folder_to_write(out)
        targets = [folder / f"{table.name}.{file_format}" for table in tables]
        with no_parts_left(targets):
            for table, target in zip(tables, targets, strict=True):
                query = f"select * from main.{table.identifier} order by all"
                write_query(connection, query, target, FORMATS[file_format])
            put_in_place(targets)
    say(f"exported {len(targets)} tables to {out}")
    return targets
