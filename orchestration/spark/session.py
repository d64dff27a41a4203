"""The session that dbt-spark finds: one for the life of a process, as the settings say."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import FunnelError, UsageError
from pipelines.settings import Spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
# no matter of taste: the marts would differ
FIXED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    # what a killed build wrote without a table of its own is written over
    "spark.sql.legacy.allowNonEmptyLocationInCTAS": "true",
}
# what a setting of the user's wins over
DEFAULTS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def check_spark(spark: Spark) -> None:
    """Raise UsageError where no session could be opened: no Java, no package, no master's URL."""
    try:
        import dbt.adapters.spark  # noqa: F401
        import pyspark  # noqa: F401
    except ImportError as missing:
        raise UsageError(
            f"engine = spark needs the extra spark ({missing.name} is missing):"
            " pip install 'lead-funnel-warehouse[spark]'"
        ) from None
    if shutil.which("java") is None:
        raise UsageError(f"engine = spark needs Java {JAVA}, and there is no java in PATH")
    if not spark.master.startswith(("local", "spark://", "yarn", "k8s://")):
        raise UsageError(
            f"spark.master = {spark.master!r} is no master of Spark, such as local[*] or"
            " spark://host:7077"
        )


def open_session(spark: Spark, folder: Path) -> "SparkSession":
    """The session of this process, with its tables and their catalog in `folder`.

    Raises FunnelError if the master does not answer.
    """
    from pyspark.sql import SparkSession

    warehouse = folder / "warehouse"
    warehouse.mkdir(parents=True, exist_ok=True)
    own = {
        "spark.sql.warehouse.dir": str(warehouse),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder}/catalog;create=true"
        ),
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder} -Duser.timezone=UTC",
        "spark.executor.extraJavaOptions": "-Duser.timezone=UTC",
    }
    builder = SparkSession.builder.master(spark.master).appName("lead_funnel").enableHiveSupport()
    given = dict(setting.split("=", 1) for setting in spark.config)
    for name, value in {**DEFAULTS, **own, **given, **FIXED}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        # a session that can neither run a task nor open its catalog tells so here
        session.sql("show schemas").collect()
        session.range(1).count()
    except Exception as fault:
        message = str(fault).strip().splitlines()[0] if str(fault) else type(fault).__name__
        raise FunnelError(f"Spark at {spark.master} does not answer: {message}") from fault
    return session


def close_session() -> None:
    """Stop the session of this process, if it has one."""
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()
