"""Seconds and peak memory of a function that runs in a process of its own."""

import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median

import psutil

# looking at the processes of a machine costs milliseconds, which the measured lack
INTERVAL = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """What one call took: the seconds that it said itself, and the most bytes it held."""

    seconds: float
    peak_bytes: int


def measured(module: str, *arguments: str) -> Measured:
    """Run `python -m module arguments`, which prints its seconds last."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    tree, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        peak = max(peak, _resident(tree))
        time.sleep(INTERVAL)
    output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}")
    return Measured(float(output.split()[-1]), peak)


def middle(runs: list[Measured]) -> Measured:
    """The median of the seconds, the greatest of the peaks."""
    return Measured(median(run.seconds for run in runs), max(run.peak_bytes for run in runs))


def _resident(tree: psutil.Process) -> int:
    total = 0
    try:
        for process in (tree, *tree.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        # it ended between two looks
        return total
    return total
