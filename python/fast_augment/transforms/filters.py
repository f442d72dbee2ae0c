"""Random blur, sharpness and noise."""

from dataclasses import dataclass
from typing import Any

from fast_augment.transforms import checks, fields
from fast_augment.transforms.base import Transform, by_argument, register
from fast_augment.transforms.color import UnitRangeTransform
from fast_augment.typing import NumberRange, Size

__all__ = ["GaussianBlur", "GaussianNoise", "RandomAdjustSharpness"]

LARGEST_KERNEL = 65535


@register
@dataclass(frozen=True, repr=False)
class RandomAdjustSharpness(UnitRangeTransform):
    """Blur or sharpen, with probability `p`; see `sharpness`.

    Parameters
    ----------
    sharpness_factor : float or (float, float)
        At least 0: 0 blurs, 1 changes nothing, 2 sharpens. A pair is a range to draw from.
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomAdjustSharpness(2)
    RandomAdjustSharpness(sharpness_factor=2.0)
    """

    sharpness_factor: NumberRange
    p: float = 0.5

    _checks = by_argument(
        sharpness_factor=checks.number_or_range(
            "a number or a pair (low, high), of finite numbers of at least 0", lambda end: end >= 0
        ),
        p=checks.probability,
    )
    _struct = "RandomSharpness"
    _value_names = ("factor",)

    def _fields(self) -> dict[str, object]:
        return {"factor": fields.ends(self.sharpness_factor), "p": self.p}


def _kernel_size(where: str, name: str, value: object) -> tuple[int, int]:
    wanted = f"odd whole numbers from 1 to {LARGEST_KERNEL}, one or a pair (height, width)"
    found = checks.whole_numbers(
        where, name, value, wanted, (2,), lambda side: 1 <= side <= LARGEST_KERNEL and side % 2 == 1
    )
    return found[0], found[-1]


@register
@dataclass(frozen=True, repr=False)
class GaussianBlur(Transform):
    """Blur by a Gaussian of random width; see `gaussian_blur`.

    Parameters
    ----------
    kernel_size : int or (int, int)
        Height and width of the kernel, odd; one number means both. torchvision takes a pair the
        other way round.
    sigma : float or (float, float)
        The standard deviation in pixels is uniform in (low, high), above 0; a number is fixed.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.GaussianBlur(5, sigma=(0.1, 1.5))
    GaussianBlur(kernel_size=(5, 5), sigma=(0.1, 1.5))
    """

    kernel_size: Size
    sigma: NumberRange = (0.1, 2.0)

    _checks = by_argument(
        kernel_size=_kernel_size,
        sigma=checks.number_or_range(
            "a number or a pair (low, high), of finite numbers above 0", lambda end: end > 0
        ),
    )
    _struct = "GaussianBlur"
    _value_names = ("sigma",)

    def _fields(self) -> dict[str, object]:
        size: Any = self.kernel_size
        return {
            "kernel_height": size[0],
            "kernel_width": size[1],
            "sigma": fields.ends(self.sigma),
        }


@register
@dataclass(frozen=True, repr=False)
class GaussianNoise(Transform):
    """Add normal noise, drawn anew for each value.

    Parameters
    ----------
    mean : float
        As a fraction of the full scale: 255 for uint8, 1 for float32.
    sigma : float
        Standard deviation, at least 0, in the same unit.
    clip : bool
        Whether values of floats are moved back into [0, 1]; integers always stay in their range.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.GaussianNoise(sigma=0.02)
    GaussianNoise(sigma=0.02)
    """

    mean: float = 0.0
    sigma: float = 0.1
    clip: bool = True

    _checks = by_argument(
        mean=checks.number(lambda _: True, "a finite number"),
        sigma=checks.number(lambda sigma: sigma >= 0, "a finite number of at least 0"),
        clip=checks.flag,
    )
    _struct = "GaussianNoise"
    _value_names = ("noise_key",)

    def _needs_unit_range(self) -> Transform | None:
        return self if self.clip else None

    def _fields(self) -> dict[str, object]:
        return {"mean": self.mean, "sigma": self.sigma, "clips": self.clip}
