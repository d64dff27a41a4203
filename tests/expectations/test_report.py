"""What a gate says and keeps."""

import json
from datetime import date
from pathlib import Path

import pytest

from expectations.report import SAMPLE_ROWS, GateReport, Result, Severity, sampled


def result(name: str, severity: Severity, *, success: bool = False, **row: object) -> Result:
    return Result(
        suite="ignore_rate",
        name=name,
        table="ignore_rate",
        column="ignore_rate",
        severity=severity,
        success=success,
        message="a rate lies within 0 and 1",
        observed="1 of 9 rows",
        sample_rows=sampled([row] if row else []),
    )


REPORT = GateReport(
    "marts",
    "run-1",
    [
        result("odd", "warns", ignore_rate=0.9),
        result("fine", "blocks", success=True),
        result(
            "absurd", "blocks", handoff_month=date(2025, 5, 1), sales_team="東", ignore_rate=1.5
        ),
    ],
)


def test_failures_are_told_blocking_first_with_sample_rows() -> None:
    assert REPORT.text().splitlines() == [
        "marts gate: 3 expectations, 1 blocking failure, 1 warning",
        "  blocks  ignore_rate absurd (ignore_rate): a rate lies within 0 and 1",
        "          1 of 9 rows",
        "          handoff_month=2025-05-01  sales_team=東  ignore_rate=1.5",
        "  warns   ignore_rate odd (ignore_rate): a rate lies within 0 and 1",
        "          1 of 9 rows",
        "          ignore_rate=0.9",
    ]


def test_only_failures_of_their_severity_are_listed() -> None:
    assert [one.name for one in REPORT.failed_blocking] == ["absurd"]
    assert [one.name for one in REPORT.warnings] == ["odd"]


def test_every_result_is_kept_per_run(tmp_path: Path) -> None:
    path = REPORT.save(tmp_path)
    assert path == tmp_path / "run-1" / "marts.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert (kept["failed_blocking"], kept["warnings"]) == (1, 1)
    assert [one["name"] for one in kept["results"]] == ["odd", "fine", "absurd"]
    assert kept["results"][2]["sample_rows"][0]["sales_team"] == "東"


@pytest.mark.parametrize("at_sign", ["@", "＠", "%40", "%252540"])
def test_few_sample_rows_without_addresses(at_sign: str) -> None:
    rows = sampled([{"event_id": f"taro{at_sign}sakura-soft.jp", "share": float("inf")}] * 9)
    assert rows == [{"event_id": ":email", "share": None}] * SAMPLE_ROWS
