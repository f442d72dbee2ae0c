"""Cases of affine and projective warps."""

import numpy as np

import fast_augment as fa
from helpers.images import BORDERS
from helpers.peer_measure import Case, Mostly
from helpers.peer_moves import fill_for
from helpers.peers import opencv_border, peer_module, scipy_mode, torchvision

# Angle (counter-clockwise), translation, scale and shear.
TURNS = (
    (17.0, (0, 0), 1.0, (0.0, 0.0)),
    (-68.0, (3, -5), 0.8, (0.0, 0.0)),
    (140.0, (-2, 7), 1.3, (8.0, 0.0)),
    (5.0, (0, 1), 1.1, (-20.0, 11.0)),
)
# How far each corner goes inwards, (x, y), as a fraction of the width and height.
CORNERS = (
    ((0.1, 0.05), (0.02, 0.2), (0.1, 0.1), (0.0, 0.02)),
    ((-0.1, 0.0), (0.2, 0.25), (-0.15, 0.2), (0.1, -0.05)),
)
BORDERS_AND_TURNS = tuple((border, turn) for border in BORDERS for turn in TURNS)
BORDERS_AND_CORNERS = tuple((border, corners) for border in BORDERS for corners in CORNERS)

POSITIONS = "float32 positions; rounds half to even"
TIES = "float32 positions decide ties otherwise"
FEW = Mostly(0, 1e-4)
MIXED = POSITIONS + "; mixes a fill in twice over the last pixel, which is left out here"


def middle(image):
    """(x, y) in pixel indices."""
    return ((image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2)


def turn_of(image, turn):
    angle, translate, scale, shear = turn
    return fa.affine_matrix(angle, translate, scale, shear, center=middle(image))


def corners_of(image):
    right, bottom = image.shape[1] - 1, image.shape[0] - 1
    return np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]], np.float64)


def moved_corners(image, fractions):
    start = corners_of(image)
    inwards = np.sign(middle(image) - start)
    return start + inwards * np.array(fractions) * start.max(axis=0)


def matrix_between(start, end):
    """The 3x3 matrix that takes four points to four others, to float32."""
    cv2 = peer_module("OpenCV")
    return cv2.getPerspectiveTransform(start.astype(np.float32), end.astype(np.float32))


def unmixed(ours, theirs, warp, image):
    """The values where a warp shows the image alone or the fill alone."""
    share = warp(np.ones_like(image, np.float32))
    kept = (share == 0) | (share >= 1 - 1e-6)
    return ours[kept], theirs[kept]


def tensor_affine(image, turn, interpolation, fill=None, center=None):
    """Turn an image as torchvision does; its angle is clockwise, its pixel centres at halves."""
    angle, translate, scale, shear = turn
    return torchvision(
        "affine",
        image,
        -angle,
        list(translate),
        scale,
        list(shear),
        interpolation,
        fill,
        center and [center[0] + 0.5, center[1] + 0.5],
    )


def tensor_perspective(image, start, end, interpolation, fill=None):
    """Move corners as torchvision does, whose pixel centres are at halves here too."""
    moved = [(points + 0.5).tolist() for points in (start, end)]
    return torchvision("perspective", image, *moved, interpolation, fill)


def affine_of_torchvision(interpolation):
    def compare(image, turn):
        ours = fa.affine(image, turn_of(image, turn), interpolation=interpolation)
        return ours, tensor_affine(image, turn, interpolation)

    return compare


def affine_with_fill(image, turn):
    def warp(picture, fill=0):
        return fa.affine(picture, turn_of(image, turn), fill=fill)

    theirs = tensor_affine(image, turn, "bilinear", fill_for(image))
    return unmixed(warp(image, fill_for(image)), theirs, warp, image)


def affine_of_opencv(interpolation, flag):
    def compare(image, setting):
        cv2, fill = peer_module("OpenCV"), fill_for(image)
        border, turn = setting
        matrix = turn_of(image, turn)
        ours = fa.affine(image, matrix, interpolation=interpolation, border=border, fill=fill)
        return ours, cv2.warpAffine(
            image,
            matrix,
            image.shape[1::-1],
            flags=getattr(cv2, flag),
            borderMode=opencv_border(border),
            borderValue=fill,
        )

    return compare


def affine_of_scipy(image, setting):
    ndimage = peer_module("SciPy")
    border, turn = setting
    matrix, fill = turn_of(image, turn), fill_for(image)
    # Positions (y, x) in the source; the last axis of the image stays as it is.
    x, y = np.meshgrid(*(np.arange(n) for n in image.shape[1::-1]))
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
    source = np.tensordot(inverse[1::-1], [x, y, np.ones_like(x)], axes=1)
    theirs = [
        ndimage.map_coordinates(
            image[..., c].astype(np.float64), source, order=1, mode=scipy_mode(border), cval=fill[c]
        )
        for c in range(3)
    ]
    return fa.affine(image, matrix, border=border, fill=fill), np.stack(theirs, axis=-1)


def perspective_of_torchvision(interpolation):
    def compare(image, fractions):
        start, end = corners_of(image), moved_corners(image, fractions)
        ours = fa.perspective(image, matrix_between(start, end), interpolation=interpolation)
        return ours, tensor_perspective(image, start, end, interpolation)

    return compare


def perspective_of_opencv(interpolation, flag):
    def compare(image, setting):
        cv2, fill = peer_module("OpenCV"), fill_for(image)
        border, fractions = setting
        matrix = matrix_between(corners_of(image), moved_corners(image, fractions))
        ours = fa.perspective(image, matrix, interpolation=interpolation, border=border, fill=fill)
        return ours, cv2.warpPerspective(
            image,
            matrix,
            image.shape[1::-1],
            flags=getattr(cv2, flag),
            borderMode=opencv_border(border),
            borderValue=fill,
        )

    return compare


WARPS = (
    Case(
        "affine",
        "torchvision",
        "bilinear",
        affine_of_torchvision("bilinear"),
        1,
        1e-4,
        POSITIONS,
        TURNS,
    ),
    Case(
        "affine",
        "torchvision",
        "bilinear, a fill per channel",
        affine_with_fill,
        1,
        1e-4,
        MIXED,
        TURNS,
    ),
    Case(
        "affine",
        "torchvision",
        "nearest",
        affine_of_torchvision("nearest"),
        FEW,
        FEW,
        TIES,
        TURNS,
    ),
    Case(
        "affine",
        "SciPy",
        "bilinear, all five borders",
        affine_of_scipy,
        0.55,
        1e-6,
        "float64, not rounded",
        BORDERS_AND_TURNS,
    ),
    Case(
        "affine",
        "OpenCV",
        "bilinear, all five borders",
        affine_of_opencv("bilinear", "INTER_LINEAR"),
        1,
        1e-4,
        POSITIONS,
        BORDERS_AND_TURNS,
    ),
    Case(
        "affine",
        "OpenCV",
        "bicubic, all five borders",
        affine_of_opencv("bicubic", "INTER_CUBIC"),
        1,
        1e-4,
        POSITIONS,
        BORDERS_AND_TURNS,
    ),
    Case(
        "affine",
        "OpenCV",
        "nearest, all five borders",
        affine_of_opencv("nearest", "INTER_NEAREST"),
        FEW,
        FEW,
        TIES,
        BORDERS_AND_TURNS,
    ),
    Case(
        "perspective",
        "torchvision",
        "bilinear",
        perspective_of_torchvision("bilinear"),
        1,
        1e-4,
        POSITIONS,
        CORNERS,
    ),
    Case(
        "perspective",
        "torchvision",
        "nearest",
        perspective_of_torchvision("nearest"),
        FEW,
        FEW,
        TIES,
        CORNERS,
    ),
    Case(
        "perspective",
        "OpenCV",
        "bilinear, all five borders",
        perspective_of_opencv("bilinear", "INTER_LINEAR"),
        1,
        1e-4,
        POSITIONS,
        BORDERS_AND_CORNERS,
    ),
    Case(
        "perspective",
        "OpenCV",
        "bicubic, all five borders",
        perspective_of_opencv("bicubic", "INTER_CUBIC"),
        Mostly(1, 0.01),
        Mostly(1e-4, 0.01),
        POSITIONS + "; repeats no border further out than one image",
        BORDERS_AND_CORNERS,
    ),
)
