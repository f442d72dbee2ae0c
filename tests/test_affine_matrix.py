"""affine_matrix: the formula, exact quarter turns, and one matrix per sample."""

import numpy as np
import pytest

import fast_augment as fa
from oracles import geometry


def test_defaults_are_the_identity():
    matrix = fa.affine_matrix(center=(3.0, 4.0))

    assert matrix.dtype == np.float64
    assert matrix.tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


def test_the_formula_for_random_arguments(rng):
    for _ in range(200):
        arguments = {
            "angle": rng.uniform(-400, 400),
            "translate": tuple(rng.uniform(-50, 50, size=2)),
            "scale": tuple(rng.uniform(0.2, 4, size=2)),
            "shear": tuple(rng.uniform(-40, 40, size=2)),
            "center": tuple(rng.uniform(-10, 300, size=2)),
        }
        expected = geometry.affine_matrix(**arguments)

        # A pair of scales would be two samples: (x, y) of one sample has two axes.
        matrices = fa.affine_matrix(**{**arguments, "scale": [arguments["scale"]]})

        assert matrices.shape == (1, 2, 3)
        assert np.allclose(matrices[0], expected, rtol=1e-12, atol=1e-10)


def test_positive_angles_turn_counter_clockwise_on_the_screen():
    # The point right of the centre moves up, that is to smaller y.
    matrix = fa.affine_matrix(90, center=(0, 0))

    assert (matrix @ [1.0, 0.0, 1.0]).tolist() == [0.0, -1.0]


def test_positive_x_shear_moves_the_top_to_the_right():
    matrix = fa.affine_matrix(shear=(20, 0), center=(0, 0))

    assert (matrix @ [0.0, -1.0, 1.0])[0] == pytest.approx(np.tan(np.radians(20)))


@pytest.mark.parametrize("turns", range(-6, 7))
def test_quarter_turns_are_exact(turns):
    linear = fa.affine_matrix(90.0 * turns, center=(0, 0))[:, :2]
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[turns % 4]

    assert np.array_equal(linear, [[cosine, sine], [-sine, cosine]])


@pytest.mark.parametrize("center", [(2.5, 2.5), (111.5, 111.5), (3, 0.5)])
@pytest.mark.parametrize("angle", [90, 180, 270, -90, 3690])
def test_quarter_turns_about_a_pixel_or_corner_map_whole_pixels_to_whole_pixels(center, angle):
    offset = fa.affine_matrix(angle, center=center)[:, 2]

    assert np.array_equal(offset * 2, np.round(offset * 2))


def test_the_center_stays_where_it_is_but_for_the_translation(rng):
    center, translate = rng.uniform(0, 100, size=(2, 2))
    matrix = fa.affine_matrix(33, translate, 1.7, (5, -8), center=center)

    assert np.allclose(matrix @ [*center, 1.0], center + translate, rtol=0, atol=1e-10)


def test_arguments_per_sample(rng):
    count = 6
    angle, scale = rng.uniform(-180, 180, count), rng.uniform(0.5, 2, (count, 2))
    translate, shear, center = rng.uniform(-20, 20, (3, count, 2))

    matrices = fa.affine_matrix(angle, translate, scale, shear, center=center)

    assert matrices.shape == (count, 2, 3)
    for i in range(count):
        expected = geometry.affine_matrix(
            angle[i], translate[i], scale[i], shear[i], center=center[i]
        )
        assert np.allclose(matrices[i], expected, rtol=1e-12, atol=1e-10)


def test_one_argument_per_sample_and_the_others_for_all():
    matrices = fa.affine_matrix([0, 90, 180], (1, 2), center=(4, 4))

    assert matrices.shape == (3, 2, 3)
    for matrix, angle in zip(matrices, (0, 90, 180), strict=True):
        assert np.array_equal(matrix, fa.affine_matrix(angle, (1, 2), center=(4, 4)))


def test_a_vector_of_scales_is_one_isotropic_scale_per_sample():
    matrices = fa.affine_matrix(scale=[1.0, 2.0, 3.0], center=(0, 0))

    assert matrices[:, 0, 0].tolist() == [1.0, 2.0, 3.0]
    assert matrices[:, 1, 1].tolist() == [1.0, 2.0, 3.0]


def test_a_single_shear_is_along_x():
    single = fa.affine_matrix(shear=12, center=(5, 6))

    assert np.array_equal(single, fa.affine_matrix(shear=(12, 0), center=(5, 6)))


def test_a_batch_of_one_stays_a_batch():
    assert fa.affine_matrix([30.0], center=(0, 0)).shape == (1, 2, 3)
