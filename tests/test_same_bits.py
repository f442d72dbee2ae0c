"""Every image function gives the same bits on every instruction set and number of threads."""

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.checks import assert_same_bits
from helpers.images import (
    BORDERS,
    CHANNELS,
    DTYPES,
    INTERPOLATIONS,
    LAYOUTS,
    dtype_name,
    noise,
    random_matrices,
    to_layout,
)
from helpers.operations import OPERATION_IDS, OPERATIONS

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)


@pytest.fixture(autouse=True)
def _restored_isa():
    before = _core.active_isa()
    yield
    _core.force_isa(before)


def on_every_isa(call):
    """Results by instruction set, the slowest first."""
    results = {}
    for name in _core.supported_isas():
        _core.force_isa(name)
        results[name] = call()
    return results


def assert_all_equal(results, where):
    (first, expected), *others = results.items()
    for name, result in others:
        assert_same_bits(result, expected, f"{name} differs from {first}: {where}")


@every_operation
@every_dtype
def test_on_every_instruction_set(operation, dtype, rng):
    for channels in CHANNELS:
        for layout in LAYOUTS:
            batch = to_layout(noise(rng, (2, 37, 83, channels), dtype), layout)
            results = on_every_isa(lambda b=batch, o=layout: operation.call(b, layout=o))
            assert_all_equal(results, (channels, layout))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@every_dtype
def test_warps_on_every_instruction_set(border, interpolation, dtype, rng):
    options = {"border": border, "interpolation": interpolation, "size": (41, 67), "fill": 9}
    for channels in CHANNELS:
        images = noise(rng, (12, 40, 53, channels), dtype)
        matrices = random_matrices(rng, 12, (40, 53), (41, 67))
        results = on_every_isa(lambda i=images, m=matrices: fa.affine(i, m, **options))
        assert_all_equal(results, channels)


@every_operation
@every_dtype
@pytest.mark.parametrize("shape", [(1, 300, 211, 3), (9, 64, 80, 4)], ids=("large", "batch"))
def test_with_any_number_of_threads(operation, dtype, shape, rng):
    batch = noise(rng, shape, dtype)
    results = {count: operation.call(batch, threads=count) for count in (1, 2, 7)}

    assert_all_equal(results, shape)


@every_operation
def test_a_batch_is_its_samples_one_by_one(operation, rng):
    batch = noise(rng, (5, 33, 47, 3), np.uint8)
    together = operation.call(batch)

    for result, image in zip(together, batch, strict=True):
        assert_same_bits(result, operation.call(image))
    for result, image in zip(operation.call(list(batch)), batch, strict=True):
        assert_same_bits(result, operation.call(image))
