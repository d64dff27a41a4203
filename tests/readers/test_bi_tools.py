"""The Python steps of docs/bi-tools.md run as they stand there, and readers survive a refresh."""

import re
import subprocess
import sys
from pathlib import Path

import adbc_driver_duckdb
import duckdb
import pytest
import sqlalchemy as sa
from adbc_driver_manager import ProgrammingError, dbapi

from pipelines.settings import PROJECT
from tests.orchestration.conftest import run_funnel
from tests.readers.published import write_published

MONTHLY = """
select * from (values (date '2026-05-01', 0.25::double), (date '2026-06-01', 0.5)) as rates (
    handoff_month, ignore_rate
)
"""
WRITER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
"""
STEPS = re.findall(
    r"^## ([^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```",
    (PROJECT / "docs" / "bi-tools.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture
def marts(tmp_path: Path) -> Path:
    return write_published(tmp_path / ".funnel", {"ignore_rate_monthly": MONTHLY})


def test_the_page_shows_each_way() -> None:
    assert [heading for heading, _ in STEPS] == ["Python", "SQLAlchemy", "ADBC"]


@pytest.mark.parametrize(("heading", "step"), STEPS, ids=[heading for heading, _ in STEPS])
def test_steps_run_as_they_stand(
    marts: Path,
    heading: str,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(marts.parent.parent)
    names: dict = {}
    exec(compile(step, heading, "exec"), names)
    said = capsys.readouterr().out
    assert "ignore_rate" in said
    if heading == "SQLAlchemy":
        assert said.splitlines() == ["2026-05-01 0.25", "2026-06-01 0.5", "ignore_rate's meaning"]
    else:
        rows = names["frame"] if heading == "Python" else names["table"].to_pandas()
        assert list(rows.ignore_rate) == [0.25, 0.5]


def test_sqlalchemy_reflects_types_and_comments(marts: Path) -> None:
    engine = sa.create_engine(f"duckdb:///{marts}", connect_args={"read_only": True})
    inspector = sa.inspect(engine)
    assert inspector.get_table_names() == ["ignore_rate_monthly"]
    columns = {column["name"]: column for column in inspector.get_columns("ignore_rate_monthly")}
    assert isinstance(columns["handoff_month"]["type"], sa.Date)
    assert columns["ignore_rate"]["comment"] == "ignore_rate's meaning"
    engine.dispose()


def test_nobody_can_write(marts: Path) -> None:
    before = marts.read_bytes()
    with duckdb.connect(str(marts), read_only=True) as reader, pytest.raises(duckdb.Error):
        reader.execute("delete from ignore_rate_monthly")
    with (
        dbapi.connect(
            driver=adbc_driver_duckdb.driver_path(),
            entrypoint="duckdb_adbc_init",
            db_kwargs={"path": str(marts), "access_mode": "READ_ONLY"},
        ) as connection,
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="read-only"),
    ):
        cursor.execute("delete from ignore_rate_monthly")
    assert marts.read_bytes() == before


def test_a_tool_that_may_write_is_named_as_the_fault(marts: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(marts)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        outcome = run_funnel("export", "--home", marts.parent, "--out", tmp_path / "out")
        writer.communicate("\n")
    assert outcome.status == 4
    assert "is open in another process" in outcome.err
    assert f"PID {writer.pid}" in outcome.err


@pytest.mark.parametrize("pool", [sa.QueuePool, sa.NullPool])
def test_a_replaced_file_is_seen_after_reconnecting(marts: Path, pool: type[sa.Pool]) -> None:
    engine = sa.create_engine(
        f"duckdb:///{marts}", connect_args={"read_only": True}, poolclass=pool
    )

    def months() -> int:
        with engine.connect() as connection:
            return connection.execute(sa.text("select count(*) from ignore_rate_monthly")).scalar()

    with engine.connect() as reader:
        assert months() == 2
        write_published(marts.parent, {"ignore_rate_monthly": f"{MONTHLY} limit 1"})
        count = sa.text("select count(*) from ignore_rate_monthly")
        assert reader.execute(count).scalar() == 2
    assert months() == (1 if pool is sa.NullPool else 2)
    engine.dispose()
    assert months() == 1
    engine.dispose()
