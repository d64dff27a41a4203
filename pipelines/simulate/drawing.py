"""Random draws: one stream per part, so that a change of one leaves the others as they were."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Generator = np.random.Generator
# numpy's types know no None in `np.where`
NONE = np.array(None, dtype=object)


def stream(seed: int, part: str) -> Generator:
    """The random numbers of one part of the company."""
    return np.random.default_rng([seed, *part.encode()])


def texts(values: Sequence[str | None]) -> Texts:
    """An array of texts that may hold None."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def draw_index(rng: Generator, weights: Sequence[float] | Floats, count: int) -> Ints:
    """`count` positions in `weights`, each with its share."""
    bounds = np.cumsum(np.asarray(weights, dtype=float))
    drawn = np.searchsorted(bounds, rng.random(count) * bounds[-1], side="right")
    positions: Ints = np.minimum(drawn, len(bounds) - 1).astype(np.int64)
    return positions


def draw(
    rng: Generator,
    options: Sequence[str | None],
    count: int,
    weights: Sequence[float] | None = None,
) -> Texts:
    """`count` of the options, each with its weight or all alike."""
    return texts(options)[draw_index(rng, weights or [1.0] * len(options), count)]


def chance(rng: Generator, share: float | Floats, count: int) -> Flags:
    """True with the given share."""
    return rng.random(count) < share


def logistic(values: Floats) -> Floats:
    """From any number to a share."""
    return 1.0 / (1.0 + np.exp(-values))
