"""A pipeline cut where Python functions stand: each part is one pipeline of the engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.transforms.base import Entry, Transform
from fast_augment.transforms.function import Lambda
from fast_augment.transforms.nesting import source_sizes
from fast_augment.transforms.params import RECORD

__all__ = ["Outcome", "Segment", "Source", "count_samples", "cut", "run"]


@dataclass(frozen=True)
class Segment:
    """Positions from `begin` to `end`, run by the engine or by a Python function."""

    begin: int
    end: int
    engine: _core.Pipeline | None
    function: Callable[[Any], Any] | None
    out_layout: str


class Source(NamedTuple):
    """Where random numbers come from: a key, or records to repeat."""

    seed: int = 0
    epoch: int = 0
    first_index: int = 0
    index: Any = None
    records: npt.NDArray[Any] | None = None


class Outcome(NamedTuple):
    """A result with what was drawn for it."""

    images: Any
    records: npt.NDArray[Any]
    matrix: npt.NDArray[np.float64]


def count_samples(images: Any) -> int:
    """How many samples, clips as one each; what is no batch counts as one, and is refused later."""
    if isinstance(images, np.ndarray):
        return len(images) if images.ndim in (4, 5) else 1
    if isinstance(images, Mapping):
        return count_samples(next(iter(images.values()), None))
    return len(images) if isinstance(images, list | tuple) else 1


def cut(transforms: Sequence[Transform], layout: str, out_layout: str) -> list[Segment]:
    """At least one segment has an engine; the last of those changes the layout."""
    segments: list[Segment] = []
    entries: list[Entry] = []
    position = 0

    def finish() -> None:
        begin = position - len(entries)
        segments.append(Segment(begin, position, _core.Pipeline(entries, begin), None, layout))

    for transform in transforms:
        if not isinstance(transform, Lambda):
            added = transform._entries()
            entries += added
            position += len(added)
            continue
        if entries:
            finish()
        entries = []
        segments.append(Segment(position, position + 1, None, transform.function, layout))
        position += 1
    if entries or all(segment.engine is None for segment in segments):
        finish()
    last = max(i for i, segment in enumerate(segments) if segment.engine is not None)
    segments[last] = replace(segments[last], out_layout=out_layout)
    return segments


def run(
    segments: list[Segment],
    images: Any,
    source: Source,
    layout: str,
    out: Any,
    threads: int | None,
    want_params: bool,
    keeps_size: bool = False,
) -> Any:
    """Return the result, or an `Outcome` if `want_params`.

    `keeps_size`: no function may return images of another size, as targets would not fit them.
    """
    if segments[-1].engine is None and not (out is None or callable(out)):
        raise ValueError(
            "Compose: out is given, but the pipeline ends in a Lambda, which returns memory of its "
            "own; expected None"
        )
    count = count_samples(images)
    records = np.zeros((count, segments[-1].end), RECORD)
    matrix = np.tile(np.eye(3), (count, 1, 1))
    done = np.zeros((count, 1), np.int64)
    for segment in segments:
        part = slice(segment.begin, segment.end)
        if segment.engine is None:
            result = _call(segment.function, images, count)
            if keeps_size:
                _require_sizes(images, result, layout)
            images = result
            records["order"][:, part] = done
            done += 1
            continue
        here = source
        if source.records is not None:
            here = source._replace(records=_from_zero(source.records[:, part]))
        target = out if segment is segments[-1] else None
        found = segment.engine.run(
            images, *here, layout, segment.out_layout, target, threads, want_params
        )
        layout = segment.out_layout
        if not want_params:
            images = found
            continue
        images, drawn, step = found
        order = drawn["order"]
        records[:, part] = drawn
        records["order"][:, part] = np.where(order < 0, order, order + done)
        done += order.max(axis=1, initial=-1, keepdims=True) + 1
        matrix = step @ matrix
    if segments[-1].engine is None and callable(out):
        images = _copied(images, out)
    return Outcome(images, records, matrix) if want_params else images


def _copied(images: Any, allocate: Callable[..., Any]) -> Any:
    """Copy what a function returned into the memory that is asked for."""
    found = np.asarray(images)
    target = allocate(found.shape, found.dtype)
    target[...] = found
    return target


def _from_zero(records: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Copy records so that their transforms run from 0 on, as the engine of one segment counts."""
    copy: npt.NDArray[np.void] = records.copy()
    order = copy["order"]
    largest = np.iinfo(np.int64).max
    first = np.where(order < 0, largest, order).min(axis=1, initial=largest, keepdims=True)
    copy["order"] = np.where(order < 0, order, order - first)
    return copy


def _call(function: Any, images: Any, count: int) -> Any:
    result = function(images)
    if not isinstance(result, np.ndarray | list | tuple):
        raise TypeError(
            f"Lambda: the function returned {type(result).__name__}, expected an array or a list "
            "of arrays"
        )
    if count_samples(result) != count:
        raise ValueError(
            f"Lambda: the function returned {count_samples(result)} images, expected {count}"
        )
    return result


def _require_sizes(images: Any, result: Any, layout: str) -> None:
    before, after = source_sizes(images, layout), source_sizes(result, layout)
    if not np.array_equal(before, after):
        raise ValueError(
            "Lambda: the function returned images of another size, which masks, boxes and "
            "keypoints would not fit; expected the sizes it got"
        )


def explain(
    parts: list[Segment], shape: tuple[int, ...], dtype: np.dtype[Any], layout: str
) -> list[dict[str, Any]]:
    """List the passes of all segments; an image of zeros tells what comes out of each."""
    passes: list[dict[str, Any]] = []
    for part in parts:
        if part.engine is not None:
            passes += part.engine.explain(shape, dtype.name, layout, part.out_layout)
        else:
            reason = "a Python function takes the whole batch"
            stop = {"steps": ["Lambda"], "reason": reason, "reads": 0, "writes": 0}
            passes.append({**stop, "where": "Python"})
        if part is parts[-1]:
            break
        image: Any = np.zeros(shape[-3:], dtype)
        if part.engine is None:
            image = _call(part.function, image, 1)
        else:
            image = part.engine.run(image, *Source(), layout, part.out_layout, None, 1, False)
            layout = part.out_layout
        shape, dtype = (*shape[:-3], *image.shape), image.dtype
    return passes
