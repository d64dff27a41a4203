"""A local session of Spark, where Java and the extra `spark` are installed."""

import shutil
from pathlib import Path
from typing import Any

import pytest


def why_no_spark() -> str | None:
    """Why nothing can run on Spark here, in words."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "the extra spark is not installed"
    return None if shutil.which("java") else "there is no Java"


def spark_or_skip(folder: Path) -> Any:
    """The session of this process, with its tables in a folder."""
    if why := why_no_spark():
        pytest.skip(why)
    from orchestration.spark.session import open_session
    from pipelines.settings import Spark

    return open_session(Spark(master="local[1]"), folder)
