"""State dicts: snapshots, files, torch's, and resuming with the same bits."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.optimizers import (
    CASE_IDS,
    CASES,
    SHAPES,
    assert_close,
    bits_of,
    copies,
    make,
    random_arrays,
)

every_case = pytest.mark.parametrize("case", CASES, ids=CASE_IDS)


def through_a_file(state_dict, path):
    np.savez(path, **fa.optim.to_flat(state_dict))
    with np.load(path, allow_pickle=False) as file:
        return fa.optim.from_flat(file)


@every_case
def test_resuming_from_a_file_goes_on_with_the_same_bits(case, rng, tmp_path):
    name, options = case
    params = random_arrays(rng, np.float32)
    optimizer = make(name, params, **options)
    grads = [random_arrays(rng, np.float32) for _ in range(6)]
    grads[1][0] = None
    for step in grads[:3]:
        optimizer.step(step)
    saved, loaded = copies(params), through_a_file(optimizer.state_dict(), tmp_path / "s.npz")
    for step in grads[3:]:
        optimizer.step(step)

    resumed = make(name, saved)
    resumed.load_state_dict(loaded)
    for step in grads[3:]:
        resumed.step(step)

    assert bits_of(resumed, saved) == bits_of(optimizer, params)


@every_case
def test_to_torch_and_back(case, rng):
    torch = pytest.importorskip("torch")
    name, options = case
    params = random_arrays(rng, np.float32)
    optimizer = make(name, params, **options)
    grads = [random_arrays(rng, np.float32) for _ in range(10)]
    for step in grads[:3]:
        optimizer.step(step)
    theirs = [torch.nn.Parameter(torch.from_numpy(param.copy())) for param in params]
    their_optimizer = getattr(torch.optim, name)(theirs, foreach=False)
    state = fa.optim.state_dict_to_torch(optimizer.state_dict())
    their_optimizer.load_state_dict(state)
    for step in grads[3:6]:
        optimizer.step(step)
        for parameter, grad in zip(theirs, step, strict=True):
            parameter.grad = torch.from_numpy(grad)
        their_optimizer.step()
    for param, parameter in zip(params, theirs, strict=True):
        assert_close(param, parameter.detach().numpy(), np.float32)

    back = [parameter.detach().numpy().copy() for parameter in theirs]
    resumed = make(name, back)
    resumed.load_state_dict(fa.optim.state_dict_from_torch(their_optimizer.state_dict()))
    for step in grads[6:]:
        optimizer.step(step)
        resumed.step(step)
    for param, other in zip(params, back, strict=True):
        assert_close(param, other, np.float32)


def test_a_snapshot_stays_as_it_was():
    param = np.zeros(3)
    optimizer = fa.optim.Adam([param])
    optimizer.step([np.ones(3)])
    snapshot = optimizer.state_dict()
    before = snapshot["state"][0]["exp_avg"].copy()

    optimizer.step([np.ones(3)])

    assert_same_bits(snapshot["state"][0]["exp_avg"], before)
    assert int(snapshot["state"][0]["step"]) == 1


def test_loading_copies():
    optimizer = fa.optim.Adam([np.zeros(3)])
    optimizer.step([np.ones(3)])
    snapshot = optimizer.state_dict()
    other = fa.optim.Adam([np.zeros(3)])
    other.load_state_dict(snapshot)
    before = snapshot["state"][0]["exp_avg"].copy()

    other.step([np.full(3, 9.0)])

    assert_same_bits(snapshot["state"][0]["exp_avg"], before)


def test_an_older_state_replaces_a_newer_one():
    """A parameter that took no step in the snapshot starts again from nothing."""
    params = [np.zeros(3), np.zeros(3)]
    optimizer = fa.optim.SGD(params, lr=0.1, momentum=0.9)
    optimizer.step([np.ones(3), None])
    snapshot, saved = optimizer.state_dict(), copies(params)
    optimizer.step([None, np.full(3, 100.0)])
    optimizer.load_state_dict(snapshot)
    for param, value in zip(params, saved, strict=True):
        param[...] = value

    optimizer.step([None, np.ones(3)])

    assert params[1] == pytest.approx([-0.1] * 3)
    assert list(optimizer.state_dict()["state"]) == [0, 1]


def test_names_and_layout_are_those_of_torch():
    torch = pytest.importorskip("torch")
    for name, options in CASES:
        theirs = torch.nn.Parameter(torch.zeros(3))
        theirs.grad = torch.ones(3)
        their_optimizer = getattr(torch.optim, name)([theirs], **options)
        their_optimizer.step()
        expected = their_optimizer.state_dict()
        optimizer = make(name, [np.zeros(3, np.float32)], **options)
        optimizer.step([np.ones(3, np.float32)])
        state = optimizer.state_dict()

        present = {k for k, v in expected["state"].get(0, {}).items() if v is not None}
        assert set(state["state"].get(0, {})) == present
        assert set(state["param_groups"][0]) <= set(expected["param_groups"][0])
        for key in set(state["param_groups"][0]):
            assert state["param_groups"][0][key] == expected["param_groups"][0][key]


def test_extra_options_of_schedulers_survive(tmp_path):
    optimizer = fa.optim.SGD([np.zeros(3)], lr=0.1)
    optimizer.param_groups[0]["initial_lr"] = 0.5
    resumed = fa.optim.SGD([np.zeros(3)])

    resumed.load_state_dict(through_a_file(optimizer.state_dict(), tmp_path / "s.npz"))

    assert resumed.param_groups[0]["initial_lr"] == 0.5
    assert resumed.param_groups[0]["lr"] == 0.1


def test_a_state_dict_by_groups(rng):
    params = random_arrays(rng, np.float32, SHAPES[:3])
    groups = [{"params": params[:1], "lr": 0.5}, {"params": params[1:]}]
    optimizer = fa.optim.Adam(groups, lr=0.1)

    groups = optimizer.state_dict()["param_groups"]

    assert [group["params"] for group in groups] == [[0], [1, 2]]
    assert [group["lr"] for group in groups] == [0.5, 0.1]


def test_repr_shows_the_options():
    optimizer = fa.optim.SGD([np.zeros(3)], lr=0.1, max_grad_norm=2.0)

    assert repr(optimizer) == (
        "SGD(\n    1 params: lr=0.1, momentum=0, dampening=0, weight_decay=0, nesterov=False,"
        " maximize=False\n    max_grad_norm=2.0\n)"
    )
