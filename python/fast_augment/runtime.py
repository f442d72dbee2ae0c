"""Threads and facts about this build."""

from typing import TypedDict

from fast_augment import _core
from fast_augment._workers import worker_of

__all__ = ["BuildInfo", "build_info", "get_num_threads", "set_num_threads"]

REASONS = {
    "call": "set_num_threads",
    "parent": "set_num_threads in the process that was forked",
    "environment": "FAST_AUGMENT_NUM_THREADS",
}

# Asked when a process first needs to know how many threads to use.
_core.set_worker_probe(lambda: worker_of() is not None)


class BuildInfo(TypedDict):
    """What `build_info` returns."""

    version: str
    compiler: str
    build_type: str
    sanitizers: str
    isas_compiled: list[str]
    isas_supported: list[str]
    isa_active: str
    cpus_affinity: int
    cpus_quota: int | None
    cpus_usable: int
    worker_of: str | None
    threads: int
    threads_reason: str


def build_info() -> BuildInfo:
    """Tell which binary this is and how it runs here: the first thing a bug report needs.

    Returns
    -------
    BuildInfo
        A dict with the keys ``version``, ``compiler``, ``build_type`` and ``sanitizers`` of the
        binary, ``isas_compiled`` and ``isas_supported`` (instruction sets, slowest first),
        ``isa_active`` (the one in use; the environment variable ``FAST_AUGMENT_ISA`` forces
        another), ``cpus_affinity`` (processors in the scheduler's mask of this process),
        ``cpus_quota`` (those that the quota of its cgroup amounts to, rounded up, or None),
        ``cpus_usable`` (the smaller of the two), ``worker_of`` (whose worker process this is:
        "torch", "ray", "multiprocessing" or None), ``threads`` (what a call uses unless it says
        otherwise) and ``threads_reason`` (what that number comes from).

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.build_info()["isa_active"] in fa.build_info()["isas_compiled"]
    True
    >>> before = fa.get_num_threads()
    >>> fa.set_num_threads(2)
    >>> fa.build_info()["threads"], fa.build_info()["threads_reason"]
    (2, 'set_num_threads')
    >>> fa.set_num_threads(before)
    """
    threads = _core.thread_info()
    worker = worker_of()
    source = threads.pop("threads_from")
    is_limited = threads["cpus_quota"] > 0
    is_tight = is_limited and threads["cpus_quota"] < threads["cpus_affinity"]
    processors = "quota of the cgroup" if is_tight else "affinity mask"
    reason = f"worker process of {worker}" if source == "worker" else processors
    threads["cpus_quota"] = threads["cpus_quota"] if is_limited else None
    threads["threads_reason"] = REASONS.get(source, reason)
    info: BuildInfo = _core.build_info() | threads | {"worker_of": worker}
    return info


def get_num_threads() -> int:
    """Return how many threads a call uses unless it says otherwise.

    That is the number given to `set_num_threads`, else the environment variable
    ``FAST_AUGMENT_NUM_THREADS``, else 1 in a worker process (of a torch DataLoader, of Ray, or any
    that multiprocessing started), else the number of processors that the scheduler's affinity mask
    and the cgroup's quota leave to this process. A process decides once, when it first needs to
    know; `build_info` tells what it found.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.get_num_threads() >= 1
    True
    """
    return _core.get_num_threads()


def set_num_threads(threads: int) -> None:
    """Set how many threads calls of this process use; other libraries are not touched.

    Forked children use as many, but not worker processes, which decide for themselves: call it in
    the worker, in the ``worker_init_fn`` of a torch DataLoader for example.

    Parameters
    ----------
    threads : int
        From 1 to 1024. Results have the same bits for every number.

    Raises
    ------
    TypeError
        If `threads` is no whole number.
    ValueError
        If `threads` is out of range.

    Examples
    --------
    >>> import fast_augment as fa
    >>> before = fa.get_num_threads()
    >>> fa.set_num_threads(1)
    >>> fa.get_num_threads()
    1
    >>> fa.set_num_threads(before)
    """
    _core.set_num_threads(threads)
