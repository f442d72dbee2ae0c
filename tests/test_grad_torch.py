"""Tensors and parameters of torch on the CPU, where installed: read and clipped where they lie."""

import math
import subprocess
import sys

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises
from helpers.process import output_of
from oracles import gradients as oracle

torch = pytest.importorskip("torch")
DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64]
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def as_array(tensor):
    """A float64 or complex128 copy."""
    wide = torch.complex128 if tensor.is_complex() else torch.float64
    return tensor.detach().to(wide).resolve_conj().numpy().copy()


@every_dtype
def test_tensors_are_clipped_where_they_lie(dtype):
    generator = torch.Generator().manual_seed(3)
    tensors = [torch.randn(n, generator=generator).to(dtype) for n in (1, 33, 5000, 0)]
    tensors += [torch.randn(40, 50, generator=generator).to(dtype).T, torch.ones((), dtype=dtype)]
    tensors += [torch.randn(60, generator=generator).to(dtype)[::3]]
    before = [as_array(t) for t in tensors]
    pointers = [t.data_ptr() for t in tensors]
    expected = oracle.total_norm(before)

    assert fa.clip_grad_norm_(tensors, 0.5) == pytest.approx(expected, rel=1e-12)

    factor = oracle.clip_factor(0.5, expected)
    for tensor, values in zip(tensors, before, strict=True):
        step = torch.finfo(dtype).eps
        assert np.allclose(as_array(tensor), values * factor, rtol=2 * step, atol=1e-7)
    assert [t.data_ptr() for t in tensors] == pointers


def test_parameters_stand_for_their_gradients():
    model = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.Linear(3, 2))
    model[1].bias.requires_grad_(False)
    frozen = model[1].bias.detach().clone()
    model(torch.ones(4, 5)).square().sum().backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    expected = oracle.total_norm([as_array(g) for g in gradients])

    for parameters in (model.parameters(), dict(model.named_parameters()), gradients):
        assert fa.get_total_norm(parameters) == pytest.approx(expected, rel=1e-12)
    assert fa.get_total_norm(model[0].weight) == fa.get_total_norm(model[0].weight.grad)
    assert fa.clip_grad_norm_(model.parameters(), 0.1) == pytest.approx(expected, rel=1e-12)
    assert fa.get_total_norm(model.parameters()) == pytest.approx(0.1, rel=1e-4)
    assert torch.equal(model[1].bias, frozen)


def test_the_norm_is_that_of_torch():
    ours = [torch.nn.Parameter(torch.zeros(n)) for n in (3, 400)]
    for parameter in ours:
        parameter.grad = torch.randn_like(parameter, dtype=torch.float32)
    theirs = [torch.nn.Parameter(torch.zeros_like(p)) for p in ours]
    for mine, copied in zip(ours, theirs, strict=True):
        copied.grad = mine.grad.clone()
    for norm_type in (1, 2, 3, math.inf):
        norm = torch.nn.utils.clip_grad_norm_(theirs, 0.7, norm_type)
        assert fa.clip_grad_norm_(ours, 0.7, norm_type) == pytest.approx(float(norm), rel=1e-5)
        for mine, other in zip(ours, theirs, strict=True):
            assert torch.allclose(mine.grad, other.grad, rtol=1e-5, atol=0)


def test_a_gradient_that_can_be_differentiated_again():
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    (gradient,) = torch.autograd.grad(weight.pow(3).sum(), weight, create_graph=True)

    assert gradient.requires_grad
    assert fa.get_total_norm([gradient]) == pytest.approx(math.sqrt(9 + 144))


class Tagged(torch.Tensor):
    """A subclass, whose attributes might be replaced."""


def test_subclasses_and_conjugates_count_too():
    tagged = torch.ones(4).as_subclass(Tagged)
    conjugate = torch.tensor([3 + 4j, 0]).conj()

    assert fa.get_total_norm([tagged]) == 2.0
    assert fa.clip_grad_norm_(conjugate, 1.0) == 5.0
    assert complex(conjugate[0]) == pytest.approx(0.6 - 0.8j, rel=1e-6)


REFUSED = [
    (torch.empty(3, device="meta"), "is on the device meta, expected the CPU"),
    (torch.eye(3).to_sparse(), "has layout torch.sparse_coo, expected a dense tensor"),
    (
        torch.ones(3, dtype=torch.int64),
        "has dtype int64, expected float16, bfloat16, float32, float64, complex64 or complex128",
    ),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_tensors_that_cannot_be_clipped(number):
    bad, message = REFUSED[number]
    good = torch.ones(3)

    assert_raises(
        TypeError,
        f"clip_grad_norm_: grads['w'] {message}",
        lambda: fa.clip_grad_norm_({"a": good, "w": bad}, 0.1),
    )
    assert torch.equal(good, torch.ones(3))


def test_tensors_that_share_memory():
    tensor = torch.ones(8, dtype=torch.bfloat16)

    assert_raises(
        ValueError,
        "clip_grad_norm_: grads[1] shares memory with grads[0], expected each gradient once",
        lambda: fa.clip_grad_norm_([tensor[:5], tensor[4:]], 1.0),
    )
    assert_raises(
        ValueError,
        "clip_grad_norm_: grads[0] overlaps itself (strides that visit an element twice)",
        lambda: fa.clip_grad_norm_([torch.ones(3).expand(4, 3)], 1.0),
    )
    fa.clip_grad_norm_([tensor[::2], tensor[1::2]], 1.0)


def test_errors_name_the_parameter():
    model = torch.nn.Linear(2, 2)
    model.weight.grad = torch.tensor([[1.0, math.nan], [1.0, 1.0]])

    with pytest.raises(fa.NonFiniteGradientError) as caught:
        fa.clip_grad_norm_(dict(model.named_parameters()), 1.0)
    assert str(caught.value) == "clip_grad_norm_: grads['weight'] holds nan at flat index 1 of 4"


def test_torch_before_the_exchange_of_dlpack():
    script = """
    import torch
    del torch.Tensor.__dlpack_c_exchange_api__
    import fast_augment as fa
    for dtype in (torch.float32, torch.bfloat16):
        parameter = torch.nn.Parameter(torch.zeros(2, dtype=dtype))
        parameter.grad = torch.tensor([3.0, 4.0], dtype=dtype)
        clipper = fa.GradientClipper([parameter], 10)
        print(fa.get_total_norm([parameter]), clipper(), clipper(5.1))
    gradient = torch.ones(1, requires_grad=True) * 2
    print(fa.get_total_norm([gradient]))
    """
    if not hasattr(torch.Tensor, "__dlpack_c_exchange_api__"):
        pytest.skip("this torch has none to begin with")
    assert output_of(script).split("\n") == ["5.0 5.0 5.0", "5.0 5.0 5.0", "2.0"]


def test_torch_is_not_imported_by_us():
    script = "import sys, fast_augment as fa, numpy as np; fa.get_total_norm([np.ones(2)]);"
    script += "fa.get_total_norm({'a': [np.ones(2)]}); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stdout == "False\n"
