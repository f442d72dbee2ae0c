"""Colour functions: every formula for every dtype, layout and size, and its laws."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import (
    DTYPES,
    LAYOUTS,
    SIZES,
    dtype_name,
    from_layout,
    largest,
    noise,
    photograph,
    to_layout,
)
from oracles import color as oracle
from oracles import geometry

every_isa = pytest.mark.usefixtures("isa")
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_layout = pytest.mark.parametrize("layout", LAYOUTS)
INTEGERS = (np.uint8, np.uint16)

# Name: the arguments to try; None for a threshold in the middle of the dtype's values.
CASES = {
    "adjust_brightness": [(0.0,), (0.37,), (1.63,), (20.0,)],
    "adjust_contrast": [(0.0,), (0.37,), (1.63,), (20.0,)],
    "adjust_saturation": [(0.0,), (0.37,), (1.63,), (20.0,)],
    "adjust_hue": [(-0.5,), (-0.21,), (0.073,), (0.5,)],
    "adjust_gamma": [(0.0,), (0.45,), (2.2,), (1.3, 1.4), (1.0, 0.6)],
    "grayscale": [(1,), (3,)],
    "invert": [()],
    "solarize": [(0,), (None,)],
    "posterize": [(0,), (1,), (5,), (8,)],
}
ANY_CHANNELS = ("adjust_brightness", "adjust_gamma", "invert", "solarize", "posterize")
every_function = pytest.mark.parametrize("name", CASES)


def cases_of(name, dtype):
    middle = {np.uint8: 97, np.uint16: 30011, np.float32: 0.4}[dtype]
    return [tuple(middle if a is None else a for a in arguments) for arguments in CASES[name]]


def channels_of(name):
    return (1, 2, 3, 4, 5) if name in ANY_CHANNELS else (1, 3)


def assert_close(result, exact, dtype, where=""):
    """Integers: within 0.55 level, rounding included; floats: within 1e-5 of the range."""
    assert result.dtype == dtype, where
    assert result.shape == exact.shape, f"{where}: {result.shape} {exact.shape}"
    limit = 0.55 if dtype in INTEGERS else 1e-5
    worst = np.abs(result.astype(np.float64) - exact).max(initial=0.0)
    assert worst <= limit, f"{where}: {worst} from the exact value"


def run_and_check(name, image, arguments, layout):
    result = getattr(fa, name)(to_layout(image, layout), *arguments, layout=layout)
    exact = getattr(oracle, name)(image, *arguments)
    where = (name, arguments, image.shape, layout)
    assert_close(from_layout(result, layout), exact, image.dtype.type, where)


@every_isa
@every_function
@every_dtype
def test_every_width_and_channel_count(name, dtype, rng):
    cases = cases_of(name, dtype)
    for channels in channels_of(name):
        for number, width in enumerate(SIZES):
            image = noise(rng, (2, width, channels), dtype)
            run_and_check(name, image, cases[number % len(cases)], LAYOUTS[number // 2 % 2])


@every_isa
@every_function
@every_dtype
@every_layout
def test_every_argument_on_rows_of_several_tiles(name, dtype, layout, rng):
    height, width = (1, 1100) if name == "adjust_hue" else (3, 1100)
    image = noise(rng, (height, width, 3), dtype)
    for arguments in cases_of(name, dtype):
        run_and_check(name, image, arguments, layout)


@every_isa
def test_gray_is_floored_exactly_for_every_colour_of_8_bits():
    red, blue = (a.astype(np.uint8) for a in np.mgrid[0:256, 0:256])
    for green in range(256):
        image = np.stack([red, np.full_like(red, green), blue], axis=-1)
        weighted = 2989 * red.astype(np.int32) + 5870 * green + 1140 * blue.astype(np.int32)
        result = fa.adjust_saturation(image, 0.0)
        assert np.array_equal(result, np.repeat((weighted // 10000)[..., None], 3, axis=-1))


@every_isa
def test_gray_is_floored_exactly_for_16_bits(rng):
    # Colours whose weighted sum is a whole number of levels, or one ten thousandth short of it.
    green, blue = rng.integers(0, 65536, (2, 400_000))
    for short in (0, 1):
        red = (-(5870 * green + 1140 * blue) - short) * pow(2989, -1, 10000) % 10000
        image = np.stack([red, green, blue], axis=-1).astype(np.uint16)[np.newaxis]
        assert np.all(image.astype(np.int64) @ np.array(oracle.WEIGHTS) % 10000 == -short % 10000)
        result = fa.adjust_saturation(image, 0.0)
        assert np.array_equal(result, np.repeat(oracle.floored_gray(image[0])[None], 3, axis=-1))


@every_isa
@pytest.mark.parametrize("dtype", INTEGERS, ids=dtype_name)
def test_every_level(dtype):
    levels = np.arange(largest(dtype) + 1).astype(dtype).reshape(256, -1, 1)
    for name in (*ANY_CHANNELS, "adjust_contrast"):
        for arguments in cases_of(name, dtype):
            run_and_check(name, levels, arguments, "HWC")


@every_isa
@pytest.mark.parametrize("dtype", INTEGERS, ids=dtype_name)
def test_halves_round_up(dtype):
    image = np.arange(100).astype(dtype).reshape(10, 10, 1)

    expected = geometry.round_half_up(image * 0.5, dtype)
    assert_same_bits(fa.adjust_brightness(image, 0.5), expected)


@every_isa
@every_dtype
@every_layout
def test_arguments_that_change_nothing_copy_exactly(dtype, layout, rng):
    image = noise(rng, (7, 600, 3), dtype)
    if dtype == np.float32:
        image = image * 5 - 2  # outside of the value range, where a clip would show
    image = to_layout(image, layout)
    for name in ("adjust_brightness", "adjust_contrast", "adjust_saturation", "adjust_gamma"):
        assert_same_bits(getattr(fa, name)(image, 1.0, layout=layout), image, name)
    assert_same_bits(fa.adjust_hue(image, 0.0, layout=layout), image)


@every_isa
@every_dtype
def test_one_channel_has_neither_saturation_nor_hue(dtype, rng):
    image = noise(rng, (9, 33, 1), dtype)

    assert_same_bits(fa.adjust_saturation(image, 0.2), image)
    assert_same_bits(fa.adjust_hue(image, 0.2), image)
    assert_same_bits(fa.grayscale(image), image)
    assert_same_bits(fa.grayscale(image, 3), np.repeat(image, 3, axis=-1))


@every_dtype
def test_inverting_twice_restores(dtype, rng):
    image = noise(rng, (12, 31, 3), dtype)
    twice = fa.invert(fa.invert(image))

    if dtype in INTEGERS:
        assert_same_bits(twice, image)
    else:
        assert np.abs(twice - image).max() <= 2.0**-24


@every_dtype
def test_gray_images_stay_gray(dtype, rng):
    once = fa.grayscale(noise(rng, (20, 40, 3), dtype), 3)
    assert_same_bits(once[..., :1].copy(), once[..., 1:2].copy())
    assert_same_bits(fa.adjust_hue(once, 0.3), once)

    # The weights add up to 0.9999: less than half a level of uint8.
    lost = 1e-4 * largest(dtype) + (0.5 if dtype == np.uint16 else 1e-6)
    again = fa.grayscale(once, 3)
    if dtype == np.uint8:
        assert_same_bits(again, once)
    assert np.abs(again.astype(np.float64) - once).max() <= lost


@every_dtype
def test_saturation_zero_is_gray(dtype, rng):
    image = noise(rng, (20, 40, 3), dtype)
    result = fa.adjust_saturation(image, 0.0)

    gray = fa.grayscale(image, 3).astype(np.float64)
    # Floored against rounded.
    assert np.abs(result - gray).max() <= (1 if dtype in INTEGERS else 1e-6)


@every_dtype
def test_contrast_zero_is_the_mean(dtype, rng):
    image = noise(rng, (20, 40, 3), dtype)
    result = fa.adjust_contrast(image, 0.0)

    assert np.all(result == result[0, 0, 0])
    assert_close(result[0, 0, 0], oracle.floored_gray(image).mean(), dtype)


@every_isa
@every_dtype
def test_thirds_of_a_turn_move_the_channels_on(dtype, rng):
    image = noise(rng, (8, 50, 3), dtype)
    tolerance = 0 if dtype in INTEGERS else 1e-6

    for delta, step in ((1 / 3, 1), (-1 / 3, -1)):
        moved = np.roll(image, step, axis=-1).astype(np.float64)
        assert np.abs(fa.adjust_hue(image, delta) - moved).max() <= tolerance


@every_dtype
def test_hue_keeps_the_largest_and_the_smallest_channel(dtype, rng):
    image = noise(rng, (16, 64, 3), dtype)
    result = fa.adjust_hue(image, 0.137)

    assert_same_bits(result.max(axis=-1), image.max(axis=-1))
    difference = result.min(axis=-1).astype(np.float64) - image.min(axis=-1)
    assert np.abs(difference).max() <= (0 if dtype in INTEGERS else 1e-6)


def test_brightness_goes_back_where_nothing_was_clipped(rng):
    image = noise(rng, (15, 15, 3), np.float32) * np.float32(0.5)
    back = fa.adjust_brightness(fa.adjust_brightness(image, 1.9), 1 / 1.9)

    assert np.abs(back - image).max() <= 1e-6


def test_solarize_at_the_ends(rng):
    image = noise(rng, (15, 15, 3), np.uint8)

    assert_same_bits(fa.solarize(image, 0), fa.invert(image))
    assert_same_bits(fa.solarize(image, 256), image)
    assert_same_bits(fa.solarize(image, -1e300), fa.invert(image))
    assert_same_bits(fa.solarize(image, 127.5), fa.solarize(image, 128))


@every_isa
def test_value_ranges_of_floats(rng):
    image = noise(rng, (5, 71, 3), np.float32) * 8 - 3
    span = (-3.0, 5.0)
    for name in ("adjust_brightness", "adjust_contrast", "adjust_saturation", "adjust_gamma"):
        result = getattr(fa, name)(image, 1.7, value_range=span)
        exact = getattr(oracle, name)(image, 1.7, value_range=span)
        assert np.abs(result - exact).max() <= 8e-5, name
    assert np.abs(fa.invert(image, value_range=span) - oracle.invert(image, span)).max() <= 1e-6
    result = fa.solarize(image, 0.5, value_range=span)
    assert np.abs(result - oracle.solarize(image, 0.5, span)).max() <= 1e-6
    assert_same_bits(
        fa.posterize(image, 3, value_range=span),
        oracle.posterize(image, 3, span).astype(np.float32),
    )


@every_isa
def test_floats_outside_the_range_are_clipped_and_nan_stays():
    image = np.array([np.nan, -1.0, 2.0, 0.5], np.float32).reshape(1, 4, 1)

    for name in ("adjust_brightness", "adjust_gamma"):
        result = getattr(fa, name)(image, 0.9).ravel()
        assert np.isnan(result[0])
        assert result[1:3].tolist() == [0.0, 1.0]
    assert fa.invert(image).ravel()[1:].tolist() == [2.0, -1.0, 0.5]


def test_huge_factors_reach_the_ends():
    image = np.array([0, 1, 255], np.uint8).reshape(1, 3, 1)

    assert fa.adjust_brightness(image, 1e300).ravel().tolist() == [0, 255, 255]
    assert fa.adjust_contrast(image, 1e300).ravel().tolist() == [0, 0, 255]


PER_SAMPLE = {
    "adjust_brightness": [0.2, 1.0, 1.7],
    "adjust_contrast": [0.2, 1.0, 1.7],
    "adjust_saturation": [0.2, 1.0, 1.7],
    "adjust_hue": [-0.4, 0.0, 0.11],
    "adjust_gamma": [0.4, 1.0, 2.5],
    "solarize": [0.25, 100, 200],
    "posterize": [2, 8, 5],
}


@pytest.mark.parametrize("name", PER_SAMPLE)
@every_dtype
def test_one_argument_per_sample(name, dtype, rng):
    function, values = getattr(fa, name), PER_SAMPLE[name]
    shapes = [(21, 31, 3), (40, 17, 3), (1, 1, 3)]
    batch = noise(rng, (3, 33, 29, 3), dtype)
    ragged = [photograph(rng, shape, dtype) for shape in shapes]

    for result, image, value in zip(function(batch, values), batch, values, strict=True):
        assert_same_bits(result, function(image, value), name)
    for result, image, value in zip(function(ragged, values), ragged, values, strict=True):
        assert_same_bits(result, function(image, value), name)


def test_a_gain_per_sample(rng):
    batch = noise(rng, (2, 40, 50, 3), np.uint8)
    results = fa.adjust_gamma(batch, 0.7, [0.5, 1.5])

    assert_same_bits(results[0], fa.adjust_gamma(batch[0], 0.7, 0.5))
    assert_same_bits(results[1], fa.adjust_gamma(batch[1], [0.7], 1.5))


@pytest.mark.parametrize("dtype", INTEGERS, ids=dtype_name)
def test_gamma_of_few_pixels_is_that_of_many(dtype, rng):
    # Many values share a table of all levels; few are computed one by one.
    many = noise(rng, (300, 300, 1), dtype)
    result = fa.adjust_gamma(many, 1.7, 1.2)

    assert_same_bits(fa.adjust_gamma(many[:9, :9], 1.7, 1.2), result[:9, :9])
