"""An iterator that runs ahead in a thread of its own, and never leaves anybody waiting."""

import atexit
import os
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any

__all__ = ["Ahead"]

# A thread that comes back to the interpreter while it is being taken down would end the program
# with an error, so all are stopped before. One that does not return from a sample is left alone.
JOIN_SECONDS = 5.0
CHECK_SECONDS = 1.0


class _Shared:
    """What the thread and its reader share; the thread must not keep the reader alive."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.changed = threading.Condition()
        self.ready: deque[Any] = deque()
        self.is_over = False
        self.error: BaseException | None = None

    def wait_for_room(self) -> bool:
        """Whether another item is wanted."""
        with self.changed:
            while len(self.ready) >= self.depth and not self.is_over:
                self.changed.wait()
            return not self.is_over

    def put(self, item: Any) -> None:
        with self.changed:
            if not self.is_over:
                self.ready.append(item)
            self.changed.notify_all()

    def finish(self, error: BaseException | None = None) -> None:
        with self.changed:
            self.error = self.error or error
            self.is_over = True
            self.changed.notify_all()


class Ahead:
    """The items of an iterator, of which a thread makes up to `depth` before they are asked for."""

    def __init__(self, items: Iterator[Any], depth: int) -> None:
        self._shared = _Shared(depth)
        self._process = os.getpid()
        self._thread = threading.Thread(
            target=_run, args=(items, self._shared), name="fast_augment", daemon=True
        )
        _running.add(self)
        self._thread.start()

    def is_of_this_process(self) -> bool:
        """Whether the thread is here: a forked child does not have it."""
        return self._process == os.getpid()

    def __next__(self) -> Any:
        shared = self._shared
        with shared.changed:
            while not shared.ready and not shared.is_over:
                shared.changed.wait(CHECK_SECONDS)
                if not self._thread.is_alive() and not shared.ready and not shared.is_over:
                    raise RuntimeError("BatchLoader: the thread in the background has ended")
            if shared.ready:
                item = shared.ready.popleft()
                shared.changed.notify_all()
                return item
            error, shared.error = shared.error, None
        if error is not None:
            raise error
        raise StopIteration

    def close(self, seconds: float = 0.0) -> None:
        """Stop making items, drop those that are ready, and wait for the thread at most so long."""
        if not self.is_of_this_process():
            return  # Its locks may be held by a thread that is not here.
        self._shared.finish()
        self._shared.ready.clear()
        if seconds > 0.0 and threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def __del__(self) -> None:
        # An instance whose thread could not start has none of this.
        if hasattr(self, "_thread"):
            self.close()


def _run(items: Iterator[Any], shared: _Shared) -> None:
    try:
        while shared.wait_for_room():
            try:
                item = next(items)
            except StopIteration:
                break
            shared.put(item)
            # Else the reader's memory would be in use for as long as the next item takes.
            del item
        shared.finish()
    except BaseException as error:
        shared.finish(error)


_running: "weakref.WeakSet[Ahead]" = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    for ahead in list(_running):
        ahead.close(JOIN_SECONDS)
