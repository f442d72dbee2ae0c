"""A pipeline inside a torch DataLoader, and gradient clipping on CPU tensors in their own memory.

>>> import torch
>>> import fast_augment.torch
>>> weight = torch.nn.Parameter(torch.zeros(2))
>>> weight.grad = torch.tensor([3.0, 4.0])
>>> fast_augment.torch.clip_grad_norm_([weight], max_norm=1.0)
tensor(5.)
>>> weight.grad
tensor([0.6000, 0.8000])
"""

try:
    import torch as _torch  # noqa: F401
except ImportError as error:
    raise ImportError(
        "fast_augment.torch needs torch: pip install 'fast-augment-cpp[torch]'"
    ) from error

from fast_augment.torch.clip_grad import clip_grad_norm_
from fast_augment.torch.collate import Collate
from fast_augment.torch.indexed import Indexed, Keyed

__all__ = ["Collate", "Indexed", "Keyed", "clip_grad_norm_"]
