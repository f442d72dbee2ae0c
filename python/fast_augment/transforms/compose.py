"""Pipelines: transforms that the engine runs in as few passes over a batch as it can."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.transforms import checks, explain, segments
from fast_augment.transforms.base import Transform, named_arguments
from fast_augment.transforms.batch import Batch
from fast_augment.transforms.combinators import require_transform
from fast_augment.transforms.described import Described
from fast_augment.transforms.formats import BoxFormat, KeypointFormat, as_format
from fast_augment.transforms.joint import Joint, Targets
from fast_augment.transforms.keys import epoch_of, index_of
from fast_augment.transforms.nesting import source_sizes
from fast_augment.transforms.order import require_order
from fast_augment.transforms.params import Params
from fast_augment.transforms.streams import Stream, resolve_seed
from fast_augment.transforms.tensors import has_tensors, on_arrays
from fast_augment.typing import Images, Layout, Seed

__all__ = ["Compose"]

_layout = checks.choice("HWC", "CHW")
_threads = checks.optional(checks.whole(1, 1024, "None or a whole number from 1 to 1024"))


class Compose(Described):
    """A pipeline of transforms, called on images.

    What it does to a sample is a function of (seed, epoch, index of the sample) and the transforms
    alone: not of the number of threads, the batch size or the order of calls. Samples without an
    index are numbered from 0 over the calls in a process; a forked or spawned process, or a worker
    of a torch DataLoader, numbers its own with another seed, which follows from `seed`.

    Parameters
    ----------
    transforms : sequence of Transform
        Run in this order; a `Compose` among them is replaced by what is in it.
    seed : int, numpy.random.SeedSequence or numpy.random.Generator, optional
        A whole number from 0 to 2**64 - 1, used as it is; a number is drawn from anything else.
        Default: fresh entropy.
    layout : {"HWC", "CHW"}
        Where the channels of the images stand.
    out_layout : {"HWC", "CHW"}, optional
        Where the channels of the result stand. Default: "CHW" when the result is float, by
        `Normalize` or `ToFloat`, else as `layout`.
    threads : int, optional
        How many threads to use; default `get_num_threads`. The result does not depend on it.
    boxes : BoxFormat or str
        How boxes are written, and which of them are kept; a name stands for a `BoxFormat` of it.
    keypoints : KeypointFormat or str
        How keypoints are written, and what becomes of those out of view.
    mask_fill : float
        What masks show outside, in their own units, where images show their fill.

    Examples
    --------
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.RandomHorizontalFlip(), fa.Normalize(0.5, 0.5)], seed=0)
    >>> augment
    Compose(
        [
            RandomHorizontalFlip(),
            Normalize(mean=0.5, std=0.5),
        ],
        seed=0,
    )
    >>> augment.out_layout
    'CHW'
    >>> fa.Compose.from_json(augment.to_json()) == augment
    True
    """

    @named_arguments
    def __init__(
        self,
        transforms: "Sequence[Transform | Compose]",
        *,
        seed: Seed = None,
        layout: Layout = "HWC",
        out_layout: Layout | None = None,
        threads: int | None = None,
        boxes: BoxFormat | str = "xyxy",
        keypoints: KeypointFormat | str = "xy",
        mask_fill: float = 0,
    ) -> None:
        self._layout = _layout("Compose", "layout", layout)
        self._transforms = self._flattened(transforms)
        require_order(self._transforms)
        self._out_layout_given = checks.optional(_layout)("Compose", "out_layout", out_layout)
        self._out_layout = self._out_layout_given or self._usual_out_layout()
        self._threads = _threads("Compose", "threads", threads)
        self._boxes = as_format(BoxFormat, "boxes", boxes)
        self._keypoints = as_format(KeypointFormat, "keypoints", keypoints)
        self._mask_fill = checks.level("Compose", "mask_fill", mask_fill)
        self._joint = Joint(self._transforms, self._boxes, self._keypoints, self._mask_fill)
        self._is_seeded = seed is not None
        self._seed = resolve_seed(seed)
        self._stream = Stream(self._seed)
        self._classes = [name for t in self._transforms for name, _, _ in t._entries()]
        self._segments = segments.cut(self._transforms, self._layout, self._out_layout)
        only = self._segments[0].engine if len(self._segments) == 1 else None
        self._engine_run: Callable[..., Any] | None = only.run if only is not None else None

    def __call__(
        self,
        images: Images | Mapping[str, Images],
        *,
        masks: Any = None,
        boxes: Any = None,
        box_labels: Any = None,
        keypoints: Any = None,
        keypoint_labels: Any = None,
        labels: Any = None,
        epoch: int | None = None,
        index: int | npt.ArrayLike | None = None,
        out: Images | Mapping[str, Images] | Callable[..., Any] | None = None,
        return_params: bool = False,
    ) -> Any:
        """Augment one image, a batch, or a sequence of images of different sizes, with targets.

        Everything that belongs to a sample is moved by one draw: its masks, boxes and keypoints,
        several images (a dict), and the frames of a clip, an array (N, T, H, W, C). For one image
        targets come without the axis of N, for clips with one of T after it.

        Parameters
        ----------
        images : ndarray, sequence of ndarray, or mapping from str to those
            One image, a batch or a sequence of images, as for `hflip`; an array with five axes for
            clips. Also CPU tensors of torch, read where they lie; the images and masks of the
            result are tensors then.
        masks : ndarray, sequence of ndarray, or mapping from str to those, optional
            (N, H, W), or with the channels where `layout` says, or N arrays (H, W). Bool and
            integers of any size copy the nearest pixel, float32 mixes neighbours.
        boxes : ndarray of shape (N, M, 4) or N sequences of (M, 4), optional
            In the format of the pipeline. Rows of an array that hold -1 only fill it up.
        box_labels : ndarray, sequence or mapping from str to those, optional
            Something for each box, which goes where the box goes.
        keypoints : ndarray of shape (N, ..., 2) or N of (..., 2), optional
            In the format of the pipeline, which may have more columns.
        keypoint_labels : ndarray, sequence or mapping from str to those, optional
            Something for each keypoint, which goes where the point goes.
        labels : sequence or mapping from str to those, optional
            Something for each sample, handed back as it is.
        epoch : int, optional
            From 0 to 2**32 - 1, default 0: another epoch, other draws.
        index : int or array_like of int, shape (N,), optional
            The number of each sample in its data set, at least 0. With it the result depends on
            (seed, epoch, index) alone, in any process. Default: numbered over the calls.
        out : ndarray, sequence of ndarray, mapping from str to those, or callable, optional
            Where to write the images of the result; no memory in common with `images`. Also
            tensors. For a mapping of images another with its keys. A callable is asked for the
            array, ``out(shape, dtype)``, once the size of the result is known.
        return_params : bool
            Whether to return a `Batch` even without targets.

        Returns
        -------
        ndarray, list of ndarray or Batch
            `out`, or new memory: an array for an array or when all results have one size, else a
            list. A `Batch` for targets and for a mapping of images.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a wrong shape, a number out of range, or a box that cannot be one; nothing is
            written.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> augment = fa.Compose([fa.RandomCrop(24), fa.ToFloat()], seed=0)
        >>> images = np.zeros((2, 28, 28, 3), dtype=np.uint8)
        >>> augment(images).shape
        (2, 3, 24, 24)
        >>> masks = np.zeros((2, 28, 28), dtype=np.int64)
        >>> batch = augment(images, masks=masks, boxes=[[[4, 4, 9, 9]], []])
        >>> batch.masks.shape, batch.masks.dtype.name, [len(boxes) for boxes in batch.boxes]
        ((2, 24, 24), 'int64', [1, 0])
        """
        targets = Targets(masks, boxes, box_labels, keypoints, keypoint_labels, labels)
        if has_tensors(images) or has_tensors(out):
            call = partial(self, epoch=epoch, index=index, return_params=return_params)
            return on_arrays(call, images, out, targets._asdict())
        epoch = 0 if epoch is None else epoch_of(epoch)
        if index is not None:
            key = (self._seed, epoch, 0, index_of(index), None)
            return self._run_all(images, targets, key, out, return_params)
        count = segments.count_samples(images)
        seed, first = self._stream.take(count)
        try:
            key = (seed, epoch, first, None, None)
            return self._run_all(images, targets, key, out, return_params)
        except BaseException:
            self._stream.give_back(first, count)
            raise

    def replay(
        self,
        params: Params,
        images: Images | Mapping[str, Images],
        *,
        masks: Any = None,
        boxes: Any = None,
        box_labels: Any = None,
        keypoints: Any = None,
        keypoint_labels: Any = None,
        labels: Any = None,
        out: Images | Mapping[str, Images] | None = None,
    ) -> Any:
        """Repeat what was drawn before, bit for bit, on the same images or on others.

        Parameters
        ----------
        params : Params
            From a call with ``return_params=True`` of this pipeline, or one with equal transforms.
        images : ndarray, sequence of ndarray, or mapping from str to those
            As many as there were, of the same sizes.
        masks, boxes, box_labels, keypoints, keypoint_labels, labels : object, optional
            As for a call.
        out : ndarray or sequence of ndarray, optional
            Where to write the result; no memory in common with `images`.

        Returns
        -------
        ndarray, list of ndarray or Batch
            As for a call.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For parameters of another pipeline, another number of images, or a wrong shape.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> augment = fa.Compose([fa.RandomCrop(8)], seed=0)
        >>> images = np.arange(512, dtype=np.uint8).reshape(2, 16, 16, 1)
        >>> batch = augment(images, return_params=True)
        >>> np.array_equal(augment.replay(batch.params, images), batch.images)
        True
        """
        if not isinstance(params, Params):
            raise TypeError(f"replay: params has type {type(params).__name__}, expected Params")
        if list(params._classes) != self._classes:
            raise ValueError(
                f"replay: params is of ({', '.join(params._classes)}), expected "
                f"({', '.join(self._classes)}) as this pipeline"
            )
        targets = Targets(masks, boxes, box_labels, keypoints, keypoint_labels, labels)
        if has_tensors(images) or has_tensors(out):
            return on_arrays(partial(self.replay, params), images, out, targets._asdict())
        count = segments.count_samples(images)
        if count != len(params.records):
            raise ValueError(
                f"replay: images has {count} samples, expected {len(params.records)} as params"
            )
        source = segments.Source(records=params.records)
        return self._run_all(images, targets, source, out, False)

    def explain(self, shape: Sequence[int], dtype: npt.DTypeLike = "uint8") -> str:
        """Tell how many passes a batch takes, why, and what their bytes cost at least.

        Measures the speed of `numpy.copyto` for about 30 ms. A `Lambda` is called, on zeros.

        Parameters
        ----------
        shape : sequence of int
            Of a batch, (N, H, W, C), or of one image; in the pipeline's layout.
        dtype : dtype_like
            Of the images.

        Returns
        -------
        str
            A table: what each pass does, why it begins, and how many megabytes it moves; then the
            sum and the time that a copy of as many bytes takes on one thread.
        """
        if (sides := checks.items(shape)) is None:
            raise TypeError(checks.message("explain", "shape", shape, "a tuple of whole numbers"))
        passes = segments.explain(self._segments, tuple(sides), np.dtype(dtype), self._layout)
        return explain.table(passes, explain.copy_speed())

    def _run_all(
        self,
        images: Any,
        targets: Targets,
        source: tuple[Any, ...],
        out: Any,
        want_params: bool,
    ) -> Any:
        """Run the images alone where there is nothing else; `source` as for `_run`."""
        is_alone = all(target is None for target in targets)
        if is_alone and not self._joint.is_for(images):
            found = self._run(images, source, out, want_params)
            return self._batch(images, found) if want_params else found
        layouts = (self._layout, self._out_layout)
        given = (images, targets, segments.Source(*source), out, layouts)
        batch = self._joint.run(self._run_checked, *given, self._threads)
        is_plain = is_alone and not isinstance(images, Mapping)
        return batch.images if is_plain and not want_params else batch

    def _run_checked(
        self,
        images: Any,
        source: segments.Source,
        out: Any,
        boxes: Any = None,
        *,
        only_check: bool = False,
    ) -> Any:
        """Run what targets belong to; `only_check` for several, of which none may fail later."""
        if only_check and self._engine_run is None:
            raise ValueError(
                "Compose: out is given for several images of a sample, but the pipeline has a "
                "Lambda, which nobody can check before it runs; expected None"
            )
        options, layouts = (out, self._threads, True), (self._layout, self._out_layout)
        if self._engine_run is None:
            found = segments.run(self._segments, images, source, self._layout, *options, True)
        else:
            looked_at = boxes or (None, None)
            found = self._engine_run(images, *source, *layouts, *options, only_check, *looked_at)
        return None if only_check else self._batch(images, found)

    def _batch(self, images: Any, found: Any) -> Batch:
        result, records, matrix = found
        params = Params(records, self._classes)
        sizes = source_sizes(images, self._layout)
        return Batch(result, params, matrix, source_sizes=sizes)

    def _run(self, images: Any, source: tuple[Any, ...], out: Any, want_params: bool) -> Any:
        """Run the only segment, or all; `source` holds the fields of a `segments.Source`."""
        options = (out, self._threads, want_params)
        if self._engine_run is None:
            key = segments.Source(*source)
            return segments.run(self._segments, images, key, self._layout, *options)
        return self._engine_run(images, *source, self._layout, self._out_layout, *options)

    def __reduce__(self) -> tuple[Any, ...]:
        options: dict[str, Any] = {"seed": self._seed, "threads": self._threads}
        options |= {"layout": self._layout, "out_layout": self._out_layout_given}
        options |= {"boxes": self._boxes, "keypoints": self._keypoints}
        options |= {"mask_fill": self._mask_fill}
        return _restored, (self._transforms, options, self._is_seeded, self._stream.state())

    def _flattened(self, transforms: Any) -> tuple[Transform, ...]:
        """List the transforms, those of pipelines among them included."""
        if (found := checks.items(transforms)) is None:
            wanted = "a list of transforms"
            raise TypeError(checks.message("Compose", "transforms", transforms, wanted))
        flat: list[Transform] = []
        for i, one in enumerate(found):
            place = f"transforms[{i}]"
            if isinstance(one, Compose):
                one._require_plain(place, self._layout)
                flat += one._transforms
            else:
                hint = "; Lambda(function) makes one of a function" if callable(one) else ""
                flat.append(require_transform("Compose", place, one, hint))
        return tuple(flat)

    def _require_plain(self, place: str, layout: str) -> None:
        """Refuse to stand in another pipeline, which takes the transforms only, with more."""
        if self._is_seeded:
            raise ValueError(
                f"Compose: {place} is a Compose with a seed, expected None: the outer one seeds all"
            )
        if self._layout != layout or self._out_layout_given not in (None, layout):
            raise ValueError(
                f"Compose: {place} is a Compose with a layout of its own, expected "
                f"layout={layout!r} and out_layout=None"
            )
        if (self._boxes, self._keypoints, self._mask_fill) != (BoxFormat(), KeypointFormat(), 0):
            raise ValueError(
                f"Compose: {place} is a Compose with formats of its own, expected the usual ones"
            )


def _restored(
    transforms: tuple[Transform, ...],
    options: dict[str, Any],
    is_seeded: bool,
    stream: tuple[tuple[int, ...], int],
) -> Compose:
    """Make a copy, which goes on counting where the original was."""
    copy = Compose(transforms, **options)
    copy._is_seeded = is_seeded
    copy._stream.resume(stream)
    return copy
