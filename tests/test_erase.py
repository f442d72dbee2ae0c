"""erase: a rectangle per sample, wherever it lies."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits, check_message, each_case
from helpers.images import (
    CHANNELS,
    DTYPES,
    LAYOUTS,
    SIZES,
    dtype_name,
    from_layout,
    noise,
    to_layout,
)
from helpers.memory import VIEWS, Guarded, at_page_end, copy_to
from oracles.erase import erase as erased

every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
FAR = 2**63 - 1


@every_dtype
@pytest.mark.parametrize("channels", CHANNELS)
def test_rectangles_inside_and_outside(channels, dtype, rng):
    fill = np.arange(channels) + 1
    for number in range(60):
        layout = LAYOUTS[number % 2]
        image = noise(rng, (*rng.integers(1, 40, size=2), channels), dtype)
        top, left = rng.integers(-20, 45, size=2).tolist()
        size = tuple(rng.integers(0, 40, size=2).tolist())

        result = fa.erase(to_layout(image, layout), top, left, size, fill=fill, layout=layout)

        expected = erased(image, top, left, size, fill)
        assert_same_bits(from_layout(result, layout).copy(), expected, (image.shape, top, left))


@every_dtype
def test_every_width(dtype, rng):
    image = noise(rng, (3, 101, 3), dtype)
    for width in SIZES:
        assert_same_bits(fa.erase(image, 1, 2, (1, width)), erased(image, 1, 2, (1, width)))


def test_rectangles_that_miss_or_cover_the_image(rng):
    image = noise(rng, (5, 7, 3), np.uint8)
    for top, left in ((5, 0), (0, 7), (-4, 0), (0, -4), (-FAR, 0), (FAR, FAR), (0, -FAR - 1)):
        assert_same_bits(fa.erase(image, top, left, 4), image, (top, left))
    for top, left in ((0, 0), (-1, -2), (-FAR // 2, -FAR // 2)):
        assert np.all(fa.erase(image, top, left, FAR, fill=9) == 9)
    assert np.all(fa.erase(image, 2, 3, FAR)[2:, 3:] == 0)


def test_erasing_nothing_is_a_copy(rng):
    image = noise(rng, (6, 8, 2), np.float32)
    result = fa.erase(image, 2, 2, 0)

    assert_same_bits(result, image)
    assert not np.shares_memory(result, image)
    assert_same_bits(fa.erase(image, 0, 0, (3, 0)), image)


def test_erasing_twice_is_erasing_once(rng):
    image = noise(rng, (9, 9, 3), np.uint16)
    once = fa.erase(image, 3, -1, (4, 5), fill=(1, 2, 3))

    assert_same_bits(fa.erase(once, 3, -1, (4, 5), fill=(1, 2, 3)), once)


def test_erase_commutes_with_a_flip(rng):
    image = noise(rng, (9, 11, 3), np.uint8)

    assert_same_bits(
        fa.hflip(fa.erase(image, 2, 1, (3, 4))), fa.erase(fa.hflip(image), 2, 11 - 1 - 4, (3, 4))
    )


def test_one_rectangle_per_sample(rng, threads):
    batch = noise(rng, (5, 60, 70, 3), np.uint8)
    ragged = [noise(rng, (20 + 9 * i, 50 - 7 * i, 3), np.uint8) for i in range(5)]
    top, left = np.array([0, 3, -2, 9, 55]), [5, 0, -7, 11, 65]
    sizes = np.array([(8, 13), (0, 4), (7, 9), (100, 1), (9, 9)], np.int32)

    for images in (batch, ragged):
        results = fa.erase(images, top, left, sizes, fill=7, threads=threads)
        assert isinstance(results, list) == isinstance(images, list)
        for i, (result, image) in enumerate(zip(results, images, strict=True)):
            assert_same_bits(result, erased(image, top[i], left[i], sizes[i], 7), i)
    assert_same_bits(fa.erase(batch, top, 2, 6, threads=threads)[3], erased(batch[3], top[3], 2, 6))


def test_two_numbers_are_height_and_width_even_for_two_samples(rng):
    batch = noise(rng, (2, 9, 9, 1), np.uint8)

    assert_same_bits(fa.erase(batch, 0, 0, (2, 5)), fa.erase(batch, 0, 0, [(2, 5), (2, 5)]))


@every_dtype
def test_views_out_and_memory_around(dtype, rng):
    batch = noise(rng, (3, 14, 22, 3), dtype)
    expected = np.stack([erased(image, 5, -3, (4, 30), 1) for image in batch])
    for view in VIEWS:
        out = view(np.zeros_like(batch))
        assert fa.erase(view(batch), 5, -3, (4, 30), fill=1, out=out) is out
        assert_same_bits(np.ascontiguousarray(out), expected, view.__name__)
    guarded = Guarded(batch.shape, dtype)
    fa.erase(copy_to(at_page_end, batch), 5, -3, (4, 30), fill=1, out=guarded.array)
    guarded.check()
    assert_same_bits(guarded.array, expected)


@pytest.mark.parametrize("shape", [(0, 4, 5, 3), (2, 0, 5, 3), (2, 4, 0, 3)])
def test_empty_batches(shape):
    assert fa.erase(np.zeros(shape, np.uint8), 0, 0, 2).shape == shape
    assert fa.erase(np.zeros(shape, np.uint8), 0, 0, np.zeros((shape[0], 2), int)).shape == shape


U8 = np.zeros((4, 6, 3), np.uint8)
BATCH = np.zeros((2, 4, 6, 3), np.uint8)
PAIR = "expected a whole number or a pair (height, width)"
ERRORS = [
    (ValueError, "erase: size is -1, expected at least 0", lambda: fa.erase(U8, 0, 0, -1)),
    (
        ValueError,
        "erase: size is (2, -3), expected at least 0",
        lambda: fa.erase(U8, 0, 0, (2, -3)),
    ),
    (
        ValueError,
        "erase: size is [(1, 1), (2, -3)], expected at least 0",
        lambda: fa.erase(BATCH, 0, 0, [(1, 1), (2, -3)]),
    ),
    (ValueError, f"erase: size is (1, 2, 3), {PAIR}", lambda: fa.erase(U8, 0, 0, (1, 2, 3))),
    (TypeError, f"erase: size is 2.5, {PAIR}", lambda: fa.erase(U8, 0, 0, 2.5)),
    (TypeError, f"erase: size is None, {PAIR}", lambda: fa.erase(U8, 0, 0, None)),
    (TypeError, f"erase: size is [[1, 2], [3]], {PAIR}", lambda: fa.erase(U8, 0, 0, [[1, 2], [3]])),
    (
        TypeError,
        "erase: size is [(0.5, 1.0), (2.0, 3.0)], expected a whole number, a pair (height, width)"
        " or one pair per sample",
        lambda: fa.erase(BATCH, 0, 0, [(0.5, 1.0), (2.0, 3.0)]),
    ),
    (
        ValueError,
        "erase: size has shape (3, 2), expected one pair per sample, (2, 2)",
        lambda: fa.erase(BATCH, 0, 0, np.ones((3, 2), int)),
    ),
    (
        ValueError,
        "erase: left has shape (3,), expected one value or one per sample, (2,)",
        lambda: fa.erase(BATCH, 0, [1, 2, 3], 2),
    ),
    (
        TypeError,
        "erase: top is 0.5, expected a whole number or an array of them",
        lambda: fa.erase(U8, 0.5, 0, 2),
    ),
    (
        ValueError,
        "erase: fill is 256, expected whole numbers from 0 to 255 for images of dtype uint8",
        lambda: fa.erase(U8, 0, 0, 2, fill=256),
    ),
    (
        ValueError,
        "erase: out shares memory with images, expected separate arrays",
        lambda: fa.erase(U8, 0, 0, 2, out=U8),
    ),
]


@each_case(ERRORS)
def test_messages(number):
    check_message(ERRORS, number)


def test_an_error_leaves_out_untouched():
    out = np.full_like(BATCH, 77)
    assert_raises(
        ValueError,
        "erase: size is -1, expected at least 0",
        lambda: fa.erase(BATCH, 0, 0, -1, out=out),
    )
    assert np.all(out == 77)
