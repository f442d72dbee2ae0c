"""Optimizers of nested parameters: matched by the way to each array, as everywhere else."""

from collections import OrderedDict, UserDict

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits

ENCODER = [{"weight": (3, 4), "bias": (4,)}, {"weight": (2, 2)}]
SHAPES = {"encoder": ENCODER, "head": (5,)}


def tree(make, shapes=SHAPES):
    """A nested dict and list with an array in place of each shape."""
    if isinstance(shapes, dict):
        return {name: tree(make, inner) for name, inner in shapes.items()}
    if isinstance(shapes, list):
        return [tree(make, inner) for inner in shapes]
    return make(shapes)


def leaves(nested):
    """Arrays in the order in which they stand."""
    if isinstance(nested, np.ndarray):
        return [nested]
    members = nested.values() if isinstance(nested, dict) else nested
    return [leaf for member in members for leaf in leaves(member)]


def normal(rng):
    return lambda shape: rng.standard_normal(shape)


def copied(nested):
    if isinstance(nested, dict):
        return {name: copied(inner) for name, inner in nested.items()}
    return [copied(inner) for inner in nested] if isinstance(nested, list) else nested.copy()


def reordered(nested):
    """The same, with every dict turned round."""
    if isinstance(nested, dict):
        return OrderedDict((name, reordered(nested[name])) for name in reversed(nested))
    return [reordered(inner) for inner in nested] if isinstance(nested, list) else nested


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_a_step_is_that_of_the_flat_list(name, rng):
    nested = tree(normal(rng))
    flat = leaves(copied(nested))
    optimizers = [getattr(fa.optim, name)(p, lr=0.1, max_grad_norm=1.0) for p in (nested, flat)]
    for change in (copied, reordered, UserDict, leaves):
        grads = tree(normal(rng))
        assert optimizers[0].step(change(grads)) == optimizers[1].step(leaves(grads))

    for param, expected in zip(leaves(nested), flat, strict=True):
        assert_same_bits(param, expected)


def test_lists_in_lists_and_groups():
    groups = [
        {"params": [[np.ones(1), np.ones(2)], np.ones(3)], "lr": 1.0},
        {"params": {"tail": {"deep": (np.ones(4),)}}, "lr": 0.5},
    ]
    optimizer = fa.optim.SGD(groups)
    optimizer.step([None, np.ones(2), None, np.ones(4)])

    first, second = (group["params"] for group in optimizer.param_groups)
    assert [array[0] for array in [*first, *second]] == [1.0, 0.0, 1.0, 0.5]


def test_none_is_a_parameter_without_a_gradient(rng):
    params = tree(normal(rng))
    before = [leaf.copy() for leaf in leaves(params)]
    optimizer = fa.optim.Adam(params)
    grads = tree(normal(rng))
    grads["encoder"][0]["bias"] = None
    optimizer.step(grads)

    same = [np.array_equal(a, b) for a, b in zip(leaves(params), before, strict=True)]
    assert same == [False, True, False, False]
    assert list(optimizer.state_dict()["state"]) == [0, 2, 3]


def test_the_culprit_is_named_by_the_way_to_it(rng):
    optimizer = fa.optim.SGD(tree(normal(rng)))
    grads = tree(normal(rng))
    grads["encoder"][1]["weight"][1, 0] = np.nan

    with pytest.raises(fa.NonFiniteGradientError) as caught:
        optimizer.step(grads)
    assert caught.value.name == "encoder.1.weight"


def endless():
    loop = []
    loop.append(loop)
    return loop


def without(*way):
    grads = tree(np.ones)
    inner = grads
    for key in way[:-1]:
        inner = inner[key]
    del inner[way[-1]]
    return grads


NESTED = "pass None for a parameter without a gradient"
WRONG = [
    (
        ValueError,
        f"SGD.step: grads has no 'encoder.0.bias'; {NESTED}",
        lambda: fa.optim.SGD(tree(np.ones)).step(without("encoder", 0, "bias")),
    ),
    (
        ValueError,
        f"SGD.step: grads has no 'encoder.1.weight'; {NESTED}",
        lambda: fa.optim.SGD(tree(np.ones)).step(without("encoder", 1)),
    ),
    (
        ValueError,
        "SGD.step: grads has 'tail', which no parameter is named",
        lambda: fa.optim.SGD(tree(np.ones)).step({**tree(np.ones), "tail": np.ones(2)}),
    ),
    (
        ValueError,
        "SGD.step: grads['encoder.0.bias'] has shape (3,), expected (4,) to match"
        " params['encoder.0.bias']",
        lambda: fa.optim.SGD(tree(np.ones)).step(
            tree(np.ones, {**SHAPES, "encoder": [{"weight": (3, 4), "bias": (3,)}, ENCODER[1]]})
        ),
    ),
    (
        TypeError,
        "SGD.step: grads is nested but the parameters have no names; pass a list in their order",
        lambda: fa.optim.SGD([np.ones(1), np.ones(1)]).step([[np.ones(1)], np.ones(1)]),
    ),
    (
        TypeError,
        "SGD.step: grads is a mapping but the parameters have no names; pass a list in their order",
        lambda: fa.optim.SGD([np.ones(1)]).step({"a": {"b": np.ones(1)}}),
    ),
    (
        ValueError,
        "SGD.step: grads has 'a.b' twice, expected each name once",
        lambda: fa.optim.SGD({"a": {"b": np.ones(1)}}).step(
            {"a": {"b": np.ones(1)}, "a.b": np.ones(1)}
        ),
    ),
    (
        ValueError,
        "SGD: param_groups[0]['params'] has the name 'a.b' of another parameter, expected each"
        " name once",
        lambda: fa.optim.SGD({"a": {"b": np.ones(1)}, "a.b": np.ones(1)}),
    ),
    (
        ValueError,
        "AdamW: params['a.0'] is read-only, expected a writable array",
        lambda: fa.optim.AdamW({"a": [np.broadcast_to(np.ones(1), 1)]}),
    ),
    (
        ValueError,
        "Adam: param_groups[0]['params'] is nested deeper than 64 levels",
        lambda: fa.optim.Adam(endless()),
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_messages(number):
    assert_raises(*WRONG[number])
