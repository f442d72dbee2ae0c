"""Optimizers with torch's formulas on NumPy arrays: the clip factor is part of the step."""

from fast_augment.optim.adam import Adam, AdamW
from fast_augment.optim.checkpoints import (
    from_flat,
    state_dict_from_torch,
    state_dict_to_torch,
    to_flat,
)
from fast_augment.optim.optimizer import Optimizer
from fast_augment.optim.sgd import SGD

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "from_flat",
    "state_dict_from_torch",
    "state_dict_to_torch",
    "to_flat",
]
