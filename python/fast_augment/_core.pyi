"""
Kernels of fast_augment. Private: use the functions of the package.
"""

from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing

__all__: list[str] = [
    "GradientClipper",
    "NormAccumulator",
    "OptimizerArrays",
    "Pipeline",
    "active_isa",
    "adaptive_clip_grad_",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_saturation",
    "affine",
    "affine_matrix",
    "autocontrast",
    "build_info",
    "check_adam",
    "check_sgd",
    "clip_grad_norm_",
    "clip_grad_norm_per_tensor_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "clip_per_sample_grads_",
    "collect_gradients",
    "copy_paste",
    "crop",
    "cut_mix",
    "equalize",
    "erase",
    "find_nonfinite",
    "force_isa",
    "gaussian_blur",
    "get_num_threads",
    "get_total_norm",
    "grayscale",
    "hflip",
    "invert",
    "mix_up",
    "mosaic",
    "norm_power",
    "normalize",
    "pad",
    "perspective",
    "posterize",
    "resize",
    "resized_crop",
    "rot90",
    "set_num_threads",
    "set_worker_probe",
    "sharpness",
    "solarize",
    "supported_isas",
    "thread_info",
    "transpose",
    "vflip",
]

class GradientClipper:
    def __init__(
        self,
        grads: typing.Any,
        max_norm: typing.Any,
        norm_type: typing.Any,
        nonfinite: typing.Any,
        threads: typing.Any,
    ) -> None: ...
    def __len__(self) -> int: ...
    def clip(self, max_norm: typing.Any) -> float: ...

class NormAccumulator:
    def __init__(
        self, norm_type: typing.Any, nonfinite: typing.Any, threads: typing.Any
    ) -> None: ...
    def add(self, grads: typing.Any) -> None: ...
    def clip(self, grads: typing.Any, max_norm: typing.Any) -> None: ...
    def first_nonfinite(self) -> typing.Any: ...
    def norm(self) -> float: ...
    def reset(self) -> None: ...

class OptimizerArrays:
    def __init__(
        self,
        optimizer: str,
        params: tuple[typing.Any, ...],
        names: typing.Any,
        state_names: collections.abc.Sequence[str],
        state: tuple[tuple[typing.Any, ...], ...],
        steps: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex],
    ) -> None: ...
    def step_adam(
        self,
        grads: tuple[typing.Any, ...],
        groups: list[tuple[typing.Any, ...]],
        max_grad_norm: typing.Any,
        norm_type: typing.Any,
        nonfinite: typing.Any,
        zero_grads: typing.Any,
        write_clipped: typing.Any,
        threads: typing.Any,
        known_norm: typing.Any,
    ) -> float: ...
    def step_sgd(
        self,
        grads: tuple[typing.Any, ...],
        groups: list[tuple[typing.Any, ...]],
        max_grad_norm: typing.Any,
        norm_type: typing.Any,
        nonfinite: typing.Any,
        zero_grads: typing.Any,
        write_clipped: typing.Any,
        threads: typing.Any,
        known_norm: typing.Any,
    ) -> float: ...
    @property
    def steps(self) -> list[int]: ...

class Pipeline:
    def __init__(
        self, transforms: typing.Any, first_position: typing.SupportsInt | typing.SupportsIndex
    ) -> None: ...
    def explain(
        self, shape: typing.Any, dtype: typing.Any, layout: typing.Any, out_layout: typing.Any
    ) -> typing.Any: ...
    def move_boxes(
        self,
        records: typing.Annotated[numpy.typing.ArrayLike, ...],
        sizes: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        boxes: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        offsets: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        threads: typing.Any,
    ) -> typing.Any: ...
    def move_points(
        self,
        records: typing.Annotated[numpy.typing.ArrayLike, ...],
        sizes: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        points: typing.Annotated[numpy.typing.ArrayLike, numpy.float64],
        offsets: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
        threads: typing.Any,
    ) -> typing.Any: ...
    def run(
        self,
        images: typing.Any,
        seed: typing.SupportsInt | typing.SupportsIndex,
        epoch: typing.SupportsInt | typing.SupportsIndex,
        first_index: typing.SupportsInt | typing.SupportsIndex,
        index: typing.Any,
        records: typing.Any,
        layout: typing.Any,
        out_layout: typing.Any,
        out: typing.Any,
        threads: typing.Any,
        want_params: bool,
        only_check: bool = False,
        boxes: typing.Any = None,
        offsets: typing.Any = None,
    ) -> typing.Any: ...

def active_isa() -> str: ...
def adaptive_clip_grad_(
    grads: typing.Any,
    parameters: typing.Any,
    clip_factor: typing.Any,
    eps: typing.Any,
    unit_axis: typing.Any,
    nonfinite: typing.Any,
    threads: typing.Any,
) -> int: ...
def adjust_brightness(
    images: typing.Any,
    factor: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def adjust_contrast(
    images: typing.Any,
    factor: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def adjust_gamma(
    images: typing.Any,
    gamma: typing.Any,
    gain: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def adjust_hue(
    images: typing.Any, delta: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
def adjust_saturation(
    images: typing.Any,
    factor: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def affine(
    images: typing.Any,
    matrix: typing.Any,
    size: typing.Any,
    interpolation: typing.Any,
    border: typing.Any,
    fill: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def affine_matrix(
    angle: typing.Any,
    translate: typing.Any,
    scale: typing.Any,
    shear: typing.Any,
    center: typing.Any,
) -> numpy.ndarray: ...
def autocontrast(
    images: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def build_info() -> typing.Any: ...
def check_adam(
    function: str,
    groups: list[tuple[typing.Any, ...]],
    max_grad_norm: typing.Any,
    norm_type: typing.Any,
    nonfinite: typing.Any,
    zero_grads: typing.Any,
    write_clipped: typing.Any,
    threads: typing.Any,
) -> None: ...
def check_sgd(
    function: str,
    groups: list[tuple[typing.Any, ...]],
    max_grad_norm: typing.Any,
    norm_type: typing.Any,
    nonfinite: typing.Any,
    zero_grads: typing.Any,
    write_clipped: typing.Any,
    threads: typing.Any,
) -> None: ...
def clip_grad_norm_(
    grads: typing.Any,
    max_norm: typing.Any,
    norm_type: typing.Any,
    nonfinite: typing.Any,
    threads: typing.Any,
) -> float: ...
def clip_grad_norm_per_tensor_(
    grads: typing.Any,
    max_norm: typing.Any,
    norm_type: typing.Any,
    nonfinite: typing.Any,
    threads: typing.Any,
) -> numpy.typing.NDArray[numpy.float64]: ...
def clip_grad_value_(grads: typing.Any, clip_value: typing.Any, threads: typing.Any) -> None: ...
def clip_grads_with_norm_(
    grads: typing.Any, max_norm: typing.Any, total_norm: typing.Any, threads: typing.Any
) -> None: ...
def clip_per_sample_grads_(
    grads: tuple[typing.Any, ...],
    names: typing.Any,
    max_norm: typing.Any,
    noise_multiplier: typing.Any,
    make_key: typing.Any,
    out: tuple[typing.Any, ...],
    threads: typing.Any,
) -> numpy.typing.NDArray[numpy.float64]: ...
def collect_gradients(
    function: str, argument: str, grads: typing.Any
) -> tuple[tuple[typing.Any, ...], typing.Any]: ...
def copy_paste(
    images: typing.Any,
    masks: typing.Any,
    key: typing.Any,
    p: typing.SupportsFloat | typing.SupportsIndex,
    background: typing.SupportsInt | typing.SupportsIndex,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def crop(
    images: typing.Any,
    top: typing.Any,
    left: typing.Any,
    size: typing.Any,
    border: typing.Any,
    fill: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def cut_mix(
    images: typing.Any,
    key: typing.Any,
    alpha: typing.SupportsFloat | typing.SupportsIndex,
    p: typing.SupportsFloat | typing.SupportsIndex,
    per_sample: bool,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def equalize(
    images: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
def erase(
    images: typing.Any,
    top: typing.Any,
    left: typing.Any,
    size: typing.Any,
    fill: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def find_nonfinite(grads: tuple[typing.Any, ...]) -> typing.Any: ...
def force_isa(isa: str) -> None: ...
def gaussian_blur(
    images: typing.Any,
    kernel_size: typing.Any,
    sigma: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def get_num_threads() -> int: ...
def get_total_norm(
    grads: typing.Any, norm_type: typing.Any, nonfinite: typing.Any, threads: typing.Any
) -> float: ...
def grayscale(
    images: typing.Any,
    channels: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def hflip(
    images: typing.Any, where: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
def invert(
    images: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def mix_up(
    images: typing.Any,
    key: typing.Any,
    alpha: typing.SupportsFloat | typing.SupportsIndex,
    p: typing.SupportsFloat | typing.SupportsIndex,
    per_sample: bool,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def mosaic(
    images: typing.Any,
    key: typing.Any,
    size: typing.Any,
    low: typing.SupportsFloat | typing.SupportsIndex,
    high: typing.SupportsFloat | typing.SupportsIndex,
    fill: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def norm_power(grads: typing.Any, norm_type: typing.Any, threads: typing.Any) -> float: ...
def normalize(
    images: typing.Any,
    mean: typing.Any,
    std: typing.Any,
    layout: typing.Any,
    out_layout: typing.Any,
    dtype: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def pad(
    images: typing.Any,
    padding: typing.Any,
    border: typing.Any,
    fill: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def perspective(
    images: typing.Any,
    matrix: typing.Any,
    size: typing.Any,
    interpolation: typing.Any,
    border: typing.Any,
    fill: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def posterize(
    images: typing.Any,
    bits: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def resize(
    images: typing.Any,
    size: typing.Any,
    interpolation: typing.Any,
    antialias: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def resized_crop(
    images: typing.Any,
    boxes: typing.Any,
    size: typing.Any,
    interpolation: typing.Any,
    antialias: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def rot90(
    images: typing.Any, k: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
def set_num_threads(threads: typing.Any) -> None: ...
def set_worker_probe(probe: typing.Any) -> None: ...
def sharpness(
    images: typing.Any,
    factor: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def solarize(
    images: typing.Any,
    threshold: typing.Any,
    value_range: typing.Any,
    layout: typing.Any,
    out: typing.Any,
    threads: typing.Any,
) -> typing.Any: ...
def supported_isas() -> list[str]: ...
def thread_info() -> typing.Any: ...
def transpose(
    images: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
def vflip(
    images: typing.Any, where: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
