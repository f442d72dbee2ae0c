"""equalize and autocontrast: the oracles, their laws, and the same bits everywhere."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits, check_message, each_case
from helpers.images import (
    CHANNELS,
    DTYPES,
    LAYOUTS,
    SIZES,
    constant_image,
    dtype_name,
    from_layout,
    largest,
    noise,
    photograph,
    to_layout,
)
from helpers.memory import VIEWS, Guarded, at_page_end, copy_to
from oracles import histogram as oracle

every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_isa = pytest.mark.usefixtures("isa")
FUNCTIONS = ("equalize", "autocontrast")
# Every function with every dtype that it takes.
every_call = pytest.mark.parametrize(
    ("name", "dtype"),
    [("equalize", np.uint8), *(("autocontrast", dtype) for dtype in DTYPES)],
    ids=lambda value: value if isinstance(value, str) else dtype_name(value),
)


def narrow(rng, shape, dtype):
    """Noise that leaves the darkest and the lightest values out, each channel differently."""
    channels = shape[-1]
    values = (0.2 + 0.05 * np.arange(channels)) + 0.3 * rng.random(shape)
    return (values * largest(dtype)).astype(dtype)


def assert_as_the_oracle(name, result, image, where=""):
    exact = getattr(oracle, name)(image)
    assert result.dtype == image.dtype, where
    if name == "equalize":
        assert_same_bits(np.ascontiguousarray(result), exact, where)
        return
    limit = 1e-6 if image.dtype == np.float32 else 0.5 + 1e-6
    assert np.abs(result.astype(np.float64) - exact).max(initial=0.0) <= limit, where


@every_isa
@every_call
def test_every_width_and_channel_count(name, dtype, rng):
    for channels in CHANNELS:
        for number, width in enumerate(SIZES):
            layout = LAYOUTS[number % 2]
            image = narrow(rng, (13, width, channels), dtype)
            result = getattr(fa, name)(to_layout(image, layout), layout=layout)
            where = (channels, width, layout)
            assert_as_the_oracle(name, from_layout(result, layout), image, where)


@every_call
def test_many_channels_and_long_rows(name, dtype, rng):
    for shape in ((4, 70, 900), (2, 1100, 3), (40, 50, 7)):
        image = narrow(rng, shape, dtype) if shape[-1] < 9 else noise(rng, shape, dtype)
        assert_as_the_oracle(name, getattr(fa, name)(image), image, shape)


def test_histograms_with_gaps_and_few_pixels(rng):
    for pixels in (1, 2, 255, 256, 257, 509, 510, 1000):
        for levels in (1, 2, 3, 20):
            values = rng.choice(256, size=levels, replace=False)
            image = rng.choice(values, size=(1, pixels, 1)).astype(np.uint8)
            assert_as_the_oracle("equalize", fa.equalize(image), image, (pixels, levels))


@every_call
def test_a_constant_image_stays(name, dtype):
    image = constant_image((30, 40, 3), dtype)

    assert_same_bits(getattr(fa, name)(image), image)


@every_call
def test_order_of_levels_is_kept(name, dtype, rng):
    image = np.sort(narrow(rng, (1, 3000, 1), dtype), axis=1)
    result = getattr(fa, name)(image).astype(np.float64)

    assert np.all(np.diff(result, axis=1) >= 0)


@every_call
def test_where_pixels_stand_does_not_matter(name, dtype, rng):
    image = narrow(rng, (24, 31, 3), dtype)
    function = getattr(fa, name)

    assert_same_bits(function(fa.hflip(image)), fa.hflip(function(image)))
    assert_same_bits(function(fa.transpose(image)), fa.transpose(function(image)))


@every_dtype
def test_autocontrast_reaches_both_ends_and_is_idempotent(dtype, rng):
    image = narrow(rng, (50, 60, 3), dtype)
    once = fa.autocontrast(image)

    assert np.all(once.min((0, 1)) == 0)
    assert np.all(once.max((0, 1)) == largest(dtype))
    assert_same_bits(fa.autocontrast(once), once)


def test_autocontrast_rounds_half_up():
    image = np.array([10, 11, 12], np.uint8).reshape(1, 3, 1)

    assert fa.autocontrast(image).ravel().tolist() == [0, 128, 255]
    assert fa.autocontrast(image.astype(np.uint16)).ravel().tolist() == [0, 32768, 65535]


def test_autocontrast_of_every_pair_of_extremes():
    for low in range(0, 256, 15):
        for high in range(low, 256, 12):
            image = np.arange(low, high + 1, dtype=np.uint8).reshape(1, -1, 1)
            assert_as_the_oracle("autocontrast", fa.autocontrast(image), image, (low, high))


def test_value_ranges_of_floats(rng):
    image = noise(rng, (9, 31, 3), np.float32) * 8 - 3
    result = fa.autocontrast(image, value_range=(-2.0, 6.0))

    assert np.abs(result - oracle.autocontrast(image, (-2.0, 6.0))).max() <= 1e-5
    assert np.all(result.min((0, 1)) == -2.0)
    assert np.all(result.max((0, 1)) == 6.0)
    levels = narrow(rng, (9, 31, 3), np.uint8)
    assert_same_bits(fa.autocontrast(levels, value_range=(3, 4)), fa.autocontrast(levels))


def test_nan_does_not_count_and_infinite_channels_stay():
    image = np.zeros((1, 4, 3), np.float32)
    image[0, :, 0] = (2, np.nan, 4, 3)
    image[0, :, 1] = (2, np.inf, 4, 3)
    image[0, :, 2] = np.nan
    result = fa.autocontrast(image)

    assert result[0, [0, 2, 3], 0].tolist() == [0.0, 1.0, 0.5]
    assert np.isnan(result[0, 1, 0])
    assert np.array_equal(result[..., 1:], image[..., 1:], equal_nan=True)


def test_the_largest_and_smallest_floats():
    top = np.finfo(np.float32).max
    for low, high in ((-top, top), (0, 1e-45), (-1e-45, 1e-45)):
        image = np.array([low, high], np.float32).reshape(1, 2, 1)
        assert fa.autocontrast(image).ravel().tolist() == [0.0, 1.0]


@every_call
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_bits_for_any_number_of_threads(name, dtype, layout, rng, threads):
    function = getattr(fa, name)
    for shape in ((1, 300, 211, 3), (9, 64, 80, 3)):
        batch = to_layout(narrow(rng, shape, dtype), layout)
        expected = function(batch, layout=layout, threads=1)
        assert_same_bits(function(batch, layout=layout, threads=threads), expected, shape)


@every_call
def test_a_batch_is_its_samples_one_by_one(name, dtype, rng):
    function = getattr(fa, name)
    batch = narrow(rng, (4, 25, 31, 3), dtype)
    ragged = [narrow(rng, (9 + 20 * i, 90 - 17 * i, 3), dtype) for i in range(4)]

    for images in (batch, ragged):
        results = function(images)
        assert isinstance(results, list) == isinstance(images, list)
        for result, image in zip(results, images, strict=True):
            assert_as_the_oracle(name, result, image)


@every_call
def test_views_out_and_memory_around(name, dtype, rng):
    function = getattr(fa, name)
    batch = narrow(rng, (3, 14, 22, 3), dtype)
    expected = function(batch)
    for view in VIEWS:
        out = view(np.zeros_like(batch))
        assert function(view(batch), out=out) is out
        assert_same_bits(np.ascontiguousarray(out), expected, view.__name__)
    guarded = Guarded(batch.shape, dtype)
    function(copy_to(at_page_end, batch), out=guarded.array)
    guarded.check()
    assert_same_bits(guarded.array, expected)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", [(0, 4, 5, 3), (2, 0, 5, 3), (2, 4, 0, 3)])
def test_empty_batches(name, shape):
    assert getattr(fa, name)(np.zeros(shape, np.uint8)).shape == shape


U8 = np.zeros((4, 6, 3), np.uint8)
F32 = U8.astype(np.float32)
ERRORS = [
    (
        TypeError,
        "equalize: images has dtype uint16, expected uint8, whose 256 levels can be counted",
        lambda: fa.equalize(U8.astype(np.uint16)),
    ),
    (
        TypeError,
        "equalize: images[0] has dtype float32, expected uint8, whose 256 levels can be counted",
        lambda: fa.equalize([F32, F32]),
    ),
    (
        TypeError,
        "autocontrast: images has dtype float64, expected uint8, uint16 or float32",
        lambda: fa.autocontrast(U8.astype(np.float64)),
    ),
    (
        ValueError,
        "autocontrast: value_range is (1, 0), expected finite numbers, the lower first",
        lambda: fa.autocontrast(F32, value_range=(1, 0)),
    ),
    (
        TypeError,
        "autocontrast: value_range is None, expected a pair of numbers",
        lambda: fa.autocontrast(F32, value_range=None),
    ),
    (
        ValueError,
        "equalize: out has shape (4, 6, 1), expected (4, 6, 3)",
        lambda: fa.equalize(U8, out=np.zeros((4, 6, 1), np.uint8)),
    ),
]


@each_case(ERRORS)
def test_messages(number):
    check_message(ERRORS, number)


def test_pillow(rng):
    image_module = pytest.importorskip("PIL.Image")
    operations = pytest.importorskip("PIL.ImageOps")
    for number in range(20):
        shape = (*rng.integers(1, 120, size=2), 3)
        make = (photograph, narrow, noise)[number % 3]
        image = make(rng, shape, np.uint8)
        picture = image_module.fromarray(image)
        assert np.array_equal(fa.equalize(image), np.asarray(operations.equalize(picture))), shape
        wanted = np.asarray(operations.autocontrast(picture)).astype(int)
        assert np.abs(fa.autocontrast(image) - wanted).max() <= 1, shape
