"""The masks of a batch, moved by what was drawn for their images."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.transforms.base import Entry, Transform
from fast_augment.transforms.nesting import Nesting, merged

__all__ = ["Masks", "entries_of_moves", "word_of"]

# Structs of the transforms that move pixels.
FLIPS = ("RandomFlip", "AlternatingFlip", "RandomQuarterTurn")
MAPS = ("RandomAffine", "RandomPerspective", "PolicyStep")
CROPS = ("Crop", "Pad", "RandomResizedCrop", "RandomIoUCrop", "RandomBoxSafeCrop")
MOVES = (*FLIPS, *MAPS, *CROPS, "Resize")


def entries_of_moves(
    transforms: Sequence[Transform], fill: Sequence[float] = (0.0,), is_soft: bool = False
) -> list[Entry]:
    """List what the engine is told of a pipeline that only moves pixels, at the same positions.

    Soft masks mix neighbours where the images do, by two taps; others copy the nearest pixel.
    """

    def sampling(name: Any) -> str:
        return "bilinear" if is_soft and name != "nearest" else "nearest"

    found: list[Entry] = []
    for name, struct, given in (entry for t in transforms for entry in t._entries()):
        fields: dict[str, Any] = dict(given)
        if struct == "Group":
            found.append((name, struct, fields))
            continue
        if struct not in MOVES:
            found.append((name, "Untouched", {}))
            continue
        if "outside" in fields:
            fields["outside"] = {**fields["outside"], "fill": list(fill)}
        if "interpolation" in fields:
            fields["interpolation"] = sampling(fields["interpolation"])
        if "only_moves" in fields:
            fields["only_moves"] = True
        if "options" in fields:
            kernel = sampling(fields["options"]["filter"])
            fields["options"] = {**fields["options"], "filter": kernel}
        found.append((name, struct, fields))
    return found


class Masks:
    """Masks of which every fact is checked, as images that the engine takes.

    The engine copies values of 1 or 2 bytes whatever they mean: one of 4 or 8 bytes is two or four
    channels of 2. Each plane of a planar mask is an image.
    """

    def __init__(
        self,
        name: str,
        given: Any,
        sizes: npt.NDArray[np.int64],
        nesting: Nesting,
        layout: str,
        fill: float,
    ) -> None:
        self.name, self.nesting, self.layout = name, nesting, layout
        flat = nesting.flat(name, given)
        self.is_array = isinstance(flat, np.ndarray)
        items = [flat] if self.is_array else list(flat)
        if not items:
            raise ValueError(f"Compose: {name} is an empty list, expected an array (0, H, W)")
        self._require_dtypes(items)
        self.dtype = items[0].dtype
        self._require_shapes(items, sizes)
        self.has_channels = items[0].ndim - self.is_array == 3
        self.is_planar = self.has_channels and layout == "CHW"
        self.channels = items[0].shape[self._channel_axis] if self.has_channels else 1
        self.is_soft = self.dtype == np.float32
        self.word = self.dtype if self.is_soft else word_of(self.dtype)
        self.fill = self._fill_words(fill)
        views = [self._view(number, item) for number, item in enumerate(items)]
        self.images: Any = views[0] if self.is_array else views
        if self.is_planar and not self.is_array:
            self.images = [plane for view in views for plane in view]

    @property
    def _channel_axis(self) -> int:
        return -3 if self.layout == "CHW" else -1

    def _place(self, number: int) -> str:
        return self.name if self.is_array else self.nesting.place(self.name, number)

    def _require_dtypes(self, items: list[Any]) -> None:
        for number, item in enumerate(items):
            place = self._place(number)
            if not isinstance(item, np.ndarray):
                raise TypeError(
                    f"Compose: {place} has type {type(item).__name__}, expected an array"
                )
            is_known = item.dtype.kind in "biu" or item.dtype == np.float32
            if not is_known or not item.dtype.isnative:
                raise TypeError(
                    f"Compose: {place} has dtype {item.dtype}, expected bool, integers or float32"
                )
            if item.dtype != items[0].dtype:
                raise TypeError(
                    f"Compose: {place} has dtype {item.dtype}, expected {items[0].dtype} as in "
                    f"{self._place(0)}"
                )

    def _require_shapes(self, items: list[Any], sizes: npt.NDArray[np.int64]) -> None:
        """As the images have, and as many channels everywhere."""
        if self.is_array and not (sizes == sizes[:1]).all():
            raise ValueError(
                f"Compose: {self.name} is an array and images have several sizes, expected a list "
                "of arrays"
            )
        batch, channels = int(self.is_array), set()
        for number, item in enumerate(items):
            shape = item.shape[batch:]
            size = shape[-2:] if self.layout == "CHW" else shape[:2]
            wanted = tuple(map(int, sizes[number])) if len(sizes) > 0 else size
            if len(shape) not in (2, 3) or size != wanted:
                axes = f"({'N, ' * batch}{', '.join(map(str, wanted))})"
                image = self.nesting.place("images", number) if not self.is_array else "images"
                raise ValueError(
                    f"Compose: {self._place(number)} has shape {item.shape}, expected {axes} as "
                    f"{image}, perhaps with channels"
                )
            channels.add(shape[self._channel_axis] if len(shape) == 3 else None)
            if len(channels) > 1 or 0 in channels:
                raise ValueError(
                    f"Compose: {self._place(number)} has shape {item.shape}, expected as many "
                    f"channels as {self._place(0)}, at least one"
                )

    def _fill_words(self, fill: float) -> tuple[float, ...]:
        """Write the fill as the values of one pixel of the engine's."""
        number: Any = fill
        if not self.is_soft:
            low, high = (0, 1) if self.dtype == bool else _limits(self.dtype)
            if fill != int(fill) or not low <= fill <= high:
                raise ValueError(
                    f"Compose: mask_fill is {fill}, expected a whole number from {low} to {high} "
                    f"for {self.name} of dtype {self.dtype}"
                )
            number = int(fill)
        words = np.array([number], self.dtype).view(self.word)
        return tuple(map(float, words)) * (1 if self.is_planar else self.channels)

    def _view(self, number: int, item: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """View masks as images (..., H, W, words)."""
        place = self._place(number)
        if self.is_planar and self.is_array:
            item = merged(place, item)
        pixels = item if self.has_channels and not self.is_planar else item[..., np.newaxis]
        width, channels = pixels.shape[-2:]
        width_step, channel_step = pixels.strides[-2:]
        is_packed = (channels == 1 or channel_step == self.dtype.itemsize) and (
            width <= 1 or width_step == self.dtype.itemsize * channels
        )
        if pixels.size > 0 and not is_packed:
            raise ValueError(
                f"Compose: {place} has pixels that are not packed (strides {item.strides}); pass "
                f"np.ascontiguousarray({place})"
            )
        # Packed rows need no copy for this.
        rows = pixels.reshape(*pixels.shape[:-2], width * channels).view(self.word)
        return rows.reshape(
            *pixels.shape[:-1], channels * self.dtype.itemsize // self.word.itemsize
        )

    def moved(self, engine: _core.Pipeline, records: npt.NDArray[Any], threads: int | None) -> Any:
        """Return the masks with the axes and the dtype that they came with."""
        if self.is_planar:
            records = np.repeat(records, self.channels, axis=0)
        options = ("HWC", "HWC", None, threads, False)
        found = engine.run(self.images, 0, 0, 0, None, records, *options)
        if isinstance(found, np.ndarray):
            return self.nesting.nested(self._gathered(self._as_masks(found)))
        masks = [self._as_masks(item) for item in found]
        if self.is_planar:
            firsts = range(0, len(masks), self.channels)
            masks = [np.stack(masks[first : first + self.channels]) for first in firsts]
        return self.nesting.nested(masks)

    def _as_masks(self, images: npt.NDArray[Any]) -> npt.NDArray[Any]:
        masks: npt.NDArray[Any] = images.view(self.dtype)
        return masks if self.has_channels and not self.is_planar else masks[..., 0]

    def _gathered(self, masks: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Give the planes of a batch their axis."""
        if not self.is_planar:
            return masks
        count = len(masks) // self.channels
        return masks.reshape(count, self.channels, *masks.shape[1:])


def _limits(dtype: np.dtype[Any]) -> tuple[int, int]:
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


def word_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Say what values of this dtype are copied as."""
    return np.dtype(np.uint8 if dtype.itemsize == 1 else np.uint16)
