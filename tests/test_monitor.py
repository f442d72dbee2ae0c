"""The monitor: its ring against plain lists, its rules against their description, its reports."""

import csv
import itertools
import json
import math

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, each_case
from helpers.process import output_of


def filled(norms, **options):
    monitor = fa.GradientMonitor(**options)
    for norm in norms:
        monitor.update(norm)
    return monitor


def state_by_the_rules(norms, exploding, vanishing):
    """The description of the class, on a plain list."""
    if not all(math.isfinite(norm) for norm in norms[-10:]):
        return "exploding"
    finite = [norm for norm in norms if math.isfinite(norm)]
    if len(finite) < 20:
        return "healthy"
    present, past = np.median(finite[-10:]), np.median(finite[:-10])
    if present > exploding * past:
        return "exploding"
    return "vanishing" if present == 0 or present < past / vanishing else "healthy"


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 40, 67])
def test_the_window_holds_the_last_norms_in_order(count, rng):
    norms = rng.exponential(1.0, count).tolist()
    limits = [None if k % 3 == 0 else 0.5 + k % 2 for k in range(count)]
    monitor = fa.GradientMonitor(window=20)
    for norm, limit in zip(norms, limits, strict=True):
        monitor.update(norm, clipped_to=limit)
    pairs = list(zip(norms, limits, strict=True))[-20:]
    clipped = [limit is not None and norm > limit for norm, limit in pairs]

    assert monitor.steps == count
    assert monitor.norms.tolist() == norms[-20:]
    assert monitor.limits.tolist() == [math.inf if x is None else x for _, x in pairs]
    assert monitor.clip_rate == (np.mean(clipped) if count else 0.0)


def test_a_copy_of_the_window_does_not_change():
    monitor = filled([1.0] * 20, window=20)
    before = monitor.norms
    monitor.update(5.0)

    assert before.tolist() == [1.0] * 20


def test_norms_that_are_not_finite_are_counted_and_not_clipped():
    monitor = fa.GradientMonitor(window=20)
    for norm in (1.0, math.inf, math.nan, 2.0, 3.0):
        monitor.update(norm, clipped_to=2.0)

    assert (monitor.nonfinite_steps, monitor.last_nonfinite) == (2, 2)
    assert monitor.clip_rate == 1 / 5


def test_events_outlive_the_window():
    monitor = filled([math.nan] + [1.0] * 30, window=20)

    assert (monitor.nonfinite_steps, monitor.last_nonfinite) == (1, 0)
    assert np.isfinite(monitor.norms).all()


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_one_norm_that_is_not_finite_explodes_for_ten_steps(bad):
    monitor = filled([1.0] * 30 + [bad], window=50)
    states = [monitor.state]
    for _ in range(10):
        monitor.update(1.0)
        states.append(monitor.state)

    assert states == ["exploding"] * 10 + ["healthy"]


@pytest.mark.parametrize(
    ("present", "state"),
    [
        (10.0, "healthy"),
        (10.1, "exploding"),
        (1e-3, "healthy"),
        (0.99e-3, "vanishing"),
        (0.0, "vanishing"),
    ],
)
def test_the_thresholds_of_the_rules(present, state):
    assert filled([1.0] * 10 + [present] * 10).state == state


def test_too_few_norms_are_healthy_and_a_lone_spike_is():
    assert filled([1.0] * 9 + [1e6] * 10).state == "healthy"
    assert filled([1.0] * 10 + [1e6] * 4 + [1.0] * 6).state == "healthy"
    assert filled([]).state == "healthy"


def test_norms_near_the_largest_float_can_be_compared():
    assert filled([1e308] * 20).state == "healthy"
    assert filled([1e300] * 10 + [1e308] * 10).state == "exploding"
    assert filled([0.0] * 10 + [1.0] * 10).state == "exploding"


def test_states_of_random_histories_follow_the_rules(rng):
    seen = set()
    for _ in range(60):
        level = np.exp(np.cumsum(rng.normal(0, 0.6, 80))) * (rng.random(80) > rng.choice([0, 0.6]))
        level[rng.random(80) < rng.choice([0, 0.03])] = math.nan
        exploding, vanishing = rng.uniform(1.5, 20, 2)
        monitor = fa.GradientMonitor(window=35, exploding=exploding, vanishing=vanishing)
        for k, norm in enumerate(level.tolist()):
            monitor.update(norm)
            expected = state_by_the_rules(
                level[max(0, k - 34) : k + 1].tolist(), exploding, vanishing
            )
            assert monitor.state == expected
            seen.add(expected)

    assert seen == {"exploding", "vanishing", "healthy"}


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.array, int])
def test_numbers_of_other_kinds(kind):
    monitor = fa.GradientMonitor()
    monitor.update(kind(3), clipped_to=kind(2))

    assert monitor.norms.tolist() == [3.0]
    assert monitor.clip_rate == 1.0


def test_tensors_by_name_and_by_position():
    named, numbered = fa.GradientMonitor(), fa.GradientMonitor()
    for step in range(5):
        norms = {"w": float(step), "b": 2.0} if step % 2 == 0 else None
        named.update(3.0, per_tensor=norms)
        numbered.update(3.0, per_tensor=None if norms is None else list(norms.values()))

    assert named.tensor_names == ("w", "b")
    assert numbered.tensor_names == (0, 1)
    for monitor in (named, numbered):
        assert monitor.tensor_steps.tolist() == [0, 2, 4]
        assert monitor.tensor_norms.tolist() == [[0.0, 2.0], [2.0, 2.0], [4.0, 2.0]]


def test_the_last_256_records_of_tensors_are_kept():
    monitor = fa.GradientMonitor()
    for step in range(300):
        monitor.update(1.0, per_tensor=[step])

    assert monitor.tensor_steps.tolist() == list(range(44, 300))
    assert monitor.tensor_norms[:, 0].tolist() == list(range(44, 300))


@pytest.mark.parametrize("kind", ["dict", "list", "generator", "array"])
def test_watching_gradients(kind, rng):
    weight, bias = rng.normal(size=(3, 4)), np.array([3.0, 4.0], np.float32)
    monitor = fa.GradientMonitor(per_tensor_every=3)
    returned = []
    for _ in range(7):
        grads = {
            "dict": {"w": weight, "none": None, "b": bias},
            "list": [weight, None, bias],
            "generator": iter([weight, None, bias]),
            "array": weight,
        }[kind]
        returned.append(monitor.watch(grads, max_norm=2.0))
    tensors = [weight] if kind == "array" else [weight, None, bias]

    assert returned == [fa.get_total_norm(tensors)] * 7
    assert monitor.norms.tolist() == returned
    assert monitor.limits.tolist() == [2.0] * 7
    assert monitor.tensor_steps.tolist() == [0, 3, 6]
    expected = [math.nan if t is None else fa.get_total_norm([t]) for t in tensors]
    np.testing.assert_array_equal(monitor.tensor_norms, [expected] * 3)


def test_watching_gradients_that_are_not_finite_changes_none():
    gradient = np.array([1.0, np.nan])
    monitor = fa.GradientMonitor()

    assert math.isnan(monitor.watch([gradient], 1.0))
    assert monitor.state == "exploding"
    assert gradient[0] == 1.0


def sample_monitor():
    """25 steps in a window of 20: clipped ones, one that is not finite, records of two tensors."""
    monitor = fa.GradientMonitor(window=20)
    for step in range(25):
        norms = {"layer.weight": 1.5, "bias": math.nan} if step % 10 == 0 else None
        norm = math.inf if step == 12 else 1.0 + step % 2
        monitor.update(norm, per_tensor=norms, clipped_to=1.5 if step > 6 else None)
    return monitor


def test_the_summary():
    assert sample_monitor().summary().splitlines() == [
        "gradients: healthy after 25 steps; 45.0 % of the last 20 clipped, 1 not finite (the last"
        " one at step 12)",
        "",
        "norm          last  median  smallest  largest",
        "------------  ----  ------  --------  -------",
        "total            1       2         1        2",
        "layer.weight   1.5     1.5       1.5      1.5",
        "bias           nan       -         -        -",
    ]


def test_the_summary_of_the_first_steps():
    assert fa.GradientMonitor().summary() == "gradients: no step yet"
    assert (
        filled([1.0])
        .summary()
        .startswith("gradients: healthy after 1 step; 0.0 % clipped, 0 not finite\n\nnorm")
    )


def test_csv(tmp_path):
    monitor = sample_monitor()
    monitor.to_csv(tmp_path / "norms.csv")
    with open(tmp_path / "norms.csv", newline="") as file:
        header, *rows = csv.reader(file)

    assert header == ["step", "norm", "clipped_to", "clipped", "layer.weight", "bias"]
    assert [int(row[0]) for row in rows] == list(range(5, 25))
    assert [float(row[1]) for row in rows] == monitor.norms.tolist()
    assert rows[0] == ["5", "2.0", "", "0", "", ""]
    assert rows[4] == ["9", "2.0", "1.5", "1", "", ""]
    assert rows[5] == ["10", "1.0", "1.5", "0", "1.5", "nan"]
    assert rows[7] == ["12", "inf", "1.5", "0", "", ""]
    assert np.mean([int(row[3]) for row in rows]) == monitor.clip_rate


def test_json():
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    values = json.loads(sample_monitor().to_json(), parse_constant=refuse)

    assert values.pop("norms") == [2.0, 1.0] * 3 + [2.0, "inf"] + [2.0, 1.0] * 6
    assert values.pop("clipped_to") == [None] * 2 + [1.5] * 18
    assert values == {
        "state": "healthy",
        "steps": 25,
        "first_step": 5,
        "clip_rate": 0.45,
        "nonfinite_steps": 1,
        "last_nonfinite": 12,
        "tensors": {
            "names": ["layer.weight", "bias"],
            "steps": [0, 10, 20],
            "norms": [[1.5, "nan"]] * 3,
        },
    }


@pytest.mark.parametrize(
    "monitor",
    [
        fa.GradientMonitor(),
        filled([0.0] * 3),
        filled([math.nan]),
        sample_monitor(),
    ],
    ids=["empty", "zeros", "nan", "sample"],
)
def test_the_picture(monitor, tmp_path):
    pytest.importorskip("matplotlib")
    monitor.plot(tmp_path / "norms.png")

    assert (tmp_path / "norms.png").read_bytes().startswith(b"\x89PNG")


def test_the_picture_without_matplotlib_names_the_extra():
    script = """
    import sys
    sys.modules["matplotlib"] = None
    import fast_augment as fa
    try:
        fa.GradientMonitor().plot("never.png")
    except ImportError as error:
        print(error)
    """

    assert output_of(script) == (
        "GradientMonitor.plot needs matplotlib: pip install 'fast-augment-cpp[plot]'"
    )


UPDATE = "GradientMonitor.update: "
ABOVE_1 = "expected a finite number above 1"
MESSAGES = [
    (
        ValueError,
        "GradientMonitor: window is 19, expected a whole number of at least 20",
        lambda _: fa.GradientMonitor(19),
    ),
    (
        TypeError,
        "GradientMonitor: window is 20.5, expected a whole number of at least 20",
        lambda _: fa.GradientMonitor(20.5),
    ),
    (
        ValueError,
        f"GradientMonitor: exploding is 1, {ABOVE_1}",
        lambda _: fa.GradientMonitor(exploding=1),
    ),
    (
        ValueError,
        f"GradientMonitor: vanishing is nan, {ABOVE_1}",
        lambda _: fa.GradientMonitor(vanishing=math.nan),
    ),
    (
        ValueError,
        "GradientMonitor: per_tensor_every is 0, expected a whole number of at least 1",
        lambda _: fa.GradientMonitor(per_tensor_every=0),
    ),
    (
        ValueError,
        f"{UPDATE}norm is -1.0, expected a number of at least 0 or NaN",
        lambda m: m.update(-1.0),
    ),
    (TypeError, f"{UPDATE}norm is '1', expected a number", lambda m: m.update("1")),
    (TypeError, f"{UPDATE}norm is True, expected a number", lambda m: m.update(True)),
    (
        TypeError,
        f"{UPDATE}norm is array([1., 2.]), expected a number",
        lambda m: m.update(np.array([1.0, 2.0])),
    ),
    (
        ValueError,
        f"{UPDATE}clipped_to is 0, expected a number above 0",
        lambda m: m.update(1.0, clipped_to=0),
    ),
    (
        ValueError,
        f"{UPDATE}clipped_to is nan, expected a number above 0",
        lambda m: m.update(1.0, clipped_to=math.nan),
    ),
    (
        TypeError,
        f"{UPDATE}per_tensor['b'] is None, expected a number",
        lambda m: m.update(1.0, per_tensor={"w": 1.0, "b": None}),
    ),
    (
        ValueError,
        f"{UPDATE}per_tensor names 3 tensors, expected the 2 tensors of the first record in their"
        " order",
        lambda m: m.update(1.0, per_tensor=[1.0, 2.0, 3.0]),
    ),
    (
        ValueError,
        f"{UPDATE}per_tensor names 'c', expected the 2 tensors of the first record in their order",
        lambda m: m.update(1.0, per_tensor={"w": 1.0, "c": 1.0}),
    ),
    (
        TypeError,
        "get_total_norm: grads[0] has type float, expected an array or a tensor",
        lambda m: m.watch([1.0]),
    ),
]


@each_case(MESSAGES)
def test_messages(number):
    error, text, call = MESSAGES[number]
    monitor = fa.GradientMonitor()
    monitor.update(1.0, per_tensor={"w": 1.0, "b": 1.0})

    assert_raises(error, text, lambda: call(monitor))
    assert (monitor.steps, len(monitor.tensor_steps)) == (1, 1)


def test_updates_allocate_nothing_that_stays():
    tracemalloc = pytest.importorskip("tracemalloc")
    monitor = filled([1.0] * 20, window=20)
    tracemalloc.start()
    before = tracemalloc.take_snapshot()
    for _ in itertools.repeat(None, 2000):
        monitor.update(1.0, clipped_to=0.5)
    grown = sum(s.size_diff for s in tracemalloc.take_snapshot().compare_to(before, "filename"))
    tracemalloc.stop()

    assert grown < 8000
