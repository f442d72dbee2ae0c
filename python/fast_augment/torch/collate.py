"""From the samples of a data set to one augmented batch, in the memory that a loader passes on."""

import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from fast_augment._notes import add_note
from fast_augment.torch.fields import Field, Fields, label
from fast_augment.torch.indexed import Keyed
from fast_augment.torch.shared import shared_tensor
from fast_augment.transforms import Compose
from fast_augment.transforms.checks import message, shown
from fast_augment.transforms.tensors import array_of, tensor_of

__all__ = ["Collate"]

# Modes of Pillow whose pixels are levels of gray or of red, green and blue; others index a palette,
# hold bits or have other colours.
PLAIN_MODES = ("L", "LA", "RGB", "RGBA", "I;16", "F")


class Collate:
    """A ``collate_fn`` that augments: raw images of any size in, one tensor for the batch out.

    The pipeline writes straight into the memory of the result. In a worker of the loader that is
    shared memory, which the main process reads where it lies, so that no batch is copied on its
    way, and which is used again when nothing there refers to it any more; with ``pin_memory=True``
    the loader itself copies it into pinned memory.

    The result for a sample depends on the pipeline's seed, the epoch and the index alone when the
    data set is wrapped in `Indexed`. Without it samples are numbered as they come, by another
    stream of random numbers in each worker: no two alike, but another number of workers gives
    other results.

    A worker runs on one thread, unless the pipeline was made with ``threads=``, the environment
    variable ``FAST_AUGMENT_NUM_THREADS`` is set, or the ``worker_init_fn`` calls `set_num_threads`.

    Parameters
    ----------
    augment : Compose
        Its results must have one size: it ends with a crop or a ``Resize((height, width))``, or all
        images have one size. Its ``layout`` is that of the images: "HWC" for arrays and Pillow
        images, "CHW" for what torchvision decodes.
    image : int or str, optional
        Which field of a sample is the image: a position in a tuple or list, a key of a mapping, a
        name of a named tuple. Default: the first, or "image" in a mapping. A sample that is an
        array, a tensor or a Pillow image itself has no other fields.
    collate_fn : callable, optional
        What makes a batch of a list of values of one other field. Default:
        ``torch.utils.data.default_collate``.

    Raises
    ------
    TypeError
        For an argument of the wrong kind.

    See Also
    --------
    Indexed : the data set that makes results independent of the workers.

    Notes
    -----
    Images are uint8, uint16 or float32: arrays, CPU tensors (read where they lie) or Pillow images
    (copied once, by Pillow). Gray ones may be without an axis of channels.

    A batch is a list of its fields for tuples, as torch makes it; named tuples, mappings and lists
    keep their kind.

    Examples
    --------
    >>> import numpy as np, torch
    >>> import fast_augment as fa
    >>> from fast_augment.torch import Collate, Indexed
    >>> pictures = [np.zeros((20 + 4 * i, 30, 3), np.uint8) for i in range(6)]
    >>> dataset = Indexed(list(zip(pictures, [0, 1, 2, 3, 4, 5])))
    >>> augment = fa.Compose([fa.RandomResizedCrop(16), fa.ToFloat()], seed=0)
    >>> loader = torch.utils.data.DataLoader(dataset, batch_size=4, collate_fn=Collate(augment))
    >>> for epoch in range(2):
    ...     dataset.set_epoch(epoch)
    ...     for images, labels in loader:
    ...         print(epoch, tuple(images.shape), labels.tolist())
    0 (4, 3, 16, 16) [0, 1, 2, 3]
    0 (2, 3, 16, 16) [4, 5]
    1 (4, 3, 16, 16) [0, 1, 2, 3]
    1 (2, 3, 16, 16) [4, 5]
    """

    def __init__(
        self,
        augment: Compose,
        *,
        image: Field | None = None,
        collate_fn: Callable[[list[Any]], Any] = torch.utils.data.default_collate,
    ) -> None:
        if not isinstance(augment, Compose):
            raise TypeError(message("Collate", "augment", augment, "a Compose"))
        if image is not None and (isinstance(image, bool) or not isinstance(image, int | str)):
            wanted = "None, a position or a name"
            raise TypeError(message("Collate", "image", image, wanted))
        if not callable(collate_fn):
            raise TypeError(message("Collate", "collate_fn", collate_fn, "a function"))
        self.augment = augment
        self.image = image
        self.collate_fn = collate_fn

    def __call__(self, samples: Sequence[Any]) -> Any:
        """Make a batch of samples, which a `DataLoader` calls.

        Parameters
        ----------
        samples : sequence
            As the data set returned them.

        Returns
        -------
        Tensor, list, tuple or dict
            One tensor of the images, with the other fields in their places.
        """
        numbers: list[int] | None = None
        epoch = None
        if isinstance(samples[0], Keyed):
            epoch, numbers = _epoch_of(samples), [sample.index for sample in samples]
            samples = [sample.sample for sample in samples]
        if _is_image(samples[0]):
            return self._augmented(samples, epoch, numbers)
        fields = Fields(samples, self.image, numbers)
        batch = {}
        for name, values in fields.values.items():
            if name == fields.image:
                batch[name] = self._augmented(values, epoch, numbers)
            else:
                batch[name] = self._collated(name, values, numbers)
        return fields.joined(batch)

    def _augmented(self, images: Sequence[Any], epoch: Any, numbers: list[int] | None) -> Any:
        layout = self.augment.layout
        arrays = [_array(image, layout, i, numbers) for i, image in enumerate(images)]
        batch = _Batch()
        try:
            self.augment(arrays, epoch=epoch, index=numbers, out=batch)
        except Exception as error:
            if numbers is not None and "images[" in str(error):
                add_note(error, f"Collate: images are the samples {shown(numbers)} of the data set")
            raise
        return batch.tensor

    def _collated(self, name: Any, values: list[Any], numbers: list[int] | None) -> Any:
        try:
            return self.collate_fn(values)
        except Exception as error:
            where = "" if numbers is None else f" of the samples {shown(numbers)}"
            add_note(error, f"Collate: while collating the field {name!r}{where}")
            raise

    def __repr__(self) -> str:
        return f"Collate({self.augment!r})"


class _Batch:
    """Memory for one result; asked for by the pipeline when it knows the size."""

    tensor: Any = None

    def __call__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
        if torch.utils.data.get_worker_info() is None:
            # Faster to fill than memory of torch's, as NumPy asks for huge pages.
            array: npt.NDArray[Any] = np.empty(shape, dtype)
            self.tensor = tensor_of(array)
            return array
        self.tensor = shared_tensor(shape, dtype)
        view: npt.NDArray[Any] = array_of("out", self.tensor)
        return view


def _epoch_of(samples: Sequence[Keyed]) -> int:
    epochs = {sample.epoch for sample in samples}
    if len(epochs) > 1:
        raise ValueError(
            f"Collate: samples of the epochs {shown(sorted(epochs))} in one batch, expected one; "
            "call set_epoch before the loader is asked for its first batch"
        )
    return operator.index(epochs.pop())


def _is_image(sample: Any) -> bool:
    return isinstance(sample, np.ndarray | torch.Tensor) or _is_pillow(sample)


def _is_pillow(sample: Any) -> bool:
    kind: Any = getattr(sys.modules.get("PIL.Image"), "Image", None)
    return kind is not None and isinstance(sample, kind)


def _array(image: Any, layout: str, i: int, numbers: list[int] | None) -> Any:
    """View an image as an array with an axis of channels."""
    if _is_pillow(image):
        if image.mode not in PLAIN_MODES:
            raise TypeError(
                f"Collate: {label(i, numbers)} is a Pillow image of mode {image.mode!r}, expected "
                "one of plain channels; convert it: image.convert('RGB')"
            )
        array: Any = np.asarray(image)
        if layout != "HWC":
            array = np.ascontiguousarray(np.moveaxis(array, -1, 0)) if array.ndim == 3 else array
    elif isinstance(image, torch.Tensor):
        array = array_of(f"images[{i}]", image)
    elif isinstance(image, np.ndarray):
        array = image
    else:
        raise TypeError(
            f"Collate: the image of {label(i, numbers)} has type {type(image).__name__}, expected "
            "an array, a CPU tensor or a Pillow image"
        )
    if array.ndim == 2:
        return array[..., np.newaxis] if layout == "HWC" else array[np.newaxis]
    return array
