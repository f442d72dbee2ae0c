"""What the processes of a group run in the tests of sharded gradients."""

import math

import numpy as np
import torch
import torch.distributed as dist

import fast_augment as fa
import fast_augment.torch as fat
from helpers.checks import assert_raises

NORM_TYPES = (1.0, 2.0, 3.5, math.inf)
RANKS = 2


def whole_gradients():
    """The same in every process: two matrices that are split by rows, and a replicated vector."""
    rng = np.random.default_rng(7)
    return [rng.normal(0, 3, shape).astype(np.float32) for shape in ((6, 5), (4, 3), (9,))]


def parameters_of(arrays):
    parameters = [torch.nn.Parameter(torch.zeros(array.shape)) for array in arrays]
    for parameter, array in zip(parameters, arrays, strict=True):
        parameter.grad = torch.from_numpy(array.copy())
    return parameters


def part(array, rank):
    return np.ascontiguousarray(np.array_split(array, RANKS)[rank])


def clipped_by_torch(arrays, max_norm, norm_type):
    parameters = parameters_of(arrays)
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm, norm_type)
    return norm, [parameter.grad for parameter in parameters]


def check_sharded_and_replicated(rank):
    """Each process clips its rows by the norm of the whole; the vector counts once."""
    whole = whole_gradients()
    for norm_type in NORM_TYPES:
        for max_norm in (0.5, 1e6):
            norm, (first, second, vector) = clipped_by_torch(whole, max_norm, norm_type)
            held = parameters_of([part(whole[0], rank), part(whole[1], rank), whole[2]])
            found = fat.clip_grad_norm_(
                held, max_norm, norm_type, group=dist.group.WORLD, sharded=held[:2]
            )
            torch.testing.assert_close(found, norm, rtol=1e-6, atol=0)
            expected = (part(first.numpy(), rank), part(second.numpy(), rank), vector)
            for parameter, gradient in zip(held, expected, strict=True):
                torch.testing.assert_close(parameter.grad, torch.as_tensor(gradient))


def check_all_sharded(rank):
    """Without `sharded`, every gradient is a part; one process has a gradient less."""
    whole = whole_gradients()[:2]
    norm, _ = clipped_by_torch([whole[0], part(whole[1], 0)], 1.0, 2.0)
    held = parameters_of([part(whole[0], rank), part(whole[1], 0)])
    if rank == 1:
        held[1].grad = None
    found = fat.clip_grad_norm_(held, 1.0, group=dist.group.WORLD)

    torch.testing.assert_close(found, norm, rtol=1e-6, atol=0)


def check_replicated(rank):
    """No group, as after DistributedDataParallel: both processes do the same by themselves."""
    whole = whole_gradients()
    norm, expected = clipped_by_torch(whole, 1.0, 2.0)
    held = parameters_of(whole)
    for parameter in held:
        # What the reducer does: each has half, all get the sum.
        parameter.grad /= RANKS
        dist.all_reduce(parameter.grad)
    found = fat.clip_grad_norm_(held, 1.0)

    torch.testing.assert_close(found, norm, rtol=1e-6, atol=0)
    for parameter, gradient in zip(held, expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)
    everyone = [torch.empty_like(found) for _ in range(RANKS)]
    dist.all_gather(everyone, found)
    assert everyone[0] == everyone[1], rank


def check_large_norms(rank):
    """Powers of the norms would overflow; norms do not."""
    held = [torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))]
    held[0].grad = torch.tensor([(3e200, 4e200)[rank]], dtype=torch.float64)
    norm = fat.clip_grad_norm_(held, 1.0, group=dist.group.WORLD)

    assert math.isclose(float(norm), 5e200, rel_tol=1e-12)
    assert math.isclose(float(held[0].grad), (0.6, 0.8)[rank], rel_tol=1e-9)


def check_not_finite(rank, bad):
    """One process has the culprit: all raise with nothing written, or all scale as torch does."""
    array = np.array([1.0, bad if rank == 0 else 2.0], np.float32)
    held = parameters_of([array])
    culprit = f"grads[0] holds {bad} at flat index 1 of 2"
    other = f"the norm over the group is {bad}; this process has finite gradients"
    assert_raises(
        fa.NonFiniteGradientError,
        f"clip_grad_norm_: {culprit if rank == 0 else other}",
        lambda: fat.clip_grad_norm_(held, 1.0, error_if_nonfinite=True, group=dist.group.WORLD),
    )
    np.testing.assert_array_equal(held[0].grad.numpy(), array)

    norm = fat.clip_grad_norm_(held, 1.0, group=dist.group.WORLD)
    _, (expected,) = clipped_by_torch([np.array([1.0, bad], np.float32)], 1.0, 2.0)
    np.testing.assert_equal(float(norm), bad)
    if rank == 0:
        torch.testing.assert_close(held[0].grad, expected, equal_nan=True)
    else:
        assert held[0].grad.isnan().all() if math.isnan(bad) else (held[0].grad == 0).all()


def run(rank, file):
    """Joins the group, makes the checks in the same order as the others, leaves it."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=RANKS)
    try:
        check_sharded_and_replicated(rank)
        check_all_sharded(rank)
        check_replicated(rank)
        check_large_norms(rank)
        check_not_finite(rank, math.nan)
        check_not_finite(rank, math.inf)
    finally:
        dist.destroy_process_group()
