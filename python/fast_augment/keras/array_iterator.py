"""Batches of images that are in memory, or in a file that is mapped into it."""

import warnings
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment.keras.engine import transform_batch
from fast_augment.keras.images import check_choice, format_or_default
from fast_augment.keras.iterator import Iterator
from fast_augment.keras.saving import save_batch

__all__ = ["NumpyArrayIterator"]

Array: TypeAlias = npt.NDArray[Any]


class NumpyArrayIterator(Iterator):
    """Augmented batches of an array; what `ImageDataGenerator.flow` returns.

    Images are converted batch by batch, so that arrays of bytes and memory-mapped ones stay as they
    are.

    Parameters
    ----------
    x : ndarray, rank 4, or a pair
        Images; or a pair of images and another array or list of arrays, handed on unchanged.
    y : array_like, optional
        One label per image.
    image_data_generator : ImageDataGenerator
        What transforms and standardizes.
    batch_size, shuffle, seed
        See `Iterator`.
    sample_weight : array_like, optional
        One weight per image.
    data_format : {"channels_last", "channels_first"}, optional
        Where the channels stand; default last.
    save_to_dir, save_prefix, save_format
        See `ImageDataGenerator.flow`.
    subset : {"training", "validation"}, optional
        Which part of the images; the generator's `validation_split` tells how large.
    ignore_class_split : bool
        Whether the two parts may have different labels.
    dtype : dtype, optional
        That of the batches; default float32.

    Raises
    ------
    ValueError
        For arrays of different lengths, images of another rank than 4, or labels that only one of
        the two subsets has.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import ImageDataGenerator, NumpyArrayIterator
    >>> images = np.zeros((5, 28, 28, 1), np.uint8)
    >>> batches = NumpyArrayIterator(images, range(5), ImageDataGenerator(), batch_size=4)
    >>> x, y = next(batches)
    >>> x.shape, x.dtype, y
    ((4, 28, 28, 1), dtype('float32'), array([0, 1, 2, 3]))
    """

    def __init__(
        self,
        x: Any,
        y: npt.ArrayLike | None,
        image_data_generator: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: npt.ArrayLike | None = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        x, others = _images_and_others(x)
        self.x_misc = others
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        self.dtype = np.dtype(np.float32 if dtype is None else dtype)
        self.data_format = format_or_default("NumpyArrayIterator", data_format)
        self.x = x
        self._check()
        if subset is not None:
            split = getattr(image_data_generator, "_validation_split", 0.0)
            self._take(subset, int(len(x) * split), ignore_class_split)
        self.image_data_generator = image_data_generator
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _check(self) -> None:
        """Refuse what does not fit together."""
        if self.x.ndim != 4:
            raise ValueError(f"NumpyArrayIterator: x has shape {self.x.shape}, expected rank 4")
        axis = 3 if self.data_format == "channels_last" else 1
        if self.x.shape[axis] not in (1, 3, 4):
            warnings.warn(
                f"NumpyArrayIterator: x has shape {self.x.shape}, which are {self.x.shape[axis]} "
                f"channels with {self.data_format}; expected 1, 3 or 4",
                stacklevel=4,
            )
        named = [("y", self.y), ("sample_weight", self.sample_weight)]
        named += [(f"x[1][{index}]", other) for index, other in enumerate(self.x_misc)]
        for name, array in named:
            if array is not None and (array.ndim == 0 or len(array) != len(self.x)):
                raise ValueError(
                    f"NumpyArrayIterator: {name} has shape {array.shape}, expected a length of "
                    f"{len(self.x)} as that of the images"
                )

    def _take(self, subset: str, split: int, ignore_class_split: bool) -> None:
        """Keep the first part for validation, the rest for training."""
        check_choice("NumpyArrayIterator", "subset", subset, ("training", "validation"))
        if self.y is not None and not ignore_class_split:
            of_parts = np.unique(self.y[:split]), np.unique(self.y[split:])
            if not np.array_equal(*of_parts):
                raise ValueError(
                    "NumpyArrayIterator: the training and the validation subset have different "
                    "labels in y; shuffle arrays that are sorted by label, or set "
                    "ignore_class_split=True"
                )
        part = slice(0, split) if subset == "validation" else slice(split, None)
        self.x = self.x[part]
        self.x_misc = [other[part] for other in self.x_misc]
        self.y = None if self.y is None else self.y[part]
        if self.sample_weight is not None:
            self.sample_weight = self.sample_weight[part]

    def _transformed(self, index_array: npt.NDArray[np.intp], random: np.random.RandomState) -> Any:
        generator = self.image_data_generator
        images = self.x.take(index_array, axis=0).astype(self.dtype, copy=False)
        batch = transform_batch(generator, images, random).astype(self.dtype, copy=False)
        if self.save_to_dir:
            save_batch(self, batch, index_array, random, hashes=10**4)
        others = [other[index_array] for other in self.x_misc]
        output = [[batch, *others] if others else batch]
        if self.y is None:
            return output[0]
        output.append(self.y[index_array])
        if self.sample_weight is not None:
            output.append(self.sample_weight[index_array])
        return tuple(output)


def _images_and_others(x: Any) -> tuple[Array, list[Array]]:
    """Split what may be a pair of images and other arrays."""
    if not isinstance(x, tuple | list):
        return np.asarray(x), []
    if len(x) != 2:
        raise ValueError(f"NumpyArrayIterator: x has {len(x)} entries, expected an array or a pair")
    others = x[1] if isinstance(x[1], list) else [x[1]]
    return np.asarray(x[0]), [np.asarray(other) for other in others]
