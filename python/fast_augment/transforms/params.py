"""What was drawn for the samples of a batch."""

from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.transforms.base import RECORDED, nearest

__all__ = ["RECORD", "Params"]

RECORD = np.dtype([("order", np.int64), ("values", np.float64, (8,))])
"""One transform of one sample, as the engine writes it."""


class Params:
    """The random parameters of every transform for every sample, without a copy.

    ``params[transform]`` takes a position in the pipeline or a name, ``"RandomAffine"``, or
    ``"RandomAffine#2"`` for the second of that name, and returns an array of N records: the field
    ``order`` (when it ran in its sample, counted from 0; -1 where it was not applied; a combinator
    has the number of what runs next) and a field for each number drawn. Positions count a
    combinator before what is in it. `len` is how many positions there are.

    Parameters
    ----------
    records : ndarray, shape (N, T)
        As the engine wrote them, for N samples and T positions: ``order`` and eight ``values``.
    names : sequence of str
        The name of the class at each position.

    Attributes
    ----------
    records : ndarray, shape (N, T)
        The same memory.
    names : tuple of str
        Names as they are looked up, each unique.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> records = np.zeros((4, 1), dtype=[("order", np.int64), ("values", np.float64, 8)])
    >>> records["values"][:, 0, 0] = [1, 0, 3, 2]
    >>> params = fa.Params(records, ["RandomRotate90"])
    >>> params["RandomRotate90"]["quarter_turns"]
    array([1., 0., 3., 2.])
    >>> params.sample(2)
    [{'transform': 'RandomRotate90', 'quarter_turns': 3.0}]
    """

    def __init__(self, records: npt.NDArray[Any], names: Any) -> None:
        classes = tuple(names)
        for name in classes:
            if name not in RECORDED:
                raise ValueError(f"Params: unknown transform {name!r}{nearest(name, RECORDED)}")
        if not isinstance(records, np.ndarray) or records.dtype != RECORD:
            raise TypeError(
                "Params: records is no array of draws, expected what a Compose returned"
            )
        if records.ndim != 2 or records.shape[1] != len(classes):
            raise ValueError(
                f"Params: records has shape {records.shape}, expected (N, {len(classes)})"
            )
        self.records = records
        self.names = _labels(classes)
        self._classes = classes

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, transform: int | str) -> npt.NDArray[Any]:
        if isinstance(transform, str):
            if transform not in self.names:
                raise KeyError(
                    f"Params: no transform {transform!r}{nearest(transform, self.names)}"
                )
            position = self.names.index(transform)
        else:
            position = range(len(self.names))[transform]
        return self.records[:, position].view(_record_dtype(self._classes[position]))

    def sample(self, number: int) -> list[dict[str, Any]]:
        """Tell what happened to one sample, in the order in which it happened.

        Parameters
        ----------
        number : int
            Which sample of the batch.

        Returns
        -------
        list of dict
            One per transform that was applied: its name under ``"transform"``, then what was drawn.
        """
        record = self.records[number]
        applied = [t for t in np.argsort(record["order"], kind="stable") if record["order"][t] >= 0]
        found = []
        for t in applied:
            drawn = zip(RECORDED[self._classes[t]], record["values"][t], strict=False)
            found.append({"transform": self.names[t], **{k: float(v) for k, v in drawn}})
        return found

    def __repr__(self) -> str:
        samples = len(self.records)
        return f"<Params of {samples} sample{'s' * (samples != 1)}: {', '.join(self.names)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.records, self._classes)


def _labels(classes: tuple[str, ...]) -> tuple[str, ...]:
    """Class names, from the second of a name on with a number."""
    seen: dict[str, int] = {}
    labels = []
    for name in classes:
        seen[name] = seen.get(name, 0) + 1
        labels.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(labels)


def _record_dtype(name: str) -> np.dtype[Any]:
    """Describe a record whose values have the names of what the transform draws."""
    values = RECORDED[name]
    return np.dtype(
        {
            "names": ["order", *values],
            "formats": [np.int64] + [np.float64] * len(values),
            "offsets": [8 * i for i in range(len(values) + 1)],
            "itemsize": RECORD.itemsize,
        }
    )
