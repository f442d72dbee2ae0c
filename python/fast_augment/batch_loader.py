"""Augmented batches for loops in NumPy: shuffled, made ahead in the background, resumable."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment._ahead import Ahead
from fast_augment._batch_memory import BatchMemory
from fast_augment._batch_order import BatchOrder
from fast_augment._notes import add_note
from fast_augment.transforms import Compose, checks
from fast_augment.transforms.keys import epoch_of

__all__ = ["BatchLoader"]

_WHERE = "BatchLoader"
_count = checks.whole(1, 2**31 - 1, "a whole number of at least 1")
_prefetch = checks.whole(0, 1000, "a whole number from 0 to 1000")
_rank = checks.whole(0, 2**31 - 1, "a whole number of at least 0")
_seed = checks.whole(0, 2**64 - 1, "None or a whole number from 0 to 2**64 - 1")


class BatchLoader:
    """Iterate over the batches of an epoch, while the next ones are augmented in the background.

    Each ``for batch in loader`` is one epoch, and the next loop is the next epoch, also when a loop
    was left early. What a batch holds depends on the seed, the epoch and the numbers of its samples
    alone.

    Parameters
    ----------
    arrays : ndarray, sequence or tuple of them
        Images: an array or memory-mapped array (N, H, W, C), or any sequence with ``__len__`` and
        ``__getitem__`` that returns images, of any sizes; it may read and decode them then, in the
        background. A tuple holds images and other fields with as many samples, such as labels.
    batch_size : int
        Samples in a batch, of each rank.
    augment : Compose, optional
        Its results must have one size. Default: the images as they are.
    shuffle : bool
        Whether the samples come in another order in each epoch.
    seed : int, optional
        Of the order, from 0 to 2**64 - 1. Default: the seed of `augment`.
    drop_last : bool
        Whether to leave out the samples at the end of an epoch that do not fill a batch (of all
        ranks together).
    prefetch : int
        How many batches are made ahead; 0 makes them when they are asked for, with no thread.
    rank, world_size : int
        Which of several processes this is. All get as many batches, and the batches number `i` of
        all ranks together are the batch `i` of a single process with ``batch_size * world_size``.
        What is left at the end is shared out as evenly as possible; if it is less than a sample for
        each rank, the first samples of the epoch come again.

    Raises
    ------
    TypeError
        For an argument of the wrong kind.
    ValueError
        For a number out of range, or fields of different lengths.

    Notes
    -----
    The loader writes images into memory that it uses again when nobody has a reference to it any
    more: the array of a batch, a view of it, or a tensor that shares it. So a batch that is kept
    stays as it is, and a loop that lets go of its batches allocates nothing after the first ones.
    An address that was taken out of an array is no reference.

    An error in the background, such as a file that cannot be read, is raised by the loop at the
    batch where it happened, and names the sample. Loaders may be used after a fork, but a loop that
    was begun before it only goes on in the parent.

    Fields that are arrays give arrays, indexed by the numbers of the samples; other sequences give
    lists.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> images = np.zeros((10, 28, 28, 1), dtype=np.uint8)
    >>> labels = np.arange(10)
    >>> augment = fa.Compose([fa.RandomCrop(24), fa.ToFloat()], seed=0)
    >>> with fa.BatchLoader((images, labels), 4, augment) as loader:
    ...     for epoch in range(2):
    ...         for batch, classes in loader:
    ...             print(epoch, batch.shape, len(classes))
    0 (4, 1, 24, 24) 4
    0 (4, 1, 24, 24) 4
    0 (2, 1, 24, 24) 2
    1 (4, 1, 24, 24) 4
    1 (4, 1, 24, 24) 4
    1 (2, 1, 24, 24) 2
    """

    def __init__(
        self,
        arrays: Any,
        batch_size: int,
        augment: Compose | None = None,
        *,
        shuffle: bool = True,
        seed: int | None = None,
        drop_last: bool = False,
        prefetch: int = 2,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if augment is not None and not isinstance(augment, Compose):
            raise TypeError(checks.message(_WHERE, "augment", augment, "None or a Compose"))
        self._fields = arrays if isinstance(arrays, tuple) else (arrays,)
        self._is_alone = not isinstance(arrays, tuple)
        world_size = _count(_WHERE, "world_size", world_size)
        rank = _rank(_WHERE, "rank", rank)
        if rank >= world_size:
            raise ValueError(
                checks.message(_WHERE, "rank", rank, f"less than world_size, {world_size}")
            )
        if seed is None and world_size > 1 and not (augment is not None and augment._is_seeded):
            raise ValueError(f"{_WHERE}: seed is None, expected one that all ranks have in common")
        self._augment = Compose([]) if augment is None else augment
        self._order = BatchOrder(
            samples=_samples(self._fields),
            batch_size=_count(_WHERE, "batch_size", batch_size),
            shuffle=checks.flag(_WHERE, "shuffle", shuffle),
            seed=self._augment.seed if seed is None else _seed(_WHERE, "seed", seed),
            drop_last=checks.flag(_WHERE, "drop_last", drop_last),
            rank=rank,
            world_size=world_size,
        )
        self._prefetch = _prefetch(_WHERE, "prefetch", prefetch)
        self._epoch = 0
        self._batch = 0  # the number of the next one
        self._is_begun = False
        self._is_closed = False
        # Weak, so that a loop that is left lets go of its thread.
        self._batches: Callable[[], _Batches | None] = _nothing
        self._memory = BatchMemory(self._prefetch + 2)
        self._is_writing = False

    def __len__(self) -> int:
        """Batches in an epoch, the same for every rank."""
        return len(self._order)

    @property
    def epoch(self) -> int:
        """The epoch of the loop that is running, else of the next one."""
        return self._epoch

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch the next loop is; without it epochs are counted from 0.

        Parameters
        ----------
        epoch : int
            From 0 to 2**32 - 1.
        """
        self._go_to(epoch_of(epoch, "set_epoch", other=""), 0)

    def __iter__(self) -> Iterator[Any]:
        if self._is_closed:
            raise ValueError(f"{_WHERE}: it was closed, expected an open one")
        if self._is_begun or self._batch >= len(self):
            self._epoch += 1
            self._batch = 0
            self._is_begun = False
        self._stop()
        fields = _Reader(self._fields, self._is_alone, self._augment, self._memory)
        items = _made(fields, self._order, self._epoch, self._batch)
        batches = _Batches(self, items, self._prefetch)
        self._batches = weakref.ref(batches)
        self._is_writing = self._prefetch > 0
        return batches

    def state_dict(self) -> dict[str, Any]:
        """Tell where the loop is: after the batch that it was given last.

        Returns
        -------
        dict
            Numbers and bools only, which JSON takes.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> images = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1)
        >>> loader = fa.BatchLoader(images, 2, seed=0)
        >>> for batch in loader:
        ...     state = loader.state_dict()
        ...     break
        >>> rest = [batch.copy() for batch in loader]  # of the next epoch
        >>> loader.load_state_dict(state)
        >>> len(list(loader))
        4
        """
        epoch, batch = self._epoch, self._batch
        if batch >= len(self):
            epoch, batch = epoch + 1, 0
        return {"epoch": epoch, "batch": batch, **self._identity()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next loop go on where another loader was, with the same batches.

        Parameters
        ----------
        state : dict
            From `state_dict` of a loader with the same arguments, of any rank.

        Raises
        ------
        TypeError
            If it is no such dict.
        ValueError
            If the loader differs in what decides over the batches.
        """
        own = self._identity()
        if not isinstance(state, dict) or not {"epoch", "batch", *own} <= state.keys():
            wanted = "a dict from state_dict"
            raise TypeError(checks.message("load_state_dict", "state", state, wanted))
        for name, value in own.items():
            if state[name] != value:
                raise ValueError(
                    f"load_state_dict: state is of a loader with {name}={state[name]!r}, expected "
                    f"{value!r} as this one"
                )
        batch = _rank("load_state_dict", "batch", state["batch"])
        if batch >= len(self):
            raise ValueError(
                checks.message("load_state_dict", "batch", batch, f"less than {len(self)}")
            )
        self._go_to(epoch_of(state["epoch"], "load_state_dict", other=""), batch)

    def close(self) -> None:
        """Stop the background; a loop that is running ends with an error. May be called twice."""
        self._is_closed = True
        self._stop()

    def __enter__(self) -> "BatchLoader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _identity(self) -> dict[str, Any]:
        """All that decides over the batches, but the rank."""
        order = self._order
        names = ("samples", "batch_size", "shuffle", "seed", "drop_last", "world_size")
        return {**{name: getattr(order, name) for name in names}, "augment": self._augment.seed}

    def _go_to(self, epoch: int, batch: int) -> None:
        self._stop()
        self._epoch, self._batch, self._is_begun = epoch, batch, False

    def _stop(self) -> None:
        """End a loop that is running; what it has not finished writing stays its own."""
        batches = self._batches()
        if batches is not None:
            batches.stop()
        if self._is_writing:
            self._memory = BatchMemory(self._prefetch + 2)
        self._batches, self._is_writing = _nothing, False


def _nothing() -> None:
    """Refer to no loop."""


class _Batches:
    """One loop over a loader."""

    def __init__(self, loader: BatchLoader, items: Iterator[Any], prefetch: int) -> None:
        self._loader = loader
        self._ahead = Ahead(items, prefetch) if prefetch > 0 else None
        self._items: Any = self._ahead or items
        self._is_done = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._is_done:
            raise StopIteration
        loader = self._loader
        if loader._batches() is not self:
            why = "it was closed" if loader._is_closed else "another one has begun"
            raise RuntimeError(f"{_WHERE}: this loop cannot go on, since {why}")
        if self._ahead is not None and not self._ahead.is_of_this_process():
            raise RuntimeError(
                f"{_WHERE}: this loop was begun before a fork, expected one of this process; begin "
                "another loop"
            )
        try:
            batch = next(self._items)
        except StopIteration:
            self._is_done = True
            loader._epoch += 1
            loader._batch, loader._is_begun = 0, False
            loader._is_writing = False
            raise
        except Exception:
            self._is_done = True
            raise
        loader._batch += 1
        loader._is_begun = True
        return batch

    def stop(self) -> None:
        """Let the thread end, soon."""
        if self._ahead is not None:
            self._ahead.close()


class _Reader:
    """Makes one batch of some samples."""

    def __init__(
        self, fields: tuple[Any, ...], is_alone: bool, augment: Compose, memory: BatchMemory
    ) -> None:
        self._fields = fields
        self._is_alone = is_alone
        self._augment = augment
        self._memory = memory

    def read(self, index: npt.NDArray[np.int64], epoch: int) -> Any:
        numbers = index.tolist()
        images = [_item(self._fields[0], number) for number in numbers]
        try:
            batch = self._augment(images, epoch=epoch, index=index, out=self._memory)
        except Exception as error:
            add_note(error, f"{_WHERE}: images are the samples {checks.shown(numbers)}")
            raise
        if self._is_alone:
            return batch
        return (batch, *(_taken(field, index, numbers) for field in self._fields[1:]))


def _made(reader: _Reader, order: BatchOrder, epoch: int, begin: int) -> Iterator[Any]:
    samples = order.of_epoch(epoch)
    for number in range(begin, len(order)):
        yield reader.read(order.batch(samples, number), epoch)


def _item(field: Any, number: int) -> Any:
    try:
        return field[number]
    except Exception as error:
        add_note(error, f"{_WHERE}: while reading sample {number}")
        raise


def _taken(field: Any, index: npt.NDArray[np.int64], numbers: list[int]) -> Any:
    if isinstance(field, np.ndarray):
        return np.asarray(field[index])
    return [_item(field, number) for number in numbers]


def _samples(fields: Sequence[Any]) -> int:
    """How many, the same for all fields."""
    if len(fields) == 0:
        raise ValueError(f"{_WHERE}: arrays is an empty tuple, expected images")
    for i, field in enumerate(fields):
        name = "arrays" if len(fields) == 1 else f"arrays[{i}]"
        is_sequence = hasattr(field, "__len__") and hasattr(field, "__getitem__")
        if not is_sequence or isinstance(field, str | bytes | dict):
            raise TypeError(
                f"{_WHERE}: {name} has type {type(field).__name__}, expected an array or a sequence"
            )
        if i == 0 and isinstance(field, np.ndarray) and field.ndim != 4:
            fix = f"; pass {name}[..., np.newaxis]" if field.ndim == 3 else ""
            raise ValueError(
                f"{_WHERE}: {name} has shape {field.shape}, expected (N, H, W, C){fix}"
            )
        if len(field) == 0:
            raise ValueError(f"{_WHERE}: {name} has no samples, expected at least 1")
        if len(field) != len(fields[0]):
            raise ValueError(
                f"{_WHERE}: {name} has {len(field)} samples, expected {len(fields[0])} as arrays[0]"
            )
    return len(fields[0])
