"""Boxes and points of a batch as one array of rows, and back to how they came."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.transforms.checks import shown
from fast_augment.transforms.nesting import Nesting

__all__ = ["Rows", "follow", "require_labels"]

PADDING = -1


class Rows:
    """Numbers of each image of a batch, rows of `columns`, one image after the other.

    An array (N, ..., columns) holds as many for each image, a list of arrays as many as there are.

    Attributes
    ----------
    values : ndarray of float64, shape (M, columns)
        All rows.
    offsets : ndarray of int64, shape (N + 1,)
        Image i has rows ``offsets[i]`` to ``offsets[i + 1]``.
    owner : ndarray of int64, shape (M,)
        The image of each row.
    """

    def __init__(self, name: str, given: Any, columns: int, nesting: Nesting) -> None:
        self.name, self.nesting, self.columns = name, nesting, columns
        flat = nesting.flat(name, given)
        self.is_array = isinstance(flat, np.ndarray)
        if isinstance(flat, np.ndarray):
            self._require_numbers(name, flat, 3)
            dtypes = {flat.dtype}
            self.longest = flat.shape[1]
            self.shapes = [flat.shape[1:-1]] * len(flat)
            self.values = flat.reshape(-1, columns).astype(np.float64)
        else:
            items = [self._item(number, item) for number, item in enumerate(flat)]
            dtypes = {item.dtype for item in items if item.size > 0}
            self.shapes = [item.shape[:-1] for item in items]
            flattened = [item.reshape(-1, columns) for item in items]
            empty = np.zeros((0, columns))
            self.values = np.concatenate([empty, *flattened], dtype=np.float64)
        is_short = bool(dtypes) and all(d in (np.float16, np.float32) for d in dtypes)
        self.dtype = np.dtype(np.float32 if is_short else np.float64)
        counts = np.array([int(np.prod(shape)) for shape in self.shapes], np.int64)
        self.place_in_owner = ranges(counts)
        self._set_counts(counts)

    def _set_counts(self, counts: npt.NDArray[np.int64]) -> None:
        self.counts = counts
        self.offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        self.owner = np.repeat(np.arange(len(counts)), counts)

    def _item(self, number: int, item: Any) -> npt.NDArray[Any]:
        place = self.nesting.place(self.name, number)
        try:
            array = np.asarray(item)
        except ValueError:
            raise ValueError(
                f"Compose: {place} is {shown(item)}, expected rows of {self.columns} numbers"
            ) from None
        if array.size == 0 and array.ndim <= 1:
            return np.zeros((0, self.columns))
        self._require_numbers(place, array, 2)
        return array

    def _require_numbers(self, place: str, array: npt.NDArray[Any], rank: int) -> None:
        if array.dtype.kind not in "iuf":
            raise TypeError(
                f"Compose: {place} has dtype {array.dtype}, expected integers or floats"
            )
        if array.ndim < rank or array.shape[-1] != self.columns:
            axes = ", ".join(["N", "M"][-rank + 1 :])
            raise ValueError(
                f"Compose: {place} has shape {array.shape}, expected ({axes}, {self.columns})"
            )

    def drop_padding(self) -> None:
        """Take out the rows of an array that hold -1 only, which fill it up."""
        is_row = ~(self.values == PADDING).all(axis=1)
        if not self.is_array or is_row.all():
            return
        counts = np.bincount(self.owner[is_row], minlength=len(self.counts))
        self.values, self.place_in_owner = self.values[is_row], self.place_in_owner[is_row]
        self._set_counts(counts)

    def refuse(self, is_bad: Any, expected: str) -> None:
        """Raise for the first row that `is_bad`, an array of bool."""
        if not is_bad.any():
            return
        row = int(np.argmax(is_bad))
        place = self.nesting.place(self.name, int(self.owner[row]))
        numbers = ", ".join(f"{value:g}" for value in self.values[row])
        raise ValueError(
            f"Compose: {place}[{self.place_in_owner[row]}] is ({numbers}), expected {expected}"
        )

    def split(
        self, values: npt.NDArray[Any], keep: npt.NDArray[np.bool_] | None = None
    ) -> list[npt.NDArray[Any]]:
        """List rows, those kept of each image."""
        counts = self.counts
        if keep is not None:
            counts = np.bincount(self.owner[keep], minlength=len(counts))
        ends = np.cumsum(counts).tolist()
        return [values[end - count : end] for count, end in zip(counts.tolist(), ends, strict=True)]


def ranges(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count from 0 for each image."""
    total = int(counts.sum())
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(total) - first


def each(labels: Any, function: Any) -> Any:
    """Call a function of (suffix, labels) on the only labels, or on all of a mapping."""
    if isinstance(labels, Mapping):
        return {key: function(f"[{key!r}]", value) for key, value in labels.items()}
    return function("", labels)


def require_labels(name: str, labels: Any, rows: Rows) -> Any:
    """Check that there is a label for each row; return them by image, as arrays."""

    def checked(suffix: str, given: Any) -> Any:
        flat = rows.nesting.flat(name + suffix, given)
        if rows.is_array and isinstance(flat, np.ndarray):
            if flat.ndim < 2 or flat.shape[1] != rows.longest:
                raise ValueError(
                    f"Compose: {name}{suffix} has shape {flat.shape}, expected ({len(flat)}, "
                    f"{rows.longest}, ...) as {rows.name}"
                )
            return flat
        arrays = [np.asarray(item) for item in flat]
        for number, array in enumerate(arrays):
            expected = int(np.prod(rows.shapes[number]))
            if array.ndim == 0 or len(array) != expected:
                place = rows.nesting.place(name + suffix, number)
                owner = rows.nesting.place(rows.name, number)
                found = 1 if array.ndim == 0 else len(array)
                raise ValueError(
                    f"Compose: {place} has {found} labels, expected {expected} as {owner} has rows"
                )
        return arrays

    return each(labels, checked)


def follow(labels: Any, rows: Rows, keep: npt.NDArray[np.bool_]) -> Any:
    """Keep the labels of rows that are kept; labels are as `require_labels` returned them."""

    def kept(_: str, given: Any) -> Any:
        if isinstance(given, np.ndarray):
            return rows.nesting.nested(padded(given[rows.owner, rows.place_in_owner], rows, keep))
        parts = rows.split(keep)
        places = rows.split(rows.place_in_owner)
        found = [
            label[place[part]] for label, part, place in zip(given, parts, places, strict=True)
        ]
        return rows.nesting.nested(found)

    return each(labels, kept)


def padded(values: npt.NDArray[Any], rows: Rows, keep: npt.NDArray[np.bool_]) -> Any:
    """Make an array of as many rows for each image as came in; -1, or 0 where there is none, pads.

    `values` has all rows.
    """
    owner = rows.owner[keep]
    place = ranges(np.bincount(owner, minlength=len(rows.counts)))
    result = np.zeros((len(rows.counts), rows.longest, *values.shape[1:]), values.dtype)
    if values.dtype.kind in "if":
        result.fill(PADDING)
    result[owner, place] = values[keep]
    return result
