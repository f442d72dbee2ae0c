"""The compiled pipeline, as Python sees it."""

from typing import Any, Protocol, cast

import numpy.typing as npt

from fast_augment import _core
from fast_augment.transforms.base import Entry

__all__ = ["Engine", "make_engine"]


class Engine(Protocol):
    """What `_core.Pipeline` offers; the stub of `_core` replaces this once it lists the class."""

    def run(
        self,
        images: Any,
        seed: int,
        epoch: int,
        first_index: int,
        index: Any,
        records: npt.NDArray[Any] | None,
        layout: str,
        out_layout: str,
        out: Any,
        threads: int | None,
        want_params: bool,
        /,
    ) -> Any:
        """Return the result; if `want_params`, also the records and the matrices."""

    def explain(self, image: Any, layout: str, out_layout: str, /) -> list[dict[str, Any]]:
        """List the passes over one image: steps, reason, reads, writes (bytes) and where."""


class MissingEngine:
    """Stands in while `_core` has no Pipeline; goes with the protocol above."""

    def __init__(self, entries: list[Entry], first_position: int) -> None:
        self.entries, self.first_position = entries, first_position

    def run(self, *_: Any) -> Any:
        """Refuse."""
        raise NotImplementedError("this build of fast_augment has no engine for pipelines")

    explain = run


def make_engine(entries: list[Entry], first_position: int) -> Engine:
    """Build the engine's form of a list of transforms."""
    return cast(Engine, getattr(_core, "Pipeline", MissingEngine)(entries, first_position))
