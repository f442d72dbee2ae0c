"""perspective against the oracle, the horizon, and what it shares with affine."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_near_exact, assert_same_bits
from helpers.images import (
    BORDERS,
    CHANNELS,
    DTYPES,
    INTERPOLATIONS,
    SMOOTH,
    constant_image,
    dtype_name,
    largest,
    noise,
    photograph,
    random_matrices,
    random_perspectives,
)
from oracles import geometry

every_isa = pytest.mark.usefixtures("isa")
every_border = pytest.mark.parametrize("border", BORDERS)
every_interpolation = pytest.mark.parametrize("interpolation", INTERPOLATIONS)
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
SHAPE, SIZE = (40, 53), (37, 61)


def check(image, matrix, size, where="", **options):
    """Compare one warp with the oracle, wherever the horizon is not too near to be sure."""
    result = fa.perspective(image, matrix, size=size, **options)
    exact, sure = geometry.perspective(image, matrix, size, **options)
    assert_near_exact(result[sure], exact[sure], where=where)


@every_isa
@every_border
@every_dtype
@pytest.mark.parametrize("interpolation", SMOOTH)
def test_random_matrices(interpolation, dtype, border, rng):
    for channels in CHANNELS:
        fill = (np.arange(1, channels + 1) * (largest(dtype) / 7)).astype(dtype).tolist()
        for number, matrix in enumerate(random_perspectives(rng, 12, SHAPE, SIZE)):
            image = (photograph, noise)[number % 2](rng, (*SHAPE, channels), dtype)
            options = {"interpolation": interpolation, "border": border, "fill": fill}
            check(image, matrix, SIZE, (channels, matrix.tolist()), **options)


@every_isa
@every_border
def test_nearest(border, rng):
    for channels in CHANNELS:
        for matrix in random_perspectives(rng, 12, SHAPE, SIZE):
            image = noise(rng, (*SHAPE, channels), np.uint16)
            options = {"border": border, "fill": 77}
            result = fa.perspective(image, matrix, size=SIZE, interpolation="nearest", **options)
            sx, sy, w = geometry.perspective_coordinates(matrix, SHAPE, SIZE)
            sure = w > 1e-4
            fits = ~sure
            for choice in geometry.nearest_choices(image, sx * sure, sy * sure, **options):
                fits |= np.all(result == choice, axis=-1)
            assert fits.all(), (channels, matrix, np.argwhere(~fits)[0])
            assert np.all(result[w < -1e-4] == 77)


@every_isa
@every_border
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 17), (3, 1), (2, 2)])
def test_tiny_sources(shape, border, rng):
    for channels in (1, 3, 4):
        for dtype in DTYPES:
            image = noise(rng, (*shape, channels), dtype)
            matrix = random_perspectives(rng, 1, shape, (19, 23))[0]
            for how in SMOOTH:
                check(image, matrix, (19, 23), (dtype, how), border=border, interpolation=how)


@every_isa
@every_border
@every_interpolation
def test_beyond_the_horizon_lies_the_fill(interpolation, border):
    image = np.full((9, 11, 3), 200, np.uint8)
    # w = 1 - x / 8: the horizon runs through column 8, the middle of the image stays at (5, 4).
    matrix = np.linalg.inv([[1 - 5 / 8, 0, 0], [-4 / 8, 1, 0], [-1 / 8, 0, 1]])
    result = fa.perspective(
        image, matrix, size=(9, 20), interpolation=interpolation, border=border, fill=9
    )

    assert np.all(result[:, 9:] == 9)
    shown = result[4, 5] if border == "constant" else result[:, :8]
    assert np.all(shown == 200)


@every_isa
@every_interpolation
def test_the_side_of_the_middle_is_seen_whatever_the_factor(interpolation, rng):
    image = noise(rng, (*SHAPE, 3), np.uint8)
    for matrix in random_perspectives(rng, 20, SHAPE, SIZE):
        options = {"size": SIZE, "interpolation": interpolation, "fill": 50}
        expected = fa.perspective(image, matrix, **options)
        for factor in (-1, 4, -0.125, 2.0**900, -(2.0**-900)):
            assert_same_bits(fa.perspective(image, matrix * factor, **options), expected, factor)


@every_isa
@every_border
@every_interpolation
def test_affine_matrices_give_the_bits_of_affine(interpolation, border, rng):
    options = {"size": SIZE, "interpolation": interpolation, "border": border, "fill": 3}
    for dtype in DTYPES:
        image = noise(rng, (*SHAPE, 3), dtype)
        flat = random_matrices(rng, 4, SHAPE, SIZE)
        flat[0] = [[1, 0, 3], [0, 1, -2]]
        for matrix in flat:
            square = np.vstack([matrix, [0, 0, 1]])
            expected = fa.affine(image, matrix, **options)
            assert_same_bits(fa.perspective(image, square, **options), expected)
            assert_same_bits(fa.perspective(image, -4 * square, **options), expected)


@every_interpolation
def test_rounding_errors_of_the_last_row_do_not_blur(interpolation, rng):
    image = noise(rng, (*SHAPE, 3), np.float32)
    matrix = np.array([[1, 1e-17, 3], [0, 1, -2], [1e-17, -1e-17, 1]])

    result = fa.perspective(image, matrix, interpolation=interpolation)

    assert_same_bits(result, fa.crop(image, 2, -3, SHAPE))


@every_isa
@every_dtype
@every_interpolation
def test_constant_images_stay_constant(interpolation, dtype, rng):
    for channels in CHANNELS:
        image = constant_image((19, 26, channels), dtype)
        for matrix in random_perspectives(rng, 4, (19, 26), (31, 23)):
            for border in BORDERS:
                options = {"border": border, "fill": image[0, 0].tolist()}
                result = fa.perspective(
                    image, matrix, size=(31, 23), interpolation=interpolation, **options
                )
                assert np.allclose(result, image[0, 0], rtol=2e-7, atol=0)


def wild_matrices(rng, count, magnitude):
    """Entries of many magnitudes, well away from singular."""
    exponents = rng.random((count, 3, 3)) * np.log10(magnitude)
    return rng.normal(size=(count, 3, 3)) * 10**exponents


@every_isa
@every_border
@every_interpolation
@pytest.mark.parametrize("magnitude", [1e-12, 1e-5, 1.0, 1e5, 1e12])
def test_wild_matrices_read_nothing_but_the_image(magnitude, interpolation, border, rng):
    options = {"size": (23, 40), "interpolation": interpolation, "border": border, "fill": 7}
    for channels in (1, 2, 3, 4):
        # What stands around the images must not be seen.
        framed = np.full((20, 8, 11, channels), 200, np.uint8)
        images = framed[:, 1:-1, 1:-1]
        images[...] = 7

        results = fa.perspective(images, wild_matrices(rng, 20, magnitude), **options)

        assert np.all(results == 7)


def test_a_horizon_for_each_size_of_a_ragged_list(rng):
    images = [noise(rng, (8, 30, 3), np.uint8), noise(rng, (30, 8, 3), np.uint8)]
    matrix = np.array([[1, 0, 0], [0, 1, 0], [-1 / 10, 1 / 10, 1]])

    for size in (None, (12, 13)):
        results = fa.perspective(images, matrix, size=size, fill=1)
        for image, result in zip(images, results, strict=True):
            assert_same_bits(result, fa.perspective(image, matrix, size=size, fill=1))


def test_one_matrix_per_sample(rng):
    batch = noise(rng, (3, *SHAPE, 3), np.uint8)
    matrices = random_perspectives(rng, 3, SHAPE, SIZE)
    results = fa.perspective(batch, matrices, size=SIZE)

    for image, matrix, result in zip(batch, matrices.tolist(), results, strict=True):
        assert_same_bits(result, fa.perspective(image, matrix, size=SIZE))
