"""Whether this process is one of several workers, told without importing who started it."""

import sys
from typing import Any

__all__ = ["worker_of"]

# Ray's name for a process that runs tasks and actors.
RAY_WORKER_MODE = 1


def worker_of() -> str | None:
    """Name the library whose worker this process is: "torch", "ray", "multiprocessing" or None.

    A library that this process has not imported has not made a worker of it.
    """
    if _is_loader_worker():
        return "torch"
    if _is_ray_worker():
        return "ray"
    return "multiprocessing" if _is_child() else None


def _is_loader_worker() -> bool:
    # Modules may be half imported by another thread, so nothing in them is sure to be there.
    ask = getattr(sys.modules.get("torch.utils.data"), "get_worker_info", None)
    return ask is not None and ask() is not None


def _is_ray_worker() -> bool:
    worker: Any = getattr(sys.modules.get("ray._private.worker"), "global_worker", None)
    return getattr(worker, "mode", None) == RAY_WORKER_MODE


def _is_child() -> bool:
    processes: Any = sys.modules.get("multiprocessing.process")
    if not hasattr(processes, "parent_process"):
        return False
    if processes.parent_process() is not None:
        return True
    # A spawned process imports the main module before it is told of its parent.
    return getattr(processes.current_process(), "_inheriting", False) is True
