"""Matrices and gradients as torchvision and torch have them; test_peer_table.py compares pixels."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.peers import peer_module, torchvision_module


def test_affine_matrix_is_that_of_torchvision(rng):
    functional = torchvision_module("transforms.functional")
    for _ in range(50):
        angle, shear = rng.uniform(-180, 180), rng.uniform(-40, 40, 2).tolist()
        translate, center = rng.uniform(-20, 20, 2).tolist(), rng.uniform(0, 99, 2).tolist()
        scale = rng.uniform(0.5, 2)
        # torchvision's affine turns clockwise, so the angle is negated.
        expected = functional._get_inverse_affine_matrix(
            center, -angle, translate, scale, shear, False
        )
        matrix = fa.affine_matrix(angle, translate, scale, shear, center=center)

        assert np.allclose(matrix.ravel(), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("norm_type", [0.5, 1.0, 2.0, 3.0, float("inf")])
def test_clipping_is_that_of_torch(norm_type, rng):
    torch = peer_module("torch")
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in ((300, 20), (7,), ())]
    parameters = [torch.nn.Parameter(torch.zeros(array.shape)) for array in arrays]
    for parameter, array in zip(parameters, arrays, strict=True):
        parameter.grad = torch.from_numpy(array.copy())

    expected = torch.nn.utils.clip_grad_norm_(parameters, 1.5, norm_type)
    norm = fa.clip_grad_norm_(arrays, 1.5, norm_type)

    assert norm == pytest.approx(float(expected), rel=1e-5)
    for parameter, array in zip(parameters, arrays, strict=True):
        assert np.allclose(array, parameter.grad.numpy(), rtol=1e-5, atol=1e-9)
