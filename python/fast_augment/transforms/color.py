"""Random colours of single pixels."""

from dataclasses import dataclass
from typing import Any

from fast_augment.transforms import checks, fields
from fast_augment.transforms.base import Transform, by_argument, register
from fast_augment.typing import NumberRange

__all__ = [
    "ColorJitter",
    "RandomGamma",
    "RandomGrayscale",
    "RandomInvert",
    "RandomPosterize",
    "RandomSolarize",
]

NO_CHANGE = (1.0, 1.0)
NO_TURN = (0.0, 0.0)


class UnitRangeTransform(Transform):
    """One that reads its images as values from 0 to 1 (integers: 0 to their maximum)."""

    def _needs_unit_range(self) -> Transform | None:
        return self


def _off_unless_given(check: checks.Check, off: tuple[float, float]) -> checks.Check:
    """None is off, as in torchvision."""
    return lambda where, name, value: off if value is None else check(where, name, value)


def _factor_range() -> checks.Check:
    wanted = "a number or a pair (low, high), of finite numbers of at least 0"
    check = checks.range_of(
        wanted,
        lambda end: end >= 0,
        lambda spread: (max(0.0, 1 - spread), 1 + spread) if spread >= 0 else None,
    )
    return _off_unless_given(check, NO_CHANGE)


def _hue_range() -> checks.Check:
    wanted = "a number from 0 to 0.5 or a pair (low, high) from -0.5 to 0.5"
    check = checks.range_of(
        wanted,
        lambda end: -0.5 <= end <= 0.5,
        lambda spread: (-spread, spread) if 0 <= spread <= 0.5 else None,
    )
    return _off_unless_given(check, NO_TURN)


@register
@dataclass(frozen=True, repr=False)
class ColorJitter(UnitRangeTransform):
    """Change brightness, contrast, saturation and hue by random amounts, in a random order.

    torchvision's rule; see `adjust_brightness` and its neighbours for the formulas. Images have 1
    or 3 channels (RGB) unless only the brightness changes.

    Parameters
    ----------
    brightness, contrast, saturation : float or (float, float)
        The factor is uniform in (low, high), at least 0; a number b means (max(0, 1 - b), 1 + b); 0
        or None for none.
    hue : float or (float, float)
        Fraction of a full turn, uniform in (low, high), from -0.5 to 0.5; a number h of at most 0.5
        means (-h, h); 0 or None for none.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.ColorJitter(brightness=0.4, hue=0.1)
    ColorJitter(brightness=(0.6, 1.4), hue=(-0.1, 0.1))
    """

    brightness: NumberRange | None = 0
    contrast: NumberRange | None = 0
    saturation: NumberRange | None = 0
    hue: NumberRange | None = 0

    _checks = by_argument(
        brightness=_factor_range(),
        contrast=_factor_range(),
        saturation=_factor_range(),
        hue=_hue_range(),
    )
    _struct = "ColorJitter"
    _value_names = (
        "brightness",
        "contrast",
        "saturation",
        "hue",
        "first",
        "second",
        "third",
        "fourth",
    )

    def _fields(self) -> dict[str, object]:
        return {
            "brightness": self.brightness,
            "contrast": self.contrast,
            "saturation": self.saturation,
            "hue": self.hue,
            "has_brightness": self.brightness != NO_CHANGE,
            "has_contrast": self.contrast != NO_CHANGE,
            "has_saturation": self.saturation != NO_CHANGE,
            "has_hue": self.hue != NO_TURN,
        }


def _color_fields(kind: str, amount: Any, p: float, gain: float = 1.0) -> dict[str, object]:
    return {"kind": kind, "amount": fields.ends(amount), "gain": gain, "p": p}


@register
@dataclass(frozen=True, repr=False)
class RandomGrayscale(UnitRangeTransform):
    """Make gray, keeping the number of channels, with probability `p`.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomGrayscale(0.2)
    RandomGrayscale(p=0.2)
    """

    p: float = 0.1

    _checks = by_argument(p=checks.probability)
    _struct = "RandomColor"
    _value_names = ("amount",)

    def _fields(self) -> dict[str, object]:
        return _color_fields("gray", 0.0, self.p)


@register
@dataclass(frozen=True, repr=False)
class RandomInvert(UnitRangeTransform):
    """Turn black into white and white into black, with probability `p`.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomInvert()
    RandomInvert()
    """

    p: float = 0.5

    _checks = by_argument(p=checks.probability)
    _struct = "RandomColor"
    _value_names = ("amount",)

    def _fields(self) -> dict[str, object]:
        return _color_fields("invert", 0.0, self.p)


@register
@dataclass(frozen=True, repr=False)
class RandomSolarize(UnitRangeTransform):
    """Invert the values from a threshold on, with probability `p`.

    Parameters
    ----------
    threshold : float
        In units of the images' dtype: 128 for uint8, 0.5 for float32.
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomSolarize(threshold=192)
    RandomSolarize(threshold=192.0)
    """

    threshold: float
    p: float = 0.5

    _checks = by_argument(
        threshold=checks.number(lambda _: True, "a finite number"),
        p=checks.probability,
    )
    _struct = "RandomColor"
    _value_names = ("threshold",)

    def _fields(self) -> dict[str, object]:
        return _color_fields("solarize", self.threshold, self.p)


@register
@dataclass(frozen=True, repr=False)
class RandomPosterize(UnitRangeTransform):
    """Keep only the upper bits of each value, with probability `p`.

    Parameters
    ----------
    bits : int
        How many to keep, from 0 to 8 for uint8 and to 16 for other dtypes.
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomPosterize(bits=4, p=0.1)
    RandomPosterize(bits=4, p=0.1)
    """

    bits: int
    p: float = 0.5

    _checks = by_argument(
        bits=checks.whole(0, 16, "a whole number from 0 to 16"), p=checks.probability
    )
    _struct = "RandomColor"
    _value_names = ("bits",)

    def _fields(self) -> dict[str, object]:
        return _color_fields("posterize", self.bits, self.p)


@register
@dataclass(frozen=True, repr=False)
class RandomGamma(UnitRangeTransform):
    """Raise values, scaled to 0 to 1, to a random power: ``gain * x ** gamma``.

    Parameters
    ----------
    gamma : float or (float, float)
        The power is uniform in (low, high), at least 0: above 1 darkens. A number is a fixed power.
    gain : float
        At least 0.
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomGamma((0.5, 2))
    RandomGamma(gamma=(0.5, 2.0))
    """

    gamma: NumberRange = (0.8, 1.2)
    gain: float = 1.0
    p: float = 0.5

    _checks = by_argument(
        gamma=checks.number_or_range(
            "a number or a pair (low, high), of finite numbers of at least 0", lambda end: end >= 0
        ),
        gain=checks.number(lambda gain: gain >= 0, "a finite number of at least 0"),
        p=checks.probability,
    )
    _struct = "RandomColor"
    _value_names = ("gamma",)

    def _fields(self) -> dict[str, object]:
        return _color_fields("gamma", self.gamma, self.p, self.gain)
