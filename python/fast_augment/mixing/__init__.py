"""Mixing the samples of a batch with each other, keyed as the draws of a pipeline are."""

from fast_augment.mixing.blends import CutMix, MixUp
from fast_augment.mixing.copy_paste import CopyPaste, Pasted
from fast_augment.mixing.labels import MixedLabels
from fast_augment.mixing.mosaic import Mosaic, Tiled
from fast_augment.mixing.results import Mixed

__all__ = [
    "CopyPaste",
    "CutMix",
    "MixUp",
    "Mixed",
    "MixedLabels",
    "Mosaic",
    "Pasted",
    "Tiled",
]
