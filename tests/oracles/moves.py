"""How one applied transform moves pixels: where each pixel of the new canvas comes from."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from oracles import geometry

TURN, SHIFT, RESIZE, MAP = "turn", "shift", "resize", "map"
WHOLE = 1e-9


@dataclass(frozen=True)
class Move:
    """`back` takes points (x, y) of the new canvas to the old one; sizes are (height, width)."""

    kind: str
    before: tuple[int, int]
    after: tuple[int, int]
    matrix: np.ndarray  # 3x3, old to new coordinates
    back: Any
    # Of turns and of windows that stay inside: the same on an array (H, W, C).
    literally: Any = None
    swaps: bool = False
    # Of windows and maps: what shows outside the old canvas.
    border: str | None = None
    fill: Any = 0
    # Of resizes and maps.
    interpolation: str | None = None
    antialias: bool = False
    box: tuple[int, int, int, int] | None = None  # x0, y0, x1, y1

    def __post_init__(self):
        # As images of floats hold it; no level of an integer is lost.
        object.__setattr__(self, "fill", np.asarray(self.fill, np.float32).astype(np.float64))

    @property
    def chooses(self):
        """Whether each new pixel is an old one."""
        return self.literally is not None

    @property
    def looks_outside(self):
        return self.border is not None

    @property
    def is_exact(self):
        """Whole pixels in a turned or shifted grid: nothing to interpolate."""
        linear = self.matrix[:2, :2]
        return (
            np.abs(self.matrix - np.round(self.matrix)).max() <= WHOLE
            and np.abs(self.matrix[2] - (0, 0, 1)).max() == 0
            and abs(abs(np.linalg.det(linear)) - 1) <= WHOLE
        )

    @property
    def widens(self):
        """Whether resizing reads more than the pixels next to a point."""
        if self.kind != RESIZE or self.interpolation == "nearest" or not self.antialias:
            return False
        x0, y0, x1, y1 = self.box
        return self.interpolation == "bicubic" or y1 - y0 > self.after[0] or x1 - x0 > self.after[1]


def move_of(transform, values, size):
    """The move of a transform with its drawn values; None when all pixels stay."""
    make = MAKERS.get(type(transform).__name__)
    return None if make is None else make(transform, values, size)


def shift_matrix(x, y):
    return np.array([[1.0, 0, x], [0, 1.0, y], [0, 0, 1.0]])


# --- turns


def horizontal_flip(_transform, _values, size):
    last = size[1] - 1
    matrix = np.array([[-1.0, 0, last], [0, 1, 0], [0, 0, 1]])
    return Move(
        TURN, size, size, matrix, lambda x, y: (last - x, y), literally=lambda a: a[:, ::-1]
    )


def vertical_flip(_transform, _values, size):
    last = size[0] - 1
    matrix = np.array([[1.0, 0, 0], [0, -1, last], [0, 0, 1]])
    return Move(TURN, size, size, matrix, lambda x, y: (x, last - y), literally=lambda a: a[::-1])


def quarter_turns(_transform, values, size):
    turns = int(values["quarter_turns"])
    right, bottom = size[1] - 1, size[0] - 1
    if turns == 0:
        return None
    after = size if turns == 2 else size[::-1]
    matrix, back = {
        1: ([[0, 1, 0], [-1, 0, right]], lambda x, y: (right - y, x)),
        2: ([[-1, 0, right], [0, -1, bottom]], lambda x, y: (right - x, bottom - y)),
        3: ([[0, -1, bottom], [1, 0, 0]], lambda x, y: (y, bottom - x)),
    }[turns]
    matrix = np.array([*matrix, [0, 0, 1]], np.float64)
    return Move(
        TURN,
        size,
        after,
        matrix,
        back,
        literally=lambda a: np.rot90(a, turns),
        swaps=turns != 2,
    )


# --- windows of whole pixels


def window(top, left, size, after, border, fill):
    height, width = after
    is_inside = top >= 0 and left >= 0 and top + height <= size[0] and left + width <= size[1]
    common = (size, after, shift_matrix(-left, -top), lambda x, y: (x + left, y + top))
    if not is_inside:
        return Move(SHIFT, *common, border=border, fill=fill)
    return Move(SHIFT, *common, literally=lambda a: a[top : top + height, left : left + width])


def random_crop(transform, values, size):
    place = int(values["top"]), int(values["left"])
    return window(*place, size, transform.size, transform.padding_mode, transform.fill)


def center_crop(transform, values, size):
    place = int(values["top"]), int(values["left"])
    return window(*place, size, transform.size, "constant", getattr(transform, "fill", 0))


def pad(transform, _values, size):
    left, top, right, bottom = transform.padding
    after = size[0] + top + bottom, size[1] + left + right
    return window(-top, -left, size, after, transform.padding_mode, transform.fill)


# --- resizes


def resized(box, size, after, transform):
    """Pixel i stands for [i - 0.5, i + 0.5) of the old canvas as of the new one."""
    x0, y0, x1, y1 = box
    step_x, step_y = (x1 - x0) / after[1], (y1 - y0) / after[0]
    matrix = np.array(
        [
            [1 / step_x, 0, (0.5 - x0) / step_x - 0.5],
            [0, 1 / step_y, (0.5 - y0) / step_y - 0.5],
            [0, 0, 1],
        ]
    )

    def back(x, y):
        return x0 - 0.5 + (x + 0.5) * step_x, y0 - 0.5 + (y + 0.5) * step_y

    return Move(
        RESIZE,
        size,
        after,
        matrix,
        back,
        interpolation=transform.interpolation,
        antialias=transform.antialias,
        box=box,
    )


def resized_size(transform, size):
    """One number is the shorter side; the longer one keeps the ratio, cut to a whole number."""
    if not isinstance(transform.size, int):
        return tuple(transform.size)
    shorter, longer = min(size), max(size)
    new_shorter, new_longer = transform.size, transform.size * longer // shorter
    if transform.max_size is not None and new_longer > transform.max_size:
        new_shorter = max(transform.max_size * new_shorter // new_longer, 1)
        new_longer = transform.max_size
    return (new_longer, new_shorter) if size[0] >= size[1] else (new_shorter, new_longer)


def resize(transform, _values, size):
    after = resized_size(transform, size)
    return None if after == size else resized((0, 0, size[1], size[0]), size, after, transform)


def resized_crop(transform, values, size):
    top, left, height, width = (int(values[k]) for k in ("top", "left", "height", "width"))
    return resized((left, top, left + width, top + height), size, transform.size, transform)


# --- maps


def mapped(transform, matrix, size, after):
    matrix = np.asarray(matrix, np.float64)
    if np.abs(matrix - np.round(matrix)).max() <= WHOLE:
        matrix = np.round(matrix)
    inverse = np.linalg.inv(matrix)

    def back(x, y):
        w = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
        # Beyond the horizon of a projection there is no point: outside of everything.
        w = np.where(w > 1e-12, w, np.nan)
        x, y = (row[0] * x + row[1] * y + row[2] for row in inverse[:2])
        return x / w, y / w

    return Move(
        MAP,
        size,
        after,
        matrix,
        back,
        border=transform.border,
        fill=transform.fill,
        interpolation=transform.interpolation,
    )


def around(transform, size):
    return transform.center or ((size[1] - 1) / 2, (size[0] - 1) / 2)


def affine(transform, values, size):
    matrix = geometry.affine_matrix(
        values["angle"],
        (values["translate_x"], values["translate_y"]),
        (values["scale_x"], values["scale_y"]),
        (values["shear_x"], values["shear_y"]),
        center=around(transform, size),
    )
    return mapped(transform, [*matrix.tolist(), [0, 0, 1]], size, size)


def rotation(transform, values, size):
    after = turned_size(values["angle"], size) if transform.expand else size
    shift = (after[1] - size[1]) / 2, (after[0] - size[0]) / 2
    center = around(transform, size)
    matrix = geometry.affine_matrix(values["angle"], shift, center=center)
    return mapped(transform, [*matrix.tolist(), [0, 0, 1]], size, after)


def turned_size(angle, size):
    """The whole pixels that the turned canvas touches; ends count to four decimals."""
    # Twelve decimals, so that quarter turns have the zeros that they should have.
    (a, b, _), (c, d, _) = np.round(geometry.affine_matrix(angle, center=(0, 0)), 12)
    lengths = []
    for x, y, side in ((c, d, size[0]), (a, b, size[1])):
        ends = [x * i * size[1] / 2 + y * j * size[0] / 2 for i in (-1, 1) for j in (-1, 1)]
        first, last = (math.trunc((side / 2 + end) * 1e4) / 1e4 for end in (min(ends), max(ends)))
        lengths.append(math.ceil(last) - math.floor(first))
    return tuple(lengths)


def perspective(transform, values, size):
    """A line of single pixels spans no quadrilateral and stays as it is."""
    if min(size) < 2:
        return None
    right, bottom = size[1] - 1, size[0] - 1
    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    equations, ends = [], []
    for name, (x, y) in zip(names, ((0, 0), (right, 0), (right, bottom), (0, bottom)), strict=True):
        u, v = values[f"{name}_x"], values[f"{name}_y"]
        equations += [
            [x, y, 1, 0, 0, 0, -u * x, -u * y],
            [0, 0, 0, x, y, 1, -v * x, -v * y],
        ]
        ends += [u, v]
    try:
        matrix = np.append(np.linalg.solve(equations, ends), 1.0).reshape(3, 3)
    except np.linalg.LinAlgError:
        return None  # corners that fall together
    # The middle of the canvas lies on this side of the horizon, if not on it.
    weight = matrix[2] @ (right / 2, bottom / 2, 1)
    if abs(weight) < 1e-12:
        return None
    matrix /= weight
    return mapped(transform, matrix, size, size)


MAKERS = {
    "RandomHorizontalFlip": horizontal_flip,
    "RandomVerticalFlip": vertical_flip,
    "RandomRotate90": quarter_turns,
    "RandomCrop": random_crop,
    "CenterCrop": center_crop,
    "Pad": pad,
    "Resize": resize,
    "RandomResizedCrop": resized_crop,
    "RandomAffine": affine,
    "RandomRotation": rotation,
    "RandomPerspective": perspective,
}
