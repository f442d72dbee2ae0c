"""Clipping the gradients of single samples, as differentially private training does (DP-SGD)."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.gradients import _collect, _nonfinite_error
from fast_augment.typing import Gradients, GradientSums

__all__ = ["clip_per_sample_grads_"]


def clip_per_sample_grads_(
    grads: Gradients,
    max_norm: float,
    *,
    noise_multiplier: float = 0.0,
    rng: "int | np.random.Generator | None" = None,
    out: GradientSums | None = None,
    threads: int | None = None,
) -> tuple[GradientSums, npt.NDArray[np.float64]]:
    """Clip the gradient of each sample by its norm over all arrays, sum, and add noise.

    Opacus's formula: sample i counts ``min(1, max_norm / (norm_i + 1e-6))`` times; the sums get
    normal noise with a deviation of ``noise_multiplier * max_norm``. Divide by the expected batch
    size for a mean. Only `out` is written: the gradients stay as they are, since scaling them would
    cost another pass.

    Parameters
    ----------
    grads : array or tensor, iterable of them, or mapping of names to them
        Shape (B, ...) each, with the B samples first: float16, bfloat16, float32 or float64, in C
        order, on the CPU, no memory in common; None entries are skipped.
    max_norm : float
        Finite, above 0.
    noise_multiplier : float
        Finite, at least 0.
    rng : int or numpy.random.Generator, optional
        Where the noise comes from. A Generator gives a new key per call. The noise of an int is the
        same in every call: give each step a number of its own, as noise that is used twice protects
        nobody. None: fresh entropy.
    out : list of ndarray, or mapping of names to ndarray, optional
        float32 or float64 arrays of shape (...) for the sums, in C order. Default: new arrays,
        float64 for float64 gradients, else float32.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.

    Returns
    -------
    sums : list of ndarray, or dict of names to ndarray
        `out`, or new arrays: a list, or a dict if `grads` is a mapping. None where the gradient is.
    norms : ndarray
        Shape (B,), float64: the norm of each sample before clipping.

    Raises
    ------
    NonFiniteGradientError
        If a norm is NaN or infinite. `out` is not changed.
    TypeError
        For an argument of the wrong kind or dtype.
    ValueError
        For a wrong shape or number, or arrays that share memory.

    Notes
    -----
    Sums are taken in float64 and rounded once. The noise comes from a counter-based generator
    (Philox) that is no cryptographic one, in float32, within 6.7 deviations.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> weight = np.array([[3.0, 0.0], [0.3, 0.0]])  # two samples
    >>> bias = np.array([[4.0], [0.4]])
    >>> sums, norms = fa.clip_per_sample_grads_([weight, bias], max_norm=1.0)
    >>> norms
    array([5. , 0.5])
    >>> [total.round(4) for total in sums]
    [array([0.9, 0. ]), array([1.2])]
    """
    tensors, names = _collect("clip_per_sample_grads_", grads)
    sums = _sums(tensors, names, out)
    norms = _core.clip_per_sample_grads_(
        tensors, names, max_norm, noise_multiplier, lambda: _key_of(rng), tuple(sums), threads
    )
    if not np.isfinite(norms).all():
        bad = float(norms[~np.isfinite(norms)][0])
        raise _nonfinite_error("clip_per_sample_grads_", tensors, names, bad)
    if out is not None:
        return out, norms
    return (sums if names is None else dict(zip(names, sums, strict=True))), norms


def _sums(tensors: tuple[Any, ...], names: list[Any] | None, out: Any) -> list[Any]:
    """Return the arrays for the sums, by position of their gradient."""
    if out is None:
        return [_zeros_for(tensor) for tensor in tensors]
    if isinstance(out, Mapping) != (names is not None):
        raise TypeError(
            f"clip_per_sample_grads_: out is {'a' if names is None else 'no'} mapping, expected "
            "one if and only if grads is"
        )
    if isinstance(out, np.ndarray) or not isinstance(out, Iterable):
        raise TypeError(
            f"clip_per_sample_grads_: out has type {type(out).__name__}, expected a list of arrays "
            "or a mapping of names to arrays"
        )
    if names is None:
        listed = list(out)
    elif isinstance(out, Mapping) and set(out) == set(names):
        listed = [out[name] for name in names]
    else:
        raise ValueError(
            f"clip_per_sample_grads_: out has the names {list(out)}, expected those of grads"
        )
    if len(listed) != len(tensors):
        raise ValueError(
            f"clip_per_sample_grads_: out has {len(listed)} arrays, expected {len(tensors)} as "
            "grads"
        )
    return listed


def _zeros_for(tensor: Any) -> Any:
    shape = tuple(getattr(tensor, "shape", ()))
    if not shape:
        return None  # no gradient, or one that is refused
    is_double = str(tensor.dtype).endswith("float64")
    return np.zeros(shape[1:], np.float64 if is_double else np.float32)


def _key_of(rng: Any) -> int:
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(0, 1 << 64, dtype=np.uint64))
    is_whole = isinstance(rng, int | np.integer) and not isinstance(rng, bool)
    if rng is not None and not is_whole:
        raise TypeError(
            f"clip_per_sample_grads_: rng has type {type(rng).__name__}, expected None, a whole "
            "number or a numpy.random.Generator"
        )
    if is_whole and rng < 0:
        raise ValueError(f"clip_per_sample_grads_: rng is {rng}, expected at least 0")
    return int(np.random.SeedSequence(rng).generate_state(1, np.uint64)[0])
