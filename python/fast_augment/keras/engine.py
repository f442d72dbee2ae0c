"""A batch from one end of a generator to the other."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment.keras.colors import brighten, shift_channels
from fast_augment.keras.draws import Draws, draw
from fast_augment.keras.matrices import sampling_maps
from fast_augment.keras.statistics import standardized
from fast_augment.keras.warp import warp

__all__ = ["apply_draws", "preprocessed", "transform_batch"]

Array: TypeAlias = npt.NDArray[Any]
# An ImageDataGenerator, or an object with its methods for single images.
Generator: TypeAlias = Any

# What a subclass may replace; then it is called for each image, as Keras calls it.
REPLACEABLE = ("get_random_transform", "apply_transform", "standardize")


def transform_batch(generator: Generator, images: Array, random: np.random.RandomState) -> Array:
    """Transform and standardize images, which may be overwritten.

    Parameters
    ----------
    generator : ImageDataGenerator
        What to do. One whose methods for single images were replaced is asked image by image.
    images : ndarray, rank 4
        The caller's own copy.
    random : RandomState
        What to draw from.

    Returns
    -------
    ndarray
        As many images of the same shape and dtype.
    """
    replaced = _replaced(generator)
    if replaced:
        return _image_by_image(generator, images, random, replaced)
    draws = _draw(generator, images, random)
    return standardized(
        generator, preprocessed(generator, apply_draws(generator, images, draws)), axes=(1, 2, 3)
    )


def apply_draws(generator: Generator, images: Array, draws: Draws) -> Array:
    """Transform images, which may be overwritten, as drawn; colours make floats of integers."""
    has_shift, has_brightness = draws.channel_shift is not None, draws.brightness is not None
    if not (has_shift or has_brightness):
        return _warped(generator, images, draws)
    if np.issubdtype(images.dtype, np.integer):
        images = _warped_levels(generator, images, draws)
        images = images.astype(np.float32 if has_brightness else np.float64)
    else:
        images = _warped(generator, images, draws)
    if draws.channel_shift is not None:
        shift_channels(images, draws.channel_shift)
    if draws.brightness is not None:
        brighten(images, draws.brightness, alpha_axis=generator.channel_axis)
    return images


def _warped_levels(generator: Generator, images: Array, draws: Draws) -> Array:
    """Warp integers, rounded from floats: a level that the engine is off would be brightened."""
    if images.dtype not in (np.uint8, np.uint16) or generator.interpolation_order != 1:
        return _warped(generator, images, draws)
    wide = _warped(generator, images.astype(np.float32), draws)
    return np.asarray(np.floor(wide + np.float32(0.5)))


def _warped(generator: Generator, images: Array, draws: Draws) -> Array:
    height, width = images.shape[generator.row_axis], images.shape[generator.col_axis]
    return warp(
        images,
        sampling_maps(draws, height, width, as_shipped=generator.as_shipped),
        fill_mode=generator.fill_mode,
        cval=generator.cval,
        order=generator.interpolation_order,
        layout="HWC" if generator.channel_axis == 3 else "CHW",
        threads=generator.threads,
    )


def preprocessed(generator: Generator, images: Array) -> Array:
    """Hand each image to the preprocessing function, if there is one, and keep what it returns."""
    function = generator.preprocessing_function
    if function is None:
        return images
    for index, image in enumerate(images):
        found = np.asarray(function(image))
        if found.shape != image.shape:
            raise ValueError(
                f"preprocessing_function: image {index} of the batch came back with shape "
                f"{found.shape}, expected {image.shape}"
            )
        image[...] = found
    return images


def _draw(generator: Generator, images: Array, random: np.random.RandomState) -> Draws:
    height, width = images.shape[generator.row_axis], images.shape[generator.col_axis]
    return draw(generator, len(images), height, width, random)


def _replaced(generator: Generator) -> set[str]:
    """Methods of one image that are not those of this package."""
    own = __name__.rpartition(".")[0]
    found = {name: getattr(generator, name) for name in REPLACEABLE}
    return {
        name for name, method in found.items() if not str(method.__module__).startswith(f"{own}.")
    }


def _image_by_image(
    generator: Generator, images: Array, random: np.random.RandomState, replaced: set[str]
) -> Array:
    parameters: Any
    if "get_random_transform" in replaced:
        parameters = (
            generator.get_random_transform(image.shape, int(random.randint(2**31)))
            for image in images
        )
    else:
        draws = _draw(generator, images, random)
        parameters = (draws.parameters(index) for index in range(len(images)))
    for image, of_image in zip(images, parameters, strict=True):
        image[...] = generator.standardize(generator.apply_transform(image.copy(), of_image))
    return images
