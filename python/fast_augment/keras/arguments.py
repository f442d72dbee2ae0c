"""Checks of a generator's arguments, and what one of them implies for another."""

import math
import warnings
from typing import Any

import numpy as np

from fast_augment.keras.images import DATA_FORMATS, check_choice
from fast_augment.keras.warp import FILL_MODES
from fast_augment.transforms.checks import items, message, real

__all__ = ["check_arguments", "imply"]

WHERE = "ImageDataGenerator"
FLAGS = (
    "featurewise_center",
    "samplewise_center",
    "featurewise_std_normalization",
    "samplewise_std_normalization",
    "zca_whitening",
    "horizontal_flip",
    "vertical_flip",
    "as_shipped",
)
NUMBERS = ("zca_epsilon", "rotation_range", "shear_range", "channel_shift_range", "cval")


def check_arguments(generator: Any) -> None:
    """Refuse values that Keras would fail on in the middle of a batch, or silently ignore."""
    for name in FLAGS:
        value = getattr(generator, name)
        if not isinstance(value, bool | np.bool_ | int):
            raise TypeError(message(WHERE, name, value, "a bool"))
    for name in NUMBERS:
        _check_number(name, getattr(generator, name))
    if generator.rescale is not None:
        _check_number("rescale", generator.rescale)
    for name in ("width_shift_range", "height_shift_range"):
        _check_shift(name, getattr(generator, name))
    generator.zoom_range = _zooms(generator.zoom_range)
    _check_brightness(generator.brightness_range)
    check_choice(WHERE, "fill_mode", generator.fill_mode, tuple(FILL_MODES))
    check_choice(WHERE, "data_format", generator.data_format, DATA_FORMATS)
    order = generator.interpolation_order
    if not isinstance(order, int | np.integer) or not 0 <= order <= 5:
        wanted = "a whole number from 0 to 5"
        raise ValueError(message(WHERE, "interpolation_order", order, wanted))
    split = generator._validation_split
    part = real(split)
    if split and not (part is not None and 0 < part < 1):
        raise ValueError(message(WHERE, "validation_split", split, "0 or a number between 0 and 1"))
    function = generator.preprocessing_function
    if function is not None and not callable(function):
        raise TypeError(message(WHERE, "preprocessing_function", function, "None or a function"))


def _check_number(name: str, value: object) -> None:
    found = real(value)
    if found is None:
        raise TypeError(message(WHERE, name, value, "a number"))
    if not math.isfinite(found):
        raise ValueError(message(WHERE, name, value, "a finite number"))


def _check_shift(name: str, value: object) -> None:
    wanted = "a number from 0, or a sequence of numbers"
    found = real(value)
    if found is not None:
        if not 0 <= found < math.inf:
            raise ValueError(message(WHERE, name, value, wanted))
        return
    picks = items(value)
    if not picks or not all(_is_finite(pick) for pick in picks):
        raise ValueError(message(WHERE, name, value, wanted))


def _is_finite(value: object) -> bool:
    found = real(value)
    return found is not None and math.isfinite(found)


def _zooms(value: object) -> list[float]:
    """Make a pair of what may be a number."""
    wanted = "a number, or a pair of numbers"
    lone = real(value)
    ends = [1 - lone, 1 + lone] if lone is not None else items(value)
    if ends is None or len(ends) != 2 or not all(_is_finite(end) for end in ends):
        raise ValueError(message(WHERE, "zoom_range", value, wanted))
    return list(ends)


def _check_brightness(value: object) -> None:
    if value is None:
        return
    ends = items(value)
    if ends is None or len(ends) != 2 or not all(_is_finite(end) for end in ends):
        raise ValueError(message(WHERE, "brightness_range", value, "None or a pair of numbers"))


def imply(generator: Any) -> None:
    """Set what other arguments need, with a warning."""
    if generator.zca_whitening:
        _set(generator, "featurewise_center", True, "zca_whitening")
        _set(generator, "featurewise_std_normalization", False, "zca_whitening")
    if generator.featurewise_std_normalization:
        _set(generator, "featurewise_center", True, "featurewise_std_normalization")
    if generator.samplewise_std_normalization:
        _set(generator, "samplewise_center", True, "samplewise_std_normalization")


def _set(generator: Any, name: str, value: bool, because: str) -> None:
    if bool(getattr(generator, name)) != value:
        setattr(generator, name, value)
        warnings.warn(
            f"{WHERE}: {because} sets {name} to {value}",
            stacklevel=4,
        )
