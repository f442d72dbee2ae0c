"""Batches by number: which samples they have, and what their random numbers start from."""

import importlib
import threading
from collections.abc import Iterator as IteratorType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fast_augment.keras.dataset import dataset_class

__all__ = ["Iterator"]

Indices: TypeAlias = npt.NDArray[np.intp]

SEEDS = 2**32

_of_thread = threading.local()


class Iterator:
    """Endless batches of a data set, also by their number; what the other iterators build on.

    A subclass implements ``_get_batches_of_transformed_samples(index_array)``. Where Keras is
    imported before the iterator is made, it is a `keras.utils.PyDataset` as well; otherwise
    `as_py_dataset` makes one.

    A batch depends on the seed, its number and how many epochs came before, but not on the order
    or the threads in which batches are asked for. Several threads may share an iterator.

    Parameters
    ----------
    n : int
        Number of samples.
    batch_size : int
        Samples per batch; the last batch of an epoch has those that are left.
    shuffle : bool
        Whether each epoch has an order of its own.
    seed : int, optional
        What random numbers start from. Default a number from NumPy's global generator, taken once.
    **kwargs : Any
        ``workers``, ``use_multiprocessing`` and ``max_queue_size`` of Keras' PyDataset.

    Examples
    --------
    >>> from fast_augment.keras import Iterator
    >>> class Numbers(Iterator):
    ...     def _get_batches_of_transformed_samples(self, index_array):
    ...         return index_array * 10
    >>> numbers = Numbers(5, batch_size=2, shuffle=False, seed=0)
    >>> len(numbers), numbers[2], next(numbers)
    (3, array([40]), array([ 0, 10]))
    """

    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    workers: int
    use_multiprocessing: bool
    max_queue_size: int

    def __new__(cls, *_args: Any, **_kwargs: Any) -> "Iterator":
        """Make an instance that Keras, if it is there, knows as a data set."""
        made: Iterator = object.__new__(dataset_class(cls))
        return made

    def __init__(
        self, n: int, batch_size: int, shuffle: bool, seed: int | None, **kwargs: Any
    ) -> None:
        name = type(self).__name__
        for argument, value, least in (("n", n, 0), ("batch_size", batch_size, 1)):
            if not isinstance(value, int | np.integer) or isinstance(value, bool):
                raise TypeError(f"{name}: {argument} is {value!r}, expected a whole number")
            if value < least:
                raise ValueError(f"{name}: {argument} is {value!r}, expected at least {least}")
        if seed is not None and (not isinstance(seed, int | np.integer) or seed < 0):
            raise ValueError(f"{name}: seed is {seed!r}, expected None or a whole number from 0")
        self.workers = kwargs.pop("workers", 1)
        self.use_multiprocessing = kwargs.pop("use_multiprocessing", False)
        self.max_queue_size = kwargs.pop("max_queue_size", 10)
        if kwargs:
            raise TypeError(f"{name}: unexpected argument {next(iter(kwargs))!r}")
        self.n = int(n)
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.seed = seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.RLock()
        self.index_array: Indices | None = None
        self._first_seed = int(_global_integer() if seed is None else seed)
        # The count of batches before this epoch, and what random numbers are after its shuffle.
        self._epoch_start = 0
        self._after_shuffle: Any = None

    def __len__(self) -> int:
        """Count the batches of an epoch."""
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx: int) -> Any:
        """Make a batch of the current epoch."""
        count = len(self)
        if not -count <= idx < count:
            raise ValueError(f"{type(self).__name__}: there is no batch {idx}, it has {count}")
        with self.lock:
            index_array, random = self._batch_of(int(idx) % count)
            self.total_batches_seen += 1
        return self._transformed(index_array, random)

    def __iter__(self) -> IteratorType[Any]:
        """Return itself: `next` goes on where it was."""
        return self

    def __next__(self) -> Any:
        """Make the next batch, epoch after epoch without an end."""
        with self.lock:
            index_array, random = self._next_batch()
        # Outside of the lock, so that threads transform at the same time.
        return self._transformed(index_array, random)

    def next(self) -> Any:
        """Make the next batch, as the built-in `next` does."""
        return self.__next__()

    def reset(self) -> None:
        """Let `next` begin a new epoch."""
        self.batch_index = 0

    def on_epoch_end(self) -> None:
        """Shuffle anew for the batches that are asked for by number."""
        with self.lock:
            self._begin_epoch(self._epoch_start + len(self))

    def as_py_dataset(self, **kwargs: Any) -> Any:
        """Become a `keras.utils.PyDataset`; for an iterator that is older than the import of Keras.

        Parameters
        ----------
        **kwargs : Any
            ``workers``, ``use_multiprocessing`` and ``max_queue_size`` of the data set.

        Returns
        -------
        keras.utils.PyDataset
            The same object; its class has one more base now.

        Raises
        ------
        ImportError
            If Keras 3 is not installed.
        """
        keras = importlib.import_module("keras")

        names = ("workers", "use_multiprocessing", "max_queue_size")
        unknown = [name for name in kwargs if name not in names]
        if unknown:
            raise TypeError(f"as_py_dataset: unexpected argument {unknown[0]!r}")
        values = {name: kwargs.get(name, getattr(self, name)) for name in names}
        self.__class__ = dataset_class(type(self), keras)
        for name, value in values.items():
            vars(self).pop(name, None)  # a property of Keras' class now
            setattr(self, name, value)
        return self

    def _next_batch(self) -> tuple[Indices, np.random.RandomState]:
        if self.batch_index == 0:
            self._begin_epoch(self.total_batches_seen)
        found = self._batch_of(self.batch_index)
        self.total_batches_seen += 1
        self.batch_index = (self.batch_index + 1) % max(1, len(self))
        return found

    def _begin_epoch(self, start: int) -> None:
        """Shuffle with the random numbers of the epoch's first batch, as Keras does."""
        self._epoch_start = self.total_batches_seen = start
        self._set_index_array()

    def _set_index_array(self) -> None:
        random = self._random(self._epoch_start)
        self.index_array = random.permutation(self.n) if self.shuffle else np.arange(self.n)
        self._after_shuffle = random.get_state(legacy=False)

    def _batch_of(self, idx: int) -> tuple[Indices, np.random.RandomState]:
        """Find the samples of a batch of this epoch, and its random numbers."""
        if self.index_array is None:
            self._set_index_array()
        assert self.index_array is not None
        random = self._random(self._epoch_start + idx)
        if idx == 0:
            random.set_state(self._after_shuffle)
        return self.index_array[idx * self.batch_size : (idx + 1) * self.batch_size], random

    def _random(self, batch: int) -> np.random.RandomState:
        # One per thread, since seeding one takes a tenth of the time that making one takes.
        random = getattr(_of_thread, "random", None)
        if random is None:
            random = _of_thread.random = np.random.RandomState(0)
        random.seed((self._first_seed + batch) % SEEDS)
        return random

    def _transformed(self, index_array: Indices, random: np.random.RandomState) -> Any:
        """Make a batch; subclasses outside of this package have the method below instead."""
        del random
        return self._get_batches_of_transformed_samples(index_array)

    def _get_batches_of_transformed_samples(self, index_array: Indices) -> Any:
        """Make the batch of some samples."""
        if type(self)._transformed is Iterator._transformed:
            raise NotImplementedError(
                f"{type(self).__name__} has no _get_batches_of_transformed_samples"
            )
        return self._transformed(index_array, np.random.RandomState(_global_integer()))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the lock, which cannot be pickled."""
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take a lock of its own."""
        vars(self).update(state)
        self.lock = threading.RLock()


def _global_integer() -> int:
    """Take a seed from NumPy's global generator: `np.random.seed` before makes a run repeatable."""
    return int(np.random.randint(0, SEEDS, dtype=np.uint64))  # noqa: NPY002
