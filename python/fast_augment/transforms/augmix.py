"""AugMix: chains of ops, mixed with the image that they begin with."""

from dataclasses import KW_ONLY, dataclass

from fast_augment.transforms import checks, policy_tables
from fast_augment.transforms.base import RECORDED, Entry, by_argument, register
from fast_augment.transforms.geometry import INTERPOLATION
from fast_augment.transforms.policies import Policy, outside, step
from fast_augment.typing import Fill, Interpolation

__all__ = ["AugMix"]

CHAIN_STEP = "AugMixStep"
MOST_DEPTH = 3
RECORDED[CHAIN_STEP] = Policy._value_names

_depth = checks.whole(-1, 16, "-1 or a whole number from 1 to 16")


def _chain_depth(where: str, name: str, value: object) -> int:
    found: int = _depth(where, name, value)
    if found == 0:
        raise ValueError(checks.message(where, name, value, "-1 or a whole number from 1 to 16"))
    return found


@register
@dataclass(frozen=True, repr=False)
class AugMix(Policy):
    """Mix an image with several chains of ops on it (arXiv 1912.02781).

    ``share * image + weight_1 * chain_1 + ...``, summed in float32 and rounded half up; the share
    is drawn from Beta(alpha, alpha), and the weights from Dirichlet(alpha, ...), of what the image
    leaves. The scales of torchvision's `AugMix`. For uint8 images of 1 or 3 channels. The matrix
    that a `Compose` returns is that of the image, not of the chains.

    Drawn parameters: ``share``, ``weight_1`` to ``weight_7``; those of the steps are looked up as
    ``"AugMixStep"``, ``"AugMixStep#2"`` and so on, chain after chain.

    Parameters
    ----------
    severity : int
        How strong, from 1 to 10: steps draw one of the `severity` lowest of 10 strengths.
    mixture_width : int
        How many chains, from 1 to 7.
    chain_depth : int
        How many ops a chain has, from 1 to 16; -1 draws 1 to 3 for each chain.
    alpha : float
        Above 0: small numbers give weights near 0 and 1.
    all_ops : bool
        Whether brightness, saturation, contrast and sharpness are among the ops, which corrupted
        test sets may contain.
    interpolation : {"nearest", "bilinear", "bicubic"}
        For shears and rotations.
    fill : float or sequence of float
        What shows where nothing was; one level or one per channel.
    preset : {"torchvision"}
        Whose scales.

    See Also
    --------
    RandAugment : What ``row``, ``op`` and ``amount`` of the drawn parameters mean.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.AugMix(), fa.ToFloat()], seed=0)
    >>> augment(np.zeros((4, 32, 32, 3), np.uint8)).shape
    (4, 3, 32, 32)
    """

    severity: int = 3
    mixture_width: int = 3
    chain_depth: int = -1
    alpha: float = 1.0
    all_ops: bool = True
    interpolation: Interpolation = "bilinear"
    fill: Fill = 0
    _: KW_ONLY
    preset: str = "torchvision"

    _checks = by_argument(
        severity=checks.whole(1, 10, "a whole number from 1 to 10"),
        mixture_width=checks.whole(1, 7, "a whole number from 1 to 7"),
        chain_depth=_chain_depth,
        alpha=checks.number(lambda value: 0 < value <= 1e6, "a number above 0, at most 1e6"),
        all_ops=checks.flag,
        interpolation=INTERPOLATION,
        fill=checks.fill,
        preset=checks.choice("torchvision"),
    )
    _struct = "ChainMix"
    _value_names = ("share", *(f"weight_{i}" for i in range(1, 8)))

    @property
    def _depths(self) -> tuple[int, int]:
        return (1, MOST_DEPTH) if self.chain_depth < 0 else (self.chain_depth, self.chain_depth)

    def _fields(self) -> dict[str, object]:
        least, most = self._depths
        depths = {"least_depth": least, "most_depth": most}
        return {"alpha": self.alpha, "width": self.mixture_width, **depths}

    def _entries(self) -> list[Entry]:
        space = policy_tables.augmix_space(policy_tables.AUTO_BINS, self.all_ops)
        rows = policy_tables.rows_of(space, range(self.severity))
        one = step(rows, **outside(self.interpolation, self.fill))
        steps: list[Entry] = [(CHAIN_STEP, "PolicyStep", one)] * (self._size() - 1)
        return [("AugMix", self._struct, self._fields()), *steps]

    def _size(self) -> int:
        return 1 + self.mixture_width * self._depths[1]
