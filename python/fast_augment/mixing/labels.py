"""Labels of mixed samples."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fast_augment.transforms.checks import message

__all__ = ["MixedLabels", "checked", "mixed"]


class MixedLabels(NamedTuple):
    """Two labels per sample, for a loss of ``share * loss(a) + (1 - share) * loss(b)``.

    Parameters
    ----------
    a : ndarray, shape (N,)
        The sample's own.
    b : ndarray, shape (N,)
        Those of the sample that it was mixed with.
    share : ndarray of float32, shape (N,)
        How much of the sample is its own, from 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> fa.MixedLabels(np.array([3, 1]), np.array([1, 3]), np.float32([0.75, 0.75])).b
    array([1, 3])
    """

    a: npt.NDArray[Any]
    b: npt.NDArray[Any]
    share: npt.NDArray[np.float32]


def _array(where: str, labels: Any, count: int, num_classes: int | None) -> npt.NDArray[Any]:
    """Classes (N,), or rows (N, K) that are floats; checked."""
    wanted = f"classes, shape ({count},), or floats, shape ({count}, K)"
    found = labels if isinstance(labels, np.ndarray) else np.asarray(labels)
    is_rows = found.dtype.kind == "f" and found.ndim == 2
    if not is_rows and found.dtype.kind not in "iu":
        raise TypeError(
            f"{where}: labels are {found.dtype} of rank {found.ndim}, expected {wanted}"
        )
    if len(found.shape) != (2 if is_rows else 1) or len(found) != count:
        raise ValueError(f"{where}: labels have shape {found.shape}, expected {wanted}")
    if is_rows and num_classes is not None and found.shape[1] != num_classes:
        raise ValueError(
            f"{where}: labels have {found.shape[1]} columns, expected num_classes, {num_classes}"
        )
    if not is_rows and num_classes is not None and found.size:
        worst = found.min() if found.min() < 0 else found.max()
        if not 0 <= worst < num_classes:
            wanted = f"classes from 0 to {num_classes - 1}"
            raise ValueError(message(where, "labels", [int(worst)], wanted))
    return found


def checked(where: str, labels: Any, count: int, num_classes: int | None) -> npt.NDArray[Any]:
    """Return the labels of a call; without any, the number of each sample in the batch."""
    if labels is not None:
        return _array(where, labels, count, num_classes)
    if num_classes is not None:
        raise ValueError(f"{where}: labels is None, expected labels as num_classes is given")
    return np.arange(count)


def _rows(labels: npt.NDArray[Any], num_classes: int) -> npt.NDArray[np.float32]:
    rows = np.zeros((len(labels), num_classes), np.float32)
    rows[np.arange(len(labels)), labels] = 1.0
    return rows


def mixed(
    labels: npt.NDArray[Any],
    partner: npt.NDArray[np.int64],
    share: npt.NDArray[np.float64],
    num_classes: int | None,
) -> npt.NDArray[Any] | MixedLabels:
    """Mix what `checked` returned: rows if there are classes to count, else pairs."""
    if labels.ndim == 1 and num_classes is None:
        return MixedLabels(labels, labels[partner], share.astype(np.float32))
    rows = labels if labels.ndim == 2 else _rows(labels, num_classes or 0)
    own = share.astype(rows.dtype)[:, None]
    result: npt.NDArray[Any] = own * rows + (1 - own) * rows[partner]
    return result
