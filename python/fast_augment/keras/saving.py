"""Augmented images written to a folder, to look at."""

import os
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment.keras.images import save_img

__all__ = ["save_batch"]

Array: TypeAlias = npt.NDArray[Any]


class Saving(Protocol):
    """The attributes of an iterator that say where to save."""

    save_to_dir: Any
    save_prefix: str
    save_format: str
    data_format: str


def save_batch(
    saving: Saving,
    images: Array,
    index_array: npt.NDArray[np.intp],
    random: np.random.RandomState,
    hashes: int,
) -> None:
    """Write each image as prefix_index_number.format, with a random number below `hashes`."""
    for image, index in zip(images, index_array, strict=True):
        number = random.randint(hashes)
        name = f"{saving.save_prefix}_{index}_{number}.{saving.save_format}"
        save_img(os.path.join(saving.save_to_dir, name), image, saving.data_format, scale=True)
