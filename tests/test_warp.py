"""affine against the oracle: random matrices, every border, dtype, channel count and layout."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_near_exact, assert_nearest, assert_same_bits
from helpers.images import (
    BORDERS,
    CHANNELS,
    DTYPES,
    INTERPOLATIONS,
    LAYOUTS,
    SIZES,
    SMOOTH,
    dtype_name,
    from_layout,
    largest,
    noise,
    photograph,
    random_matrices,
    to_layout,
)
from oracles import geometry

every_isa = pytest.mark.usefixtures("isa")
COUNT = 200


def pictures(rng, count, shape, dtype):
    """Photographs and white noise in turn."""
    makers = (photograph, noise)
    return np.stack([makers[i % 2](rng, shape, dtype) for i in range(count)])


def fill_colours(channels, dtype):
    """Another fill for each channel, inside the range of the pixels."""
    return [
        largest(dtype) * (i + 1) // 7 if dtype != np.float32 else (i + 1) / 7
        for i in range(channels)
    ]


def check_matrices(count, channels, dtype, border, interpolation, rng):
    """Compare `count` random warps of as many random images with the oracle."""
    shape, size = (40, 53), (37, 61)
    images = pictures(rng, count, (*shape, channels), dtype)
    matrices = random_matrices(rng, count, shape, size)
    fill = fill_colours(channels, dtype)

    results = fa.affine(
        images, matrices, size=size, interpolation=interpolation, border=border, fill=fill
    )

    for image, matrix, result in zip(images, matrices, results, strict=True):
        where = (channels, matrix.tolist())
        if interpolation == "nearest":
            assert_nearest(result, image, matrix, size, border, fill, where)
        else:
            exact = geometry.affine(image, matrix, size, border, fill, interpolation)
            assert_near_exact(result, exact, where=where)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_random_matrices(dtype, border, interpolation, rng):
    for channels in CHANNELS:
        check_matrices(COUNT // len(CHANNELS), channels, dtype, border, interpolation, rng)


@pytest.mark.slow
@every_isa
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_many_random_matrices(dtype, border, interpolation, rng):
    for channels in CHANNELS:
        check_matrices(COUNT, channels, dtype, border, interpolation, rng)


@every_isa
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_every_output_width(dtype, rng):
    matrix = np.array([[1.3, 0.4, -3.1], [-0.5, 0.8, 9.7]])
    for channels in CHANNELS:
        image = noise(rng, (29, 35, channels), dtype)
        for number, width in enumerate(SIZES):
            size, layout, border = (5, width), LAYOUTS[number % 2], BORDERS[number % 5]
            given = to_layout(image, layout)
            for interpolation in INTERPOLATIONS:
                options = {"size": size, "border": border, "interpolation": interpolation}
                result = fa.affine(given, matrix, layout=layout, **options)
                result, where = from_layout(result, layout), (size, channels, border)
                if interpolation == "nearest":
                    assert_nearest(result, image, matrix, size, border, where=where)
                else:
                    exact = geometry.affine(image, matrix, **options)
                    assert_near_exact(result, exact, where=where)


@every_isa
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 17), (3, 1), (2, 2)])
def test_tiny_sources(shape, border, rng):
    for channels in (1, 3, 4):
        for dtype in DTYPES:
            image = noise(rng, (*shape, channels), dtype)
            matrix = random_matrices(rng, 1, shape, (19, 23))[0]
            for interpolation in SMOOTH:
                options = {"size": (19, 23), "border": border, "interpolation": interpolation}
                result = fa.affine(image, matrix, **options)
                exact = geometry.affine(image, matrix, **options)
                assert_near_exact(result, exact, where=(dtype, channels, interpolation))


@every_isa
@pytest.mark.parametrize("factor", [0.003, 0.05, 40.0, 1000.0])
@pytest.mark.parametrize("border", BORDERS)
def test_extreme_scales(factor, border, rng):
    image = noise(rng, (31, 47, 3), np.uint8)
    matrix = fa.affine_matrix(20, scale=factor, center=(23, 15))

    bilinear = fa.affine(image, matrix, border=border, fill=200)
    nearest = fa.affine(image, matrix, border=border, fill=200, interpolation="nearest")

    assert_near_exact(bilinear, geometry.affine_bilinear(image, matrix, None, border, 200))
    assert_nearest(nearest, image, matrix, None, border, 200)


@every_isa
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
@pytest.mark.parametrize("shape", [(2, 70000), (70000, 2)], ids=("wide", "tall"))
def test_precision_does_not_fade_far_from_the_origin(shape, dtype, rng):
    image = noise(rng, (*shape, 1), dtype)
    matrix = np.array([[1.0003, 1e-5, 0.3], [-1e-6, 0.9997, 0.1]])

    result = fa.affine(image, matrix, border="reflect")

    assert_near_exact(result, geometry.affine_bilinear(image, matrix, border="reflect"))


@every_isa
@pytest.mark.parametrize("distance", [1e4, 1e6, 1e9])
@pytest.mark.parametrize("border", BORDERS)
def test_sources_far_away(border, distance, rng):
    image = noise(rng, (9, 11, 3), np.uint8)
    for signs in ((1, 1), (-1, 1), (1, -1)):
        offset = distance * np.array(signs) + (0.3, 0.7)
        matrix = np.column_stack([[[1.2, 0.1], [-0.2, 1.1]], offset])
        bilinear = fa.affine(image, matrix, border=border, fill=5)
        nearest = fa.affine(image, matrix, border=border, fill=5, interpolation="nearest")

        assert_near_exact(bilinear, geometry.affine_bilinear(image, matrix, None, border, 5))
        assert_nearest(nearest, image, matrix, None, border, 5)


def test_matrices_may_have_three_rows_and_be_lists(rng):
    batch = noise(rng, (3, 8, 9, 3), np.uint8)
    matrices = random_matrices(rng, 3, (8, 9), (8, 9))
    square = np.concatenate([matrices, np.broadcast_to([[[0.0, 0.0, 1.0]]], (3, 1, 3))], axis=1)
    expected = fa.affine(batch, matrices)

    assert_same_bits(fa.affine(batch, square), expected)
    assert_same_bits(fa.affine(batch, matrices.tolist()), expected)
    assert_same_bits(fa.affine(batch[0], square[0]), expected[0])


def test_one_matrix_serves_all_samples(rng):
    batch = noise(rng, (3, 8, 9, 3), np.float32)
    matrix = random_matrices(rng, 1, (8, 9), (8, 9))[0]
    expected = np.stack([fa.affine(image, matrix) for image in batch])

    assert_same_bits(fa.affine(batch, matrix), expected)


def test_size_is_height_and_width_or_one_number(rng):
    image = noise(rng, (12, 9, 1), np.uint8)
    matrix = [[0.7, 0.1, 1.0], [0.0, 0.8, 2.0]]

    assert fa.affine(image, matrix, size=(4, 6)).shape == (4, 6, 1)
    assert_same_bits(fa.affine(image, matrix, size=5), fa.affine(image, matrix, size=(5, 5)))


def test_a_ragged_list_with_a_size_is_one_batch(rng):
    images = [noise(rng, (5 + 2 * i, 12 - i, 3), np.uint8) for i in range(4)]
    matrices = np.stack([random_matrices(rng, 1, i.shape[:2], (10, 7))[0] for i in images])

    result = fa.affine(images, matrices, size=(10, 7), border="edge")

    assert isinstance(result, np.ndarray)
    for got, image, matrix in zip(result, images, matrices, strict=True):
        assert_near_exact(got, geometry.affine_bilinear(image, matrix, (10, 7), "edge"))
