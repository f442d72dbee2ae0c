"""Pickles and copies of what remembers: optimizers, monitors and adaptive clippers; who refuses."""

import copy
import pickle

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from helpers.optimizers import CASE_IDS, CASES, bits_of, make, random_arrays


def pickled(value):
    return pickle.loads(pickle.dumps(value))


every_way = pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled], ids=["copy", "pickle"])


def arrays_of(optimizer):
    return [array for group in optimizer.param_groups for array in group["params"]]


@every_way
@pytest.mark.parametrize("case", CASES, ids=CASE_IDS)
def test_an_optimizer_goes_on_with_the_same_bits(case, duplicate, rng):
    name, options = case
    params = random_arrays(rng, np.float32)
    optimizer = make(name, params, max_grad_norm=0.5, nonfinite="skip", **options)
    grads = [random_arrays(rng, np.float32) for _ in range(6)]
    grads[1][0] = None
    for step in grads[:3]:
        optimizer.step(step)

    other = duplicate(optimizer)
    assert bits_of(other, arrays_of(other)) == bits_of(optimizer, params)
    norms = [(optimizer.step(step), other.step(step)) for step in grads[3:]]

    assert type(other) is type(optimizer)
    assert all(ours == theirs for ours, theirs in norms)
    assert bits_of(other, arrays_of(other)) == bits_of(optimizer, params)
    assert repr(other) == repr(optimizer)


@every_way
def test_a_copy_has_memory_of_its_own(duplicate):
    param = np.ones(3)
    optimizer = fa.optim.Adam([param])
    optimizer.step([np.ones(3)])
    before, state = param.copy(), optimizer.state_dict()["state"][0]["exp_avg"]

    other = duplicate(optimizer)
    other.step([np.full(3, 9.0)])

    assert_same_bits(param, before)
    assert_same_bits(optimizer.state_dict()["state"][0]["exp_avg"], state)
    assert [int(o.state_dict()["state"][0]["step"]) for o in (optimizer, other)] == [1, 2]


@every_way
def test_an_optimizer_copied_with_its_model_moves_the_copy(duplicate):
    model = {"weight": np.ones((2, 2)), "bias": np.ones(2)}
    optimizer = fa.optim.SGD(model, lr=1.0)

    copied, other = duplicate((model, optimizer))
    other.step({"weight": np.full((2, 2), 0.5), "bias": None})

    assert_same_bits(copied["weight"], np.full((2, 2), 0.5))
    assert_same_bits(model["weight"], np.ones((2, 2)))


@every_way
def test_groups_names_and_later_groups_survive(duplicate):
    groups = [{"params": {"a": np.ones(2)}, "lr": 0.5}, {"params": {"b": np.ones(3)}}]
    other = duplicate(fa.optim.SGD(groups, lr=0.1, momentum=0.9))
    other.add_param_group({"params": {"c": np.ones(4)}, "lr": 0.01})
    other.step({"c": np.ones(4), "a": np.ones(2), "b": np.ones(3)})

    assert [array[0].round(3) for array in arrays_of(other)] == [0.5, 0.9, 0.99]


def test_an_optimizer_in_the_middle_of_a_step_is_not_copied():
    optimizer = fa.optim.SGD([np.ones(2)])
    with optimizer._lock:
        assert_raises(
            RuntimeError,
            "SGD: another thread is in the middle of a step",
            lambda: pickle.dumps(optimizer),
        )
    assert pickle.dumps(optimizer)


MONITORS = {
    "GradientMonitor": lambda: fa.GradientMonitor(window=20, per_tensor_every=3),
    "AutoClip": lambda: fa.AutoClip(30, window=7),
    "AutoClip, all": lambda: fa.AutoClip(30),
    "ZClip": lambda: fa.ZClip(warmup_steps=6, max_norm=4.0),
}


def fed(memory, norms):
    """Feed gradients of these norms; return what is said about them."""
    for norm in norms:
        grads = {"a": np.array([norm * 0.6]), "b": np.array([norm * 0.8])}
        if isinstance(memory, fa.GradientMonitor):
            memory.watch(grads, max_norm=2.0)
        else:
            memory(grads)
    return memory.to_json() if isinstance(memory, fa.GradientMonitor) else memory.threshold


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("steps", [0, 5, 40])
@pytest.mark.parametrize("name", MONITORS)
def test_what_remembers_norms_goes_on_alone(name, steps, duplicate, rng):
    norms = rng.uniform(1, 5, steps + 30)
    first, alone = MONITORS[name](), MONITORS[name]()
    fed(first, norms[:steps])
    fed(alone, norms[:steps])

    other = duplicate(first)
    assert fed(other, norms[steps:]) == fed(alone, norms[steps:])
    fed(other, norms)

    assert fed(first, norms[steps:]) == fed(MONITORS[name](), norms)


REFUSED = {
    "SGD: a shallow copy would share its state with this one; use copy.deepcopy": (
        lambda: fa.optim.SGD([np.ones(2)]),
        [copy.copy],
    ),
    "GradientClipper: cannot be copied or pickled, as it works on the memory of its gradients; make"
    " a new one from the gradients of the copy": (
        lambda: fa.GradientClipper([np.ones(2)], 1.0),
        [copy.copy, copy.deepcopy, pickled],
    ),
    "NormAccumulator: cannot be copied or pickled in the middle of a sum; make a new one": (
        lambda: fa.NormAccumulator(),
        [copy.copy, copy.deepcopy, pickled],
    ),
}


@pytest.mark.parametrize("message", REFUSED, ids=lambda text: text.partition(":")[0])
def test_who_refuses(message):
    construct, ways = REFUSED[message]
    for duplicate in ways:
        assert_raises(TypeError, message, lambda duplicate=duplicate: duplicate(construct()))
