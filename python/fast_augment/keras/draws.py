"""What is drawn for the images of a batch, in the order in which Keras draws it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Draws", "Ranges", "draw", "from_parameters"]

Floats: TypeAlias = npt.NDArray[np.float64]


class Ranges(Protocol):
    """The attributes of a generator that say what to draw."""

    rotation_range: float
    width_shift_range: Any
    height_shift_range: Any
    shear_range: float
    zoom_range: list[float]
    horizontal_flip: bool
    vertical_flip: bool
    channel_shift_range: float
    brightness_range: Any
    as_shipped: bool


@dataclass(frozen=True)
class Draws:
    """Parameters of N images, each an array of N; None for what no image gets."""

    theta: Floats
    tx: Floats
    ty: Floats
    shear: Floats
    zx: Floats
    zy: Floats
    flip_horizontal: npt.NDArray[np.bool_]
    flip_vertical: npt.NDArray[np.bool_]
    channel_shift: Floats | None
    brightness: Floats | None

    def parameters(self, index: int) -> dict[str, Any]:
        """Give the parameters of one image by the names that Keras gives them."""
        shift, brightness = self.channel_shift, self.brightness
        return {
            "theta": float(self.theta[index]),
            "tx": float(self.tx[index]),
            "ty": float(self.ty[index]),
            "shear": float(self.shear[index]),
            "zx": float(self.zx[index]),
            "zy": float(self.zy[index]),
            "flip_horizontal": bool(self.flip_horizontal[index]),
            "flip_vertical": bool(self.flip_vertical[index]),
            "channel_shift_intensity": None if shift is None else float(shift[index]),
            "brightness": None if brightness is None else float(brightness[index]),
        }


def draw(
    ranges: Ranges, count: int, height: int, width: int, random: np.random.RandomState
) -> Draws:
    """Draw for `count` images.

    One number from 0 to 1 per parameter and image, image by image: what as many calls of NumPy's
    `uniform` would consume.
    """
    ends = _ends(ranges)
    low, high = np.array(list(ends.values()), np.float64).T[:, :, np.newaxis]
    drawn = low + (high - low) * random.random_sample((count, len(ends))).T
    values = dict(zip(ends, drawn, strict=True))
    zeros = np.zeros(count)
    down = _shift(values, "down", ranges.height_shift_range, height, zeros)
    right = _shift(values, "right", ranges.width_shift_range, width, zeros)
    # The generator of Keras hands the vertical shift to tx, which moves along x.
    tx, ty = (down, right) if ranges.as_shipped else (right, down)
    zooms = "zx" in values
    return Draws(
        values.get("theta", zeros),
        tx,
        ty,
        values.get("shear", zeros),
        values["zx"] if zooms else np.ones(count),
        values["zy"] if zooms else np.ones(count),
        (values["flip_horizontal"] < 0.5) & bool(ranges.horizontal_flip),
        (values["flip_vertical"] < 0.5) & bool(ranges.vertical_flip),
        values.get("channel_shift"),
        values.get("brightness"),
    )


def _ends(ranges: Ranges) -> dict[str, tuple[float, float]]:
    """Between which numbers each parameter lies, in the order of the draw."""
    ends: dict[str, tuple[float, float]] = {}
    if ranges.rotation_range:
        ends["theta"] = (-ranges.rotation_range, ranges.rotation_range)
    for name, limit in (("down", ranges.height_shift_range), ("right", ranges.width_shift_range)):
        if choices(limit) is not None:
            ends[name], ends[f"{name} sign"] = (0, 1), (0, 1)
        elif limit:
            ends[name] = (-limit, limit)
    if ranges.shear_range:
        ends["shear"] = (-ranges.shear_range, ranges.shear_range)
    low, high = ranges.zoom_range
    if not low == high == 1:
        ends["zx"] = ends["zy"] = (low, high)
    ends["flip_horizontal"] = ends["flip_vertical"] = (0, 1)  # drawn also where they are off
    if ranges.channel_shift_range:
        ends["channel_shift"] = (-ranges.channel_shift_range, ranges.channel_shift_range)
    if ranges.brightness_range is not None:
        low, high = ranges.brightness_range
        ends["brightness"] = (low, high)
    return ends


def choices(limit: Any) -> Floats | None:
    """List what a whole number or a sequence lets a shift pick from; None for other ranges."""
    if isinstance(limit, float | np.floating):
        return None
    if isinstance(limit, int | np.integer):
        return np.arange(limit, dtype=np.float64) if limit else None
    return np.asarray(limit, np.float64)


def _shift(values: dict[str, Floats], name: str, limit: Any, side: int, zeros: Floats) -> Floats:
    """Pixels of a shift; ranges below 1 are fractions of the side."""
    if name not in values:
        return zeros
    picks = choices(limit)
    shift = values[name]
    if picks is None:
        return shift * side if limit < 1 else shift
    shift = picks[(shift * len(picks)).astype(np.intp)]
    shift = np.where(values[f"{name} sign"] < 0.5, -shift, shift)
    return shift * side if picks.max() < 1 and not isinstance(limit, int | np.integer) else shift


def from_parameters(parameters: Mapping[str, Any]) -> Draws:
    """Make the draws of one image from what `Draws.parameters` gives, or a part of it."""

    def one(name: str, default: float) -> Floats:
        return np.array([parameters.get(name, default)], np.float64)

    def one_or_none(name: str) -> Floats | None:
        return None if parameters.get(name) is None else one(name, 0)

    return Draws(
        one("theta", 0),
        one("tx", 0),
        one("ty", 0),
        one("shear", 0),
        one("zx", 1),
        one("zy", 1),
        np.array([bool(parameters.get("flip_horizontal", False))]),
        np.array([bool(parameters.get("flip_vertical", False))]),
        one_or_none("channel_shift_intensity"),
        one_or_none("brightness"),
    )
