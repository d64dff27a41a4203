"""What a gate found: one result per expectation, kept as JSON and told in the terminal."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from pipelines.errors import FunnelError
from pipelines.files import atomic_write
from pipelines.wording import counted

Severity = Literal["blocks", "warns"]
SampleRow = dict[str, str | int | float | bool | None]

GATES = ("raw", "marts")
SAMPLE_ROWS = 5
# the name of the expectation that asks whether a feed is late
IS_FRESH = "feed_is_fresh"
_ADDRESS = re.compile(r"[^\s@＠<>,;]+(?:@|＠|%(?:25)*40)[^\s@＠<>,;]+")


@dataclass(frozen=True, slots=True)
class Result:
    """One expectation's verdict; `table` is the feed or mart that it speaks of.

    `run_id` is the run that judged it, `state` a digest of what it depends on (see `keeping`).
    """

    suite: str
    name: str
    table: str
    column: str | None
    severity: Severity
    success: bool
    message: str
    observed: str
    sample_rows: list[SampleRow] = field(default_factory=list)
    run_id: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class GateReport:
    """All results of one gate in one run, those included that earlier runs have judged."""

    gate: str
    run_id: str
    results: list[Result]

    @property
    def failed_blocking(self) -> list[Result]:
        return [result for result in self.results if _failed(result, "blocks")]

    @property
    def warnings(self) -> list[Result]:
        return [result for result in self.results if _failed(result, "warns")]

    def text(self) -> str:
        """The failures, blocking ones first, each with its sample rows."""
        blocking, warnings = self.failed_blocking, self.warnings
        lines = [
            f"{self.gate} gate: {len(self.results)} expectations,"
            f" {counted(len(blocking), 'blocking failure')}, {counted(len(warnings), 'warning')}"
        ]
        earlier = [one for one in self.results if one.run_id not in {None, self.run_id}]
        if earlier:
            lines[0] += f"; {counted(len(earlier), 'verdict')} of earlier runs kept"
        for result in [*blocking, *warnings]:
            lines.append(f"  {result.severity:<6}  {_title(result)}: {result.message}")
            lines.append(f"          {result.observed}")
            lines += [f"          {_told(row)}" for row in result.sample_rows]
        return "\n".join(lines)

    def save(self, folder: Path) -> Path:
        """Write `<folder>/<run_id>/<gate>.json`."""
        path = folder / self.run_id / f"{self.gate}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "gate": self.gate,
            "run_id": self.run_id,
            "expectations": len(self.results),
            "failed_blocking": len(self.failed_blocking),
            "warnings": len(self.warnings),
            "results": [asdict(result) for result in self.results],
        }
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        atomic_write(path, text + "\n")
        return path


_kept_report = TypeAdapter(GateReport)


def sampled(rows: Iterable[Mapping[str, object]]) -> list[SampleRow]:
    """The first rows, as JSON values and without anything that looks like an e-mail address."""
    taken = [row for row, _ in zip(rows, range(SAMPLE_ROWS), strict=False)]
    return [{name: _shown(value) for name, value in row.items()} for row in taken]


def _shown(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        # JSON has no infinity, and pandas writes a null as one that differs from itself
        return value if abs(value) < float("inf") else None
    return without_addresses(str(value).removesuffix(" 00:00:00"))


def without_addresses(text: str) -> str:
    """A text without anything that looks like an e-mail address."""
    return _ADDRESS.sub(":email", text)


def _failed(result: Result, severity: Severity) -> bool:
    return not result.success and result.severity == severity


def _title(result: Result) -> str:
    column = f" ({result.column})" if result.column else ""
    return f"{result.table} {result.name}{column}"


def _told(row: SampleRow) -> str:
    return "  ".join(f"{name}={readable(value)}" for name, value in row.items())


def readable(value: object) -> str:
    """A cell in the terminal; the kept results have every digit."""
    if isinstance(value, float):
        return f"{round(value, 4):g}" if abs(value) < 1e5 else f"{value:.0f}"
    return "" if value is None else str(value)


class DamagedReportError(FunnelError):
    """A kept report cannot be read."""


def last_passed(folder: Path, gate: str) -> GateReport | None:
    """The newest report of a gate that let its run pass; what was published passed both.

    Raises DamagedReportError for a newer one that cannot be read, whatever it let pass.
    """
    return next((report for report in _reports(folder, gate) if not report.failed_blocking), None)


def newest(folder: Path, gate: str) -> GateReport | None:
    """The newest report of a gate, if it has one; raises DamagedReportError as above."""
    return next(_reports(folder, gate), None)


def _reports(folder: Path, gate: str) -> Iterator[GateReport]:
    """All reports of a gate, the newest first."""
    found = sorted(
        folder.glob(f"*/{gate}.json"), key=lambda path: (path.stat().st_mtime_ns, str(path))
    )
    for path in reversed(found):
        try:
            report = _kept_report.validate_json(path.read_bytes())
        except (ValidationError, IsADirectoryError):
            raise DamagedReportError(f"{path} is damaged") from None
        if report.run_id != path.parent.name:
            raise DamagedReportError(f"{path} is of another run")
        yield report


def sample_of(result: Result, most: int = SAMPLE_ROWS) -> str:
    """The first rows behind a kept result, in one line."""
    return "; ".join(_told(row) for row in result.sample_rows[:most])
