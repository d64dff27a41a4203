"""Steps run one by one, each in a process of its own, and what they told."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Measured, measured

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Step:
    """One run of a step; `told` is what it says beside its seconds."""

    measured: Measured
    told: dict[str, Any]

    @property
    def seconds(self) -> float:
        return self.measured.seconds

    @property
    def processor_seconds(self) -> float:
        """Of all cores, in its process and those that it started."""
        return float(self.told["processor_seconds"])


def run_step(step: str, **arguments: object) -> Step:
    """Run one of `benchmarks.steps`; raises RuntimeError if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        result = measured("benchmarks.steps", step, json.dumps(arguments), str(told))
        return Step(result, json.loads(told.read_text(encoding="utf-8")))


def middle_seconds(steps: Sequence[Step]) -> float:
    return median(step.seconds for step in steps)


def middle_processor_seconds(steps: Sequence[Step]) -> float:
    return median(step.processor_seconds for step in steps)


def peak_gib(steps: Sequence[Step]) -> float:
    return max(step.measured.peak_bytes for step in steps) / GIB


def middle_ratios(ours: Sequence[Step], theirs: Sequence[Step]) -> tuple[float, float]:
    """The medians of the ratios of each round, for a noisy minute hits both: wall, processor."""
    both = list(zip(ours, theirs, strict=True))
    return (
        median(one.seconds / other.seconds for one, other in both),
        median(one.processor_seconds / other.processor_seconds for one, other in both),
    )


def line(name: str, steps: Sequence[Step], against: Sequence[Step] = ()) -> str:
    """What a step took, and its share of what another of the same rounds took."""
    said = f"- {name}: {middle_seconds(steps):.1f} s"
    said += f", {middle_processor_seconds(steps):.1f} s of processors"
    if against:
        wall, processor = middle_ratios(steps, against)
        said += f", ratio {wall:.2f} ({processor:.2f} of processors)"
    return f"{said}, peak {peak_gib(steps):.2f} GiB"
