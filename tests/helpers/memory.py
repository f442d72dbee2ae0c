"""Arrays at places where a stray read or write shows, and how much memory a call takes."""

import ctypes
import mmap
from pathlib import Path

import numpy as np

GUARD = 0xA5
MARGIN = 256

_PROT_NONE = 0
_mprotect = ctypes.CDLL(None, use_errno=True).mprotect
_mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


class Guarded:
    """A dense array inside a larger one; `check()` fails if the bytes around it were written."""

    def __init__(self, shape, dtype):
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        self._bytes = np.full(size + 2 * MARGIN, GUARD, np.uint8)
        self._inside = slice(MARGIN, MARGIN + size)
        self.array = self._bytes[self._inside].view(dtype).reshape(shape)

    def check(self):
        before, after = self._bytes[: self._inside.start], self._bytes[self._inside.stop :]
        assert np.all(before == GUARD), "bytes before the array were written"
        assert np.all(after == GUARD), "bytes after the array were written"


def _pages(size):
    """Writable anonymous memory between two pages that nobody may touch."""
    page = mmap.PAGESIZE
    pages = max(1, -(-size // page))
    memory = mmap.mmap(-1, (pages + 2) * page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for forbidden in (address, address + (pages + 1) * page):
        if _mprotect(forbidden, page, _PROT_NONE) != 0:
            raise OSError(ctypes.get_errno(), "mprotect failed")
    return memory, page, page * (pages + 1)


def at_page_end(shape, dtype):
    """Zeroed array whose last byte is the last before an unreadable page."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory, _, end = _pages(size)
    return np.frombuffer(memory, np.uint8, size, end - size).view(dtype).reshape(shape)


def at_page_start(shape, dtype):
    """Zeroed array whose first byte is the first after an unreadable page."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory, start, _ = _pages(size)
    return np.frombuffer(memory, np.uint8, size, start).view(dtype).reshape(shape)


def copy_to(place, array):
    """`array` copied to the memory that `place` (one of the two above) makes."""
    target = place(array.shape, array.dtype)
    target[...] = array
    return target


def spread_rows(images):
    """The same pixels of (..., H, W, C), each row inside a wider one."""
    *outer, height, width, channels = images.shape
    wide = np.zeros((*outer, height + 3, width + 5, channels), images.dtype)
    wide[..., 2 : 2 + height, 3 : 3 + width, :] = images
    return wide[..., 2 : 2 + height, 3 : 3 + width, :]


def every_second_row(images):
    *outer, height, width, channels = images.shape
    tall = np.zeros((*outer, 2 * height, width, channels), images.dtype)
    tall[..., ::2, :, :] = images
    return tall[..., ::2, :, :]


def backward_rows(images):
    """The same pixels, bottom row first in memory."""
    return np.ascontiguousarray(images[..., ::-1, :, :])[..., ::-1, :, :]


def backward_batch(images):
    """The same batch, last sample first in memory; a single image runs its rows backwards."""
    return np.ascontiguousarray(images[::-1])[::-1]


VIEWS = (spread_rows, every_second_row, backward_rows, backward_batch)


_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
CAN_READ_PEAKS = _CLEAR.exists()


def _memory_figure(name):
    """Bytes of VmRSS (now) or VmHWM (the peak)."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def growth_of(call):
    """How far the peak of resident memory during the call lies above what was there before."""
    _CLEAR.write_text("5")
    before = _memory_figure("VmRSS")
    call()
    return _memory_figure("VmHWM") - before


def growth_when_repeated(call):
    """The same for a second call."""
    call()
    return growth_of(call)
