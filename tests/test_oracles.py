"""The oracles agree with NumPy where NumPy has the operation."""

import numpy as np
import pytest

from helpers.images import BORDERS, noise
from oracles import geometry, gradients


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_border_rules_are_those_of_np_pad(border, length):
    line = np.arange(1, length + 1)
    before, after = 3 * length + 2, 4 * length + 1
    options = {"constant_values": 99} if border == "constant" else {}
    expected = np.pad(line, (before, after), mode=border, **options)

    index = geometry.source_index(np.arange(-before, length + after), length, border)

    assert np.array_equal(np.where(index == geometry.OUTSIDE, 99, line[index]), expected)


@pytest.mark.parametrize("border", BORDERS)
def test_pad_is_np_pad(border, rng):
    image = noise(rng, (4, 6, 3), np.uint8)
    options = {"constant_values": 17} if border == "constant" else {}
    expected = np.pad(image, ((9, 11), (8, 20), (0, 0)), mode=border, **options)

    assert np.array_equal(geometry.pad(image, (8, 9, 20, 11), border, fill=17), expected)


def test_flips_and_turns_are_those_of_numpy(rng):
    image = noise(rng, (5, 7, 3), np.uint8)

    assert np.array_equal(geometry.hflip(image), image[:, ::-1])
    assert np.array_equal(geometry.vflip(image), image[::-1])
    assert np.array_equal(geometry.transpose(image), image.transpose(1, 0, 2))
    for k in range(-5, 6):
        assert np.array_equal(geometry.rot90(image, k), np.rot90(image, k))


def test_a_quarter_turn_by_matrix_is_rot90(rng):
    image = noise(rng, (6, 6, 2), np.uint16)
    matrix = geometry.affine_matrix(90, center=(2.5, 2.5))

    assert np.array_equal(geometry.affine_bilinear(image, matrix), np.rot90(image))
    assert np.array_equal(geometry.affine_nearest(image, matrix), np.rot90(image))


def test_a_half_pixel_shift_averages_neighbours(rng):
    image = noise(rng, (5, 6, 1), np.float32).astype(np.float64)
    right = geometry.affine_bilinear(image, [[1, 0, 0.5], [0, 1, 0]], border="edge")

    assert np.allclose(right[:, 1:], (image[:, 1:] + image[:, :-1]) / 2, rtol=0, atol=1e-15)
    assert np.array_equal(right[:, 0], image[:, 0])


def test_rounding_is_half_up():
    values = np.array([-3.0, 0.49, 0.5, 1.5, 2.5, 254.6, 300.0])

    assert geometry.round_half_up(values, np.uint8).tolist() == [0, 0, 1, 2, 3, 255, 255]


@pytest.mark.parametrize("norm_type", [0.5, 1, 2, 3, 7.5, np.inf])
def test_norm_is_that_of_numpy(norm_type, rng):
    vector = rng.normal(size=1000)

    norm = gradients.total_norm([vector[:10], None, vector[10:].reshape(99, 10)], norm_type)

    assert norm == pytest.approx(np.linalg.norm(vector, norm_type), rel=1e-13)


def test_a_perspective_takes_the_corners_where_it_should():
    corners = np.array([[0, 0], [9, 0], [9, 6], [0, 6]])
    goes_to = np.array([[3, 1], [12, 2], [14, 9], [2, 11]])
    matrix = geometry.perspective_matrix(corners, goes_to)

    sx, sy, w = geometry.perspective_coordinates(matrix, (7, 10), (12, 15))

    for (x, y), (u, v) in zip(corners, goes_to, strict=True):
        assert (sx[v, u], sy[v, u]) == pytest.approx((x, y), abs=1e-9)
        assert w[v, u] > 0


def test_cubic_weights_add_up_to_one():
    distances = np.linspace(0, 1, 11)[:, np.newaxis] - np.arange(-1, 3)
    assert geometry.cubic_weight(distances).sum(axis=1) == pytest.approx(np.ones(11))
    assert geometry.cubic_weight(np.arange(-2, 3)).tolist() == [0, 0, 1, 0, 0]
