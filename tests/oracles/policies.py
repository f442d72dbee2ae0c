"""One op of a policy on one (H, W, C) image in float64: the published formulas, one by one."""

import numpy as np

from oracles import color, filter, geometry, histogram  # noqa: A004

MOVES = ("shear_x", "shear_y", "translate_x", "translate_y", "rotate")


def matrix_of(op, amount, size):
    """Input to output pixels: shears about the outer corner of the first pixel."""
    height, width = size
    if op == "rotate":
        center = ((width - 1) / 2, (height - 1) / 2)
        return geometry.affine_matrix(amount, center=center)
    if op == "translate_x":
        return np.array([[1.0, 0.0, amount], [0.0, 1.0, 0.0]])
    if op == "translate_y":
        return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, amount]])
    shear = np.array([[1.0, -amount], [0.0, 1.0]])
    if op == "shear_y":
        shear = shear.T
    corner = np.array([-0.5, -0.5])
    return np.column_stack([shear, corner - shear @ corner])


def changed(image, op, amount):
    """Values where they are, before rounding."""
    if op == "identity":
        return image.astype(np.float64)
    if op == "solarize":
        threshold = amount * 255.0
        return np.where(image >= threshold - 1e-3, 255.0 - image, image)
    if op == "posterize":
        step = 2 ** (8 - int(amount))
        return (image.astype(int) // step * step).astype(np.float64)
    if op == "equalize":
        return histogram.equalize(image)
    if op == "autocontrast":
        return histogram.autocontrast(image)
    if op == "invert":
        return 255.0 - image
    if op == "sharpness":
        return filter.sharpness(image, amount)
    return getattr(color, f"adjust_{op}")(image, amount)
