"""The libraries to compare with: which are installed, their thread counts, loops over a batch."""

import importlib
import importlib.metadata
import sys
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType, SimpleNamespace
from typing import Any

import threadpoolctl

import fast_augment as fa

ALL_THREADS = fa.build_info()["cpus_usable"]
KEPT: list[Any] = []


def import_if_installed(name: str) -> ModuleType | None:
    """Import a module; its warnings are not ours to repair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            return None


cv2 = import_if_installed("cv2")
numba = import_if_installed("numba")
torch = import_if_installed("torch")


def import_torchvision() -> ModuleType | None:
    """Import the functions of torchvision's transforms.

    Beside a torch of another build its compiled part is missing, and the import only works with
    two of its operators declared. None of them is needed here.
    """
    name = "torchvision.transforms.v2.functional"
    try:
        return import_if_installed(name)
    except RuntimeError:
        for module in [m for m in sys.modules if m.partition(".")[0] == "torchvision"]:
            del sys.modules[module]
    library = torch.library.Library("torchvision", "FRAGMENT")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    KEPT.append(library)  # what it declares goes with it
    return import_if_installed(name)


def set_threads(threads: int) -> None:
    """Set the thread count of every library, NumPy's BLAS included."""
    fa.set_num_threads(threads)
    threadpoolctl.threadpool_limits(threads, user_api="blas")
    set_opencv_threads(threads)
    if numba:
        numba.set_num_threads(threads)
    if torch:
        torch.set_num_threads(threads)


def set_opencv_threads(threads: int) -> None:
    if cv2:
        cv2.setNumThreads(threads)


def one_opencv_thread(_threads: int) -> None:
    """For loops that bring their own threads."""
    set_opencv_threads(1)


# Options of a contender that shares its OpenCV calls among Python threads.
OPENCV_POOL = {"min_threads": 2, "before_turn": one_opencv_thread}


def per_image(
    step: Callable[..., Any],
    job: SimpleNamespace,
    out: Any,
    *arguments: Iterable[Any],
    pool: bool = False,
) -> Callable[[], Any]:
    """Build the call of ``step(source, target, *arguments)`` for each image of `job.images`.

    With `out` the views of all images are made once. With `pool` as many Python threads as
    `job.threads` share the batch: the way to thread a library that lets go of the GIL.
    """
    sources = list(job.images)
    columns = [list(argument) for argument in arguments]
    workers = job.threads if pool else 1
    executor = ThreadPoolExecutor(workers)

    def divide(target: Any) -> list[Iterable[tuple[Any, ...]]]:
        rows = zip(sources, target, *columns, strict=True)
        if out is None and workers == 1:
            return [rows]
        listed = list(rows)
        return [listed[first::workers] for first in range(workers)]

    def run(rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            step(*row)

    shares = None if out is None else divide(out)

    def call() -> Any:
        target = job.empty() if out is None else out
        work = shares or divide(target)
        if workers == 1:
            run(work[0])
        else:
            list(executor.map(run, work))
        return target

    return call


def version_of(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
