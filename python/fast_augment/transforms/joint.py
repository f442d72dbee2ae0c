"""One draw for everything that belongs to a sample: its images, masks, boxes and keypoints."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from fast_augment import _core
from fast_augment.transforms.augmix import AugMix
from fast_augment.transforms.base import Transform
from fast_augment.transforms.batch import Batch
from fast_augment.transforms.boxes import Boxes
from fast_augment.transforms.formats import BoxFormat, KeypointFormat
from fast_augment.transforms.keypoints import Keypoints
from fast_augment.transforms.masks import Masks, entries_of_moves
from fast_augment.transforms.nesting import Nesting, merged, nesting_of, source_sizes
from fast_augment.transforms.params import Params
from fast_augment.transforms.segments import Source

__all__ = ["Joint", "Targets"]


class Targets(NamedTuple):
    """What a call gives beside images."""

    masks: Any = None
    boxes: Any = None
    box_labels: Any = None
    keypoints: Any = None
    keypoint_labels: Any = None
    labels: Any = None


class Run(Protocol):
    """A pipeline on images, and what was drawn."""

    def __call__(
        self, images: Any, source: Source, out: Any, boxes: Any = None, *, only_check: bool = False
    ) -> Batch: ...


class Joint:
    """Runs the images of a call, and moves its targets by what was drawn for them."""

    def __init__(
        self,
        transforms: Sequence[Transform],
        box_format: BoxFormat,
        keypoint_format: KeypointFormat,
        mask_fill: float,
    ) -> None:
        self._transforms = transforms
        self._boxes, self._keypoints = box_format, keypoint_format
        self._mask_fill = mask_fill
        looking = (transform._needs_boxes() for transform in transforms)
        self._looking = next((one for one in looking if one is not None), None)
        # Made when they are first needed, one for each way to fill.
        self._engines: dict[tuple[bool, tuple[float, ...]], _core.Pipeline] = {}

    def is_for(self, images: Any) -> bool:
        """Whether images alone are more than a batch, or not enough."""
        rank = getattr(images, "ndim", 0)
        return rank == 5 or self._looking is not None or (rank == 0 and isinstance(images, Mapping))

    def run(
        self,
        run: Run,
        images: Any,
        targets: Targets,
        source: Source,
        out: Any,
        layouts: tuple[str, str],
        threads: int | None,
    ) -> Batch:
        """Check everything, then run the images, then move the targets."""
        nesting = nesting_of(images)
        views = Views(images, out, nesting, layouts[0])
        if len(views.sizes) != nesting.images:
            run(views.images[views.first], source, None)  # says what is wrong with them
        masks, boxes, keypoints = self._checked(targets, views.sizes, nesting, layouts[0])
        _require_labels(targets.labels, nesting)
        self._require_boxes(targets, source, nesting)
        looked_at = None
        if boxes is not None and self._looking is not None and source.records is None:
            looked_at = (boxes.edges, boxes.rows.offsets)
        batch = views.run(run, source, looked_at)
        records = batch.params.records
        if nesting.is_clip:
            records = np.repeat(records, nesting.frames, axis=0)
        moved: dict[str, Any] = {}
        if masks is not None:
            moved["masks"] = _each(masks, lambda _, one: self._move_masks(one, records, threads))
        if boxes is not None:
            ends = source_sizes(views.first_result, layouts[1])
            moved["boxes"], moved["box_labels"] = boxes.moved(
                self._engine(), records, ends, threads
            )
        if keypoints is not None:
            matrix = np.repeat(batch.matrix, nesting.frames, axis=0)
            names = ("keypoints", "keypoints_visible", "keypoint_labels")
            found = keypoints.moved(self._engine(), records, matrix, threads)
            moved.update(zip(names, found, strict=True))
        return Batch(
            batch.images, batch.params, batch.matrix, labels=targets.labels,
            source_sizes=batch.source_sizes, **moved,
        )  # fmt: skip

    def _require_boxes(self, targets: Targets, source: Source, nesting: Nesting) -> None:
        """Refuse to draw without the boxes that a transform looks at."""
        if self._looking is None or source.records is not None:
            return
        name = type(self._looking).__name__
        if targets.boxes is None:
            raise ValueError(f"Compose: {name} looks at boxes, expected boxes=")
        if nesting.is_clip:
            raise ValueError(
                f"Compose: {name} looks at the boxes of one image, expected no clips: their frames "
                "share one draw"
            )

    def _checked(
        self, targets: Targets, sizes: npt.NDArray[np.int64], nesting: Nesting, layout: str
    ) -> tuple[Any, Boxes | None, Keypoints | None]:
        moving = (targets.masks, targets.boxes, targets.keypoints)
        has_mix = any(isinstance(transform, AugMix) for transform in self._transforms)
        if has_mix and any(target is not None for target in moving):
            raise ValueError(
                "Compose: AugMix mixes images that have moved apart, expected no masks, boxes or "
                "keypoints"
            )
        for name, of in (("box_labels", "boxes"), ("keypoint_labels", "keypoints")):
            if getattr(targets, name) is not None and getattr(targets, of) is None:
                raise ValueError(f"Compose: {name} is given without {of}, expected both")
        masks = boxes = keypoints = None
        if targets.masks is not None:
            masks = _each(
                targets.masks,
                lambda key, one: Masks("masks" + key, one, sizes, nesting, layout, self._mask_fill),
            )
        if targets.boxes is not None:
            boxes = Boxes(targets.boxes, targets.box_labels, self._boxes, sizes, nesting)
        if targets.keypoints is not None:
            labels = targets.keypoint_labels
            keypoints = Keypoints(targets.keypoints, labels, self._keypoints, sizes, nesting)
        return masks, boxes, keypoints

    def _engine(self, is_soft: bool = False, fill: tuple[float, ...] = (0.0,)) -> _core.Pipeline:
        key = (is_soft, fill)
        if key not in self._engines:
            entries = entries_of_moves(self._transforms, fill, is_soft)
            self._engines[key] = _core.Pipeline(entries, 0)
        return self._engines[key]

    def _move_masks(self, masks: Masks, records: npt.NDArray[Any], threads: int | None) -> Any:
        return masks.moved(self._engine(masks.is_soft, masks.fill), records, threads)


class Views:
    """The images of each sample: one, or several by name, or the frames of clips."""

    def __init__(self, images: Any, out: Any, nesting: Nesting, layout: str) -> None:
        self.nesting, self.layout = nesting, layout
        self.is_mapping = isinstance(images, Mapping)
        given = images if self.is_mapping else {"": images}
        self.images = {key: self._flat(_name("images", key), one) for key, one in given.items()}
        self.out = self._outs(out)
        self.first = next(iter(self.images))
        self.sizes = source_sizes(self.images[self.first], layout)
        for key, one in self.images.items():
            self._require_like(key, one)
        self.first_result: Any = None

    def _flat(self, name: str, images: Any) -> Any:
        nesting = nesting_of(images)
        if nesting != self.nesting:
            raise ValueError(
                f"Compose: {name} is {_shape_text(images)}, expected as many samples as the others"
            )
        return merged(name, images) if nesting.is_clip else images

    def _outs(self, out: Any) -> dict[str, Any]:
        if out is None:
            return dict.fromkeys(self.images)
        if not self.is_mapping:
            out = {"": out}
        if not isinstance(out, Mapping) or list(out) != list(self.images):
            raise TypeError(
                f"Compose: out is no mapping with the keys of images, {list(self.images)}"
            )
        result = dict(out)
        if self.nesting.is_clip:
            for key, one in out.items():
                is_clips = isinstance(one, np.ndarray) and one.ndim == 5
                if not is_clips or one.shape[:2] != (self.nesting.samples, self.nesting.frames):
                    raise ValueError(
                        f"Compose: {_name('out', key)} is {_shape_text(one)}, expected an array "
                        f"({self.nesting.samples}, {self.nesting.frames}, ...) as the clips"
                    )
                result[key] = merged(_name("out", key), one)
        return result

    def _require_like(self, key: str, images: Any) -> None:
        sizes = source_sizes(images, self.layout)
        if len(sizes) != len(self.sizes):
            return  # no images, as the engine will say
        is_other = (sizes != self.sizes).any(axis=1)
        if is_other.any():
            number = int(np.argmax(is_other))
            place = self.nesting.place(_name("images", key), number)
            height, width = sizes[number]
            wanted_height, wanted_width = self.sizes[number]
            raise ValueError(
                f"Compose: {place} is {height} x {width}, expected {wanted_height} x "
                f"{wanted_width} as in {_name('images', self.first)}: one draw is for one size"
            )

    def _require_separate(self) -> None:
        """No result of one view may lie where another one is read or written."""
        for key, out in self.out.items():
            for other, images in self.images.items():
                if other == key:
                    continue
                for name, arrays in (("images", images), ("out", self.out[other])):
                    if any(np.may_share_memory(a, b) for a in _list(out) for b in _list(arrays)):
                        raise ValueError(
                            f"Compose: {_name('out', key)} shares memory with "
                            f"{_name(name, other)}, expected separate arrays"
                        )

    def run(self, run: Run, source: Source, boxes: Any) -> Batch:
        """Run every view with the draw of the first, which may look at boxes."""
        frames = self.nesting.frames
        if self.nesting.is_clip:
            source = self._of_frames(source)
        if sum(out is not None for out in self.out.values()) > 1:
            for key, images in self.images.items():
                run(images, source, self.out[key], boxes, only_check=True)
            self._require_separate()
        results: dict[str, Any] = {}
        batch: Batch | None = None
        for key, images in self.images.items():
            found = run(images, source, self.out[key], boxes)
            self.first_result = found.images if batch is None else self.first_result
            batch = found if batch is None else batch
            results[key] = (
                self.nesting.nested(found.images) if self.nesting.is_clip else found.images
            )
            source, boxes = Source(records=found.params.records), None
        assert batch is not None
        records = np.ascontiguousarray(batch.params.records[::frames])
        return Batch(
            results if self.is_mapping else results[""],
            Params(records, batch.params._classes),
            batch.matrix[::frames],
            source_sizes=batch.source_sizes[::frames],
        )

    def _of_frames(self, source: Source) -> Source:
        """Key every frame as its clip."""
        samples, frames = self.nesting.samples, self.nesting.frames
        if source.records is not None:
            return Source(records=np.repeat(source.records, frames, axis=0))
        index = source.index
        if index is None:
            index = np.arange(samples, dtype=np.uint64) + np.uint64(source.first_index)
        index = np.asarray(index)
        if index.shape != (samples,):
            raise ValueError(
                f"Compose: index has shape {index.shape}, expected one index per sample, "
                f"({samples},)"
            )
        return source._replace(first_index=0, index=np.repeat(index, frames))


def _list(arrays: Any) -> list[Any]:
    return [arrays] if isinstance(arrays, np.ndarray) else list(arrays)


def _name(argument: str, key: str) -> str:
    return argument if key == "" else f"{argument}[{key!r}]"


def _shape_text(images: Any) -> str:
    if isinstance(images, np.ndarray):
        return f"of shape {images.shape}"
    return f"a {type(images).__name__} of {len(images) if hasattr(images, '__len__') else 0}"


def _each(given: Any, function: Any) -> Any:
    """Call a function of (suffix of the name, value) on the only one, or on all of a mapping."""
    if isinstance(given, Mapping):
        return {key: function(f"[{key!r}]", value) for key, value in given.items()}
    return function("", given)


def _require_labels(labels: Any, nesting: Nesting) -> None:
    """One for each sample."""
    if labels is None or nesting.is_one:
        return

    def check(suffix: str, given: Any) -> None:
        is_scalar = not hasattr(given, "__len__") or getattr(given, "shape", None) == ()
        found = 0 if is_scalar else len(given)
        if found != nesting.samples:
            raise ValueError(
                f"Compose: labels{suffix} has {found} elements, expected {nesting.samples}"
            )

    _each(labels, check)
