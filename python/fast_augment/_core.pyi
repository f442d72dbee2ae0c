"""
Kernels of fast_augment. Private: use the functions of the package.
"""

from __future__ import annotations
import typing

__all__: list[str] = [
    "active_isa",
    "affine",
    "build_info",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "crop",
    "find_nonfinite",
    "force_isa",
    "get_num_threads",
    "get_total_norm",
    "hflip",
    "normalize",
    "pad",
    "rot90",
    "set_num_threads",
    "supported_isas",
    "transpose",
    "vflip",
]

def active_isa() -> str: ...
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
def build_info() -> typing.Any: ...
def clip_grad_norm_(
    grads: tuple[typing.Any, ...],
    names: typing.Any,
    max_norm: typing.Any,
    norm_type: typing.Any,
    nonfinite: typing.Any,
    threads: typing.Any,
) -> float: ...
def clip_grad_value_(
    grads: tuple[typing.Any, ...], names: typing.Any, clip_value: typing.Any, threads: typing.Any
) -> None: ...
def clip_grads_with_norm_(
    grads: tuple[typing.Any, ...],
    names: typing.Any,
    max_norm: typing.Any,
    total_norm: typing.Any,
    threads: typing.Any,
) -> None: ...
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
def find_nonfinite(grads: tuple[typing.Any, ...]) -> typing.Any: ...
def force_isa(isa: str) -> None: ...
def get_num_threads() -> int: ...
def get_total_norm(
    grads: tuple[typing.Any, ...],
    names: typing.Any,
    norm_type: typing.Any,
    nonfinite: typing.Any,
    threads: typing.Any,
) -> float: ...
def hflip(
    images: typing.Any, where: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
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
def rot90(
    images: typing.Any, k: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
def set_num_threads(threads: typing.Any) -> None: ...
def supported_isas() -> list[str]: ...
def transpose(
    images: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
def vflip(
    images: typing.Any, where: typing.Any, layout: typing.Any, out: typing.Any, threads: typing.Any
) -> typing.Any: ...
