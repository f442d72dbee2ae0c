"""Where random numbers come from when a function is called without an iterator."""

from typing import Any, cast

import numpy as np

__all__ = ["random_state"]


def random_state(seed: int | None) -> np.random.RandomState:
    """Make a generator from a seed; without one take that of `np.random` itself, as Keras does."""
    if seed is not None:
        return np.random.RandomState(seed)
    of_numpy: Any = np.random.random_sample
    return cast(np.random.RandomState, of_numpy.__self__)
