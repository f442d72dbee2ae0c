"""Transforms that change the size: crop, pad, resize."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fast_augment.transforms import checks, fields
from fast_augment.transforms.base import Transform, by_argument, register
from fast_augment.typing import Border, Fill, Interpolation, NumberRange, Size

__all__ = ["CenterCrop", "Pad", "RandomCrop", "RandomResizedCrop", "Resize"]

INTERPOLATION = checks.choice("nearest", "bilinear", "bicubic")
WHOLE_SIZE = f"a whole number from 1 to {checks.LARGEST_SIZE}"


@register
@dataclass(frozen=True, repr=False)
class RandomCrop(Transform):
    """Cut out a window of fixed size at a random place.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the window; one number means both.
    padding : int or sequence of 2 or 4 int, optional
        Pixels to add first: one number for all sides, (left_right, top_bottom), or (left, top,
        right, bottom).
    pad_if_needed : bool
        Whether images that are smaller than the window are padded to its size, the missing rows on
        both top and bottom and the missing columns on both sides, as torchvision does; else they
        are an error.
    fill : float or sequence of float
        The constant border's value, or one per channel, in units of the images' dtype.
    padding_mode : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What the padding shows, by the names of `numpy.pad`.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomCrop(32, padding=4, padding_mode="reflect")
    RandomCrop(size=(32, 32), padding=(4, 4, 4, 4), padding_mode='reflect')
    """

    size: Size
    padding: int | Sequence[int] | None = None
    pad_if_needed: bool = False
    fill: Fill = 0
    padding_mode: Border = "constant"

    _checks = by_argument(
        size=checks.size,
        padding=checks.optional(checks.padding),
        pad_if_needed=checks.flag,
        fill=checks.fill,
        padding_mode=checks.border,
    )
    _struct = "Crop"
    _value_names = ("top", "left")

    def _fields(self) -> dict[str, object]:
        outside = fields.outside(self.padding_mode, self.fill)
        return _crop_fields(self.size, True, self.padding, self.pad_if_needed, outside)


@register
@dataclass(frozen=True, repr=False)
class CenterCrop(Transform):
    """Cut out the middle; images that are smaller are padded with 0 first, as in torchvision.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the window; one number means both.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.CenterCrop(224)
    CenterCrop(size=(224, 224))
    """

    size: Size

    _checks = by_argument(size=checks.size)
    _struct = "Crop"
    _value_names = ("top", "left")

    def _fields(self) -> dict[str, object]:
        return _crop_fields(self.size, False, None, True, fields.outside("constant", 0))


def _crop_fields(
    size: Any, is_random: bool, padding: Any, pads_if_needed: bool, outside: dict[str, object]
) -> dict[str, object]:
    left, top, right, bottom = padding or (0, 0, 0, 0)
    return {
        "height": size[0],
        "width": size[1],
        "is_random": is_random,
        "pad_left": left,
        "pad_top": top,
        "pad_right": right,
        "pad_bottom": bottom,
        "pads_if_needed": pads_if_needed,
        "outside": outside,
    }


@register
@dataclass(frozen=True, repr=False)
class Pad(Transform):
    """Add rows and columns around images.

    Parameters
    ----------
    padding : int or sequence of 2 or 4 int
        Pixels to add: one number for all sides, (left_right, top_bottom), or (left, top, right,
        bottom).
    fill : float or sequence of float
        The constant border's value, or one per channel, in units of the images' dtype.
    padding_mode : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What the new pixels show, by the names of `numpy.pad`.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.Pad((1, 2))
    Pad(padding=(1, 2, 1, 2))
    """

    padding: int | Sequence[int]
    fill: Fill = 0
    padding_mode: Border = "constant"

    _checks = by_argument(
        padding=checks.padding,
        fill=checks.fill,
        padding_mode=checks.border,
    )
    _struct = "Pad"

    def _fields(self) -> dict[str, object]:
        padding: Any = self.padding
        left, top, right, bottom = padding
        outside = fields.outside(self.padding_mode, self.fill)
        return {"left": left, "top": top, "right": right, "bottom": bottom, "outside": outside}


def _resize_size(where: str, name: str, value: object) -> int | tuple[int, int]:
    found = checks.size(where, name, value)
    return found if checks.items(value) is not None else found[0]


@register
@dataclass(frozen=True, repr=False)
class Resize(Transform):
    """Resize to a fixed size, or to a fixed length of the shorter side.

    Parameters
    ----------
    size : int or (int, int)
        Height and width; one number is the length of the shorter side, and the longer one keeps the
        ratio, as in torchvision. For a square say (n, n).
    interpolation : {"bilinear", "nearest", "bicubic"}
        The filter; nearest takes the pixel that covers the point.
    max_size : int, optional
        With one number for `size`, and above it: the longest that the longer side may get; the
        shorter one then follows.
    antialias : bool
        Whether the filter widens when images shrink, so that every pixel counts.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.Resize(256, max_size=512)
    Resize(size=256, max_size=512)
    """

    size: Size
    interpolation: Interpolation = "bilinear"
    max_size: int | None = None
    antialias: bool = True

    _checks = by_argument(
        size=_resize_size,
        interpolation=INTERPOLATION,
        max_size=checks.optional(checks.whole(1, checks.LARGEST_SIZE, WHOLE_SIZE)),
        antialias=checks.flag,
    )
    _struct = "Resize"

    def _check_together(self) -> None:
        if self.max_size is None:
            return
        if not isinstance(self.size, int):
            wanted = "None with a size of both height and width"
            raise ValueError(checks.message("Resize", "max_size", self.max_size, wanted))
        if self.max_size <= self.size:
            wanted = f"more than size, {self.size}"
            raise ValueError(checks.message("Resize", "max_size", self.max_size, wanted))

    def _fields(self) -> dict[str, object]:
        size: Any = self.size
        height, width = (size, 0) if isinstance(size, int) else size
        return {
            "height": height,
            "width": width,
            "longest": self.max_size or 0,
            "options": {"filter": self.interpolation, "antialias": self.antialias},
        }


@register
@dataclass(frozen=True, repr=False)
class RandomResizedCrop(Transform):
    """Cut out a box of random area and shape, and resize it.

    torchvision's rule: the box is the first of ten tries that fits, each with an area uniform in
    `scale`, a ratio whose logarithm is uniform, and a uniform place; else the middle of the image,
    with the nearest ratio allowed.

    Parameters
    ----------
    size : int or (int, int)
        Height and width of the result; one number means both.
    scale : (float, float)
        Smallest and largest area of the box as a fraction of the image, above 0 and at most 1.
    ratio : (float, float)
        Smallest and largest width / height of the box, above 0.
    interpolation : {"bilinear", "nearest", "bicubic"}
        The filter; nearest takes the pixel that covers the point.
    antialias : bool
        Whether the filter widens when the box shrinks, so that every pixel counts.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomResizedCrop(224, scale=(0.3, 1))
    RandomResizedCrop(size=(224, 224), scale=(0.3, 1.0))
    """

    size: Size
    scale: NumberRange = (0.08, 1.0)
    ratio: NumberRange = (3 / 4, 4 / 3)
    interpolation: Interpolation = "bilinear"
    antialias: bool = True

    _checks = by_argument(
        size=checks.size,
        scale=checks.range_of(
            "a pair (low, high) of numbers above 0 and at most 1", lambda end: 0 < end <= 1
        ),
        ratio=checks.range_of("a pair (low, high) of finite numbers above 0", lambda end: end > 0),
        interpolation=INTERPOLATION,
        antialias=checks.flag,
    )
    _struct = "RandomResizedCrop"
    _value_names = ("top", "left", "height", "width")

    def _fields(self) -> dict[str, object]:
        size: Any = self.size
        return {
            "height": size[0],
            "width": size[1],
            "scale": self.scale,
            "ratio": self.ratio,
            "options": {"filter": self.interpolation, "antialias": self.antialias},
        }
