"""What iterators over image files have in common: reading a batch, and its targets."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.keras.engine import transform_batch
from fast_augment.keras.images import (
    COLOR_MODES,
    INTERPOLATIONS,
    check_choice,
    format_or_default,
    img_to_array,
    load_img,
)
from fast_augment.keras.saving import save_batch

__all__ = ["BatchFromFilesMixin"]

Array: TypeAlias = npt.NDArray[Any]
Indices: TypeAlias = npt.NDArray[np.intp]


class BatchFromFilesMixin:
    """Reads, transforms and labels the images of a batch; a subclass knows files and classes."""

    class_mode: str | None
    class_indices: dict[str, int]
    classes: Any
    dtype: np.dtype[Any]

    def set_processing_attrs(
        self,
        image_data_generator: Any,
        target_size: tuple[int, int],
        color_mode: str,
        data_format: str | None,
        save_to_dir: str | None,
        save_prefix: str,
        save_format: str,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio: bool = False,
    ) -> None:
        """Keep what says how files become batches; see `DirectoryIterator`."""
        where = type(self).__name__
        check_choice(where, "color_mode", color_mode, tuple(COLOR_MODES))
        check_choice(where, "interpolation", interpolation, INTERPOLATIONS)
        self.image_data_generator = image_data_generator
        self.target_size = _target_size(where, target_size)
        self.color_mode = color_mode
        self.data_format = format_or_default(where, data_format)
        channels = COLOR_MODES[color_mode]
        self.image_shape = (
            (*self.target_size, channels)
            if self.data_format == "channels_last"
            else (channels, *self.target_size)
        )
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        self.interpolation = interpolation
        self.keep_aspect_ratio = keep_aspect_ratio
        self.subset = subset
        self.split: tuple[float, float] | None = None
        if subset is not None:
            check_choice(where, "subset", subset, ("training", "validation"))
            part = getattr(image_data_generator, "_validation_split", 0.0)
            self.split = (0.0, part) if subset == "validation" else (part, 1.0)

    @property
    def filepaths(self) -> list[str]:
        """The paths of all files."""
        raise NotImplementedError(f"{type(self).__name__} has no filepaths")

    @property
    def labels(self) -> Any:
        """The class of every file, or what stands for it."""
        raise NotImplementedError(f"{type(self).__name__} has no labels")

    @property
    def sample_weight(self) -> Array | None:
        """The weight of every file; None where there are no weights."""
        return None

    def _transformed(self, index_array: Indices, random: np.random.RandomState) -> Any:
        batch = self._read(index_array)
        if self.image_data_generator is not None:
            batch = transform_batch(self.image_data_generator, batch, random)
        batch = batch.astype(self.dtype, copy=False)
        if self.save_to_dir:
            save_batch(self, batch, index_array, random, hashes=10**7)
        if self.class_mode is None:
            return batch
        targets = self._targets_of(batch, index_array)
        weights = self.sample_weight
        return (batch, targets) if weights is None else (batch, targets, weights[index_array])

    def _read(self, index_array: Indices) -> Array:
        """Read files, several at a time: decoders work outside of Python's lock."""
        batch = np.empty((len(index_array), *self.image_shape), np.float32)
        paths = self.filepaths

        def read(position: int) -> None:
            index = int(index_array[position])
            try:
                image = load_img(
                    paths[index],
                    self.color_mode,
                    self.target_size,
                    self.interpolation,
                    self.keep_aspect_ratio,
                )
            except FileNotFoundError as error:
                raise FileNotFoundError(
                    error.errno, f"image {index} is missing", paths[index]
                ) from error
            except OSError as error:
                raise OSError(f"image {index}: {error}") from error
            batch[position] = img_to_array(image, self.data_format)

        threads = min(_core.get_num_threads(), len(index_array))
        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(read, range(len(index_array))))
        else:
            for position in range(len(index_array)):
                read(position)
        return batch

    def _targets_of(self, batch: Array, index_array: Indices) -> Any:
        """Make what the class mode says."""
        if self.class_mode == "input":
            return batch.copy()
        if self.class_mode == "multi_output":
            return [output[index_array] for output in self.labels]
        if self.class_mode == "raw":
            return self.labels[index_array]
        classes = [self.classes[index] for index in index_array]
        if self.class_mode in ("binary", "sparse"):
            return np.array(classes, dtype=self.dtype)
        targets = np.zeros((len(classes), len(self.class_indices)), self.dtype)
        for row, of_image in zip(targets, classes, strict=True):
            row[of_image] = 1
        return targets


def _target_size(where: str, target_size: Any) -> tuple[int, int]:
    size = tuple(target_size) if isinstance(target_size, tuple | list | np.ndarray) else ()
    if len(size) != 2 or not all(isinstance(s, int | np.integer) and s > 0 for s in size):
        raise ValueError(
            f"{where}: target_size is {target_size!r}, expected a pair (height, width) of whole "
            "numbers above 0"
        )
    return int(size[0]), int(size[1])


def joined(directory: str, names: list[str]) -> list[str]:
    """Paths of files named from a folder."""
    return [os.path.join(directory, name) for name in names]
