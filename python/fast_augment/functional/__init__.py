"""Kernels as functions: deterministic, batch-first, one parameter set per sample."""

from fast_augment.functional.crop import crop, pad
from fast_augment.functional.flip import hflip, vflip
from fast_augment.functional.normalize import normalize
from fast_augment.functional.turn import rot90, transpose
from fast_augment.functional.warp import affine, affine_matrix

__all__ = [
    "affine",
    "affine_matrix",
    "crop",
    "hflip",
    "normalize",
    "pad",
    "rot90",
    "transpose",
    "vflip",
]
