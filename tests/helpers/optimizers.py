"""Optimizers, their options and gradients, as several test files use them."""

import copy

import numpy as np

import fast_augment as fa

SHAPES = [(5, 7), (), (33,), (0, 3), (2, 3, 4, 5), (1,)]

# (class name, options): every formula that torch has.
CASES = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.02, "maximize": True}),
    ("Adam", {"lr": 0.02}),
    ("Adam", {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.02, "amsgrad": True}),
    ("Adam", {"lr": 0.02, "amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    ("AdamW", {"lr": 0.02}),
    ("AdamW", {"lr": 0.02, "weight_decay": 0.0}),
    ("AdamW", {"lr": 0.02, "betas": (0.0, 0.5), "weight_decay": 0.3, "amsgrad": True}),
    ("AdamW", {"lr": 0.02, "maximize": True}),
]
CASE_IDS = [f"{name}-{'-'.join(options)}" for name, options in CASES]


def make(name, params, **options):
    return getattr(fa.optim, name)(params, **options)


def random_arrays(rng, dtype, shapes=SHAPES):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def copies(arrays):
    return [None if array is None else array.copy() for array in arrays]


def bits_of(optimizer, params):
    """What a step may change, as a value that can be compared."""
    state = optimizer.state_dict()
    return (
        [param.tobytes() for param in params],
        {
            key: {name: np.asarray(value).tobytes() for name, value in entry.items()}
            for key, entry in state["state"].items()
        },
        copy.deepcopy(state["param_groups"]),
    )


def assert_close(result, expected, dtype):
    """To 1e-6 in float32 and 1e-12 in float64, of the element or of 1, the size of a parameter."""
    tolerance = 1e-6 if dtype == np.float32 else 1e-12
    assert result.dtype == dtype
    assert result.shape == expected.shape
    assert np.all(
        np.abs(result.astype(np.float64) - expected) <= tolerance * np.maximum(np.abs(expected), 1)
    )
