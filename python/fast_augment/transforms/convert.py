"""The last steps before a network: normalise and cast."""

from dataclasses import dataclass
from typing import Any

from fast_augment.transforms import checks, fields
from fast_augment.transforms.base import Transform, by_argument, register
from fast_augment.typing import Fill

__all__ = ["Normalize", "ToFloat"]


@register
@dataclass(frozen=True, repr=False)
class Normalize(Transform):
    """Scale integers to 0 to 1, then ``(x - mean) / std`` per channel, as floats; see `normalize`.

    Parameters
    ----------
    mean : float or sequence of float
        One number or one per channel, for values from 0 to 1.
    std : float or sequence of float
        As `mean`, above 0.
    dtype : {"float32", "float16", "bfloat16"}
        Of the result; a NumPy dtype will do.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> fa.Normalize(0.5, 0.25, dtype=np.float16)
    Normalize(mean=0.5, std=0.25, dtype='float16')
    """

    mean: Fill
    std: Fill
    dtype: Any = "float32"

    _checks = by_argument(
        mean=checks.channels("a finite number or one per channel", lambda _: True),
        std=checks.channels("a finite number above 0 or one per channel", lambda std: std > 0),
        dtype=checks.dtype,
    )
    _struct = "Normalize"
    _makes_float = True

    def _check_together(self) -> None:
        means, stds = len(fields.values(self.mean)), len(fields.values(self.std))
        if means != stds and min(means, stds) > 1:
            raise ValueError(
                f"Normalize: mean has {means} numbers and std has {stds}, expected as many"
            )

    def _fields(self) -> dict[str, object]:
        return {
            "mean": fields.values(self.mean),
            "std": fields.values(self.std),
            "dtype": self.dtype,
        }


@register
@dataclass(frozen=True, repr=False)
class ToFloat(Transform):
    """Make floats; integers are scaled from 0 to their maximum to 0 to 1.

    Parameters
    ----------
    dtype : {"float32", "float16", "bfloat16"}
        Of the result; a NumPy dtype will do.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.ToFloat()
    ToFloat()
    """

    dtype: Any = "float32"

    _checks = by_argument(dtype=checks.dtype)
    _struct = "ToFloat"
    _makes_float = True

    def _fields(self) -> dict[str, object]:
        return {"dtype": self.dtype}
