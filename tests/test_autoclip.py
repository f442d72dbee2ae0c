"""AutoClip and ZClip against their definitions in plain float64, and what they survive."""

import math

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits, each_case

EPS = 1e-6


def gradients(rng, norm):
    """Two tensors with this norm in common."""
    weight, bias = rng.normal(size=(3, 5)), rng.normal(size=4)
    length = math.sqrt((weight**2).sum() + (bias**2).sum())
    return {"weight": weight * norm / length, "bias": bias * norm / length}


def spiky_norms(rng, count):
    """A level that drifts, with outliers above it."""
    norms = np.exp(rng.normal(0, 0.3, count).cumsum() * 0.1 + rng.normal(0, 0.1, count))
    return norms * np.where(rng.random(count) < 0.08, rng.uniform(3, 500, count), 1)


def scaled(grads, limit, norm):
    factor = min(1.0, limit / (norm + 1e-6))
    return {name: tensor * factor for name, tensor in grads.items()}


def assert_clipped(grads, before, limit, norm):
    for name, expected in scaled(before, limit, norm).items():
        np.testing.assert_allclose(grads[name], expected, rtol=1e-12)


def run(clipper, norms, limits, rng):
    """Feed gradients of these norms; each must end as its limit says (infinite: untouched)."""
    for norm, limit in zip(norms, limits, strict=True):
        grads = gradients(rng, norm)
        before = {name: tensor.copy() for name, tensor in grads.items()}

        assert clipper(grads) == pytest.approx(norm, rel=1e-12)
        if limit >= norm:
            for name in grads:
                assert_same_bits(grads[name], before[name])
        else:
            assert_clipped(grads, before, limit, norm)


def auto_limits(norms, percentile, window):
    return [
        float(np.percentile(norms[max(0, k + 1 - (window or k + 1)) : k + 1], percentile))
        for k in range(len(norms))
    ]


def z_limits(norms, alpha, z_threshold, warmup_steps, clip_factor=1.0, max_norm=math.inf):
    """The limits, and the mean and variance at the end."""
    first = norms[:warmup_steps]
    mean = sum(first) / len(first)
    variance = sum((norm - mean) ** 2 for norm in first) / len(first)
    limits = [max_norm] * len(first)
    for norm in norms[warmup_steps:]:
        deviation = math.sqrt(variance)
        z = (norm - mean) / (deviation + EPS)
        limit = math.inf
        if z > z_threshold:
            limit = clip_factor * (mean + z_threshold**2 / z * deviation)
        entering = min(norm, limit)
        mean = alpha * mean + (1 - alpha) * entering
        variance = alpha * variance + (1 - alpha) * (entering - mean) ** 2
        limits.append(min(limit, max_norm))
    return limits, mean, variance


@pytest.mark.parametrize("window", [None, 1, 7, 500])
@pytest.mark.parametrize("percentile", [0, 10, 37.5, 50, 100])
def test_autoclip_is_the_percentile_of_the_history(percentile, window, rng):
    norms = spiky_norms(rng, 60)
    clipper = fa.AutoClip(percentile, window=window)
    limits = auto_limits(norms, percentile, window)

    run(clipper, norms, limits, rng)
    assert clipper.threshold == pytest.approx(limits[-1], rel=1e-12)
    kept = norms[-window:] if window else norms
    np.testing.assert_allclose(clipper.state_dict()["history"], kept, rtol=1e-12)


def test_autoclip_with_equal_norms_forgets_one_at_a_time():
    norms = [2.0, 2.0, 1.0, 2.0, 1.0, 1.0, 3.0, 2.0]
    clipper = fa.AutoClip(50, window=3, norm_type=math.inf)
    for norm, limit in zip(norms, auto_limits(norms, 50, 3), strict=True):
        clipper([np.array([norm, -norm / 2])])
        assert clipper.threshold == limit


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"alpha": 0.8, "z_threshold": 1.0, "warmup_steps": 3},
        {"warmup_steps": 1, "clip_factor": 0.5},
        {"max_norm": 1.1, "warmup_steps": 10},
    ],
)
def test_zclip_is_its_definition(options, rng):
    norms = spiky_norms(rng, 150)
    settings = {"alpha": 0.97, "z_threshold": 2.5, "warmup_steps": 25, **options}
    limits, mean, variance = z_limits(norms.tolist(), **settings)
    clipper = fa.ZClip(**options)

    run(clipper, norms, limits, rng)
    assert any(limit < norm for limit, norm in zip(limits, norms, strict=True))
    assert clipper.mean == pytest.approx(mean, rel=1e-9)
    assert clipper.variance == pytest.approx(variance, rel=1e-9)


def test_zclip_clips_nothing_during_the_warmup(rng):
    clipper = fa.ZClip(warmup_steps=5)
    run(clipper, [1.0, 1e6, 1.0, 1e9], [math.inf] * 4, rng)

    assert clipper.mean is None
    assert clipper.variance is None
    assert clipper.threshold is None


def test_zclip_pulls_a_farther_outlier_nearer_to_the_mean():
    state = {"averages": np.array([1.0, 0.04]), "warmup": np.zeros(0)}
    limits = []
    for norm in (1.51, 2.0, 10.0, 1e6, 1e300):
        clipper = fa.ZClip()
        clipper.load_state_dict(state)
        clipper([np.array([norm])])
        limits.append(clipper.threshold)

    assert limits == sorted(limits, reverse=True)
    assert limits[0] == pytest.approx(1.5, abs=0.01)
    assert limits[-1] == pytest.approx(1.0)


CLIPPERS = {
    "AutoClip": lambda **options: fa.AutoClip(20, window=30, **options),
    "ZClip": lambda **options: fa.ZClip(warmup_steps=10, **options),
}
every_clipper = pytest.mark.parametrize("make", CLIPPERS.values(), ids=CLIPPERS)


def assert_same_state(clipper, other):
    state, expected = clipper.state_dict(), other.state_dict()
    assert state.keys() == expected.keys()
    for name in expected:
        assert_same_bits(state[name], expected[name], name)


@every_clipper
@pytest.mark.parametrize("steps", [0, 4, 50])
def test_a_saved_state_goes_on_as_if_nothing_had_happened(make, steps, rng, tmp_path):
    norms = spiky_norms(rng, steps + 40)
    first = make()
    for norm in norms[:steps]:
        first([np.array([norm])])
    np.savez(tmp_path / "state.npz", **first.state_dict())
    second = make()
    with np.load(tmp_path / "state.npz") as state:
        second.load_state_dict(state)
    for norm in norms[steps:]:
        gradient, other = np.array([norm, 1.0]), np.array([norm, 1.0])
        first([gradient])
        second([other])
        assert_same_bits(gradient, other)
        assert first.threshold == second.threshold

    assert_same_state(first, second)


def test_a_longer_history_keeps_its_newest_norms():
    clipper = fa.AutoClip(50, window=3)
    clipper.load_state_dict({"history": np.array([9.0, 8.0, 1.0, 2.0, 3.0])})

    assert clipper.threshold == 2.0


@every_clipper
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_norms_that_are_not_finite_stay_out_of_the_history(make, bad, rng):
    clipper, other = make(nonfinite="skip"), make(nonfinite="skip")
    for norm in spiky_norms(rng, 40):
        bad_gradient = np.array([1.0, bad])
        returned = clipper([bad_gradient])
        clipper([np.array([norm])])
        other([np.array([norm])])

        assert not math.isfinite(returned)
        assert bad_gradient[0] == 1.0

    assert_same_state(clipper, other)


@every_clipper
def test_what_happens_to_gradients_that_are_not_finite(make):
    def clipped(nonfinite):
        gradient = np.array([1.0, math.inf])
        make(nonfinite=nonfinite)([gradient])
        return gradient.tolist()

    assert clipped("skip") == [1.0, math.inf]
    assert clipped("zero") == [0.0, 0.0]
    assert clipped("propagate")[0] == 0.0
    assert_raises(
        fa.NonFiniteGradientError,
        "clip_grad_norm_: grads['w'] holds nan at flat index 1 of 2",
        lambda: make()({"w": np.array([0.0, math.nan])}),
    )


@every_clipper
def test_a_failed_call_leaves_history_and_gradients(make):
    clipper, gradient, read_only = make(), np.ones(3), np.ones(3)
    read_only.flags.writeable = False
    for _ in range(12):
        clipper([np.ones(3)])
    before = clipper.state_dict()
    for bad in ([gradient * 100, read_only], [gradient, gradient], [gradient, 1.0], 3):
        with pytest.raises((TypeError, ValueError)):
            clipper(bad)

    for name, expected in before.items():
        assert_same_bits(clipper.state_dict()[name], expected)
    assert_same_bits(gradient, np.ones(3))


@every_clipper
def test_gradients_of_zeros_never_zero_the_others(make):
    clipper = make()
    for _ in range(40):
        clipper([np.zeros(4)])
    gradient = np.array([3.0, 4.0])

    assert clipper(iter([gradient])) == 5.0
    assert_same_bits(gradient, np.array([3.0, 4.0]))


@every_clipper
def test_an_iterator_is_consumed_once(make):
    clipper = make()
    for _ in range(30):
        clipper([np.array([1.0])])
    gradient = np.array([100.0])
    clipper(tensor for tensor in [gradient])

    assert gradient[0] < 2


STATE = "a vector of finite numbers of at least 0"
MESSAGES = [
    (
        ValueError,
        "AutoClip: percentile is 101, expected a number from 0 to 100",
        lambda: fa.AutoClip(101),
    ),
    (
        TypeError,
        "AutoClip: percentile is '10', expected a number from 0 to 100",
        lambda: fa.AutoClip("10"),
    ),
    (
        ValueError,
        "AutoClip: window is 0, expected a whole number of at least 1",
        lambda: fa.AutoClip(window=0),
    ),
    (
        ValueError,
        "AutoClip: nonfinite is 'raise', expected 'error', 'skip', 'zero' or 'propagate'",
        lambda: fa.AutoClip(nonfinite="raise"),
    ),
    (
        ValueError,
        "clip_grad_norm_: norm_type is 0, expected a number above 0",
        lambda: fa.AutoClip(norm_type=0),
    ),
    (
        ValueError,
        "clip_grad_norm_: threads is 0, expected 1 to 1024",
        lambda: fa.ZClip(threads=0),
    ),
    (
        ValueError,
        "ZClip: alpha is 1, expected a number between 0 and 1",
        lambda: fa.ZClip(1),
    ),
    (
        ValueError,
        "ZClip: z_threshold is nan, expected a finite number above 0",
        lambda: fa.ZClip(z_threshold=math.nan),
    ),
    (
        TypeError,
        "ZClip: warmup_steps is 2.5, expected a whole number of at least 1",
        lambda: fa.ZClip(warmup_steps=2.5),
    ),
    (
        ValueError,
        "ZClip: clip_factor is 0, expected a finite number above 0",
        lambda: fa.ZClip(clip_factor=0),
    ),
    (
        ValueError,
        "ZClip: max_norm is -1, expected a finite number above 0",
        lambda: fa.ZClip(max_norm=-1),
    ),
    (
        ValueError,
        "AutoClip: state is ['averages', 'warmup'], expected a mapping with the keys history",
        lambda: fa.AutoClip().load_state_dict(fa.ZClip().state_dict()),
    ),
    (
        ValueError,
        "ZClip: state is 3, expected a mapping with the keys averages, warmup",
        lambda: fa.ZClip().load_state_dict(3),
    ),
    (
        ValueError,
        f"AutoClip: state['history'] is array([ 1., nan]), expected {STATE}",
        lambda: fa.AutoClip().load_state_dict({"history": [1.0, math.nan]}),
    ),
    (
        ValueError,
        f"ZClip: state['warmup'] is array([-1.]), expected {STATE}",
        lambda: fa.ZClip().load_state_dict({"averages": [], "warmup": [-1.0]}),
    ),
    (
        ValueError,
        "ZClip: state['averages'] has 1 numbers, expected 0 or 2",
        lambda: fa.ZClip().load_state_dict({"averages": [1.0], "warmup": []}),
    ),
]


@each_case(MESSAGES)
def test_messages(number):
    assert_raises(*MESSAGES[number])
