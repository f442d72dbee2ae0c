"""The boxes of a batch: checked, moved, filtered, and their labels with them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.transforms.formats import BoxFormat
from fast_augment.transforms.nesting import Nesting
from fast_augment.transforms.rows import Rows, follow, padded, require_labels

__all__ = ["Boxes"]

# Fractions in float32 miss the edge by this many pixels at most.
TOLERANCE = 0.01


class Boxes:
    """Boxes of which every fact is checked, so that moving them cannot fail."""

    def __init__(
        self,
        given: Any,
        labels: Any,
        form: BoxFormat,
        sizes: npt.NDArray[np.int64],
        nesting: Nesting,
    ) -> None:
        self.form, self.sizes = form, sizes
        self.rows = Rows("boxes", given, 4, nesting)
        for number, shape in enumerate(self.rows.shapes):
            if len(shape) != 1:
                place = nesting.place("boxes", number)
                raise ValueError(f"Compose: {place} has shape {(*shape, 4)}, expected (M, 4)")
        self.labels = None if labels is None else require_labels("box_labels", labels, self.rows)
        self.rows.drop_padding()
        self.edges = self._checked_edges()

    def _checked_edges(self) -> npt.NDArray[np.float64]:
        rows, form = self.rows, self.form
        sizes = self.sizes[rows.owner]
        rows.refuse(~np.isfinite(rows.values).all(axis=1), "finite numbers")
        edges = form._to_edges(rows.values, sizes)
        corners = form.format in ("xyxy", "albumentations")
        wanted = "x0 < x1 and y0 < y1" if corners else "a width and a height above 0"
        rows.refuse(~(edges[:, :2] < edges[:, 2:]).all(axis=1), wanted)
        ends = sizes[:, [1, 0, 1, 0]]
        if not form.clip:
            is_outside = (edges < -TOLERANCE) | (edges > ends + TOLERANCE)
            rows.refuse(
                is_outside.any(axis=1),
                "a box inside of its image; BoxFormat(..., clip=True) cuts boxes at its edges",
            )
        return np.clip(edges, 0, ends)

    def moved(
        self,
        engine: _core.Pipeline,
        records: npt.NDArray[Any],
        result_sizes: npt.NDArray[np.int64],
        threads: int | None,
    ) -> tuple[Any, Any]:
        """Return the boxes that are kept, and their labels."""
        rows, form = self.rows, self.form
        edges, visible = engine.move_boxes(records, self.sizes, self.edges, rows.offsets, threads)
        sides = edges[:, 2:] - edges[:, :2]
        keep = (sides > 0).all(axis=1) & (sides >= form.min_side).all(axis=1)
        keep &= sides.prod(axis=1) >= form.min_area
        keep &= (visible > 0) & (visible >= form.min_visibility)
        values = form._from_edges(edges, result_sizes[rows.owner]).astype(rows.dtype)
        boxes = padded(values, rows, keep) if rows.is_array else rows.split(values[keep], keep)
        labels = None if self.labels is None else follow(self.labels, rows, keep)
        return rows.nesting.nested(boxes), labels
