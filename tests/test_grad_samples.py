"""Clipping by sample (DP-SGD): oracle, laws of the noise, bad input word by word."""

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.checks import assert_raises, assert_same_bits, check_message, each_case
from helpers.optimizers import copies, random_arrays
from oracles import optim as oracle

SHAPES = [(3, 5), (), (7,), (0, 2), (2100,)]
clip = fa.clip_per_sample_grads_


def batch_of(rng, count, dtype=np.float32, shapes=SHAPES):
    return random_arrays(rng, dtype, [(count, *shape) for shape in shapes])


@pytest.mark.usefixtures("isa")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 2, 9, 40])
def test_the_formula(dtype, count, rng):
    grads = batch_of(rng, count, dtype)
    grads[2] *= np.arange(count)[:, np.newaxis].astype(dtype)
    before = copies(grads)
    limit = 47.0  # in the midst of the norms
    expected, norms = oracle.private_sums(grads, limit)
    assert count < 9 or (np.any(norms < limit) and np.any(norms > limit))

    sums, measured = clip(grads, limit)

    assert measured.dtype == np.float64
    assert np.allclose(measured, norms, rtol=1e-13)
    for total, wanted, grad in zip(sums, expected, grads, strict=True):
        assert total.dtype == (np.float64 if dtype == np.float64 else np.float32)
        tolerance = 1e-12 if dtype == np.float64 else 2e-7
        assert np.allclose(total, wanted, rtol=tolerance, atol=tolerance * count)
        assert total.shape == grad.shape[1:]
    for grad, untouched in zip(grads, before, strict=True):
        assert_same_bits(grad, untouched)


def test_is_the_definition_of_opacus(rng):
    torch = pytest.importorskip("torch")
    grads = batch_of(rng, 6)
    tensors = [torch.from_numpy(grad) for grad in grads]
    norms = torch.stack([t.reshape(len(t), -1).norm(2, dim=-1) for t in tensors], dim=1).norm(2, 1)
    factors = (20.0 / (norms + 1e-6)).clamp(max=1.0)

    sums, measured = clip(grads, 20.0)

    assert np.allclose(measured, norms.numpy(), rtol=1e-6)
    for total, tensor in zip(sums, tensors, strict=True):
        expected = torch.einsum("i,i...", factors, tensor).numpy()
        assert np.allclose(total, expected, rtol=1e-5, atol=1e-6)


def test_large_sums_are_those_of_their_parts(rng):
    """Large and small arrays are summed in pieces of different sizes."""
    whole = rng.standard_normal((6, 300_007))
    sums, norms = clip([whole], 9.0)
    factors = np.minimum(1, 9.0 / (norms + 1e-6))

    expected = np.zeros(300_007)
    for factor, row in zip(factors, whole, strict=True):
        expected += factor * row
    assert_same_bits(sums[0], expected)


def test_one_sample_is_clip_grad_norm(rng):
    grads = batch_of(rng, 1, np.float64)
    alone = [np.array(grad[0]) for grad in grads]

    sums, norms = clip(grads, 3.0)

    assert norms[0] == fa.clip_grad_norm_(alone, 3.0)
    for total, expected in zip(sums, alone, strict=True):
        assert np.allclose(total, expected, rtol=1e-15)


def test_samples_below_the_limit_are_summed_as_they_are():
    grads = np.arange(12.0).reshape(4, 3)
    sums, norms = clip([grads], 1e6)

    assert np.array_equal(sums[0], grads.sum(axis=0))
    assert norms == pytest.approx(np.linalg.norm(grads, axis=1))


def test_norms_beyond_the_squares_of_float64():
    grads = np.array([[3e200, 4e200], [3e-200, 4e-200]])
    sums, norms = clip([grads], 1.0)

    assert norms == pytest.approx([5e200, 5e-200], rel=1e-14)
    assert sums[0] == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("count", [1, 3, 14])
@pytest.mark.parametrize("large", [(41, 100), (601, 500)])
def test_the_same_bits_everywhere(count, large, rng):
    grads = batch_of(rng, count, shapes=[large, *[(5,)] * 40])
    before, results = _core.active_isa(), []
    for isa in _core.supported_isas():
        _core.force_isa(isa)
        for threads in (1, 2, 7):
            results.append(clip(grads, 5.0, noise_multiplier=1.0, rng=3, threads=threads))
    _core.force_isa(before)

    for sums, norms in results[1:]:
        assert_same_bits(norms, results[0][1])
        for total, expected in zip(sums, results[0][0], strict=True):
            assert_same_bits(total, expected)


def test_noise_has_the_stated_deviation_and_no_repetition():
    grads = [np.zeros((3, 300, 200)), np.zeros((3, 40000))]
    sums, _ = clip(grads, 2.0, noise_multiplier=1.5, rng=1)
    values = np.concatenate([total.ravel() for total in sums])

    assert abs(values.mean()) < 0.05
    assert values.std() == pytest.approx(3.0, rel=0.01)
    assert abs(np.mean(values**4) / values.std() ** 4 - 3) < 0.1
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.02
    assert len(np.unique(values)) > 99_000


def test_noise_is_added_to_the_sums(rng):
    grads = batch_of(rng, 4, np.float64)
    noise, _ = clip([np.zeros_like(grad) for grad in grads], 3.0, noise_multiplier=0.5, rng=9)
    plain, _ = clip(grads, 3.0)
    noisy, _ = clip(grads, 3.0, noise_multiplier=0.5, rng=9)

    for total, one, other in zip(noisy, plain, noise, strict=True):
        assert np.allclose(total, one + other, rtol=0, atol=1e-13)


def test_an_int_repeats_and_a_generator_does_not():
    grads = [np.zeros((2, 8))]

    def draw(rng):
        return clip(grads, 1.0, noise_multiplier=1.0, rng=rng)[0][0]

    assert np.array_equal(draw(5), draw(5))
    assert np.array_equal(draw(np.uint8(5)), draw(5))
    assert not np.array_equal(draw(5), draw(6))
    assert not np.array_equal(draw(None), draw(None))
    generator = np.random.default_rng(5)
    first, second = draw(generator), draw(generator)
    assert not np.array_equal(first, second)
    assert np.array_equal(first, draw(np.random.default_rng(5)))


def test_without_noise_the_generator_is_not_touched():
    generator, other = np.random.default_rng(5), np.random.default_rng(5)
    clip([np.ones((2, 3))], 1.0, rng=generator)

    assert generator.random() == other.random()


def test_mappings_none_and_out():
    weight, bias = np.ones((2, 3), np.float32), np.ones((2, 1))
    sums, norms = clip({"w": weight, "b": bias, "frozen": None}, 100.0)
    assert list(sums) == ["w", "b", "frozen"]
    assert sums["w"].tolist() == [2, 2, 2]
    assert sums["frozen"] is None
    assert norms.tolist() == [2, 2]

    out = {"b": np.zeros(1, np.float32), "w": np.zeros(3)}
    sums, _ = clip({"w": weight, "b": bias}, 100.0, out=out)
    assert sums is out
    assert out["w"].tolist() == [2, 2, 2]
    assert out["b"].dtype == np.float32


def test_nothing_gives_nothing():
    sums, norms = clip([], 1.0)
    assert sums == []
    assert norms.shape == (0,)

    sums, norms = clip([np.zeros((0, 4))], 1.0)
    assert sums[0].tolist() == [0, 0, 0, 0]
    assert norms.shape == (0,)


def ones(*shape, dtype=np.float32):
    return np.ones(shape, dtype)


def read_only(*shape):
    array = ones(*shape)
    array.flags.writeable = False
    return array


def shared():
    memory = ones(2, 4)
    return lambda: clip([memory], 1.0, out=[memory[0]])


ERRORS = [
    (TypeError, "grads has type int, expected an array, an iterable of arrays or a mapping of names"
     " to arrays", lambda: clip(3, 1.0)),
    (TypeError, "grads['w'] has type float, expected an array or a tensor",
     lambda: clip({"w": 1.0}, 1.0)),
    (ValueError, "grads[0] has shape (), expected an axis of samples first",
     lambda: clip([ones()], 1.0)),
    (ValueError, "grads[1] has 3 samples, expected 2 as grads[0]",
     lambda: clip([ones(2, 4), ones(3, 4)], 1.0)),
    (ValueError, "grads[0] is not contiguous, expected an array in C order",
     lambda: clip([ones(4, 2).T], 1.0)),
    (ValueError, "max_norm is 0, expected a finite number above 0",
     lambda: clip([ones(2)], 0)),
    (ValueError, "max_norm is inf, expected a finite number above 0",
     lambda: clip([ones(2)], float("inf"))),
    (ValueError, "noise_multiplier is -1, expected a finite number of at least 0",
     lambda: clip([ones(2)], 1.0, noise_multiplier=-1)),
    (TypeError, "rng has type str, expected None, a whole number or a numpy.random.Generator",
     lambda: clip([ones(2)], 1.0, noise_multiplier=1, rng="x")),
    (ValueError, "rng is -3, expected at least 0",
     lambda: clip([ones(2)], 1.0, noise_multiplier=1, rng=-3)),
    (ValueError, "threads is 0, expected 1 to 1024", lambda: clip([ones(2)], 1.0, threads=0)),
    (TypeError, "out has type ndarray, expected a list of arrays or a mapping of names to arrays",
     lambda: clip([ones(2)], 1.0, out=ones())),
    (TypeError, "out is no mapping, expected one if and only if grads is",
     lambda: clip({"w": ones(2)}, 1.0, out=[ones()])),
    (ValueError, "out has the names ['v'], expected those of grads",
     lambda: clip({"w": ones(2)}, 1.0, out={"v": ones()})),
    (ValueError, "out has 2 arrays, expected 1 as grads",
     lambda: clip([ones(2)], 1.0, out=[ones(), ones()])),
    (ValueError, "out['w'] has shape (2, 3), expected (3,)",
     lambda: clip({"w": ones(2, 3)}, 1.0, out={"w": ones(2, 3)})),
    (TypeError, "out[0] has dtype float16, expected float32 or float64",
     lambda: clip([ones(2, 3)], 1.0, out=[ones(3, dtype=np.float16)])),
    (ValueError, "out[0] is read-only, expected a writable array",
     lambda: clip([ones(2, 3)], 1.0, out=[read_only(3)])),
    (ValueError, "out[0] is not contiguous, expected an array in C order",
     lambda: clip([ones(2, 3)], 1.0, out=[ones(6)[::2]])),
    (ValueError, "out[0] shares memory with grads[0], expected an array of its own", shared()),
    (fa.NonFiniteGradientError, "grads['b'] holds nan at flat index 2 of 4",
     lambda: clip({"w": ones(2), "b": np.array([[1, 2], [np.nan, 1]])}, 1.0)),
]  # fmt: skip


@each_case([(e, f"clip_per_sample_grads_: {m}", c) for e, m, c in ERRORS])
def test_messages(number):
    error, message, call = ERRORS[number]
    check_message([(error, f"clip_per_sample_grads_: {message}", call)], 0)


def test_a_failed_call_leaves_out_as_it_is():
    out = [np.full(2, 7.0)]
    for bad in (np.array([[1.0, np.inf], [1, 1]]), ones(2, 3)):
        with pytest.raises((ValueError, fa.NonFiniteGradientError)):
            clip([bad], 1.0, out=out)

    assert out[0].tolist() == [7, 7]


def test_arrays_counted_twice():
    array = ones(2, 3)

    assert_raises(
        ValueError,
        "clip_per_sample_grads_: grads[1] is the same array as grads[0],"
        " expected each gradient once",
        lambda: clip([array, array], 1.0),
    )
