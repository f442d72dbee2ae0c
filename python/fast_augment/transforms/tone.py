"""Random changes that need the histogram of the whole image."""

from dataclasses import dataclass

from fast_augment.transforms import checks
from fast_augment.transforms.base import by_argument, register
from fast_augment.transforms.color import UnitRangeTransform

__all__ = ["RandomAutocontrast", "RandomEqualize"]


@register
@dataclass(frozen=True, repr=False)
class RandomEqualize(UnitRangeTransform):
    """Spread the values of each channel evenly, with probability `p`; see `equalize`.

    For uint8 only.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomEqualize(0.1)
    RandomEqualize(p=0.1)
    """

    p: float = 0.5

    _checks = by_argument(p=checks.probability)
    _struct = "RandomTone"

    def _fields(self) -> dict[str, object]:
        return {"kind": "equalize", "p": self.p}


@register
@dataclass(frozen=True, repr=False)
class RandomAutocontrast(UnitRangeTransform):
    """Stretch each channel to the full range, with probability `p`; see `autocontrast`.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomAutocontrast()
    RandomAutocontrast()
    """

    p: float = 0.5

    _checks = by_argument(p=checks.probability)
    _struct = "RandomTone"

    def _fields(self) -> dict[str, object]:
        return {"kind": "autocontrast", "p": self.p}
