"""affine: exact maps never interpolate, constants stay constant, rounding and fill at the edge."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import FLOAT_TOLERANCE, assert_same_bits
from helpers.images import (
    BORDERS,
    DTYPES,
    INTERPOLATIONS,
    constant_image,
    dtype_name,
    largest,
    noise,
    random_matrices,
)

every_isa = pytest.mark.usefixtures("isa")
IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_interpolation = pytest.mark.parametrize("interpolation", INTERPOLATIONS)
every_border = pytest.mark.parametrize("border", BORDERS)


def shift(x, y):
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


def special_floats(rng, shape):
    """Noise with NaN, infinities and signed zeros, which any interpolation would spread."""
    image = noise(rng, shape, np.float32)
    flat = image.reshape(-1)
    flat[::7], flat[3::11], flat[5::13] = np.nan, np.inf, -0.0
    return image


@every_isa
@every_dtype
@every_interpolation
@every_border
def test_identity_is_a_copy(border, interpolation, dtype, rng):
    batch = noise(rng, (2, 33, 47, 3), dtype)
    result = fa.affine(batch, IDENTITY, interpolation=interpolation, border=border)

    assert_same_bits(result, batch)
    assert not np.shares_memory(result, batch)


@every_isa
@every_interpolation
def test_exact_maps_keep_every_bit_of_special_floats(interpolation, rng):
    image = special_floats(rng, (24, 24, 3))

    assert_same_bits(fa.affine(image, IDENTITY, interpolation=interpolation), image)
    mirror = [[-1, 0, 23], [0, 1, 0]]
    assert_same_bits(fa.affine(image, mirror, interpolation=interpolation), fa.hflip(image))
    moved = fa.affine(image, shift(5, -3), interpolation=interpolation, border="wrap")
    assert_same_bits(moved, np.roll(image, (-3, 5), axis=(0, 1)))


@every_dtype
@every_interpolation
@every_border
def test_whole_pixel_shifts_are_crops(border, interpolation, dtype, rng):
    image = noise(rng, (13, 17, 3), dtype)
    for x, y, size in ((3, 0, None), (-2, 5, None), (40, -31, (9, 50)), (-1, -1, (30, 4))):
        options = {"border": border, "fill": (1, 2, 3)}
        result = fa.affine(image, shift(x, y), size=size, interpolation=interpolation, **options)
        assert_same_bits(result, fa.crop(image, -y, -x, size or (13, 17), **options), (x, y))


@every_isa
@every_dtype
@every_interpolation
@pytest.mark.parametrize("side", [1, 2, 7, 16, 33, 64])
def test_quarter_turns_are_rot90(side, interpolation, dtype, rng):
    image = noise(rng, (side, side, 3), dtype)
    center = ((side - 1) / 2, (side - 1) / 2)
    for k in range(-3, 4):
        matrix = fa.affine_matrix(90 * k, center=center)
        for border in ("constant", "reflect"):
            result = fa.affine(image, matrix, interpolation=interpolation, border=border)
            assert_same_bits(result, fa.rot90(image, k), (side, k, border))


@every_interpolation
def test_four_quarter_turns_give_back_the_image(interpolation, rng):
    image = special_floats(rng, (50, 50, 2))
    matrix = fa.affine_matrix(90, center=(24.5, 24.5))
    turned = image
    for _ in range(4):
        turned = fa.affine(turned, matrix, interpolation=interpolation)

    assert_same_bits(turned, image)


@every_dtype
@every_interpolation
def test_quarter_turns_of_oblong_images_into_the_swapped_size(interpolation, dtype, rng):
    height, width = 21, 34
    image = noise(rng, (height, width, 4), dtype)
    matrix = fa.affine_matrix(
        90,
        translate=((height - width) / 2, (width - height) / 2),
        center=((width - 1) / 2, (height - 1) / 2),
    )

    result = fa.affine(image, matrix, size=(width, height), interpolation=interpolation)

    assert_same_bits(result, fa.rot90(image))


@every_isa
@every_interpolation
def test_flips_and_transpose_as_matrices(interpolation, rng):
    image = noise(rng, (21, 34, 3), np.uint8)
    cases = (
        ([[-1, 0, 33], [0, 1, 0]], (21, 34), fa.hflip),
        ([[1, 0, 0], [0, -1, 20]], (21, 34), fa.vflip),
        ([[0, 1, 0], [1, 0, 0]], (34, 21), fa.transpose),
    )
    for matrix, size, flip in cases:
        result = fa.affine(image, matrix, size=size, interpolation=interpolation)
        assert_same_bits(result, flip(image), flip.__name__)


@every_interpolation
def test_rounding_errors_of_the_matrix_do_not_blur(interpolation, rng):
    image = special_floats(rng, (20, 20, 3))
    turn = np.radians(90)
    matrix = np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 19]])
    assert matrix[0, 0] != 0
    nearly = shift(3, 0) + 5e-10

    assert_same_bits(fa.affine(image, matrix, interpolation=interpolation), fa.rot90(image))
    assert_same_bits(
        fa.affine(image, nearly, interpolation=interpolation, border="edge"),
        fa.affine(image, shift(3, 0), interpolation=interpolation, border="edge"),
    )


def test_a_shift_above_the_limit_of_exactness_does_blend():
    image = np.zeros((1, 4, 1), np.float32)
    image[0, 2] = 1000.0
    result = fa.affine(image, shift(1e-3, 0), border="edge")

    assert result[0, :, 0] == pytest.approx([0, 0, 999, 1], abs=1000 * FLOAT_TOLERANCE)


@every_interpolation
def test_composed_whole_pixel_shifts(interpolation, rng):
    image = noise(rng, (11, 14, 3), np.uint16)
    options = {"interpolation": interpolation, "border": "wrap"}

    twice = fa.affine(fa.affine(image, shift(5, -7), **options), shift(-20, 3), **options)

    assert_same_bits(twice, fa.affine(image, shift(-15, -4), **options))


@every_isa
@every_dtype
@every_interpolation
@pytest.mark.parametrize("border", BORDERS[1:])
def test_constant_images_stay_constant(border, interpolation, dtype, rng):
    for channels in (1, 2, 3, 4, 5):
        image = constant_image((19, 26, channels), dtype)
        for matrix in random_matrices(rng, 8, (19, 26), (31, 23)):
            result = fa.affine(
                image, matrix, size=(31, 23), interpolation=interpolation, border=border
            )
            expected = np.broadcast_to(image[0, 0], result.shape)
            if dtype == np.float32:
                assert np.allclose(result, expected, rtol=2e-7, atol=0)
            else:
                assert np.array_equal(result, expected), (channels, matrix)


@every_isa
@every_dtype
def test_an_image_of_the_fill_stays_constant(dtype, rng):
    image = constant_image((19, 26, 3), dtype)
    for matrix in random_matrices(rng, 8, (19, 26), (19, 26)):
        result = fa.affine(image, matrix, fill=image[0, 0].tolist())
        assert np.allclose(result, image, rtol=2e-7, atol=0)


@every_isa
@every_dtype
def test_white_stays_white_and_black_black(dtype, rng):
    for value in (0, largest(dtype)):
        image = np.full((16, 40, 3), value, dtype)
        for matrix in random_matrices(rng, 8, (16, 40), (16, 40)):
            result = fa.affine(image, matrix, border="reflect")
            assert np.allclose(result, image, rtol=2e-7, atol=0)


@every_isa
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16], ids=dtype_name)
def test_halves_round_up(dtype):
    low = np.arange(40, dtype=dtype)
    image = np.stack([low, low + 1], axis=1)[..., None]

    result = fa.affine(image, shift(-0.5, 0), size=(40, 1))

    assert result[:, 0, 0].tolist() == (low + 1).tolist()


@every_isa
@every_dtype
def test_a_constant_border_blends_with_the_fill(dtype):
    image = np.full((1, 20, 1), 100, dtype)
    result = fa.affine(image, shift(0.5, 0), fill=50, size=(1, 22))[0, :, 0]

    assert result.tolist() == [75] + [100] * 19 + [75, 50]


@every_isa
def test_nearest_ties_go_to_the_higher_index():
    image = np.arange(40, dtype=np.uint8).reshape(1, 40, 1)
    result = fa.affine(image, shift(-0.5, 0), interpolation="nearest", size=(1, 39))

    assert result[0, :, 0].tolist() == list(range(1, 40))


@every_isa
def test_doubling_interpolates_between_pixels():
    image = np.arange(0, 160, 4, dtype=np.uint8).reshape(1, 40, 1)
    result = fa.affine(image, [[2, 0, 0], [0, 1, 0]], size=(1, 79))

    assert result[0, :, 0].tolist() == list(range(0, 157, 2))


@every_isa
@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_floats_are_taken_as_given(scale, rng):
    image = (noise(rng, (15, 21, 3), np.float32) - 0.5) * np.float32(scale)
    matrix = random_matrices(rng, 1, (15, 21), (15, 21))[0]

    small = fa.affine(image / np.float32(scale), matrix, border="edge")
    result = fa.affine(image, matrix, border="edge")

    assert np.allclose(result / scale, small, rtol=0, atol=FLOAT_TOLERANCE)
