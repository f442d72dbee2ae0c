"""Crops that look at the boxes of a sample."""

from collections.abc import Sequence
from dataclasses import dataclass

from fast_augment.transforms import checks
from fast_augment.transforms.base import Transform, by_argument, register

__all__ = ["RandomBoxSafeCrop", "RandomIoUCrop"]

WINDOW_VALUES = ("top", "left", "height", "width")

_part = checks.number(lambda value: 0 < value <= 1, "a number above 0 and at most 1")
_ratio = checks.number(lambda value: value > 0, "a finite number above 0")


def _overlaps(where: str, name: str, value: object) -> tuple[float, ...]:
    wanted = "None or finite numbers of at least 0, at least one"
    found = checks.numbers(value)
    if found is None:
        raise TypeError(checks.message(where, name, value, wanted))
    if not found or not all(checks.is_finite(item) and item >= 0 for item in found):
        raise ValueError(checks.message(where, name, value, wanted))
    return tuple(map(float, found))


@register
@dataclass(frozen=True, repr=False)
class RandomIoUCrop(Transform):
    """Cut out a window that covers some box well: the crop of SSD.

    torchvision's rule: a least overlap is chosen from `sampler_options`, 1 or more meaning no crop.
    Up to `trials` windows of random size, shape and place are tried; the first that holds the
    middle of a box with which it has this intersection over union is taken, else another overlap
    is chosen, 64 times at most. Boxes whose middle lies outside of the window are removed. Samples
    without boxes stay as they are. Sizes differ from sample to sample.

    Parameters
    ----------
    min_scale, max_scale : float
        Smallest and largest width and height of the window as parts of the image's, above 0 and at
        most 1.
    min_aspect_ratio, max_aspect_ratio : float
        Smallest and largest width / height of the window.
    sampler_options : sequence of float, optional
        Least overlaps. Default: 0, 0.1, 0.3, 0.5, 0.7, 0.9 and 1.
    trials : int
        How many windows to try for each overlap.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.RandomIoUCrop(trials=50), fa.Resize((32, 32))], seed=1)
    >>> augment(np.zeros((1, 60, 80, 3), np.uint8), boxes=[[[20, 20, 50, 50]]]).images.shape
    (1, 32, 32, 3)
    """

    min_scale: float = 0.3
    max_scale: float = 1.0
    min_aspect_ratio: float = 0.5
    max_aspect_ratio: float = 2.0
    sampler_options: Sequence[float] | None = None
    trials: int = 40

    _checks = by_argument(
        min_scale=_part,
        max_scale=_part,
        min_aspect_ratio=_ratio,
        max_aspect_ratio=_ratio,
        sampler_options=checks.optional(_overlaps),
        trials=checks.whole(1, 100_000, "a whole number from 1 to 100000"),
    )
    _struct = "RandomIoUCrop"
    _value_names = WINDOW_VALUES

    def _check_together(self) -> None:
        for low, high in (
            ("min_scale", "max_scale"),
            ("min_aspect_ratio", "max_aspect_ratio"),
        ):
            if getattr(self, low) > getattr(self, high):
                wanted = f"at most {high}, {getattr(self, high)}"
                raise ValueError(checks.message("RandomIoUCrop", low, getattr(self, low), wanted))

    def _needs_boxes(self) -> Transform | None:
        return self

    def _fields(self) -> dict[str, object]:
        overlaps = self.sampler_options or (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
        return {
            "scale": (self.min_scale, self.max_scale),
            "ratio": (self.min_aspect_ratio, self.max_aspect_ratio),
            "least_overlaps": list(overlaps),
            "trials": self.trials,
        }


@register
@dataclass(frozen=True, repr=False)
class RandomBoxSafeCrop(Transform):
    """Cut out a window that holds all boxes, with probability `p`.

    Each side of the window lies at a random whole pixel between the boxes and the edge of the
    image. Samples without boxes stay as they are. Sizes differ from sample to sample: a `Resize`
    after it makes them equal.

    Parameters
    ----------
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.RandomBoxSafeCrop(p=1)], seed=1)
    >>> batch = augment([np.zeros((60, 80, 3), np.uint8)], boxes=[[[20, 20, 50, 50]]])
    >>> x0, y0, x1, y1 = batch.boxes[0][0].tolist()
    >>> x1 - x0, y1 - y0
    (30.0, 30.0)
    """

    p: float = 1.0

    _checks = by_argument(p=checks.probability)
    _struct = "RandomBoxSafeCrop"
    _value_names = WINDOW_VALUES

    def _needs_boxes(self) -> Transform | None:
        return self

    def _fields(self) -> dict[str, object]:
        return {"p": self.p}
