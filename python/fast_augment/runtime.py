"""Threads and facts about this build."""

from typing import TypedDict

from fast_augment import _core

__all__ = ["BuildInfo", "build_info", "get_num_threads", "set_num_threads"]


class BuildInfo(TypedDict):
    """What `build_info` returns."""

    version: str
    compiler: str
    build_type: str
    sanitizers: str
    isas_compiled: list[str]
    isas_supported: list[str]
    isa_active: str
    cpus_usable: int
    threads: int


def build_info() -> BuildInfo:
    """Tell which binary this is and how it runs here: the first thing a bug report needs.

    Returns
    -------
    BuildInfo
        A dict with the keys ``version``, ``compiler``, ``build_type`` and ``sanitizers`` of the
        binary, ``isas_compiled`` and ``isas_supported`` (instruction sets, slowest first),
        ``isa_active`` (the one in use; the environment variable ``FAST_AUGMENT_ISA`` forces
        another), ``cpus_usable`` (processors that affinity and the cgroup's quota leave to this
        process) and ``threads`` (what a call uses unless it says otherwise).

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.build_info()["isa_active"] in fa.build_info()["isas_compiled"]
    True
    """
    info: BuildInfo = _core.build_info()
    return info


def get_num_threads() -> int:
    """Return how many threads a call uses unless it says otherwise.

    That is the number given to `set_num_threads`, else the environment variable
    ``FAST_AUGMENT_NUM_THREADS``, else the number of processors that the scheduler's affinity mask
    and the cgroup's quota leave to this process.

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
