"""Image augmentation and gradient clipping in multithreaded C++, in place on NumPy buffers."""

from fast_augment.functional import (
    affine,
    affine_matrix,
    crop,
    hflip,
    normalize,
    pad,
    rot90,
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
    "affine",
    "affine_matrix",
    "build_info",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "crop",
    "get_num_threads",
    "get_total_norm",
    "hflip",
    "normalize",
    "pad",
    "rot90",
    "set_num_threads",
    "transpose",
    "vflip",
]

__version__: str = build_info()["version"]


def __dir__() -> list[str]:
    return __all__
