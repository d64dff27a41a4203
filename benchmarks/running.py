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


def run_step(step: str, **arguments: object) -> Step:
    """Run one of `benchmarks.steps`; raises RuntimeError if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        result = measured("benchmarks.steps", step, json.dumps(arguments), str(told))
        return Step(result, json.loads(told.read_text(encoding="utf-8")))


def middle_seconds(steps: Sequence[Step]) -> float:
    return median(step.seconds for step in steps)


def peak_gib(steps: Sequence[Step]) -> float:
    return max(step.measured.peak_bytes for step in steps) / GIB


def middle_ratio(ours: Sequence[Step], theirs: Sequence[Step]) -> float:
    """The median of the ratios of each round, for a noisy minute hits both of a round."""
    return median(one.seconds / other.seconds for one, other in zip(ours, theirs, strict=True))
