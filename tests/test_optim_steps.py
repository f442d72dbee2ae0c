"""Steps of the optimizers: a hundred of them against float64 oracles and torch."""

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.checks import assert_same_bits
from helpers.optimizers import CASE_IDS, CASES, assert_close, copies, make, random_arrays
from oracles import optim as oracle

every_case = pytest.mark.parametrize("case", CASES, ids=CASE_IDS)
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def oracle_of(name, param, options):
    if name == "SGD":
        return oracle.Sgd(param, **options)
    defaults = {"weight_decay": 1e-2} if name == "AdamW" else {}
    return oracle.Adam(param, **{**defaults, **options, "decoupled": name == "AdamW"})


@every_case
@every_dtype
def test_a_hundred_steps_of_the_oracle(case, dtype, rng):
    name, options = case
    params = random_arrays(rng, dtype)
    expected = [oracle_of(name, param, options) for param in params]
    optimizer = make(name, params, **options)

    for _ in range(100):
        grads = random_arrays(rng, dtype)
        optimizer.step(grads)
        for slow, grad in zip(expected, grads, strict=True):
            slow.step(grad)

    for param, slow in zip(params, expected, strict=True):
        # Roundings of float32 add up over the steps.
        tolerance = 2e-5 if dtype == np.float32 else 1e-12
        assert param.dtype == dtype
        assert np.allclose(param, slow.param, rtol=tolerance, atol=tolerance)


@every_case
@every_dtype
def test_a_hundred_steps_of_torch(case, dtype, rng):
    torch = pytest.importorskip("torch")
    name, options = case
    params = random_arrays(rng, dtype)
    theirs = [torch.nn.Parameter(torch.from_numpy(param.copy())) for param in params]
    optimizer = make(name, params, **options)
    their_optimizer = getattr(torch.optim, name)(theirs, foreach=False, **options)

    for number in range(100):
        grads = random_arrays(rng, dtype)
        if number % 7 == 3:
            grads[2] = None
        optimizer.step(grads)
        for parameter, grad in zip(theirs, grads, strict=True):
            parameter.grad = None if grad is None else torch.from_numpy(grad)
        their_optimizer.step()

    for param, parameter in zip(params, theirs, strict=True):
        assert_close(param, parameter.detach().numpy(), dtype)
    state = fa.optim.state_dict_from_torch(their_optimizer.state_dict())["state"]
    ours = optimizer.state_dict()["state"]
    for position, entry in state.items():
        for key in set(entry) - {"step"}:
            if entry[key] is not None:
                assert_close(ours[position][key], entry[key], dtype)
        assert int(ours.get(position, {}).get("step", 0)) == int(entry.get("step", 0))


@every_case
@every_dtype
def test_the_same_bits_on_every_instruction_set_and_thread_count(case, dtype, rng):
    name, options = case
    shapes = [(70001,), (33, 65), *[(5,)] * 50]
    start = random_arrays(rng, dtype, shapes)
    grads = [random_arrays(rng, dtype, shapes) for _ in range(3)]
    before, results = _core.active_isa(), {}

    for isa in _core.supported_isas():
        _core.force_isa(isa)
        for threads in (1, 2, 7):
            params = copies(start)
            optimizer = make(name, params, max_grad_norm=3.0, threads=threads, **options)
            norms = [optimizer.step(copies(step)) for step in grads]
            results[isa, threads] = (norms, params, optimizer.state_dict()["state"])
    _core.force_isa(before)

    (_, first), *others = results.items()
    for where, (norms, params, state) in others:
        assert norms == first[0], where
        for param, expected in zip(params, first[1], strict=True):
            assert_same_bits(param, expected, where)
        for key, entry in state.items():
            for kind, array in entry.items():
                assert_same_bits(np.asarray(array), np.asarray(first[2][key][kind]), where)


WIDER = [(np.float16, np.float32), (np.float16, np.float64), (np.float32, np.float64)]


@pytest.mark.parametrize(("narrow", "wide"), WIDER)
@pytest.mark.parametrize("name", ["SGD", "AdamW"])
@pytest.mark.usefixtures("isa")
def test_narrower_gradients_are_read_exactly(narrow, wide, name, rng):
    """As if the gradients had been converted before, in pieces that leave a tail."""
    params = random_arrays(rng, wide, [(1300,), (7,)])
    others = copies(params)
    optimizer, other = make(name, params, lr=0.1), make(name, others, lr=0.1)

    for _ in range(3):
        grads = random_arrays(rng, narrow, [(1300,), (7,)])
        norm = optimizer.step(grads)
        assert norm == other.step([grad.astype(wide) for grad in grads])

    for param, expected in zip(params, others, strict=True):
        assert_same_bits(param, expected)


def test_gradients_may_be_tensors_and_parameters_their_memory(rng):
    torch = pytest.importorskip("torch")
    params = random_arrays(rng, np.float32)
    tensors = [torch.from_numpy(param.copy()) for param in params]
    ours = fa.optim.AdamW(params, max_grad_norm=1.0)
    shared = fa.optim.AdamW([tensor.numpy() for tensor in tensors], max_grad_norm=1.0)

    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        grads = [torch.from_numpy(g).to(dtype) for g in random_arrays(rng, np.float32)]
        assert shared.step(grads) == ours.step([grad.float().numpy() for grad in grads])

    for param, tensor in zip(params, tensors, strict=True):
        assert_same_bits(tensor.numpy(), param)


def test_a_parameter_without_gradient_keeps_everything(rng):
    params = random_arrays(rng, np.float32, [(4,), (5,)])
    optimizer = fa.optim.Adam(params, weight_decay=0.1)
    before = params[1].copy()

    optimizer.step([np.ones(4, np.float32), None])
    optimizer.step([np.ones(4, np.float32), None])
    assert_same_bits(params[1], before)
    assert list(optimizer.state_dict()["state"]) == [0]

    optimizer.step([None, np.ones(5, np.float32)])
    steps = {key: int(entry["step"]) for key, entry in optimizer.state_dict()["state"].items()}
    assert steps == {0: 2, 1: 1}


def test_a_learning_rate_of_zero_leaves_the_parameters(rng):
    params = random_arrays(rng, np.float32)
    before = copies(params)
    for name in ("SGD", "Adam", "AdamW"):
        make(name, params, lr=0.0, weight_decay=0.5).step(random_arrays(rng, np.float32))

    for param, expected in zip(params, before, strict=True):
        assert np.array_equal(param, expected)


def test_learning_rates_and_options_change_between_steps(rng):
    params = random_arrays(rng, np.float64)
    slow = [oracle.Sgd(param, lr=1.0, momentum=0.9) for param in params]
    optimizer = fa.optim.SGD(params, lr=1.0, momentum=0.9)

    for number in range(5):
        optimizer.param_groups[0]["lr"] = 0.1 / (1 + number)
        optimizer.param_groups[0]["momentum"] = 0.5
        grads = random_arrays(rng, np.float64)
        optimizer.step(grads)
        for one, grad in zip(slow, grads, strict=True):
            one.lr, one.momentum = 0.1 / (1 + number), 0.5
            one.step(grad)

    for param, one in zip(params, slow, strict=True):
        assert_close(param, one.param, np.float64)


def test_momentum_and_amsgrad_may_begin_later():
    param, other = np.ones(3), np.ones(3)
    optimizer = fa.optim.SGD([param], lr=0.1)
    slow = oracle.Sgd(other, lr=0.1)
    for momentum in (0.0, 0.9, 0.9):
        optimizer.param_groups[0]["momentum"] = slow.momentum = momentum
        optimizer.step([np.full(3, 2.0)])
        slow.step(np.full(3, 2.0))
    assert_close(param, slow.param, np.float64)

    adam = fa.optim.Adam([param])
    adam.step([np.ones(3)])
    adam.param_groups[0]["amsgrad"] = True
    adam.step([np.ones(3)])
    assert "max_exp_avg_sq" in adam.state_dict()["state"][0]


def test_groups_have_options_of_their_own(rng):
    params = random_arrays(rng, np.float64, [(3,), (4,), (5,)])
    slow = [
        oracle.Adam(params[0], lr=0.1),
        oracle.Adam(params[1], lr=0.1),
        oracle.Adam(params[2], lr=0.01, weight_decay=0.5),
    ]
    groups = [{"params": params[:2]}, {"params": params[2], "lr": 0.01, "weight_decay": 0.5}]
    optimizer = fa.optim.Adam(groups, lr=0.1)

    for _ in range(4):
        grads = random_arrays(rng, np.float64, [(3,), (4,), (5,)])
        optimizer.step(grads)
        for one, grad in zip(slow, grads, strict=True):
            one.step(grad)

    for param, one in zip(params, slow, strict=True):
        assert_close(param, one.param, np.float64)


def test_a_group_that_is_added_later(rng):
    params = random_arrays(rng, np.float64, [(3,), (4,)])
    optimizer = fa.optim.Adam([params[0]], lr=0.1)
    slow = [oracle.Adam(params[0], lr=0.1), oracle.Adam(params[1], lr=0.3)]
    first, *grads = [random_arrays(rng, np.float64, [(3,), (4,)]) for _ in range(3)]
    optimizer.step([first[0]])
    slow[0].step(first[0])

    optimizer.add_param_group({"params": [params[1]], "lr": 0.3})
    for pair in grads:
        optimizer.step(pair)
        for one, grad in zip(slow, pair, strict=True):
            one.step(grad)

    for param, one in zip(params, slow, strict=True):
        assert_close(param, one.param, np.float64)


def test_gradients_by_name_in_any_order():
    params = {"w": np.zeros(2), "b": np.zeros(3)}
    optimizer = fa.optim.SGD(params, lr=1.0)

    optimizer.step({"b": np.full(3, 2.0), "w": np.full(2, 1.0)})
    optimizer.step([np.full(2, 1.0), None])
    optimizer.step(iter([None, np.full(3, 1.0)]))

    assert params["w"].tolist() == [-2, -2]
    assert params["b"].tolist() == [-3, -3, -3]


def test_one_array_is_a_list_of_one():
    param = np.zeros(2)
    optimizer = fa.optim.SGD(param, lr=1.0)

    assert optimizer.step(np.array([3.0, 4.0])) == 5.0
    assert param.tolist() == [-3, -4]


def test_many_small_parameters_in_one_call(rng):
    shapes = [(rng.integers(1, 300),) for _ in range(2000)]
    params, grads = random_arrays(rng, np.float32, shapes), random_arrays(rng, np.float32, shapes)
    flat, flat_grad = np.concatenate(params), np.concatenate(grads)

    norm = fa.optim.AdamW(params, max_grad_norm=1.0, threads=2).step(grads)
    whole = fa.optim.AdamW([flat], max_grad_norm=1.0)

    assert whole.step([flat_grad]) == pytest.approx(norm, rel=1e-14)
    assert np.allclose(np.concatenate(params), flat, rtol=1e-6)
