"""Batches of image files, one folder per class."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.keras.file_batches import BatchFromFilesMixin, joined
from fast_augment.keras.files import files_of_class
from fast_augment.keras.images import check_choice
from fast_augment.keras.iterator import Iterator

__all__ = ["DirectoryIterator"]


class DirectoryIterator(BatchFromFilesMixin, Iterator):
    """Augmented batches of image files; what `ImageDataGenerator.flow_from_directory` returns.

    Files are read when their batch is made. ``filenames``, ``filepaths``, ``classes``, ``labels``
    and ``class_indices`` tell what was found.

    Parameters
    ----------
    directory : path
        The folder with a folder of images for each class; those may have folders in turn.
    image_data_generator : ImageDataGenerator or None
        What transforms and standardizes.
    target_size : (int, int)
        Height and width that images are resized to.
    color_mode : {"rgb", "rgba", "grayscale"}
        What images are converted to.
    classes : sequence of str, optional
        Folders in the order of their numbers; default all, sorted.
    class_mode : {"categorical", "binary", "sparse", "input", None}
        Targets: a row with a 1, the class's number (also for "sparse"), the images themselves, or
        none.
    batch_size, shuffle, seed
        See `Iterator`.
    data_format : {"channels_last", "channels_first"}, optional
        Where the channels of batches stand; default last.
    save_to_dir, save_prefix, save_format
        See `ImageDataGenerator.flow`.
    follow_links : bool
        Whether to look into folders that are symbolic links.
    subset : {"training", "validation"}, optional
        Which part of each class's files, in their order.
    interpolation : str
        The filter for resizing, see `load_img`.
    keep_aspect_ratio : bool
        Whether to cut the middle instead of distorting, see `load_img`.
    dtype : dtype, optional
        That of the batches; default float32.

    Raises
    ------
    FileNotFoundError
        If there is no `directory`, or a file is gone when it is read.
    OSError
        If a file cannot be read as an image; the message has its number and path.
    ValueError
        For a class without a folder or without images, and for an argument that is not allowed.

    Examples
    --------
    >>> from fast_augment.keras import DirectoryIterator
    >>> batches = DirectoryIterator("digits", None, target_size=(28, 28))  # doctest: +SKIP
    Found 1797 images belonging to 10 classes.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)

    def __init__(
        self,
        directory: str | os.PathLike[str],
        image_data_generator: Any,
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
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: npt.DTypeLike | None = None,
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
        check_choice("DirectoryIterator", "class_mode", class_mode, self.allowed_class_modes)
        self.directory = os.fspath(directory)
        self.class_mode = class_mode
        self.dtype = np.dtype(np.float32 if dtype is None else dtype)
        names = list(classes) if classes else _folders(self.directory)
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames: list[str] = []
        numbers: list[int] = []
        for number, name in enumerate(names):
            found = files_of_class(self.directory, name, self.white_list_formats, follow_links)
            if self.split is not None:
                first, last = (int(part * len(found)) for part in self.split)
                found = found[first:last]
            self.filenames += found
            numbers += [number] * len(found)
        self.samples = len(self.filenames)
        self.classes = np.array(numbers, dtype=np.int32)
        self._filepaths = joined(self.directory, self.filenames)
        sys.stdout.write(f"Found {self.samples} images belonging to {self.num_classes} classes.\n")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def filepaths(self) -> list[str]:
        """The paths of all files."""
        return self._filepaths

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """The class's number of every file."""
        return np.asarray(self.classes)


def _folders(directory: str) -> list[str]:
    names = sorted(
        name for name in os.listdir(directory) if os.path.isdir(os.path.join(directory, name))
    )
    if not names:
        raise ValueError(
            f"DirectoryIterator: {directory!r} has no folders, expected one for each class; for "
            "images without classes give the folder above and classes=[its name], class_mode=None"
        )
    return names
