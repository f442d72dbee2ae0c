"""A data set that tells which sample it returns, and in which epoch."""

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from fast_augment._notes import add_note
from fast_augment.transforms.checks import shown
from fast_augment.transforms.keys import epoch_of

__all__ = ["Indexed", "Keyed"]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A sample of a data set with what keys its random numbers.

    Parameters
    ----------
    epoch : int
        From 0 to 2**32 - 1.
    index : int
        The number of the sample in the data set, at least 0.
    sample : object
        What the data set returned.

    Examples
    --------
    >>> from fast_augment.torch import Keyed
    >>> Keyed(epoch=0, index=17, sample=("image", 3)).index
    17
    """

    epoch: int
    index: int
    sample: Any


class Indexed(torch.utils.data.Dataset):  # type: ignore[misc]
    """A data set whose samples come with their epoch and index, for `Collate`.

    What is drawn for a sample then depends on the seed of the pipeline, the epoch and the index
    alone: not on the number of workers, on how they are started or for how long they live, on the
    batches, or on a restart in the middle of an epoch.

    Call `set_epoch` before each epoch, as for torch's DistributedSampler. The number lies in shared
    memory, so that persistent workers see it too, under fork, spawn and forkserver.

    Parameters
    ----------
    dataset : torch.utils.data.Dataset or sequence
        Has ``__len__`` and ``__getitem__`` for whole numbers; ``__getitems__`` is used where it is.

    Raises
    ------
    TypeError
        For a data set without numbers, such as an IterableDataset.

    Notes
    -----
    An index that a sampler repeats within an epoch is augmented alike each time: samplers with
    replacement do that, and the DistributedSampler where it fills up the last batch.

    Wrap what the loader gets, not its parts: in ``ConcatDataset([Indexed(a), Indexed(b)])`` two
    samples have the index 0. Of ``Subset(Indexed(dataset), ...)`` the indices are those of
    `dataset`; of ``Indexed(Subset(dataset, ...))`` they are positions in the subset.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.torch import Indexed
    >>> dataset = Indexed([(np.zeros((2, 2, 1), np.uint8), label) for label in range(3)])
    >>> dataset.set_epoch(4)
    >>> dataset[2].epoch, dataset[2].index, dataset[2].sample[1]
    (4, 2, 2)
    """

    def __init__(self, dataset: Any) -> None:
        has_all = hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__")
        if not has_all or isinstance(dataset, torch.utils.data.IterableDataset):
            raise TypeError(
                f"Indexed: dataset has type {type(dataset).__name__}, expected one with __len__ "
                "and __getitem__; one that is only iterated may return Keyed(epoch, index, sample)"
            )
        self.dataset = dataset
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()

    @property
    def epoch(self) -> int:
        """The epoch that was set last, in this process or in the one that started it."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch begins, before the loader is asked for its first batch.

        Parameters
        ----------
        epoch : int
            From 0 to 2**32 - 1.
        """
        self._epoch.fill_(epoch_of(epoch, "set_epoch", other=""))

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: Any) -> Keyed:
        return self._keyed(self.epoch, self._number(index))

    def __getitems__(self, indices: Iterable[Any]) -> list[Keyed]:
        # One epoch for the whole batch.
        epoch, numbers = self.epoch, list(map(self._number, indices))
        fetch = getattr(self.dataset, "__getitems__", None)
        if fetch is None:
            return [self._keyed(epoch, number) for number in numbers]
        try:
            samples = fetch(numbers)
        except Exception as error:
            add_note(error, f"Indexed: while reading the samples {shown(numbers)}")
            raise
        return [Keyed(epoch, *pair) for pair in zip(numbers, samples, strict=True)]

    def _keyed(self, epoch: int, number: int) -> Keyed:
        try:
            return Keyed(epoch, number, self.dataset[number])
        except Exception as error:
            add_note(error, f"Indexed: while reading sample {number}")
            raise

    def _number(self, index: Any) -> int:
        """Count negative numbers from the end, as a list does; a key has none."""
        try:
            number = operator.index(index)
        except TypeError:
            raise TypeError(
                f"Indexed: the index is {shown(index)}, expected a whole number"
            ) from None
        if number >= 0:
            return number
        if number < -len(self.dataset):
            raise IndexError(f"Indexed: the index is {number} of {len(self.dataset)} samples")
        return number + len(self.dataset)
