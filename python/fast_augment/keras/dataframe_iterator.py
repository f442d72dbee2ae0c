"""Batches of image files that a table names."""

import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.keras.file_batches import BatchFromFilesMixin, joined
from fast_augment.keras.files import is_image_file
from fast_augment.keras.images import check_choice
from fast_augment.keras.iterator import Iterator

__all__ = ["DataFrameIterator"]

# Class modes whose targets are classes.
CLASS_MODES = ("binary", "categorical", "sparse")


class DataFrameIterator(BatchFromFilesMixin, Iterator):
    """Augmented batches of a table's images; what `ImageDataGenerator.flow_from_dataframe` returns.

    Parameters
    ----------
    dataframe : pandas.DataFrame or mapping
        Columns by their names. pandas itself is not needed.
    directory : path, optional
        The folder that names are relative to; default none, for paths.
    image_data_generator : ImageDataGenerator or None
        What transforms and standardizes.
    x_col : str
        The column of file names.
    y_col : str or list of str
        The column, or for class_mode "multi_output" and "raw" the columns, of the targets.
    weight_col : str, optional
        The column of sample weights.
    classes : sequence of str, optional
        Which classes to keep; numbered in sorted order. Default all.
    class_mode : str or None
        As for `DirectoryIterator`; "categorical" also takes lists of classes. "raw" hands on the
        column (or columns) as they are, "multi_output" as a list of arrays.
    target_size, color_mode, batch_size, shuffle, seed, data_format, save_to_dir, save_prefix, \
save_format, subset, interpolation, keep_aspect_ratio, dtype
        As for `DirectoryIterator`; a subset is a part of the rows.
    validate_filenames : bool
        Whether to leave out rows whose file is missing or has not the ending of an image, with a
        warning.

    Raises
    ------
    OSError
        If a file is missing or no image when it is read; the message names it.
    TypeError, ValueError
        For columns of the wrong kind, and for an argument that is not allowed.

    Examples
    --------
    >>> from fast_augment.keras import DataFrameIterator
    >>> table = {"filename": ["1.png", "2.png"], "class": ["one", "two"]}
    >>> batches = DataFrameIterator(table, "digits")  # doctest: +SKIP
    Found 2 validated image filenames belonging to 2 classes.
    """

    allowed_class_modes = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)

    def __init__(
        self,
        dataframe: Any,
        directory: str | os.PathLike[str] | None = None,
        image_data_generator: Any = None,
        x_col: str = "filename",
        y_col: str | list[str] = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: npt.DTypeLike | None = None,
        validate_filenames: bool = True,
    ) -> None:
        self.set_processing_attrs(
            image_data_generator,
            target_size,
            color_mode,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
            subset,
            interpolation,
            keep_aspect_ratio,
        )
        check_choice("DataFrameIterator", "class_mode", class_mode, self.allowed_class_modes)
        self.directory = os.fspath(directory or "")
        self.class_mode = class_mode
        self.dtype = np.dtype(np.float32 if dtype is None else dtype)
        names = _column(dataframe, x_col, "x_col")
        _check_strings(names, "x_col", x_col)
        paths = joined(self.directory, names)
        rows = np.arange(len(names))
        if validate_filenames:
            rows = self._existing(paths, x_col)
        targets: Any = None
        if class_mode in CLASS_MODES:
            column = _class_column(dataframe, y_col, class_mode, classes)
            rows, targets = self._number_classes(rows, column, classes)
        elif classes:
            warnings.warn(
                f"DataFrameIterator: classes are ignored with class_mode={class_mode!r}",
                stacklevel=3,
            )
        if self.split is not None:
            first, last = (int(part * len(rows)) for part in self.split)
            rows = rows[first:last]
        if targets is not None:
            self.classes = [targets[row] for row in rows]
        elif class_mode in ("multi_output", "raw"):
            self._targets = _values(dataframe, y_col, class_mode, rows)
        self._sample_weight = _weights(dataframe, weight_col, rows)
        self.filenames = [names[row] for row in rows]
        self._filepaths = [paths[row] for row in rows]
        self.samples = len(self.filenames)
        self._tell(validate_filenames)
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def filepaths(self) -> list[str]:
        """The paths of all files."""
        return self._filepaths

    @property
    def labels(self) -> Any:
        """The class's number of every file, or the values of class_mode "raw"."""
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    @property
    def sample_weight(self) -> npt.NDArray[Any] | None:
        """The weight of every file; None where there are no weights."""
        return self._sample_weight

    def _tell(self, validated: bool) -> None:
        of_classes = ""
        if self.class_mode in CLASS_MODES:
            of_classes = f" belonging to {len(self.class_indices)} classes"
        kind = "validated" if validated else "non-validated"
        sys.stdout.write(f"Found {self.samples} {kind} image filenames{of_classes}.\n")

    def _existing(self, paths: list[str], x_col: str) -> npt.NDArray[np.intp]:
        """Rows whose file is there."""
        is_there = np.array([is_image_file(path, self.white_list_formats) for path in paths], bool)
        if not is_there.all():
            gone = np.flatnonzero(~is_there)
            warnings.warn(
                f"DataFrameIterator: {len(gone)} image filename(s) in x_col={x_col!r} are left "
                f"out, since there is no such image file; the first is {paths[gone[0]]!r}",
                stacklevel=4,
            )
        return np.flatnonzero(is_there)

    def _number_classes(
        self, rows: npt.NDArray[np.intp], column: list[Any], classes: Sequence[str] | None
    ) -> tuple[npt.NDArray[np.intp], dict[int, Any]]:
        """Rows that have one of the classes, and the numbers of these."""
        labels = {int(row): column[row] for row in rows}
        listed = {row: _listed(label) for row, label in labels.items()}
        wanted = set(classes) if classes else {name for names in listed.values() for name in names}
        self.class_indices = {name: number for number, name in enumerate(sorted(wanted))}
        targets: dict[int, Any] = {}
        for row, names in listed.items():
            numbers = [self.class_indices[name] for name in names if name in wanted]
            if numbers:
                targets[row] = numbers[0] if isinstance(labels[row], str) else numbers
        return np.array(list(targets), np.intp), targets


def _listed(label: Any) -> list[str]:
    return [label] if isinstance(label, str) else list(label)


def _column(dataframe: Any, name: str, argument: str) -> list[Any]:
    try:
        return list(dataframe[name])
    except KeyError:
        raise ValueError(
            f"DataFrameIterator: {argument} is {name!r}, but there is no such column"
        ) from None


def _check_strings(
    values: list[Any], argument: str, name: Any, also: tuple[type, ...] = ()
) -> None:
    for row, value in enumerate(values):
        if not isinstance(value, (str, *also)):
            wanted = "strings or lists of strings" if also else "strings"
            raise TypeError(
                f"DataFrameIterator: row {row} of {argument}={name!r} is {value!r}, expected "
                f"{wanted}"
            )


def _class_column(
    dataframe: Any, y_col: Any, class_mode: str, classes: Sequence[str] | None
) -> list[Any]:
    column = _column(dataframe, y_col, "y_col")
    also = (list, tuple) if class_mode == "categorical" else ()
    _check_strings(column, "y_col", y_col, also)
    if class_mode == "binary":
        count = len(set(classes or column))
        if count != 2:
            raise ValueError(
                f"DataFrameIterator: there are {count} classes, expected 2 with class_mode='binary'"
            )
    return column


def _values(dataframe: Any, y_col: Any, class_mode: str, rows: npt.NDArray[np.intp]) -> Any:
    """Take columns as they are: a list of arrays, or one array."""
    if class_mode == "multi_output" and not isinstance(y_col, list):
        raise TypeError(
            f"DataFrameIterator: y_col is {y_col!r}, expected a list with class_mode='multi_output'"
        )
    names = y_col if isinstance(y_col, list) else [y_col]
    columns = [np.array(_column(dataframe, name, "y_col"))[rows] for name in names]
    if class_mode == "multi_output":
        return columns
    return np.stack(columns, axis=1) if isinstance(y_col, list) else columns[0]


def _weights(
    dataframe: Any, weight_col: str | None, rows: npt.NDArray[np.intp]
) -> npt.NDArray[Any] | None:
    if weight_col is None:
        return None
    weights = np.array(_column(dataframe, weight_col, "weight_col"))
    if not np.issubdtype(weights.dtype, np.number):
        raise TypeError(
            f"DataFrameIterator: weight_col={weight_col!r} has dtype {weights.dtype}, expected "
            "numbers"
        )
    return np.asarray(weights[rows])
