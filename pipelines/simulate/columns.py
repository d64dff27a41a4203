"""Text columns made without a loop over their rows."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.simulate.drawing import Flags, Ints, Texts, texts


def taken(values: Texts, index: Ints, mask: Flags | None = None) -> pa.Array:
    """`values[index]` as text, null where masked or where the value is None."""
    keys = pa.array(index, pa.int32(), mask=mask)
    return pa.DictionaryArray.from_arrays(keys, pa.array(values, pa.string())).cast(pa.string())


def taken_few(values: Texts, index: Ints, mask: Flags | None = None) -> pa.Array:
    """The same for few rows of a large table of values."""
    used, position = np.unique(index, return_inverse=True)
    return taken(texts(list(values[used])), position, mask)


def numbered(letter: str, first: int, count: int) -> pa.Array:
    """Running numbers behind a letter: `w000000001`."""
    numbers = pa.array(np.arange(first, first + count)).cast(pa.string())
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(numbers, 9, "0"), "")


def tokens(numbers: Ints) -> Texts:
    """Twelve hexadecimal digits per number, as browsers get them; no two alike."""
    # an odd factor modulo 2 ** 48 maps every number to another one
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4B)
    mixed &= np.uint64(2**48 - 1)
    return texts([f"{number:012x}" for number in mixed.tolist()])
