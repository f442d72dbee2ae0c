"""The generator: what to do to images, and the statistics for it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment.keras.arguments import check_arguments, imply
from fast_augment.keras.draws import draw, from_parameters
from fast_augment.keras.engine import apply_draws, preprocessed
from fast_augment.keras.flows import Flows
from fast_augment.keras.randomness import random_state
from fast_augment.keras.statistics import check_images, standardized, statistics_of

__all__ = ["ImageDataGenerator"]

Array: TypeAlias = npt.NDArray[Any]


class ImageDataGenerator(Flows):
    """Random transformations and standardization of images, with the arguments of Keras.

    Images are transformed a batch at a time by the engine of this package: rotation, shift, shear,
    zoom and flips in one interpolation, then the channel shift, brightness and what standardizes.
    Keras is not needed.

    Parameters
    ----------
    featurewise_center, featurewise_std_normalization : bool
        Whether to subtract the mean of each channel, and divide by its deviation, that `fit` found.
    samplewise_center, samplewise_std_normalization : bool
        Whether to subtract the mean of each image, and divide by its deviation.
    zca_whitening : bool
        Whether to multiply by the matrix that `fit` found; implies `featurewise_center`.
    zca_epsilon : float
        What is added to singular values before they divide.
    rotation_range : float
        Degrees r; angles lie between -r and r, counter-clockwise as seen on the screen.
    width_shift_range, height_shift_range : float, int or sequence
        Shift along x and along y. A float below 1 is a fraction of the side, others are pixels; an
        int n picks a whole number between -n and n, neither included; a sequence lets each image
        pick from it, and a sign.
    brightness_range : (float, float), optional
        Between which numbers the brightness lies, see `apply_brightness_shift`.
    shear_range : float
        Degrees s; shear angles lie between -s and s.
    zoom_range : float or (float, float)
        Between which numbers the zooms of the two axes lie, z meaning 1 - z to 1 + z. Above 1 the
        content shrinks.
    channel_shift_range : float
        Between minus and plus which number all values are shifted, see `apply_channel_shift`.
    fill_mode : {"nearest", "constant", "reflect", "wrap"}
        What shows outside: aaaa|abcd|dddd, kkkk|abcd|kkkk, dcba|abcd|dcba or abcd|abcd|abcd.
    cval : float
        The k of the mode "constant".
    horizontal_flip, vertical_flip : bool
        Whether half of the images are flipped.
    rescale : float, optional
        What to multiply values with, after all transformations; None and 0 for nothing.
    preprocessing_function : callable, optional
        Takes and returns one image, after the transformations and before `rescale`.
    data_format : {"channels_last", "channels_first"}, optional
        Where channels stand; default last.
    validation_split : float
        Which part of the data is for validation: 0 for none, below 1.
    interpolation_order : int
        0 nearest, 1 bilinear, 2 to 5 splines (these need SciPy).
    dtype : dtype, optional
        That of the batches; default float32.
    as_shipped : bool
        Whether to follow Keras' code where that differs from its documentation: the two shifts
        exchanged, images that are not square turned about another point than their middle, and
        the samplewise means of `standardize` taken over all that it is given.
    threads : int, optional
        How many threads to use; default `get_num_threads`. No batch depends on it.

    Raises
    ------
    TypeError, ValueError
        For an argument of the wrong kind or out of range.

    Notes
    -----
    `seed` arguments give the parameters that Keras draws from the same seed, but where a shift is
    an int or a sequence. NumPy's global generator is not seeded.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import ImageDataGenerator
    >>> generator = ImageDataGenerator(rotation_range=15, zoom_range=0.1, rescale=1 / 255)
    >>> images, labels = np.zeros((100, 28, 28, 1), np.uint8), np.arange(100)
    >>> batches = generator.flow(images, labels, batch_size=32, seed=0)
    >>> x, y = next(batches)
    >>> x.shape, x.dtype, y.shape
    ((32, 28, 28, 1), dtype('float32'), (32,))
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Any = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[Array], Any] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: npt.DTypeLike | None = None,
        *,
        as_shipped: bool = False,
        threads: int | None = None,
    ) -> None:
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.brightness_range = brightness_range
        self.shear_range = shear_range
        self.zoom_range = zoom_range
        self.channel_shift_range = channel_shift_range
        self.fill_mode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.data_format = "channels_last" if data_format is None else data_format
        self._validation_split = validation_split
        self.interpolation_order = interpolation_order
        self.dtype = np.dtype(np.float32 if dtype is None else dtype).name
        self.as_shipped = as_shipped
        self.threads = threads
        check_arguments(self)
        imply(self)
        is_last = self.data_format == "channels_last"
        self.channel_axis, self.row_axis, self.col_axis = (3, 1, 2) if is_last else (1, 2, 3)
        self.mean: Array | None = None
        self.std: Array | None = None
        self.zca_whitening_matrix: Array | None = None

    def get_random_transform(
        self, img_shape: tuple[int, ...], seed: int | None = None
    ) -> dict[str, Any]:
        """Draw the parameters of one image.

        Parameters
        ----------
        img_shape : tuple of int
            The image's shape, rank 3.
        seed : int, optional
            What to draw from; default NumPy's global generator.

        Returns
        -------
        dict
            ``theta``, ``tx``, ``ty``, ``shear``, ``zx``, ``zy``, ``flip_horizontal``,
            ``flip_vertical``, ``channel_shift_intensity`` and ``brightness``, as Keras names them;
            the last two None where they are off.
        """
        height, width = img_shape[self.row_axis - 1], img_shape[self.col_axis - 1]
        return draw(self, 1, height, width, random_state(seed)).parameters(0)

    def apply_transform(self, x: Array, transform_parameters: Mapping[str, Any]) -> Array:
        """Transform one image with given parameters.

        Parameters
        ----------
        x : ndarray, rank 3
            The image.
        transform_parameters : mapping
            What `get_random_transform` returns, or a part of it; the rest changes nothing. ``tx``
            and ``ty`` are pixels; with 1 the content moves by one pixel to the left, or up.

        Returns
        -------
        ndarray
            An image of the same shape and dtype; whole numbers become float64 with a channel
            shift and float32 with brightness.
        """
        x = np.asarray(x)
        if x.ndim != 3:
            raise ValueError(f"apply_transform: x has shape {x.shape}, expected rank 3")
        draws = from_parameters(transform_parameters)
        return np.asarray(apply_draws(self, x[np.newaxis].copy(), draws)[0])

    def random_transform(self, x: Array, seed: int | None = None) -> Array:
        """Transform one image with parameters drawn for it.

        Parameters
        ----------
        x : ndarray, rank 3
            The image.
        seed : int, optional
            As for `get_random_transform`.

        Returns
        -------
        ndarray
            An image of the same shape and dtype.
        """
        return self.apply_transform(x, self.get_random_transform(np.shape(x), seed))

    def standardize(self, x: Array) -> Array:
        """Preprocess, rescale, center and scale images, in place where that is possible.

        Parameters
        ----------
        x : ndarray of float, rank 3 or 4
            One image or a batch. Copy it first if you need it afterwards.

        Returns
        -------
        ndarray
            The images, standardized.

        Raises
        ------
        TypeError
            If `x` has whole numbers and there is something to compute.

        Warns
        -----
        UserWarning
            If featurewise statistics or ZCA whitening are on and `fit` was not called.
        """
        if np.ndim(x) == 4 and not self.as_shipped:
            return standardized(self, preprocessed(self, x), axes=(1, 2, 3))
        if self.preprocessing_function is not None:
            x = self.preprocessing_function(x)
        return standardized(self, x, axes=tuple(range(np.ndim(x))))

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Find the statistics for featurewise centering, deviation and ZCA whitening.

        Parameters
        ----------
        x : array_like, rank 4
            Images; they are rescaled first, and not changed.
        augment : bool
            Whether to take the statistics of randomly transformed images.
        rounds : int
            How often each image is transformed then.
        seed : int, optional
            What to draw from; default NumPy's global generator.

        Raises
        ------
        ValueError
            For images of another rank, or none.
        """
        images = np.array(x, dtype=self.dtype)
        check_images(images, self.channel_axis, self.data_format)
        if self.rescale:
            images *= self.rescale
        if augment:
            random = random_state(seed)
            height, width = images.shape[self.row_axis], images.shape[self.col_axis]
            drawn = (draw(self, len(images), height, width, random) for _ in range(rounds))
            images = np.concatenate([apply_draws(self, images.copy(), draws) for draws in drawn])
        found = statistics_of(self, images, self.channel_axis, self.zca_epsilon)
        self.mean = found.mean if self.featurewise_center else self.mean
        self.std = found.std if self.featurewise_std_normalization else self.std
        if self.zca_whitening:
            self.zca_whitening_matrix = found.zca_whitening_matrix

    @property
    def principal_components(self) -> Array | None:
        """The whitening matrix by its older name."""
        return self.zca_whitening_matrix
