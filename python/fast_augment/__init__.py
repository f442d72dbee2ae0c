"""Image augmentation and gradient clipping in multithreaded C++, in place on NumPy buffers."""

from fast_augment.functional import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    affine,
    affine_matrix,
    autocontrast,
    crop,
    equalize,
    erase,
    gaussian_blur,
    grayscale,
    hflip,
    invert,
    normalize,
    pad,
    posterize,
    resize,
    resized_crop,
    rot90,
    sharpness,
    solarize,
    transpose,
    vflip,
)
from fast_augment.gradients import (
    NonFiniteGradientError,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from fast_augment.runtime import build_info, get_num_threads, set_num_threads

__all__ = [
    "NonFiniteGradientError",
    "__version__",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "affine",
    "affine_matrix",
    "autocontrast",
    "build_info",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "crop",
    "equalize",
    "erase",
    "gaussian_blur",
    "get_num_threads",
    "get_total_norm",
    "grayscale",
    "hflip",
    "invert",
    "normalize",
    "pad",
    "posterize",
    "resize",
    "resized_crop",
    "rot90",
    "set_num_threads",
    "sharpness",
    "solarize",
    "transpose",
    "vflip",
]

__version__: str = build_info()["version"]


def __dir__() -> list[str]:
    return __all__
