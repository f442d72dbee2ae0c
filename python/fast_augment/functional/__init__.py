"""Kernels as functions: deterministic, batch-first, one parameter set per sample."""

from fast_augment.functional.color import (
    adjust_brightness,
    adjust_contrast,
    adjust_hue,
    adjust_saturation,
    grayscale,
)
from fast_augment.functional.color_levels import adjust_gamma, invert, posterize, solarize
from fast_augment.functional.crop import crop, pad
from fast_augment.functional.erase import erase
from fast_augment.functional.filter import gaussian_blur, sharpness
from fast_augment.functional.flip import hflip, vflip
from fast_augment.functional.histogram import autocontrast, equalize
from fast_augment.functional.normalize import normalize
from fast_augment.functional.resize import resize, resized_crop
from fast_augment.functional.turn import rot90, transpose
from fast_augment.functional.warp import affine, affine_matrix, perspective

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "affine",
    "affine_matrix",
    "autocontrast",
    "crop",
    "equalize",
    "erase",
    "gaussian_blur",
    "grayscale",
    "hflip",
    "invert",
    "normalize",
    "pad",
    "perspective",
    "posterize",
    "resize",
    "resized_crop",
    "rot90",
    "sharpness",
    "solarize",
    "transpose",
    "vflip",
]
