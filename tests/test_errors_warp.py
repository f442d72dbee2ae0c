"""Messages of the warp, its matrices and normalise, word by word."""

import numpy as np

import fast_augment as fa
from helpers.checks import check_message, each_case

U8 = np.zeros((4, 6, 3), np.uint8)
BATCH = np.zeros((2, 4, 6, 3), np.uint8)
IDENTITY = [[1, 0, 0], [0, 1, 0]]
SINGULAR = [[1, 2, 0], [2, 4, 0]]

FILL = "expected a number or one per channel"


SAMPLED = "expected 'nearest', 'bilinear' or 'bicubic'"
NOT_INVERTIBLE = "is singular, expected an invertible matrix"
ONE = "expected (2, 3), (3, 3), (1, 2, 3) or (1, 3, 3)"
AFFINE = [
    (
        TypeError,
        "affine: matrix has dtype object, expected real numbers",
        lambda: fa.affine(U8, None),
    ),
    (
        TypeError,
        "affine: matrix has dtype complex128, expected real numbers",
        lambda: fa.affine(U8, 1j * np.eye(3)),
    ),
    (
        ValueError,
        f"affine: matrix has shape (2, 2), {ONE}",
        lambda: fa.affine(U8, [[1, 0], [0, 1]]),
    ),
    (ValueError, f"affine: matrix has shape (6,), {ONE}", lambda: fa.affine(U8, [1, 0, 0] * 2)),
    (
        ValueError,
        "affine: matrix has shape (3, 2, 3), expected (2, 3), (3, 3), (2, 2, 3) or (2, 3, 3)",
        lambda: fa.affine(BATCH, [IDENTITY] * 3),
    ),
    (
        ValueError,
        "affine: matrix has a last row other than (0, 0, 1), which is no affine map",
        lambda: fa.affine(U8, np.diag([1, 1, 2])),
    ),
    (ValueError, f"affine: matrix {NOT_INVERTIBLE}", lambda: fa.affine(U8, SINGULAR)),
    (
        ValueError,
        f"affine: matrix[1] {NOT_INVERTIBLE}",
        lambda: fa.affine(BATCH, [IDENTITY, SINGULAR]),
    ),
    (
        ValueError,
        "affine: matrix holds nan, expected finite numbers",
        lambda: fa.affine(U8, [[1, 0, np.nan], [0, 1, 0]]),
    ),
    (
        ValueError,
        "affine: matrix maps the output more than 2**30 pixels away from the image",
        lambda: fa.affine(U8, [[1, 0, 1e12], [0, 1, 0]]),
    ),
    (
        ValueError,
        f"affine: interpolation is 'lanczos', {SAMPLED}",
        lambda: fa.affine(U8, IDENTITY, interpolation="lanczos"),
    ),
]


@each_case(AFFINE)
def test_affine(number):
    check_message(AFFINE, number)


SQUARE = np.eye(3)
ONLY_SQUARE = "expected (3, 3) or (1, 3, 3)"
PERSPECTIVE = [
    (
        TypeError,
        "perspective: matrix has dtype object, expected real numbers",
        lambda: fa.perspective(U8, None),
    ),
    (
        ValueError,
        f"perspective: matrix has shape (2, 3), {ONLY_SQUARE}",
        lambda: fa.perspective(U8, IDENTITY),
    ),
    (
        ValueError,
        "perspective: matrix has shape (3, 3, 3), expected (3, 3) or (2, 3, 3)",
        lambda: fa.perspective(BATCH, [SQUARE] * 3),
    ),
    (
        ValueError,
        f"perspective: matrix {NOT_INVERTIBLE}",
        lambda: fa.perspective(U8, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
    ),
    (
        ValueError,
        f"perspective: matrix[1] {NOT_INVERTIBLE}",
        lambda: fa.perspective(BATCH, [SQUARE, np.diag([1, 1, 0])]),
    ),
    (
        ValueError,
        f"perspective: matrix {NOT_INVERTIBLE}",
        lambda: fa.perspective(U8, np.zeros((3, 3))),
    ),
    (
        ValueError,
        "perspective: matrix holds inf, expected finite numbers",
        lambda: fa.perspective(U8, [[1, 0, 0], [0, 1, 0], [0, np.inf, 1]]),
    ),
    (
        ValueError,
        "perspective: matrix holds nan, expected finite numbers",
        lambda: fa.perspective(U8, np.diag([1, 1, np.nan])),
    ),
    (
        ValueError,
        "perspective: matrix maps the output more than 2**30 pixels away from the image",
        lambda: fa.perspective(U8, [[1, 0, 1e12], [0, 1, 0], [0, 0, 1]]),
    ),
    (
        ValueError,
        "perspective: matrix sends the middle of the image to infinity",
        lambda: fa.perspective(U8, [[1, 0, 0], [0, 1, 0], [1, 0, -2.5]]),
    ),
    (
        ValueError,
        f"perspective: interpolation is 'cubic', {SAMPLED}",
        lambda: fa.perspective(U8, SQUARE, interpolation="cubic"),
    ),
]


@each_case(PERSPECTIVE)
def test_perspective(number):
    check_message(PERSPECTIVE, number)


def matrix(**arguments):
    return lambda: fa.affine_matrix(**{"center": (0, 0), **arguments})


MATRIX = [
    (
        ValueError,
        "affine_matrix: center has shape (3,), expected (2,) or (N, 2)",
        matrix(center=(1, 2, 3)),
    ),
    (
        ValueError,
        "affine_matrix: translate has shape (), expected (2,) or (N, 2)",
        matrix(translate=5),
    ),
    (
        ValueError,
        "affine_matrix: angle has shape (1, 2), expected a number or (N,)",
        matrix(angle=[[1, 2]]),
    ),
    (
        ValueError,
        "affine_matrix: scale has shape (2, 3), expected a number, (N,), (N, 1) or (N, 2)",
        matrix(scale=np.ones((2, 3))),
    ),
    (
        ValueError,
        "affine_matrix: scale is (2, 3): two samples or (x, y)? Pass [[x, y]] for one matrix, "
        "[[a], [b]] for two",
        matrix(scale=(2, 3)),
    ),
    (TypeError, "affine_matrix: angle is 'a', expected real numbers", matrix(angle="a")),
    (TypeError, "affine_matrix: center is None, expected real numbers", matrix(center=None)),
    (ValueError, "affine_matrix: angle is nan, expected finite numbers", matrix(angle=np.nan)),
    (
        ValueError,
        "affine_matrix: translate is (inf, 0), expected finite numbers",
        matrix(translate=(np.inf, 0)),
    ),
    (
        ValueError,
        "affine_matrix: scale holds a 0, expected factors other than 0",
        matrix(scale=[1.0, 0.0]),
    ),
    (
        ValueError,
        "affine_matrix: shear is 90, expected degrees between -90 and 90",
        matrix(shear=90),
    ),
    (
        ValueError,
        "affine_matrix: angle, translate, shear, center and scale have different numbers of"
        " samples: (3,), (2,), (), (), ()",
        matrix(angle=[1, 2, 3], translate=[(1, 2), (3, 4)]),
    ),
]


@each_case(MATRIX)
def test_affine_matrix(number):
    check_message(MATRIX, number)


NORMALIZE = [
    (TypeError, f"normalize: mean is 'a', {FILL}", lambda: fa.normalize(U8, "a", 1)),
    (
        ValueError,
        "normalize: mean has shape (2,), expected one value or one per channel, (3,)",
        lambda: fa.normalize(U8, (1, 2), 1),
    ),
    (ValueError, "normalize: std is 0, expected numbers above 0", lambda: fa.normalize(U8, 0, 0)),
    (
        ValueError,
        "normalize: std is [1, -1, 1], expected numbers above 0",
        lambda: fa.normalize(U8, 0, [1, -1, 1]),
    ),
    (
        ValueError,
        "normalize: mean is nan, expected finite numbers",
        lambda: fa.normalize(U8, np.nan, 1),
    ),
    (
        ValueError,
        "normalize: std is inf, expected finite numbers",
        lambda: fa.normalize(U8, 0, np.inf),
    ),
    (
        ValueError,
        "normalize: mean is 1 and std is 1e-300, expected factors that float32 can hold",
        lambda: fa.normalize(U8, 1, 1e-300),
    ),
    (
        TypeError,
        "normalize: dtype is 'floaty', expected float32, float16 or bfloat16",
        lambda: fa.normalize(U8, 0, 1, dtype="floaty"),
    ),
    (
        TypeError,
        "normalize: dtype is float64, expected float32, float16 or bfloat16",
        lambda: fa.normalize(U8, 0, 1, dtype=np.float64),
    ),
    (
        ValueError,
        "normalize: out_layout is 'NCHW', expected 'HWC' or 'CHW'",
        lambda: fa.normalize(U8, 0, 1, out_layout="NCHW"),
    ),
    (
        ValueError,
        "normalize: out has shape (4, 6, 3), expected (3, 4, 6)",
        lambda: fa.normalize(U8, 0, 1, out=np.zeros((4, 6, 3), np.float32)),
    ),
    (
        TypeError,
        "normalize: out has dtype float16, expected float32",
        lambda: fa.normalize(U8, 0, 1, out=np.zeros((3, 4, 6), np.float16)),
    ),
]


@each_case(NORMALIZE)
def test_normalize(number):
    check_message(NORMALIZE, number)
