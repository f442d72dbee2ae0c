"""The ways to get batches from a generator."""

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from fast_augment.keras.array_iterator import NumpyArrayIterator
from fast_augment.keras.dataframe_iterator import DataFrameIterator
from fast_augment.keras.directory_iterator import DirectoryIterator

__all__ = ["Flows"]


class Flows:
    """Batches of arrays, of folders and of tables."""

    data_format: str
    dtype: str

    def flow(
        self,
        x: Any,
        y: npt.ArrayLike | None = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: npt.ArrayLike | None = None,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Make batches of an array.

        Parameters
        ----------
        x : ndarray, rank 4, or a pair
            Images; or a pair of images and another array or list of arrays, handed on unchanged.
        y, sample_weight : array_like, optional
            One label and one weight per image.
        batch_size : int
            Images per batch.
        shuffle : bool
            Whether each epoch has an order of its own.
        seed : int, optional
            What the order and all parameters follow from.
        save_to_dir : path, optional
            A folder to write every image of every batch to, stretched to 0 to 255.
        save_prefix, save_format : str
            How names of these files begin, and their ending.
        ignore_class_split : bool
            Whether the parts for training and validation may have different labels.
        subset : {"training", "validation"}, optional
            Which part of the images: the first `validation_split` of them are for validation.

        Returns
        -------
        NumpyArrayIterator
            Of images, or (images, y), or (images, y, sample_weight).
        """
        return NumpyArrayIterator(
            x,
            y,
            self,
            batch_size=batch_size,
            shuffle=shuffle,
            sample_weight=sample_weight,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            ignore_class_split=ignore_class_split,
            subset=subset,
            dtype=self.dtype,
        )

    def flow_from_directory(
        self,
        directory: str | os.PathLike[str],
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Make batches of image files, one folder per class.

        Parameters
        ----------
        directory : path
            The folder with the classes' folders.
        target_size, color_mode, classes, class_mode, follow_links, subset, interpolation, \
keep_aspect_ratio
            See `DirectoryIterator`.
        batch_size, shuffle, seed, save_to_dir, save_prefix, save_format
            As for `flow`.

        Returns
        -------
        DirectoryIterator
            Of images, or (images, targets).
        """
        return DirectoryIterator(
            directory,
            self,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            follow_links=follow_links,
            subset=subset,
            interpolation=interpolation,
            keep_aspect_ratio=keep_aspect_ratio,
            dtype=self.dtype,
        )

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | os.PathLike[str] | None = None,
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
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        keep_aspect_ratio: bool = False,
        **kwargs: Any,
    ) -> DataFrameIterator:
        """Make batches of image files that a table names.

        Parameters
        ----------
        dataframe : pandas.DataFrame or mapping
            The table.
        directory : path, optional
            The folder that file names are relative to.
        x_col, y_col, weight_col, classes, class_mode, subset, validate_filenames
            See `DataFrameIterator`; class_mode "other" is "raw" by its older name, and warns.
        target_size, color_mode, interpolation, keep_aspect_ratio
            See `DirectoryIterator`.
        batch_size, shuffle, seed, save_to_dir, save_prefix, save_format
            As for `flow`.
        **kwargs : Any
            ``has_ext``, ``sort`` and ``drop_duplicates`` of older versions, ignored with a warning.

        Returns
        -------
        DataFrameIterator
            Of images, (images, targets) or (images, targets, weights).
        """
        for name in kwargs:
            if name not in ("has_ext", "sort", "drop_duplicates"):
                raise TypeError(f"flow_from_dataframe: unexpected argument {name!r}")
            _warn(f"{name} is deprecated and has no effect")
        if class_mode == "other":
            _warn("class_mode='other' is deprecated, use class_mode='raw'")
            class_mode = "raw"
        return DataFrameIterator(
            dataframe,
            directory,
            self,
            x_col=x_col,
            y_col=y_col,
            weight_col=weight_col,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            interpolation=interpolation,
            keep_aspect_ratio=keep_aspect_ratio,
            dtype=self.dtype,
            validate_filenames=validate_filenames,
        )


def _warn(text: str) -> None:
    warnings.warn(f"flow_from_dataframe: {text}", DeprecationWarning, stacklevel=3)
