"""How long a file may take."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Timer

import duckdb

from pipelines.limits import limits
from pipelines.load.relation import UnreadableError


@contextmanager
def in_time(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Interrupt the statement that runs when the time of a file is over; raises UnreadableError."""
    most, lock, is_late, is_over = limits().file_seconds, Lock(), Event(), Event()

    def interrupt() -> None:
        with lock:
            if not is_over.is_set():
                is_late.set()
                connection.interrupt()

    timer = Timer(most, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        if not is_late.is_set():
            raise
        raise UnreadableError(
            f"it takes more than {most:,} s (limits.file_seconds in funnel.toml)"
        ) from None
    finally:
        timer.cancel()
        # or the statement of another file would be interrupted
        with lock:
            is_over.set()
