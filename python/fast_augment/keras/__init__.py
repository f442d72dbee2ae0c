"""Keras' ImageDataGenerator and its functions on the engine of this package, without Keras.

>>> import numpy as np
>>> from fast_augment.keras import ImageDataGenerator
>>> generator = ImageDataGenerator(rotation_range=15, horizontal_flip=True, rescale=1 / 255)
>>> batch = next(generator.flow(np.zeros((64, 28, 28, 1), np.uint8), batch_size=32, seed=0))
>>> batch.shape, batch.dtype
((32, 28, 28, 1), dtype('float32'))
"""

from fast_augment.keras.array_iterator import NumpyArrayIterator
from fast_augment.keras.colors import apply_brightness_shift, apply_channel_shift
from fast_augment.keras.dataframe_iterator import DataFrameIterator
from fast_augment.keras.directory_iterator import DirectoryIterator
from fast_augment.keras.functions import (
    apply_affine_transform,
    random_brightness,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)
from fast_augment.keras.generator import ImageDataGenerator
from fast_augment.keras.images import array_to_img, img_to_array, load_img, save_img
from fast_augment.keras.iterator import Iterator

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "array_to_img",
    "img_to_array",
    "load_img",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "save_img",
]
