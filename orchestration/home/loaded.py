"""What the loads of a home took in, read from the warehouse without dlt, which is slow to import.

dlt keeps its state there as packed JSON; the loader has dlt read it (`pipelines/load/source.py`).
"""

from importlib.metadata import version

from duckdb import DuckDBPyConnection

from pipelines.feeds import FEEDS
from pipelines.load.state import LandingState

# another version may pack its state otherwise
TRIED_WITH = "1.31.0"
TABLES = (*(feed.name for feed in FEEDS), "quarantine", "load_audit", "_dlt_pipeline_state")

STATE = """
    select states.state
    from raw._dlt_pipeline_state as states
    inner join raw._dlt_loads as loads on states._dlt_load_id = loads.load_id
    where states.pipeline_name = 'landing' and loads.status = 0
    order by loads.load_id desc
    limit 1
"""


def loaded_state(connection: DuckDBPyConnection) -> LandingState | None:
    """What was loaded; None where only a load can tell, or a killed run left rows behind.

    Raises duckdb.Error for a warehouse without the tables of a load.
    """
    if version("dlt") != TRIED_WITH or _has_unfinished_loads(connection):
        return None
    row = connection.execute(STATE).fetchone()
    if row is None:
        return None
    try:
        return LandingState.unpacked(row[0])
    except ValueError:
        # the load says what mends it
        return None


def _has_unfinished_loads(connection: DuckDBPyConnection) -> bool:
    """Whether rows stand that the next load deletes, since theirs was not finished or settled."""
    unfinished = " union all ".join(
        f"select 1 from raw.{table} where _dlt_load_id not in"
        " (select load_id from raw._dlt_loads where status = 0)"
        for table in TABLES
    )
    unsettled = "select 1 from raw.load_audit where rows_loaded is null"
    found = connection.execute(f"{unfinished} union all {unsettled} limit 1").fetchone()
    return found is not None
