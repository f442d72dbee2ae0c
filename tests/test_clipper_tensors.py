"""A GradientClipper of torch tensors: whatever becomes of one, a call is about what it is now."""

import gc
import weakref

import numpy as np
import pytest

import fast_augment as fa

torch = pytest.importorskip("torch")


def fresh(*shape, dtype=torch.float32):
    return torch.full(shape, 3.0, dtype=dtype)


def grow(tensor):
    tensor.resize_(40, 50)
    tensor.fill_(3.0)


def shrink(tensor):
    tensor.resize_(2)


def other_data(tensor):
    tensor.data = fresh(7)


def other_storage(tensor):
    tensor.set_(fresh(9))


def other_strides(tensor):
    tensor.t_()


def other_place(tensor):
    tensor.set_(fresh(20).untyped_storage(), 5, (4, 6)[:1], (1,))


def larger_storage(tensor):
    """Move the elements to another place, and leave shape and strides as they are."""
    tensor.untyped_storage().resize_(1 << 22)


def empty(tensor):
    tensor.resize_(0)


CHANGES = [grow, shrink, other_data, other_storage, other_strides, other_place, larger_storage]
CHANGES += [empty]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_tensor_that_changed_is_clipped_as_it_is(change):
    tensor, still = fresh(4, 6), fresh(5)
    clipper = fa.GradientClipper({"a": tensor, "b": still}, 1.0)
    for _ in range(2):
        tensor.fill_(3.0)
        still.fill_(3.0)
        assert clipper() == pytest.approx(3 * np.sqrt(tensor.numel() + 5))
        norm = torch.cat([tensor.reshape(-1), still]).norm()
        assert norm == pytest.approx(1.0, rel=1e-5)
        change(tensor)


def test_tensors_that_swap_their_places():
    """torch refuses where others refer to a tensor; what it does not refuse is seen."""
    first, second = fresh(4), fresh(6)
    clipper = fa.GradientClipper([first], 1.0)
    try:
        torch.utils.swap_tensors(first, second)
    except RuntimeError:
        assert first.numel() == 4

    assert clipper() == pytest.approx(3 * np.sqrt(first.numel()))
    assert first.norm() == pytest.approx(1.0, rel=1e-5)
    assert second[0] == 3.0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.complex64])
def test_every_dtype_again_and_again(dtype):
    tensors = [fresh(n, dtype=dtype) for n in (1, 33, 256)]
    clipper = fa.GradientClipper(tensors, 1.0)
    for _ in range(3):
        for tensor in tensors:
            tensor.fill_(2.0)
        assert clipper() == pytest.approx(2 * np.sqrt(290))


def test_views_and_transposed_tensors():
    whole = fresh(6, 8)
    clipper = fa.GradientClipper([whole[:2].T, whole[3:, ::2]], 1.0)
    for _ in range(3):
        whole.fill_(1.0)
        assert clipper() == pytest.approx(np.sqrt(16 + 12))
        assert (whole[2] == 1.0).all()


def test_another_dtype_is_refused_and_changes_nothing():
    tensor = fresh(4)
    clipper = fa.GradientClipper([tensor], 1.0)
    clipper()
    tensor.data = fresh(4, dtype=torch.float64)
    with pytest.raises(
        TypeError, match=r"^GradientClipper: grads\[0\] has dtype float64, expected"
    ):
        clipper()
    assert (tensor == 3.0).all()


def test_tensors_are_given_back():
    """As many come and go as memory would not hold."""
    for _ in range(3):
        tensor = torch.zeros(1000)
        gone = weakref.ref(tensor)
        clipper = fa.GradientClipper([tensor], 1.0)
        clipper()
        tensor.resize_(2000)
        tensor.zero_()
        clipper()
        del tensor
        assert gone() is not None
        del clipper
        gc.collect()
        assert gone() is None


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_no_memory_stays_behind():
    def register():
        fa.GradientClipper([torch.ones(4 << 20)], 1.0)()

    register()
    before = resident_bytes()
    for _ in range(30):
        register()
    assert resident_bytes() - before < 10 * (16 << 20)
