"""The keypoints of a batch: checked, moved, flagged or removed."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.transforms.formats import KeypointFormat
from fast_augment.transforms.nesting import Nesting
from fast_augment.transforms.rows import Rows, follow, require_labels

__all__ = ["Keypoints", "moved_directions"]


class Keypoints:
    """Points of which every fact is checked, so that moving them cannot fail."""

    def __init__(
        self,
        given: Any,
        labels: Any,
        form: KeypointFormat,
        sizes: npt.NDArray[np.int64],
        nesting: Nesting,
    ) -> None:
        self.form, self.sizes = form, sizes
        self.rows = rows = Rows("keypoints", given, len(form.format), nesting)
        rows.refuse(~np.isfinite(rows.values).all(axis=1), "finite numbers")
        if "s" in form.format:
            scale = rows.values[:, form.format.index("s")]
            rows.refuse(scale < 0, "a scale of at least 0")
        for number, shape in enumerate(rows.shapes):
            self._require_shape(number, shape)
        # Labels of points that all stay are handed back as they are.
        self.labels = labels
        if labels is not None and form.outside == "remove":
            self.labels = require_labels("keypoint_labels", labels, rows)

    def _require_shape(self, number: int, shape: tuple[int, ...]) -> None:
        swap, removes = self.form.swap, self.form.outside == "remove"
        place = self.rows.nesting.place("keypoints", number)
        if swap is not None and shape != (0,) and shape[-1] != len(swap):
            raise ValueError(
                f"Compose: {place} has {shape[-1]} points in a row, expected {len(swap)} as swap"
            )
        if removes and len(shape) != 1:
            raise ValueError(
                f"Compose: {place} has points in {len(shape)} axes, expected one where points are "
                "removed"
            )

    def moved(
        self,
        engine: _core.Pipeline,
        records: npt.NDArray[Any],
        matrix: npt.NDArray[np.float64],
        threads: int | None,
    ) -> tuple[Any, Any, Any]:
        """Return the points, which of them can be seen, and their labels."""
        rows, form = self.rows, self.form
        xy = np.ascontiguousarray(rows.values[:, :2])
        points, visible = engine.move_points(records, self.sizes, xy, rows.offsets, threads)
        values = np.concatenate([points, rows.values[:, 2:]], axis=1)
        if len(form.format) > 2:
            jacobian = jacobians(matrix[rows.owner], xy)
            for column, name in enumerate(form.format[2:], 2):
                move = moved_directions if name == "a" else moved_lengths
                values[:, column] = move(jacobian, rows.values[:, column])
        if form.swap is not None:
            order = self._order(matrix)
            values, visible = values[order], visible[order]
        values = values.astype(rows.dtype)
        if form.outside == "remove":
            found: Any = rows.split(values[visible], visible)
            seen: Any = rows.split(visible[visible], visible)
            labels = None if self.labels is None else follow(self.labels, rows, visible)
            return rows.nesting.nested(found), rows.nesting.nested(seen), labels
        return self._shaped(values), self._shaped(visible), self.labels

    def _shaped(self, values: npt.NDArray[Any]) -> Any:
        """Give rows the shapes that they came in."""
        rows, columns = self.rows, values.shape[1:]
        if rows.is_array:
            shape = rows.shapes[0] if rows.shapes else (rows.longest,)
            return rows.nesting.nested(values.reshape(len(rows.counts), *shape, *columns))
        parts = rows.split(values)
        shaped = [p.reshape(*shape, *columns) for p, shape in zip(parts, rows.shapes, strict=True)]
        return rows.nesting.nested(shaped)

    def _order(self, matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Which row each row of the result is: another one where the image is mirrored."""
        swap = np.array(self.form.swap, np.int64)
        middle = np.concatenate([(self.sizes[:, ::-1] - 1) / 2, np.ones((len(self.sizes), 1))], 1)
        weight = np.einsum("nk,nk->n", matrix[:, 2], middle)
        is_mirrored = np.linalg.det(matrix) * weight < 0
        place = np.arange(len(self.rows.owner))
        slot = self.rows.place_in_owner % len(swap)
        return np.where(is_mirrored[self.rows.owner], place - slot + swap[slot], place)


def jacobians(
    matrix: npt.NDArray[np.float64], xy: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """How each point's surroundings are moved: (M, 2, 2)."""
    x, y = xy[:, 0, np.newaxis], xy[:, 1, np.newaxis]
    projected = matrix[:, :, 0] * x + matrix[:, :, 1] * y + matrix[:, :, 2]
    weight = projected[:, 2, np.newaxis, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        point = projected[:, :2, np.newaxis] / weight
        result: npt.NDArray[np.float64] = (
            matrix[:, :2, :2] - point * matrix[:, 2, np.newaxis, :2]
        ) / weight
    return result


def moved_directions(
    jacobian: npt.NDArray[np.float64], degrees: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Turn angles, counter-clockwise on the screen, where y points down."""
    radians = np.deg2rad(degrees)
    direction = np.stack([np.cos(radians), -np.sin(radians)], axis=-1)
    x, y = np.einsum("mij,mj->im", jacobian, direction)
    result: npt.NDArray[np.float64] = np.rad2deg(np.arctan2(-y, x)) % 360
    return result


def moved_lengths(
    jacobian: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    result: npt.NDArray[np.float64] = lengths * np.sqrt(np.abs(np.linalg.det(jacobian)))
    return result
