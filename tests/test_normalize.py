"""normalize: the formula for every dtype, layout and size, and its laws."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import (
    CHANNELS,
    DTYPES,
    LAYOUTS,
    SIZES,
    constant_image,
    dtype_name,
    from_layout,
    noise,
    to_layout,
)
from oracles import normalize as oracle

every_isa = pytest.mark.usefixtures("isa")
IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
FLOATS = (np.float32, np.float16)
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_float = pytest.mark.parametrize("float_type", FLOATS, ids=dtype_name)


def assert_normalized(result, image, mean, std, where=""):
    """`result` is HWC here."""
    error = np.abs(result.astype(np.float64) - oracle.normalize(image, mean, std))
    bound = oracle.error_bound(image, mean, std, result.dtype)
    assert np.all(error <= bound), f"{where}: {(error / bound).max()} times the bound"


@every_isa
@every_dtype
@every_float
def test_every_width_and_channel_count(float_type, dtype, rng):
    for channels in CHANNELS:
        mean, std = rng.uniform(-1, 1, channels), rng.uniform(0.05, 3, channels)
        for number, width in enumerate(SIZES):
            image = noise(rng, (3, width, channels), dtype)
            layout, out_layout = LAYOUTS[number % 2], LAYOUTS[number // 2 % 2]

            result = fa.normalize(
                to_layout(image, layout),
                mean,
                std,
                layout=layout,
                out_layout=out_layout,
                dtype=float_type,
            )

            assert result.dtype == float_type
            assert result.flags.c_contiguous
            result = from_layout(result, out_layout)
            assert_normalized(result, image, mean, std, (width, channels, layout, out_layout))


@every_isa
@pytest.mark.parametrize("channels", [6, 7, 8, 16, 33])
def test_many_channels(channels, rng):
    image = noise(rng, (5, 21, channels), np.uint8)
    mean, std = rng.uniform(0, 1, channels), rng.uniform(0.1, 1, channels)

    for out_layout in LAYOUTS:
        result = fa.normalize(image, mean, std, out_layout=out_layout)
        assert_normalized(from_layout(result, out_layout), image, mean, std)


@every_isa
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16], ids=dtype_name)
def test_every_level(dtype):
    levels = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    image = levels.reshape(256, -1, 1)

    for float_type in FLOATS:
        result = fa.normalize(image, 0.485, 0.229, dtype=float_type, out_layout="HWC")
        assert_normalized(result, image, 0.485, 0.229)


def test_default_is_a_float32_batch_of_planes(rng):
    batch = noise(rng, (4, 10, 12, 3), np.uint8)
    result = fa.normalize(batch, **IMAGENET)

    assert result.shape == (4, 3, 10, 12)
    assert result.dtype == np.float32
    for got, image in zip(result, batch, strict=True):
        assert_normalized(np.moveaxis(got, 0, -1), image, **IMAGENET)


@every_isa
@every_dtype
@every_float
def test_layouts_differ_in_order_only(float_type, dtype, rng):
    batch = noise(rng, (2, 17, 35, 3), dtype)
    expected = fa.normalize(batch, **IMAGENET, out_layout="HWC", dtype=float_type)
    for layout in LAYOUTS:
        for out_layout in LAYOUTS:
            result = fa.normalize(
                to_layout(batch, layout),
                **IMAGENET,
                layout=layout,
                out_layout=out_layout,
                dtype=float_type,
            )
            assert_same_bits(result, to_layout(expected, out_layout), (layout, out_layout))


@every_isa
@every_dtype
def test_float16_is_the_float32_result_rounded_once(dtype, rng):
    image = noise(rng, (40, 61, 3), dtype)
    wide = fa.normalize(image, **IMAGENET)

    assert_same_bits(fa.normalize(image, **IMAGENET, dtype=np.float16), wide.astype(np.float16))


@every_dtype
def test_scalars_are_one_value_per_channel(dtype, rng):
    image = noise(rng, (9, 14, 4), dtype)

    assert_same_bits(fa.normalize(image, 0.4, 0.3), fa.normalize(image, np.full(4, 0.4), [0.3] * 4))
    assert_same_bits(
        fa.normalize(image, 0.4, [0.1, 0.2, 0.3, 0.4]),
        fa.normalize(image, [0.4] * 4, [0.1, 0.2, 0.3, 0.4]),
    )


@every_dtype
def test_the_mean_colour_becomes_zero(dtype):
    image = constant_image((12, 13, 3), dtype)
    colour = image[0, 0].astype(np.float64) * oracle.SCALE[image.dtype]

    assert np.abs(fa.normalize(image, colour, 0.01)).max() < 1e-4


@every_dtype
def test_zero_mean_and_unit_std_scale_to_one(dtype):
    image = np.zeros((2, 33, 3), dtype)
    image[1] = 1.0 if dtype == np.float32 else np.iinfo(dtype).max
    result = fa.normalize(image, 0, 1, out_layout="HWC")

    assert np.array_equal(result[0], np.zeros((33, 3)))
    assert np.allclose(result[1], 1.0, rtol=2e-7, atol=0)


@every_isa
def test_floats_are_not_scaled_and_keep_non_finite_values():
    image = np.array([np.nan, np.inf, -np.inf, 1e30, -2.0], np.float32).reshape(1, 5, 1)
    result = fa.normalize(image, 1.0, 2.0)[0, 0]

    assert np.isnan(result[0])
    assert result[1:3].tolist() == [np.inf, -np.inf]
    assert result[3:] == pytest.approx([5e29, -1.5], rel=1e-6)


@every_isa
def test_float16_overflows_to_infinity_and_keeps_subnormals():
    values = [1e6, -1e6, 65504.0, 6e-8, -6e-8, np.nan] * 8
    image = np.array(values, np.float32).reshape(1, -1, 1)
    result = fa.normalize(image, 0.0, 1.0, dtype=np.float16)[0, 0]

    with np.errstate(over="ignore"):
        expected = image[0, :, 0].astype(np.float16)
    assert np.array_equal(result, expected, equal_nan=True)


def test_a_ragged_list_gives_a_list_of_planes(rng):
    images = [noise(rng, (4 + i, 11 - 2 * i, 3), np.uint8) for i in range(4)]
    results = fa.normalize(images, **IMAGENET)

    assert isinstance(results, list)
    for result, image in zip(results, images, strict=True):
        assert result.shape == (3, *image.shape[:2])
        assert_normalized(np.moveaxis(result, 0, -1), image, **IMAGENET)
