"""Messages of the optimizers, word by word, and that a refused call changes nothing."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, check_message, each_case
from helpers.optimizers import bits_of

Adam, AdamW, SGD = fa.optim.Adam, fa.optim.AdamW, fa.optim.SGD
ABOVE_0 = "expected a number above 0"
AT_LEAST_0 = "expected a finite number of at least 0"
BELOW_1 = "expected numbers of at least 0, below 1"


def ones(*shape, dtype=np.float32):
    return np.ones(shape, dtype)


def read_only(*shape):
    array = ones(*shape)
    array.flags.writeable = False
    return array


def overlapping():
    memory = ones(8)
    return [memory[:5], memory[4:]]


def same_twice():
    array = ones(3)
    return {"a": array, "b": array}


def groups(**options):
    return [{"params": [ones(2)]}, {"params": [ones(3)], **options}]


CONSTRUCTORS = [
    (ValueError, "SGD: params is empty, expected at least one array", lambda: SGD([])),
    (
        TypeError,
        "SGD: params has type int, expected arrays, a mapping of names to arrays, or groups",
        lambda: SGD(3),
    ),
    (
        TypeError,
        "SGD: params[1] has type float, expected a NumPy array",
        lambda: SGD([ones(2), 1.0]),
    ),
    (
        TypeError,
        "Adam: params['w'] has dtype float16, expected float32 or float64",
        lambda: Adam({"w": ones(2, dtype=np.float16)}),
    ),
    (
        TypeError,
        "Adam: params[0] has dtype int64, expected float32 or float64",
        lambda: Adam([ones(2, dtype=np.int64)]),
    ),
    (
        ValueError,
        "AdamW: params['w'] is read-only, expected a writable array",
        lambda: AdamW({"w": read_only(2)}),
    ),
    (
        ValueError,
        "AdamW: params[0] is not contiguous, expected an array in C order",
        lambda: AdamW([ones(3, 4).T]),
    ),
    (
        ValueError,
        "AdamW: params[1] shares memory with params[0], expected each array once",
        lambda: AdamW(overlapping()),
    ),
    (
        ValueError,
        "SGD: params['b'] shares memory with params['a'], expected each array once",
        lambda: SGD(same_twice()),
    ),
    (
        TypeError,
        "SGD: param_groups[1] has the unknown option 'learning_rate', expected one of lr,"
        " momentum, dampening, weight_decay, nesterov, maximize",
        lambda: SGD(groups(learning_rate=1)),
    ),
    (
        ValueError,
        "SGD: param_groups[0] has no 'params'",
        lambda: SGD([{"lr": 1}]),
    ),
    (
        ValueError,
        "SGD: param_groups[1]['params'] has the name 'a' of another group's parameter,"
        " expected each name once",
        lambda: SGD([{"params": {"a": ones(1)}}, {"params": {"a": ones(1)}}]),
    ),
    (
        ValueError,
        "SGD: param_groups[1]['params'] is no mapping, expected names for the parameters of all"
        " groups or of none",
        lambda: SGD([{"params": {"a": ones(1)}}, {"params": [ones(1)]}]),
    ),
    (ValueError, f"SGD: lr is -1, {AT_LEAST_0}", lambda: SGD([ones(1)], lr=-1)),
    (ValueError, f"SGD: lr is nan, {AT_LEAST_0}", lambda: SGD([ones(1)], lr=float("nan"))),
    (ValueError, f"Adam: lr is inf, {AT_LEAST_0}", lambda: Adam([ones(1)], lr=float("inf"))),
    (TypeError, "SGD: lr is '1', expected a number", lambda: SGD([ones(1)], lr="1")),
    (
        ValueError,
        f"SGD: param_groups[1]['momentum'] is -0.5, {AT_LEAST_0}",
        lambda: SGD(groups(momentum=-0.5)),
    ),
    (
        ValueError,
        "SGD: nesterov is True, expected a momentum above 0 and no dampening with it",
        lambda: SGD([ones(1)], nesterov=True),
    ),
    (TypeError, "SGD: nesterov is 1, expected True or False", lambda: SGD([ones(1)], nesterov=1)),
    (ValueError, f"Adam: betas is (0.9, 1), {BELOW_1}", lambda: Adam([ones(1)], betas=(0.9, 1))),
    (
        ValueError,
        "Adam: betas is (0.9,), expected a pair of numbers",
        lambda: Adam([ones(1)], betas=(0.9,)),
    ),
    (
        TypeError,
        "Adam: betas has type float, expected a pair of numbers",
        lambda: Adam([ones(1)], betas=0.9),
    ),
    (ValueError, f"Adam: eps is -1, {AT_LEAST_0}", lambda: Adam([ones(1)], eps=-1)),
    (
        ValueError,
        f"AdamW: weight_decay is -1, {AT_LEAST_0}",
        lambda: AdamW([ones(1)], weight_decay=-1),
    ),
    (
        ValueError,
        f"AdamW: max_grad_norm is 0, {ABOVE_0}",
        lambda: AdamW([ones(1)], max_grad_norm=0),
    ),
    (ValueError, f"SGD: norm_type is 0, {ABOVE_0}", lambda: SGD([ones(1)], norm_type=0)),
    (
        ValueError,
        "SGD: nonfinite is 'zero', expected 'error', 'skip' or 'propagate'",
        lambda: SGD([ones(1)], nonfinite="zero"),
    ),
    (
        TypeError,
        "SGD: zero_grads is None, expected True or False",
        lambda: SGD([ones(1)], zero_grads=None),
    ),
    (
        ValueError,
        "SGD: zero_grads and write_clipped are both True, expected one at most",
        lambda: SGD([ones(1)], zero_grads=True, write_clipped=True),
    ),
    (ValueError, "SGD: threads is 0, expected 1 to 1024", lambda: SGD([ones(1)], threads=0)),
]


@each_case(CONSTRUCTORS)
def test_constructors(number):
    check_message(CONSTRUCTORS, number)


def moved(params, _grads):
    params["w"].resize((4, 5), refcheck=False)


def frozen(params, _grads):
    params["w"].flags.writeable = False


# What is wrong with a step of an AdamW on w (2, 3) and b (3,), both float32.
STEPS = [
    (TypeError, "grads has type int, expected an array, an iterable of arrays or a mapping of"
     " names to arrays", lambda _p, _g: 3),
    (ValueError, "grads has 1 entries, expected 2, one for each parameter",
     lambda _p, g: [g["w"]]),
    (ValueError, "grads has 'x', which no parameter is named",
     lambda _p, g: {**g, "x": ones(1)}),
    (ValueError, "grads has no 'b'; pass None for a parameter without a gradient",
     lambda _p, g: {"w": g["w"]}),
    (ValueError, "grads['b'] has shape (2,), expected (3,) to match params['b']",
     lambda _p, g: {**g, "b": ones(2)}),
    (ValueError, "grads['w'] has shape (6,), expected (2, 3) to match params['w']",
     lambda _p, g: {**g, "w": ones(6)}),
    (TypeError, "grads['b'] has dtype int32, expected float16, bfloat16, float32 or"
     " float64",
     lambda _p, g: {**g, "b": ones(3, dtype=np.int32)}),
    (TypeError, "grads['b'] has dtype float64, which params['b'] of float32 cannot hold exactly;"
     " pass grads['b'].astype(np.float32)", lambda _p, g: {**g, "b": ones(3, dtype=np.float64)}),
    (ValueError, "grads['w'] is not contiguous, expected an array in C order",
     lambda _p, g: {**g, "w": ones(3, 2).T}),
    (ValueError, "grads['b'] shares memory with grads['w'], expected each array once",
     lambda _p, g: {**g, "b": g["w"][0]}),
    (ValueError, "grads['b'] shares memory with params['b'], expected each array once",
     lambda p, g: {**g, "b": p["b"]}),
    (ValueError, "grads['w'] shares memory with params['b'], expected each array once",
     lambda p, g: {**g, "w": np.lib.stride_tricks.as_strided(p["b"], (2, 3))}),
]  # fmt: skip


@each_case(STEPS)
def test_steps(number):
    error, message, wrong = STEPS[number]
    params = {"w": ones(2, 3), "b": ones(3)}
    grads = {"w": ones(2, 3), "b": ones(3)}
    optimizer = AdamW(params)
    optimizer.step(grads)
    before = bits_of(optimizer, params.values())

    assert_raises(error, f"AdamW.step: {message}", lambda: optimizer.step(wrong(params, grads)))

    assert bits_of(optimizer, params.values()) == before
    optimizer.step(grads)


@pytest.mark.parametrize("option", ["zero_grads", "write_clipped"])
def test_read_only_gradients_that_would_be_written(option):
    optimizer = SGD({"w": ones(2)}, **{option: True})

    assert_raises(
        ValueError,
        "SGD.step: grads['w'] is read-only, expected a writable array",
        lambda: optimizer.step({"w": read_only(2)}),
    )


@pytest.mark.parametrize("change", [moved, frozen])
def test_parameters_that_changed_under_the_optimizer(change):
    params, grads = {"w": ones(2, 3), "b": ones(3)}, {"w": ones(2, 3), "b": ones(3)}
    optimizer = AdamW(params)
    optimizer.step(grads)
    change(params, grads)
    if change is moved:
        grads["w"] = ones(4, 5)

    assert_raises(
        ValueError,
        "AdamW.step: params['w'] was moved, resized or made read-only since the optimizer was made;"
        " make a new one",
        lambda: optimizer.step(grads),
    )


def test_options_that_became_wrong():
    optimizer = SGD([ones(2)])
    optimizer.param_groups[0]["lr"] = -1

    assert_raises(
        ValueError, f"SGD.step: lr is -1, {AT_LEAST_0}", lambda: optimizer.step([ones(2)])
    )


def test_a_mapping_for_parameters_without_names():
    assert_raises(
        TypeError,
        "SGD.step: grads is a mapping but the parameters have no names; pass a list in their order",
        lambda: SGD([ones(2)]).step({"w": ones(2)}),
    )


def test_non_finite_gradients_are_named():
    optimizer = AdamW({"w": ones(2, 2), "b": ones(3)})
    bad = np.array([1, np.inf, np.nan], np.float32)

    assert_raises(
        fa.NonFiniteGradientError,
        "AdamW.step: grads['b'] holds inf at flat index 1 of 3",
        lambda: optimizer.step({"w": ones(2, 2), "b": bad}),
    )


def state_of_two():
    optimizer = Adam([ones(2, 3), ones(3)])
    optimizer.step([ones(2, 3), ones(3)])
    return optimizer.state_dict()


def without(state, key):
    del state["state"][1][key]
    return state


def with_entry(**changes):
    state = state_of_two()
    state["state"][1].update(changes)
    return state


LOADS = [
    (ValueError, "state_dict has no 'state'", dict),
    (ValueError, "state_dict has no 'param_groups'", lambda: {"state": {}}),
    (ValueError, "state_dict has 0 parameter groups, expected 1",
     lambda: {"state": {}, "param_groups": []}),
    (ValueError, "param_groups[0] has 1 parameters, expected 2",
     lambda: {"state": {}, "param_groups": [{"params": [0]}]}),
    (ValueError, "state[1]['exp_avg'] has shape (4,), expected (3,) to match params[1]",
     lambda: with_entry(exp_avg=ones(4))),
    (TypeError, "state[1]['exp_avg_sq'] has dtype float64, expected float32 to match params[1]",
     lambda: with_entry(exp_avg_sq=ones(3, dtype=np.float64))),
    (TypeError, "state[1]['exp_avg'] has type list, expected a NumPy array",
     lambda: with_entry(exp_avg=[1.0])),
    (ValueError, "state[1] has the unknown 'momentum_buffer', expected exp_avg, exp_avg_sq,"
     " max_exp_avg_sq", lambda: with_entry(momentum_buffer=ones(3))),
    (ValueError, "state[1] has no 'step'", lambda: without(state_of_two(), "step")),
    (ValueError, "state[1] has no 'exp_avg_sq'", lambda: without(state_of_two(), "exp_avg_sq")),
    (ValueError, "state[1]['step'] is 0.5, expected a whole number of at least 1",
     lambda: with_entry(step=np.array(0.5))),
    (ValueError, "state[7] belongs to no parameter",
     lambda: {**state_of_two(), "state": {7: {}}}),
    (ValueError, f"lr is -1, {AT_LEAST_0}",
     lambda: {"state": {}, "param_groups": [{"params": [0, 1], "lr": -1}]}),
]  # fmt: skip


@each_case(LOADS)
def test_states_that_do_not_fit(number):
    error, message, make_state = LOADS[number]
    params = [ones(2, 3), ones(3)]
    optimizer = Adam(params)
    optimizer.step([ones(2, 3), ones(3)])
    before, state = bits_of(optimizer, params), make_state()

    assert_raises(
        error, f"Adam.load_state_dict: {message}", lambda: optimizer.load_state_dict(state)
    )

    assert bits_of(optimizer, params) == before


def test_a_group_that_does_not_fit_changes_nothing():
    params = [ones(2)]
    optimizer = SGD(params, lr=0.5)
    before = bits_of(optimizer, params)
    for group in ({"params": params}, {"params": [ones(2)], "lr": -1}, {"params": [3]}):
        with pytest.raises((TypeError, ValueError)):
            optimizer.add_param_group(group)

    assert bits_of(optimizer, params) == before
    optimizer.step([ones(2)])


def test_flat_states_without_groups():
    assert_raises(
        ValueError, "from_flat: flat has no 'param_groups'", lambda: fa.optim.from_flat({})
    )
