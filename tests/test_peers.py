"""The same results as OpenCV, SciPy and torchvision, where installed, within their precision."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.images import BORDERS, noise, photograph, random_matrices
from helpers.peers import torchvision_module

SCIPY_MODES = {
    "constant": "grid-constant",
    "edge": "nearest",
    "reflect": "mirror",
    "symmetric": "reflect",
    "wrap": "grid-wrap",
}


def cv2_border(cv2, border):
    return {
        "constant": cv2.BORDER_CONSTANT,
        "edge": cv2.BORDER_REPLICATE,
        "reflect": cv2.BORDER_REFLECT_101,
        "symmetric": cv2.BORDER_REFLECT,
        "wrap": cv2.BORDER_WRAP,
    }[border]


@pytest.mark.parametrize("border", BORDERS)
def test_affine_is_map_coordinates_of_scipy(border, rng):
    ndimage = pytest.importorskip("scipy.ndimage")
    image = noise(rng, (43, 57, 3), np.float32)
    for matrix in random_matrices(rng, 10, (43, 57), (43, 57)):
        result = fa.affine(image, matrix, border=border, fill=0.5)
        inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
        y, x = np.mgrid[0:43, 0:57]
        sx, sy, _ = np.tensordot(inverse, [x, y, np.ones_like(x)], axes=1)
        for channel in range(3):
            expected = ndimage.map_coordinates(
                image[..., channel], [sy, sx], order=1, mode=SCIPY_MODES[border], cval=0.5
            )
            assert np.abs(result[..., channel] - expected).max() <= 4e-4


@pytest.mark.parametrize("border", BORDERS)
def test_affine_is_warp_affine_of_opencv(border, rng):
    cv2 = pytest.importorskip("cv2")
    image = photograph(rng, (120, 160, 3), np.uint8)
    matrix = fa.affine_matrix(17, (3, -5), 1.1, (4, 0), center=(79.5, 59.5))

    result = fa.affine(image, matrix, border=border, fill=(10, 20, 30))
    expected = cv2.warpAffine(
        image,
        matrix,
        (160, 120),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2_border(cv2, border),
        borderValue=(10, 20, 30),
    )

    # OpenCV rounds source coordinates to 1/32 of a pixel, which shows at edges of the picture.
    difference = np.abs(result.astype(int) - expected)
    assert difference.mean() < 0.5
    assert np.quantile(difference, 0.99) <= 6


@pytest.mark.parametrize("border", BORDERS)
def test_perspective_is_warp_perspective_of_opencv(border, rng):
    cv2 = pytest.importorskip("cv2")
    image = photograph(rng, (120, 160, 3), np.uint8)
    corners = np.array([[0, 0], [159, 0], [159, 119], [0, 119]], np.float32)
    matrix = cv2.getPerspectiveTransform(
        corners, corners + rng.uniform(-25, 25, (4, 2)).astype(np.float32)
    )

    result = fa.perspective(image, matrix, border=border, fill=(10, 20, 30))
    expected = cv2.warpPerspective(
        image, matrix, (160, 120), borderMode=cv2_border(cv2, border), borderValue=(10, 20, 30)
    )

    difference = np.abs(result.astype(int) - expected)
    assert difference.mean() < 0.5
    assert np.quantile(difference, 0.99) <= 6


def test_flips_and_turns_are_those_of_opencv(rng):
    cv2 = pytest.importorskip("cv2")
    image = noise(rng, (37, 53, 3), np.uint8)

    assert np.array_equal(fa.hflip(image), cv2.flip(image, 1))
    assert np.array_equal(fa.vflip(image), cv2.flip(image, 0))
    assert np.array_equal(fa.transpose(image), cv2.transpose(image))
    assert np.array_equal(fa.rot90(image), cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE))


@pytest.mark.parametrize("border", BORDERS)
def test_pad_is_copy_make_border_of_opencv(border, rng):
    cv2 = pytest.importorskip("cv2")
    image = noise(rng, (37, 53, 3), np.uint8)
    expected = cv2.copyMakeBorder(image, 2, 4, 1, 3, cv2_border(cv2, border), value=(7, 8, 9))

    assert np.array_equal(fa.pad(image, (1, 2, 3, 4), border=border, fill=(7, 8, 9)), expected)


def test_flips_turns_and_crops_are_those_of_torchvision(rng):
    torch = pytest.importorskip("torch")
    functional = torchvision_module("transforms.v2.functional")
    images = noise(rng, (2, 3, 37, 53), np.uint8)
    tensors = torch.from_numpy(images)

    def same(result, expected):
        assert np.array_equal(result, expected.numpy())

    same(fa.hflip(images, layout="CHW"), functional.hflip(tensors))
    same(fa.vflip(images, layout="CHW"), functional.vflip(tensors))
    same(fa.rot90(images, layout="CHW"), torch.rot90(tensors, 1, (2, 3)))
    same(fa.crop(images, -3, 5, (20, 60), layout="CHW"), functional.crop(tensors, -3, 5, 20, 60))
    same(
        fa.pad(images, (1, 2, 3, 4), fill=9, layout="CHW"),
        functional.pad(tensors, [1, 2, 3, 4], fill=9),
    )


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
    torch = pytest.importorskip("torch")
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in ((300, 20), (7,), ())]
    parameters = [torch.nn.Parameter(torch.zeros(array.shape)) for array in arrays]
    for parameter, array in zip(parameters, arrays, strict=True):
        parameter.grad = torch.from_numpy(array.copy())

    expected = torch.nn.utils.clip_grad_norm_(parameters, 1.5, norm_type)
    norm = fa.clip_grad_norm_(arrays, 1.5, norm_type)

    assert norm == pytest.approx(float(expected), rel=1e-5)
    for parameter, array in zip(parameters, arrays, strict=True):
        assert np.allclose(array, parameter.grad.numpy(), rtol=1e-5, atol=1e-9)
