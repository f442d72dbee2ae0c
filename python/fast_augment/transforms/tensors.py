"""CPU tensors of torch as arrays on the same memory, and back; torch is never imported here."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from fast_augment.transforms.batch import Batch

__all__ = ["array_of", "arrays_of", "has_tensors", "on_arrays", "tensor_of"]


def has_tensors(images: Any) -> bool:
    """Whether this is a tensor, or a sequence that begins with one."""
    if type(images) is np.ndarray or images is None:
        return False
    # Without torch there are no tensors; a module that is still being imported has none yet.
    kind: Any = getattr(sys.modules.get("torch"), "Tensor", None)
    if kind is None:
        return False
    return isinstance(images[0] if _is_filled(images) else images, kind)


def arrays_of(name: str, images: Any) -> Any:
    """View tensors as arrays; what is none stays, for the engine to look at."""
    if not _is_filled(images):
        return array_of(name, images) if has_tensors(images) else images
    return [
        array_of(f"{name}[{i}]", image) if has_tensors(image) else image
        for i, image in enumerate(images)
    ]


def on_arrays(call: Callable[..., Any], images: Any, out: Any, targets: Mapping[str, Any]) -> Any:
    """Call with arrays; return `out` itself where it is memory, else tensors for tensors."""
    masks = arrays_of("masks", targets["masks"])
    arrays, target = arrays_of("images", images), arrays_of("out", out)
    found = call(arrays, **{**targets, "masks": masks}, out=target)
    if out is None or callable(out):
        return with_tensors(found) if has_tensors(images) else found
    return replace(found, images=out) if isinstance(found, Batch) else out


def with_tensors(found: Any) -> Any:
    """Make tensors of the images and masks of a result, on the same memory."""
    if isinstance(found, Batch):
        masks = None if found.masks is None else with_tensors(found.masks)
        return replace(found, images=with_tensors(found.images), masks=masks)
    if isinstance(found, dict):
        return {key: with_tensors(one) for key, one in found.items()}
    return [tensor_of(array) for array in found] if isinstance(found, list) else tensor_of(found)


def array_of(name: str, tensor: Any) -> Any:
    """View a dense tensor in the memory of the CPU as an array."""
    torch: Any = sys.modules["torch"]
    if tensor.device.type != "cpu":
        raise TypeError(f"Compose: {name} is on the device {tensor.device}, expected the CPU")
    if tensor.layout is not torch.strided:
        raise TypeError(f"Compose: {name} has layout {tensor.layout}, expected a dense tensor")
    if tensor.dtype is torch.bfloat16:
        # NumPy does not know it, but the package that does needs only the same bits.
        bfloat16 = import_module("ml_dtypes").bfloat16
        return tensor.detach().view(torch.int16).numpy().view(bfloat16)
    return tensor.detach().numpy()


def tensor_of(array: Any) -> Any:
    """View an array as a tensor."""
    torch: Any = sys.modules["torch"]
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def _is_filled(images: Any) -> bool:
    return isinstance(images, list | tuple) and len(images) > 0
