"""Messages about the arguments of the image functions, word by word."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, check_message, each_case

U8 = np.zeros((4, 6, 3), np.uint8)
U16 = U8.astype(np.uint16)
F32 = U8.astype(np.float32)
BATCH = np.zeros((2, 4, 6, 3), np.uint8)
EMPTY = np.zeros((0, 6, 1), np.uint8)
IDENTITY = [[1, 0, 0], [0, 1, 0]]
SINGULAR = [[1, 2, 0], [2, 4, 0]]

WHOLE = "expected a whole number or an array of them"
SIZE = "expected a whole number or a pair (height, width)"
PADDING = "expected a whole number, (left_right, top_bottom) or (left, top, right, bottom)"
FILL = "expected a number or one per channel"
FLAGS = "expected None, a bool or an array of bool"


COMMON = [
    (
        ValueError,
        "hflip: layout is 'NHWC', expected 'HWC' or 'CHW'",
        lambda: fa.hflip(U8, layout="NHWC"),
    ),
    (ValueError, "hflip: threads is 0, expected 1 to 1024", lambda: fa.hflip(U8, threads=0)),
    (ValueError, "hflip: threads is -1, expected 1 to 1024", lambda: fa.hflip(U8, threads=-1)),
    (
        ValueError,
        f"hflip: threads is {2**80}, expected 1 to 1024",
        lambda: fa.hflip(U8, threads=2**80),
    ),
    (
        TypeError,
        "hflip: threads has type float, expected None or a whole number",
        lambda: fa.hflip(U8, threads=2.0),
    ),
    (
        TypeError,
        "hflip: threads has type bool, expected None or a whole number",
        lambda: fa.hflip(U8, threads=True),
    ),
    (
        ValueError,
        "crop: border is 'mirror', expected 'constant', 'edge', 'reflect', 'symmetric' or 'wrap'",
        lambda: fa.crop(U8, 0, 0, 2, border="mirror"),
    ),
    (
        ValueError,
        "crop: images has no pixels to repeat, expected border='constant'",
        lambda: fa.crop(EMPTY, 0, 0, 2, border="edge"),
    ),
]


STRINGS = [
    ("hflip: layout is None", lambda: fa.hflip(U8, layout=None)),
    ("crop: border is None", lambda: fa.crop(U8, 0, 0, 2, border=None)),
    ("affine: interpolation is 1", lambda: fa.affine(U8, IDENTITY, interpolation=1)),
    ("normalize: out_layout is 2", lambda: fa.normalize(U8, 0, 1, out_layout=2)),
]


@each_case(STRINGS)
def test_names_that_are_no_strings(number):
    start, call = STRINGS[number]

    assert_raises(TypeError, f"{start}, expected a string", call)


@each_case(COMMON)
def test_common_arguments(number):
    check_message(COMMON, number)


FILLS = [
    (
        ValueError,
        "crop: fill is 256, expected whole numbers from 0 to 255 for images of dtype uint8",
        lambda: fa.crop(U8, 0, 0, 2, fill=256),
    ),
    (
        ValueError,
        "crop: fill is (0, -1, 0), expected whole numbers from 0 to 255 for images of dtype uint8",
        lambda: fa.crop(U8, 0, 0, 2, fill=(0, -1, 0)),
    ),
    (
        ValueError,
        "pad: fill is 0.5, expected whole numbers from 0 to 255 for images of dtype uint8",
        lambda: fa.pad(U8, 1, fill=0.5),
    ),
    (
        ValueError,
        "affine: fill is nan, expected whole numbers from 0 to 65535 for images of dtype uint16",
        lambda: fa.affine(U16, IDENTITY, fill=np.nan),
    ),
    (
        ValueError,
        "crop: fill is 1e+300, expected numbers that float32 can hold",
        lambda: fa.crop(F32, 0, 0, 2, fill=1e300),
    ),
    (TypeError, f"crop: fill is 'red', {FILL}", lambda: fa.crop(F32, 0, 0, 2, fill="red")),
    (TypeError, f"crop: fill is None, {FILL}", lambda: fa.crop(F32, 0, 0, 2, fill=None)),
    (
        ValueError,
        "crop: fill has shape (2,), expected one value or one per channel, (3,)",
        lambda: fa.crop(U8, 0, 0, 2, fill=(1, 2)),
    ),
    (
        ValueError,
        "crop: fill has shape (1, 3), expected one value or one per channel, (3,)",
        lambda: fa.crop(U8, 0, 0, 2, fill=[[1, 2, 3]]),
    ),
]


@each_case(FILLS)
def test_fill(number):
    check_message(FILLS, number)


SAMPLES = [
    (TypeError, f"hflip: where is 1, {FLAGS}", lambda: fa.hflip(U8, where=1)),
    (TypeError, f"hflip: where is [1, 0], {FLAGS}", lambda: fa.hflip(BATCH, where=[1, 0])),
    (
        ValueError,
        "hflip: where has shape (1,), expected one value or one per sample, (2,)",
        lambda: fa.hflip(BATCH, where=[True]),
    ),
    (TypeError, f"rot90: k is 1.0, {WHOLE}", lambda: fa.rot90(U8, 1.0)),
    (TypeError, f"rot90: k is True, {WHOLE}", lambda: fa.rot90(U8, True)),
    (
        ValueError,
        "rot90: k has shape (3,), expected one value or one per sample, (2,)",
        lambda: fa.rot90(BATCH, [1, 2, 3]),
    ),
    (
        ValueError,
        "rot90: k mixes odd and even turns of images that are not square, so the results differ in"
        " shape; pass images as a list",
        lambda: fa.rot90(BATCH, [1, 2]),
    ),
    (TypeError, f"crop: top is 0.5, {WHOLE}", lambda: fa.crop(U8, 0.5, 0, 2)),
    (TypeError, f"crop: left is 'a', {WHOLE}", lambda: fa.crop(U8, 0, "a", 2)),
    (
        ValueError,
        "crop: top has shape (3,), expected one value or one per sample, (2,)",
        lambda: fa.crop(BATCH, [1, 2, 3], 0, 2),
    ),
    (
        ValueError,
        f"crop: left is {-(2**50)}, expected at most 2**40 pixels from the image",
        lambda: fa.crop(U8, 0, -(2**50), 2),
    ),
    (
        ValueError,
        f"crop: top is {2**70}, which is too large",
        lambda: fa.crop(U8, 2**70, 0, 2),
    ),
]


@each_case(SAMPLES)
def test_arguments_per_sample(number):
    check_message(SAMPLES, number)


SIZES = [
    (ValueError, "crop: size is 0, expected at least 1", lambda: fa.crop(U8, 0, 0, 0)),
    (
        ValueError,
        "affine: size is (2, -1), expected at least 1",
        lambda: fa.affine(U8, IDENTITY, size=(2, -1)),
    ),
    (ValueError, f"crop: size is (1, 2, 3), {SIZE}", lambda: fa.crop(U8, 0, 0, (1, 2, 3))),
    (TypeError, f"crop: size is 2.5, {SIZE}", lambda: fa.crop(U8, 0, 0, 2.5)),
    (TypeError, f"crop: size is None, {SIZE}", lambda: fa.crop(U8, 0, 0, None)),
    (TypeError, f"crop: size is True, {SIZE}", lambda: fa.crop(U8, 0, 0, True)),
    (ValueError, f"pad: padding is -1, {PADDING}, each from 0 to 2**40", lambda: fa.pad(U8, -1)),
    (
        ValueError,
        f"pad: padding is (1, 2, 3), {PADDING}, each from 0 to 2**40",
        lambda: fa.pad(U8, (1, 2, 3)),
    ),
    (TypeError, f"pad: padding is 1.5, {PADDING}", lambda: fa.pad(U8, 1.5)),
    (TypeError, f"pad: padding is None, {PADDING}", lambda: fa.pad(U8, None)),
]


@each_case(SIZES)
def test_sizes(number):
    check_message(SIZES, number)


def test_a_wrong_argument_leaves_out_untouched():
    out = np.full_like(BATCH, 77)
    calls = (
        lambda: fa.hflip(BATCH, where=[True], out=out),
        lambda: fa.rot90(BATCH, [2, 0.5], out=out),
        lambda: fa.crop(BATCH, [0, 2**50], 0, (4, 6), out=out),
        lambda: fa.crop(BATCH, 0, 0, (4, 6), fill=256, out=out),
        lambda: fa.affine(BATCH, [IDENTITY, SINGULAR], out=out),
    )
    for call in calls:
        with pytest.raises((TypeError, ValueError)):
            call()

    assert np.all(out == 77)
