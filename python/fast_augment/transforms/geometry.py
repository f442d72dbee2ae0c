"""Flips, turns and warps."""

from dataclasses import KW_ONLY, dataclass
from typing import Any

from fast_augment.transforms import checks, fields
from fast_augment.transforms.base import Transform, by_argument, register
from fast_augment.typing import Border, Center, Fill, Interpolation, NumberRange, Shear

__all__ = [
    "AlternatingFlip",
    "RandomAffine",
    "RandomHorizontalFlip",
    "RandomPerspective",
    "RandomRotate90",
    "RandomRotation",
    "RandomVerticalFlip",
]

DEGREES = checks.range_of(
    "a finite number of at least 0 or a pair (low, high)", lambda _: True, checks.symmetric
)
INTERPOLATION = checks.choice("nearest", "bilinear", "bicubic")
AFFINE_VALUES = (
    "angle",
    "translate_x",
    "translate_y",
    "scale_x",
    "scale_y",
    "shear_x",
    "shear_y",
)


@register
@dataclass(frozen=True, repr=False)
class RandomHorizontalFlip(Transform):
    """Mirror left to right, with probability `p`.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomHorizontalFlip(p=0.25)
    RandomHorizontalFlip(p=0.25)
    """

    p: float = 0.5

    _checks = by_argument(p=checks.probability)
    _struct = "RandomFlip"

    def _fields(self) -> dict[str, object]:
        return {"is_horizontal": True, "p": self.p}


@register
@dataclass(frozen=True, repr=False)
class RandomVerticalFlip(Transform):
    """Turn upside down by mirroring, with probability `p`.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomVerticalFlip()
    RandomVerticalFlip()
    """

    p: float = 0.5

    _checks = by_argument(p=checks.probability)
    _struct = "RandomFlip"

    def _fields(self) -> dict[str, object]:
        return {"is_horizontal": False, "p": self.p}


@register
@dataclass(frozen=True, repr=False)
class AlternatingFlip(Transform):
    """Mirror in every other epoch: one half of the samples in even epochs, the other in odd ones.

    A coin that is keyed by seed and index says in which; every two epochs show a sample once as it
    is and once mirrored, where the coins of `RandomHorizontalFlip` show half of them twice alike.
    Calls must be given `epoch` and `index`.

    Parameters
    ----------
    vertical : bool
        Whether to turn upside down rather than left to right.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.AlternatingFlip()], seed=0)
    >>> images = np.arange(4, dtype=np.uint8).reshape(1, 1, 4, 1)
    >>> [augment(images, epoch=epoch, index=[7])[0, 0, 0].item() for epoch in range(4)]
    [0, 3, 0, 3]
    """

    vertical: bool = False

    _checks = by_argument(vertical=checks.flag)
    _struct = "AlternatingFlip"

    def _fields(self) -> dict[str, object]:
        return {"is_horizontal": not self.vertical}


@register
@dataclass(frozen=True, repr=False)
class RandomRotate90(Transform):
    """Turn by a random number of quarter turns, 0 to 3, with probability `p`.

    Images that are not square swap height and width in an odd number of turns.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomRotate90(p=1)
    RandomRotate90(p=1.0)
    """

    p: float = 0.5

    _checks = by_argument(p=checks.probability)
    _struct = "RandomQuarterTurn"
    _value_names = ("quarter_turns",)

    def _fields(self) -> dict[str, object]:
        return {"p": self.p}


@register
@dataclass(frozen=True, repr=False)
class RandomRotation(Transform):
    """Turn about the centre by a random angle, positive = counter-clockwise.

    torchvision's `RandomRotation`, but bilinear unless told otherwise (there: nearest), and with
    pixel indices for `center`.

    Parameters
    ----------
    degrees : float or (float, float)
        The angle is uniform in (low, high); a number d of at least 0 means (-d, d).
    interpolation : {"bilinear", "nearest", "bicubic"}
        How to sample between pixels.
    expand : bool
        Whether the canvas becomes the smallest that holds the whole turned image. Sizes then differ
        from sample to sample.
    center : (float, float), optional
        The point (x, y) that stays where it is, in pixel indices: (0, 0) is the centre of the first
        pixel. Default: the middle of the image.
    fill : float or sequence of float
        The constant border's value, or one per channel, in units of the images' dtype.
    border : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What shows outside the image, by the names of `numpy.pad`.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomRotation(15, fill=(124, 116, 104))
    RandomRotation(degrees=(-15.0, 15.0), fill=(124, 116, 104))
    """

    degrees: NumberRange
    interpolation: Interpolation = "bilinear"
    expand: bool = False
    center: Center | None = None
    fill: Fill = 0
    _: KW_ONLY
    border: Border = "constant"

    _checks = by_argument(
        degrees=DEGREES,
        interpolation=INTERPOLATION,
        expand=checks.flag,
        center=checks.optional(checks.center),
        fill=checks.fill,
        border=checks.border,
    )
    _struct = "RandomAffine"
    _value_names = AFFINE_VALUES

    def _fields(self) -> dict[str, object]:
        return {
            "degrees": self.degrees,
            "translate_x": 0.0,
            "translate_y": 0.0,
            "scale": (1.0, 1.0),
            "shear_x": (0.0, 0.0),
            "shear_y": (0.0, 0.0),
            "expands": self.expand,
            **_center_fields(self.center),
            "interpolation": self.interpolation,
            "outside": fields.outside(self.border, self.fill),
        }


def _shear(where: str, name: str, value: object) -> tuple[float, float, float, float]:
    """Lowest and highest angle along x, then along y."""
    wanted = (
        "a number, (low, high) or (x_low, x_high, y_low, y_high), between -90 and 90 degrees, "
        "low <= high"
    )
    one = checks.real(value)
    found = checks.numbers(value) if one is None else [-one, one]
    if found is None:
        raise TypeError(checks.message(where, name, value, wanted))
    if len(found) == 2:
        found += [0.0, 0.0]
    if (
        len(found) != 4
        or not all(-90 < angle < 90 for angle in found)
        or found[0] > found[1]
        or found[2] > found[3]
    ):
        raise ValueError(checks.message(where, name, value, wanted))
    x_low, x_high, y_low, y_high = map(float, found)
    return x_low, x_high, y_low, y_high


def _center_fields(center: Any) -> dict[str, object]:
    x, y = (0.0, 0.0) if center is None else center
    return {"has_center": center is not None, "center_x": x, "center_y": y}


@register
@dataclass(frozen=True, repr=False)
class RandomAffine(Transform):
    """Turn, shift, scale and shear about the centre in one resampling.

    torchvision's `RandomAffine`, but with positive angles counter-clockwise (there: clockwise; a
    symmetric range of `degrees` is the same), bilinear unless told otherwise (there: nearest), and
    with pixel indices for `center`. The matrix is that of `affine_matrix`.

    Parameters
    ----------
    degrees : float or (float, float)
        The angle is uniform in (low, high); a number d of at least 0 means (-d, d); 0 for none.
    translate : (float, float), optional
        Largest shift along (x, y) as a fraction of width and height, each from 0 to 1; the shift is
        uniform on both sides of 0.
    scale : (float, float), optional
        The factor is uniform in (low, high), above 0.
    shear : float, (float, float) or (float, float, float, float), optional
        Degrees, strictly between -90 and 90: a number s means (-s, s) along x, a pair the range
        along x, four numbers (x_low, x_high, y_low, y_high).
    interpolation : {"bilinear", "nearest", "bicubic"}
        How to sample between pixels.
    fill : float or sequence of float
        The constant border's value, or one per channel, in units of the images' dtype.
    center : (float, float), optional
        The point (x, y) that stays where it is before the shift, in pixel indices: (0, 0) is the
        centre of the first pixel. Default: the middle of the image.
    border : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What shows outside the image, by the names of `numpy.pad`.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomAffine(15, translate=(0.1, 0.1), scale=(0.9, 1.1))
    RandomAffine(degrees=(-15.0, 15.0), translate=(0.1, 0.1), scale=(0.9, 1.1))
    >>> fa.RandomAffine(degree=15)
    Traceback (most recent call last):
    TypeError: RandomAffine: unknown argument 'degree', did you mean 'degrees'?
    """

    degrees: NumberRange
    translate: NumberRange | None = None
    scale: NumberRange | None = None
    shear: Shear | None = None
    interpolation: Interpolation = "bilinear"
    fill: Fill = 0
    center: Center | None = None
    _: KW_ONLY
    border: Border = "constant"

    _checks = by_argument(
        degrees=DEGREES,
        translate=checks.optional(checks.fractions),
        scale=checks.optional(
            checks.range_of("a pair (low, high) of finite numbers above 0", lambda end: end > 0)
        ),
        shear=checks.optional(_shear),
        interpolation=INTERPOLATION,
        fill=checks.fill,
        center=checks.optional(checks.center),
        border=checks.border,
    )
    _struct = "RandomAffine"
    _value_names = AFFINE_VALUES

    def _fields(self) -> dict[str, object]:
        translate: Any = self.translate or (0.0, 0.0)
        shear: Any = self.shear or (0.0, 0.0, 0.0, 0.0)
        return {
            "degrees": self.degrees,
            "translate_x": translate[0],
            "translate_y": translate[1],
            "scale": self.scale or (1.0, 1.0),
            "shear_x": shear[:2],
            "shear_y": shear[2:],
            "expands": False,
            **_center_fields(self.center),
            "interpolation": self.interpolation,
            "outside": fields.outside(self.border, self.fill),
        }


@register
@dataclass(frozen=True, repr=False)
class RandomPerspective(Transform):
    """Move each corner inwards by a random distance, with probability `p`.

    Parameters
    ----------
    distortion_scale : float
        From 0 to 1: corners move by up to this fraction of half the width and half the height.
    p : float
        From 0 to 1.
    interpolation : {"bilinear", "nearest", "bicubic"}
        How to sample between pixels.
    fill : float or sequence of float
        The constant border's value, or one per channel, in units of the images' dtype.
    border : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What shows outside the image, by the names of `numpy.pad`.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomPerspective(0.3, border="reflect")
    RandomPerspective(distortion_scale=0.3, border='reflect')
    """

    distortion_scale: float = 0.5
    p: float = 0.5
    interpolation: Interpolation = "bilinear"
    fill: Fill = 0
    _: KW_ONLY
    border: Border = "constant"

    _checks = by_argument(
        distortion_scale=checks.probability,
        p=checks.probability,
        interpolation=INTERPOLATION,
        fill=checks.fill,
        border=checks.border,
    )
    _struct = "RandomPerspective"
    _value_names = (
        "top_left_x",
        "top_left_y",
        "top_right_x",
        "top_right_y",
        "bottom_right_x",
        "bottom_right_y",
        "bottom_left_x",
        "bottom_left_y",
    )

    def _fields(self) -> dict[str, object]:
        return {
            "distortion": self.distortion_scale,
            "p": self.p,
            "interpolation": self.interpolation,
            "outside": fields.outside(self.border, self.fill),
        }
