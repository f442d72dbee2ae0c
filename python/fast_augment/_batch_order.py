"""Which samples make up the batches of an epoch, and which of them a rank takes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["BatchOrder"]


@dataclass(frozen=True)
class BatchOrder:
    """Batches of `batch_size` for each of `world_size` ranks, all with the same number of them."""

    samples: int
    batch_size: int
    shuffle: bool
    seed: int
    drop_last: bool
    rank: int
    world_size: int

    def __len__(self) -> int:
        whole, rest = divmod(self.samples, self.batch_size * self.world_size)
        return whole + (rest > 0 and not self.drop_last)

    def of_epoch(self, epoch: int) -> npt.NDArray[np.int64]:
        """All samples in the order of an epoch, a function of (seed, epoch).

        Sorted by the words of Philox, which stay the same over the versions of NumPy, as its
        permutations need not.
        """
        if not self.shuffle:
            return np.arange(self.samples, dtype=np.int64)
        generator = np.random.Philox(key=np.array([self.seed, epoch], np.uint64))
        return np.argsort(generator.random_raw(self.samples), kind="stable")

    def batch(self, order: npt.NDArray[np.int64], number: int) -> npt.NDArray[np.int64]:
        """Take this rank's part of a step, which all ranks together take from `order` in turn."""
        step = self.batch_size * self.world_size
        whole = order[number * step : (number + 1) * step]
        if len(whole) == step:
            return whole[self.rank * self.batch_size : (self.rank + 1) * self.batch_size]
        if len(whole) < self.world_size:
            # No rank may be without a sample: the first of the epoch come again.
            whole = np.concatenate([whole, np.resize(order, self.world_size - len(whole))])
        return np.array_split(whole, self.world_size)[self.rank]
