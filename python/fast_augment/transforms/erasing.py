"""Random boxes filled with one value or noise."""

from dataclasses import dataclass
from typing import Any

from fast_augment.transforms import checks, fields
from fast_augment.transforms.base import Transform, by_argument, register
from fast_augment.typing import Fill, NumberRange

__all__ = ["RandomErasing"]

WANTED = "a finite number, one per channel or 'random'"
_channels = checks.channels(WANTED, lambda _: True)


def _value(where: str, name: str, value: object) -> Any:
    if not isinstance(value, str):
        return _channels(where, name, value)
    if value != "random":
        raise ValueError(checks.message(where, name, value, WANTED))
    return str(value)


@register
@dataclass(frozen=True, repr=False)
class RandomErasing(Transform):
    """Fill a random box, with probability `p`.

    torchvision's rule: the box is the first of ten tries that fits, each with an area uniform in
    `scale`, a ratio whose logarithm is uniform, and a uniform place; without one the image stays as
    it is.

    Parameters
    ----------
    p : float
        From 0 to 1.
    scale : (float, float)
        Smallest and largest area of the box as a fraction of the image, from 0 to 1.
    ratio : (float, float)
        Smallest and largest height / width of the box, above 0.
    value : float, sequence of float or "random"
        One number or one per channel, in units of the image at this point of the pipeline, or
        normal noise, for floats.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomErasing(0.25, value="random")
    RandomErasing(p=0.25, value='random')
    """

    p: float = 0.5
    scale: NumberRange = (0.02, 0.33)
    ratio: NumberRange = (0.3, 3.3)
    value: Fill | str = 0

    _checks = by_argument(
        p=checks.probability,
        scale=checks.range_of(
            "a pair (low, high) of numbers from 0 to 1", lambda end: 0 <= end <= 1
        ),
        ratio=checks.range_of("a pair (low, high) of finite numbers above 0", lambda end: end > 0),
        value=_value,
    )
    _struct = "RandomErasing"
    _value_names = ("top", "left", "height", "width", "noise_key")

    def _fields(self) -> dict[str, object]:
        is_noise = self.value == "random"
        return {
            "p": self.p,
            "scale": self.scale,
            "ratio": self.ratio,
            "is_noise": is_noise,
            "value": [0.0] if is_noise else fields.values(self.value),
        }
