"""Messages of resize and resized_crop, word by word."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises

U8 = np.zeros((4, 6, 3), np.uint8)
BATCH = np.zeros((2, 4, 6, 3), np.uint8)
BOX = (0, 0, 3, 3)
SIZE = "expected a whole number or a pair (height, width)"
FILTER = "expected 'nearest', 'bilinear' or 'bicubic'"
INSIDE = "expected a box (x0, y0, x1, y1) of at least one pixel inside (0, 0, 6, 4)"
BOXES = "expected an array of whole numbers"

# How `resize` is called after U8, the error and what it says after "resize: ".
ARGUMENTS = [
    ({"size": 0}, ValueError, "size is 0, expected at least 1"),
    ({"size": (3, -1)}, ValueError, "size is (3, -1), expected at least 1"),
    ({"size": (1, 2, 3)}, ValueError, f"size is (1, 2, 3), {SIZE}"),
    ({"size": 2.5}, TypeError, f"size is 2.5, {SIZE}"),
    ({"size": None}, TypeError, f"size is None, {SIZE}"),
    ({"interpolation": "area"}, ValueError, f"interpolation is 'area', {FILTER}"),
    ({"interpolation": 1}, TypeError, "interpolation is 1, expected a string"),
    ({"antialias": 1}, TypeError, "antialias is 1, expected a bool"),
    ({"antialias": None}, TypeError, "antialias is None, expected a bool"),
    ({"layout": "NHWC"}, ValueError, "layout is 'NHWC', expected 'HWC' or 'CHW'"),
    ({"threads": 0}, ValueError, "threads is 0, expected 1 to 1024"),
    (
        {"out": np.zeros((4, 6, 3), np.uint8)},
        ValueError,
        "out has shape (4, 6, 3), expected (2, 2, 3)",
    ),
    ({"out": np.zeros((2, 2, 3), "f4")}, TypeError, "out has dtype float32, expected uint8"),
    ({"out": U8[:2, :2]}, ValueError, "out shares memory with images, expected separate arrays"),
]

# boxes -> the error of resized_crop(U8, boxes, 2) and what it says.
ONE_BOX = [
    ((0, 0, 7, 4), ValueError, f"boxes is (0, 0, 7, 4), {INSIDE}"),
    ((0, 0, 6, 5), ValueError, f"boxes is (0, 0, 6, 5), {INSIDE}"),
    ((-1, 0, 6, 4), ValueError, f"boxes is (-1, 0, 6, 4), {INSIDE}"),
    ((0, -1, 6, 4), ValueError, f"boxes is (0, -1, 6, 4), {INSIDE}"),
    ((2, 0, 2, 4), ValueError, f"boxes is (2, 0, 2, 4), {INSIDE}"),
    ((0, 3, 2, 1), ValueError, f"boxes is (0, 3, 2, 1), {INSIDE}"),
    ((0, 0, 2), ValueError, "boxes has shape (3,), expected (4,) or (1, 4)"),
    ([BOX, BOX], ValueError, "boxes has shape (2, 4), expected (4,) or (1, 4)"),
    (3, ValueError, "boxes has shape (), expected (4,) or (1, 4)"),
    ((0.0, 0, 2, 2), TypeError, f"boxes is (0.0, 0, 2, 2), {BOXES}"),
    (None, TypeError, f"boxes is None, {BOXES}"),
    ("abcd", TypeError, f"boxes is 'abcd', {BOXES}"),
    ((True, True, True, True), TypeError, f"boxes is (True, True, True, True), {BOXES}"),
    ([(1, 2), (3,)], TypeError, f"boxes is [(1, 2), (3,)], {BOXES}"),
]


@pytest.mark.parametrize(("options", "error", "message"), ARGUMENTS)
def test_arguments(options, error, message):
    assert_raises(error, f"resize: {message}", lambda: fa.resize(U8, **{"size": 2, **options}))
    assert_raises(
        error,
        f"resized_crop: {message}",
        lambda: fa.resized_crop(U8, BOX, **{"size": 2, **options}),
    )


@pytest.mark.parametrize(("boxes", "error", "message"), ONE_BOX)
def test_boxes(boxes, error, message):
    out = np.full((2, 2, 3), 77, np.uint8)
    assert_raises(error, f"resized_crop: {message}", lambda: fa.resized_crop(U8, boxes, 2, out=out))
    assert np.all(out == 77)


def test_the_box_of_a_batch_is_named():
    boxes = np.array([BOX, (0, 0, 9, 2)])
    message = f"resized_crop: boxes[1] is (0, 0, 9, 2), {INSIDE}"
    assert_raises(ValueError, message, lambda: fa.resized_crop(BATCH, boxes, 2))


def test_numbers_too_large_for_a_box_are_outside():
    boxes = np.array([0, 0, 2**64 - 1, 2], np.uint64)
    with pytest.raises(
        ValueError, match=r"^resized_crop: boxes is \(0, 0, -1, 2\), expected a box"
    ):
        fa.resized_crop(U8, boxes, 2)


@pytest.mark.parametrize("shape", [(0, 6, 3), (4, 0, 3), (2, 0, 6, 3)])
def test_images_without_pixels(shape):
    images = np.zeros(shape, np.uint8)
    message = "images has no pixels to sample"
    assert_raises(ValueError, f"resize: {message}", lambda: fa.resize(images, 2))
    assert_raises(
        ValueError, f"resized_crop: {message}", lambda: fa.resized_crop(images, (0, 0, 1, 1), 2)
    )


def test_a_bool_of_numpy_is_a_bool():
    image = np.arange(24, dtype=np.uint8).reshape(4, 6, 1)
    for antialias in (True, False):
        result = fa.resize(image, 2, antialias=np.bool_(antialias))
        assert np.array_equal(result, fa.resize(image, 2, antialias=antialias))
