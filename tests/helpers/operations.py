"""Every image function with one set of arguments, for the tests of what they have in common."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import fast_augment as fa
from helpers.checks import assert_near_exact, assert_nearest, assert_same_bits
from oracles import erase as erase_oracle
from oracles import filter as filter_oracle
from oracles import geometry
from oracles import histogram as histogram_oracle
from oracles import normalize as normalize_oracle

MATRIX = np.array([[0.9, -0.35, 4.2], [0.3, 1.1, -3.7]])
LEAN = np.array([[0.9, -0.35, 4.2], [0.3, 1.1, -3.7], [0.01, -0.02, 1.0]])
SHRINK = np.array([[0.31, 0.12, 2.0], [-0.2, 0.4, 9.5]])
MEAN, STD = 0.45, 0.22


@dataclass(frozen=True)
class Operation:
    """`call(images, **options)` runs it; `check(result, image)` compares one HWC result."""

    name: str
    call: Callable
    check: Callable
    # What a ragged list gives: one dense batch instead of a list.
    dense: bool = False
    # The dtype of the result, where it is not that of the images.
    dtype: type | None = None

    def result_dtype(self, dtype):
        return np.dtype(self.dtype or dtype)


def _exact(name, call, oracle, **options):
    def check(result, image):
        assert_same_bits(result, oracle(image), name)

    return Operation(name, call, check, **options)


def _near(name, call, oracle):
    def check(result, image):
        assert_near_exact(result, oracle(image), where=name)

    return Operation(name, call, check)


def _smooth(name, matrix, *, dense=False, **options):
    def call(images, **common):
        return fa.affine(images, matrix, **options, **common)

    def check(result, image):
        exact = geometry.affine(image, matrix, **options)
        assert_near_exact(result, exact, _extent(image, options), name)

    return Operation(name, call, check, dense=dense)


def _perspective(name, matrix, **options):
    def call(images, **common):
        return fa.perspective(images, matrix, **options, **common)

    def check(result, image):
        exact, sure = geometry.perspective(image, matrix, **options)
        assert_near_exact(result[sure], exact[sure], _extent(image, options), name)

    return Operation(name, call, check)


def _extent(image, options):
    """The range of values, to which the tolerance of floats refers."""
    return float(np.ptp(np.append(image.ravel(), options.get("fill", 0)))) or 1.0


def _nearest(name, matrix, **options):
    def call(images, **common):
        return fa.affine(images, matrix, interpolation="nearest", **options, **common)

    def check(result, image):
        assert_nearest(result, image, matrix, **options, where=name)

    return Operation(name, call, check)


def _normalize(name, dtype):
    def call(images, layout="HWC", **common):
        return fa.normalize(
            images, MEAN, STD, layout=layout, out_layout=layout, dtype=dtype, **common
        )

    def check(result, image):
        error = np.abs(result.astype(np.float64) - normalize_oracle.normalize(image, MEAN, STD))
        bound = normalize_oracle.error_bound(image, MEAN, STD, dtype)
        assert np.all(error <= bound), f"{name}: {(error / bound).max()} times the bound"

    return Operation(name, call, check, dtype=dtype)


def _crop_inside(images, **common):
    return fa.crop(images, 1, 2, (9, 12), **common)


def _crop_outside(images, **common):
    return fa.crop(images, -4, -3, (40, 31), border="symmetric", **common)


def _pad(images, **common):
    return fa.pad(images, (1, 2, 3, 4), fill=9, **common)


def _erase(images, **common):
    return fa.erase(images, -2, 3, (9, 4), fill=5, **common)


def _sharpness(images, **common):
    return fa.sharpness(images, 1.6, **common)


def _rot90(k):
    return lambda images, **common: fa.rot90(images, k, **common)


OPERATIONS = (
    _exact("hflip", fa.hflip, geometry.hflip),
    _exact("vflip", fa.vflip, geometry.vflip),
    _exact("transpose", fa.transpose, geometry.transpose),
    _exact("rot90_1", _rot90(1), geometry.rot90),
    _exact("rot90_2", _rot90(2), lambda image: geometry.rot90(image, 2)),
    _exact("rot90_3", _rot90(3), lambda image: geometry.rot90(image, 3)),
    _exact("crop", _crop_inside, lambda i: geometry.crop(i, 1, 2, (9, 12)), dense=True),
    _exact(
        "crop_outside",
        _crop_outside,
        lambda i: geometry.crop(i, -4, -3, (40, 31), "symmetric"),
        dense=True,
    ),
    _exact("pad", _pad, lambda i: geometry.pad(i, (1, 2, 3, 4), fill=9)),
    _smooth("affine", MATRIX, fill=5),
    _smooth("affine_to_size", SHRINK, size=(21, 34), border="reflect", dense=True),
    _smooth("affine_bicubic", MATRIX, interpolation="bicubic", fill=5),
    _perspective("perspective", LEAN, fill=5),
    _nearest("affine_nearest", MATRIX, border="wrap"),
    _exact("erase", _erase, lambda i: erase_oracle.erase(i, -2, 3, (9, 4), fill=5)),
    _near("autocontrast", fa.autocontrast, histogram_oracle.autocontrast),
    _near("sharpness", _sharpness, lambda i: filter_oracle.sharpness(i, 1.6)),
    _normalize("normalize", np.float32),
    _normalize("normalize_float16", np.float16),
)
OPERATION_IDS = [operation.name for operation in OPERATIONS]
