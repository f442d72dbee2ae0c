"""Calls allocate nothing but their result: no input is copied, whatever its strides."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.images import LAYOUTS, to_layout
from helpers.memory import CAN_READ_PEAKS, VIEWS, growth_when_repeated
from helpers.operations import OPERATION_IDS, OPERATIONS

ALLOWED = 4 << 20

pytestmark = pytest.mark.skipif(not CAN_READ_PEAKS, reason="reads the peak memory from /proc")


@pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
@pytest.mark.parametrize("view", VIEWS, ids=[view.__name__ for view in VIEWS])
def test_views_are_not_copied(operation, view):
    images = view(np.ones((8, 800, 900, 3), np.uint8))
    out = np.zeros_like(operation.call(images))

    assert (
        growth_when_repeated(lambda: operation.call(images, out=out)) < ALLOWED < images.nbytes // 4
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_floats_of_either_layout_are_not_copied(operation, layout):
    images = to_layout(np.ones((4, 600, 700, 3), np.float32), layout)
    out = np.zeros_like(operation.call(images, layout=layout))

    grown = growth_when_repeated(lambda: operation.call(images, layout=layout, out=out))

    assert grown < ALLOWED < images.nbytes // 4


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_gradients_are_not_copied(dtype):
    memory = np.ones((2900, 3000), dtype)
    for gradient in (memory, memory.T, memory[::2, ::-1], memory[:, ::3].T):
        for call in (fa.get_total_norm, lambda g: fa.clip_grad_norm_(g, 1.0)):
            assert growth_when_repeated(lambda g=gradient, c=call: c(g)) < ALLOWED


@pytest.mark.parametrize("after", [{}, {"zero_grads": True}, {"write_clipped": True}])
def test_steps_need_no_memory_but_the_state(after):
    params, grads = [np.ones((2900, 3000), np.float32)], [np.ones((2900, 3000), np.float32)]
    for make in (fa.optim.SGD, fa.optim.Adam, fa.optim.AdamW):
        optimizer = make(params, weight_decay=0.1, max_grad_norm=1.0, **after)
        optimizer.step(grads)
        assert growth_when_repeated(lambda step=optimizer.step: step(grads)) < ALLOWED


def test_per_sample_gradients_are_not_copied():
    grads, out = [np.ones((8, 1000, 1500), np.float32)], [np.zeros((1000, 1500), np.float32)]
    call = fa.clip_per_sample_grads_

    assert growth_when_repeated(lambda: call(grads, 1.0, noise_multiplier=1.0, out=out)) < ALLOWED
