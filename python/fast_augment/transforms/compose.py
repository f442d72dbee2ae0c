"""Pipelines: transforms that the engine runs in as few passes over a batch as it can."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fast_augment.transforms import checks, explain, segments
from fast_augment.transforms.base import Transform, named_arguments
from fast_augment.transforms.combinators import require_transform
from fast_augment.transforms.described import Described
from fast_augment.transforms.keys import epoch_of, index_of
from fast_augment.transforms.order import require_order
from fast_augment.transforms.params import Batch, Params
from fast_augment.transforms.streams import Stream, resolve_seed
from fast_augment.transforms.tensors import arrays_of, has_tensors, with_tensors
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
    ) -> None:
        self._layout = _layout("Compose", "layout", layout)
        self._transforms = self._flattened(transforms)
        require_order(self._transforms)
        self._out_layout_given = checks.optional(_layout)("Compose", "out_layout", out_layout)
        self._out_layout = self._out_layout_given or self._usual_out_layout()
        self._threads = _threads("Compose", "threads", threads)
        self._is_seeded = seed is not None
        self._seed = resolve_seed(seed)
        self._stream = Stream(self._seed)
        self._classes = [name for t in self._transforms for name, _, _ in t._entries()]
        self._segments = segments.cut(self._transforms, self._layout, self._out_layout)
        only = self._segments[0].engine if len(self._segments) == 1 else None
        self._engine_run: Callable[..., Any] | None = only.run if only is not None else None

    def __call__(
        self,
        images: Images,
        *,
        epoch: int | None = None,
        index: int | npt.ArrayLike | None = None,
        out: Images | Callable[..., Any] | None = None,
        return_params: bool = False,
    ) -> Any:
        """Augment one image, a batch, or a sequence of images of different sizes.

        Parameters
        ----------
        images : ndarray or sequence of ndarray
            One image, a batch or a sequence of images, as for `hflip`. Also CPU tensors of torch,
            read where they lie; the result is a tensor then, or a list of tensors.
        epoch : int, optional
            From 0 to 2**32 - 1, default 0: another epoch, other draws.
        index : int or array_like of int, shape (N,), optional
            The number of each sample in its data set, at least 0. With it the result depends on
            (seed, epoch, index) alone, in any process. Default: numbered over the calls.
        out : ndarray, sequence of ndarray or callable, optional
            Where to write the result; no memory in common with `images`. Also tensors. A callable
            is asked for the array, ``out(shape, dtype)``, once the size of the result is known.
        return_params : bool
            Whether to return a `Batch` with the random parameters and matrices.

        Returns
        -------
        ndarray, list of ndarray or Batch
            `out`, or new memory: an array for an array or when all results have one size, else a
            list.

        Raises
        ------
        TypeError
            For an argument of the wrong kind or dtype.
        ValueError
            For a wrong shape, or a number out of range; nothing is written.

        Examples
        --------
        >>> import numpy as np
        >>> import fast_augment as fa
        >>> augment = fa.Compose([fa.RandomCrop(24), fa.ToFloat()], seed=0)
        >>> augment(np.zeros((2, 28, 28, 3), dtype=np.uint8)).shape
        (2, 3, 24, 24)
        """
        if has_tensors(images) or has_tensors(out):
            arrays, target = arrays_of("images", images), arrays_of("out", out)
            found = self(arrays, epoch=epoch, index=index, out=target, return_params=return_params)
            return self._as_given(images, out, found)
        epoch = 0 if epoch is None else epoch_of(epoch)
        if index is not None:
            key = (self._seed, epoch, 0, index_of(index), None)
            return self._run(images, key, out, return_params)
        count = segments.count_samples(images)
        seed, first = self._stream.take(count)
        try:
            return self._run(images, (seed, epoch, first, None, None), out, return_params)
        except BaseException:
            self._stream.give_back(first, count)
            raise

    def replay(self, params: Params, images: Images, *, out: Images | None = None) -> Any:
        """Repeat what was drawn before, bit for bit, on the same images or on others.

        Parameters
        ----------
        params : Params
            From a call with ``return_params=True`` of this pipeline, or one with equal transforms.
        images : ndarray or sequence of ndarray
            As many as there were, of the same sizes.
        out : ndarray or sequence of ndarray, optional
            Where to write the result; no memory in common with `images`.

        Returns
        -------
        ndarray or list of ndarray
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
        if has_tensors(images) or has_tensors(out):
            arrays, target = arrays_of("images", images), arrays_of("out", out)
            return self._as_given(images, out, self.replay(params, arrays, out=target))
        count = segments.count_samples(images)
        if count != len(params.records):
            raise ValueError(
                f"replay: images has {count} samples, expected {len(params.records)} as params"
            )
        return self._run(images, segments.Source(records=params.records), out, False)

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
        sides = checks.items(shape)
        if sides is None:
            raise TypeError(checks.message("explain", "shape", shape, "a tuple of whole numbers"))
        passes = segments.explain(self._segments, tuple(sides), np.dtype(dtype), self._layout)
        return explain.table(passes, explain.copy_speed())

    def _run(self, images: Any, source: tuple[Any, ...], out: Any, want_params: bool) -> Any:
        """Run the only segment, or all; `source` holds the fields of a `segments.Source`."""
        options = (out, self._threads, want_params)
        if self._engine_run is not None:
            found = self._engine_run(images, *source, self._layout, self._out_layout, *options)
        else:
            key = segments.Source(*source)
            found = segments.run(self._segments, images, key, self._layout, *options)
        if not want_params:
            return found
        result, records, matrix = found
        return Batch(result, Params(records, self._classes), matrix)

    @staticmethod
    def _as_given(images: Any, out: Any, found: Any) -> Any:
        """Return `out` itself where it is memory, else tensors for tensors."""
        if out is None or callable(out):
            return with_tensors(found) if has_tensors(images) else found
        return replace(found, images=out) if isinstance(found, Batch) else out

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self._out_layout_given, self._threads, self._is_seeded)
        return _restored, (self._transforms, self._seed, self._layout, *given, self._stream.state())

    def _flattened(self, transforms: Any) -> tuple[Transform, ...]:
        """List the transforms, those of pipelines among them included."""
        found = checks.items(transforms)
        if found is None:
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


def _restored(
    transforms: tuple[Transform, ...],
    seed: int,
    layout: Layout,
    out_layout: Layout | None,
    threads: int | None,
    is_seeded: bool,
    stream: tuple[tuple[int, ...], int],
) -> Compose:
    """Make a copy, which goes on counting where the original was."""
    copy = Compose(transforms, seed=seed, layout=layout, out_layout=out_layout, threads=threads)
    copy._is_seeded = is_seeded
    copy._stream.resume(stream)
    return copy
