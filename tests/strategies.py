"""Hypothesis strategies: images of any shape, dtype and stride, and matrices."""

import numpy as np
from hypothesis import strategies as st

from helpers.images import DTYPES, noise
from helpers.memory import VIEWS

sides = st.integers(1, 70)
channels = st.one_of(st.integers(1, 5), st.sampled_from((7, 16, 17)))
finite = st.floats(-3.0, 3.0, allow_nan=False)


@st.composite
def images(draw, batch=False):
    """White noise behind one of the views, seldom square and sometimes of a single row."""
    shape = (draw(sides), draw(sides), draw(channels))
    if batch:
        shape = (draw(st.integers(1, 4)), *shape)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pixels = noise(rng, shape, draw(st.sampled_from(DTYPES)))
    view = draw(st.sampled_from((np.ascontiguousarray, *VIEWS)))
    return view(pixels)


@st.composite
def matrices(draw):
    """Invertible 2x3 matrices; whole numbers come up often enough to meet the exact paths."""
    number = st.one_of(finite, st.sampled_from((-2.0, -1.0, 0.0, 0.5, 1.0, 2.0)))
    a, b, c, d = (draw(number) for _ in range(4))
    if abs(a * d - b * c) < 0.02:
        a, b, c, d = 1.0, b / 4, c / 4, 1.0
    offset = st.one_of(st.floats(-60, 60), st.integers(-60, 60).map(float))
    return np.array([[a, b, draw(offset)], [c, d, draw(offset)]])


@st.composite
def perspectives(draw):
    """Invertible 3x3 matrices that keep the middle of images of any of our sizes in sight."""
    lean = st.one_of(st.just(0.0), st.floats(-0.01, 0.01).filter(lambda x: abs(x) > 1e-6))
    matrix = np.vstack([draw(matrices()), [draw(lean), draw(lean), 1.0]])
    return matrix if abs(np.linalg.det(matrix)) > 0.01 else np.diag([1.0, 1.0, 1.0])
