"""Shared memory of a loader's worker, used again as soon as the main process has let go of it.

Fresh shared memory costs a worker several times as much as the pixels that it writes there: every
page is asked for and cleared. So a worker keeps what it has lent. The tensor that arrives in the
main process is watched there; when nothing refers to its memory any more, a number in other shared
memory tells the worker so.
"""

import copy
import os
from typing import Any

import numpy as np
import torch
from torch.multiprocessing.reductions import StorageWeakRef

from fast_augment.transforms.tensors import array_of, tensor_of

__all__ = ["shared_tensor"]

# A loader asks each worker for two batches ahead, and its user looks at one or two more.
SLOTS = 8

# How many tensors of this process, its views included, lie on the memory of a storage.
_uses: Any = getattr(torch._C, "_storage_Use_Count", None)


class _Ring:
    """Memory that this worker lends to the main process."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.storages: list[Any] = [None] * SLOTS
        self.lent = [0] * SLOTS  # the number of the last loan of each slot
        self.loans = 0
        # The last loan of each slot that the main process has given back.
        self.returned = torch.zeros(SLOTS, dtype=torch.int64).share_memory_()

    def take(self, size: int) -> tuple[Any, int, int]:
        """Return memory that nobody looks at, its slot, and the number of the loan."""
        returned = self.returned.tolist()
        free = [slot for slot in range(SLOTS) if self._is_free(slot, returned[slot])]
        fitting = [slot for slot in free if self._size(slot) >= size]
        # A batch that never arrived is not given back: the oldest loan is forgotten, its memory
        # belongs to whoever has it.
        slot = min(fitting or free or range(SLOTS), key=self.lent.__getitem__)
        if not fitting:
            self.storages[slot] = torch.UntypedStorage._new_shared(size)
        self.loans += 1
        self.lent[slot] = self.loans
        return self.storages[slot], slot, self.loans

    def _size(self, slot: int) -> int:
        storage = self.storages[slot]
        return 0 if storage is None else int(storage.nbytes())

    def _is_free(self, slot: int, returned: int) -> bool:
        storage = self.storages[slot]
        if storage is None:
            return True
        # Also unless something in this process keeps it.
        return returned == self.lent[slot] and _uses(storage._cdata) == 1


class _Lent(torch.Tensor):  # type: ignore[misc]
    """A tensor on lent memory; what is made of it is a plain tensor, and so is what arrives."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    ring: _Ring
    slot: int
    loan: int

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        plain = self.as_subclass(torch.Tensor)
        return _received, (plain, self.ring.returned, self.slot, self.loan, self.ring.process)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return copy.deepcopy(self.as_subclass(torch.Tensor), memo)


_ring: _Ring | None = None
# Of the main process: the memory that it was lent, and where to give it back.
_watched: list[tuple[StorageWeakRef, Any, int, int]] = []


def shared_tensor(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Make an uninitialized tensor in shared memory."""
    global _ring
    size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    empty = torch.empty(0, dtype=getattr(torch, dtype.name))
    if _uses is None:
        storage = torch.UntypedStorage._new_shared(size)
        return empty.set_(storage, 0, torch.Size(shape))
    if _ring is None or _ring.process != os.getpid():
        _ring = _Ring()
    storage, slot, loan = _ring.take(size)
    tensor = torch.Tensor._make_subclass(_Lent, empty.set_(storage, 0, torch.Size(shape)))
    tensor.ring, tensor.slot, tensor.loan = _ring, slot, loan
    return tensor


def _received(tensor: Any, returned: Any, slot: int, loan: int, process: int) -> Any:
    """Watch a tensor that came from a worker, and give back what nobody looks at any more.

    The tensor that the user gets is not known to torch as a shared one, so that a third process to
    which it is sent gets a copy: nobody watches there.
    """
    global _watched
    if process == os.getpid():
        return tensor
    watched = (StorageWeakRef(tensor.untyped_storage()), returned, slot, loan)
    _watched = [*filter(_is_still_used, _watched), watched]
    return tensor_of(array_of("batch", tensor))


def _is_still_used(watched: tuple[StorageWeakRef, Any, int, int]) -> bool:
    memory, returned, slot, loan = watched
    if not memory.expired():
        return True
    returned[slot] = loan
    return False


def _forget_watched() -> None:
    """Give nothing back that a child may look at as well, for as long as it likes."""
    global _watched
    _watched = []


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_forget_watched)
