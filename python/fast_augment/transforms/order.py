"""What may stand where in a pipeline."""

from collections.abc import Sequence

from fast_augment.transforms.base import Transform
from fast_augment.transforms.convert import Normalize
from fast_augment.transforms.function import Lambda

__all__ = ["require_order"]

MOST_ENTRIES = 65535


def _needs_boxes(transform: Transform) -> Transform | None:
    return transform._needs_boxes()


def require_order(transforms: Sequence[Transform]) -> None:
    """Not too many, and nothing that needs values from 0 to 1 after `Normalize`."""
    entries = sum(transform._size() for transform in transforms)
    if entries > MOST_ENTRIES:
        raise ValueError(
            f"Compose: transforms has {entries} entries, expected at most {MOST_ENTRIES}, those "
            "inside of others included"
        )
    looking = next((t for t in map(_needs_boxes, transforms) if t is not None), None)
    if looking is not None and any(isinstance(transform, Lambda) for transform in transforms):
        raise ValueError(
            f"Compose: {type(looking).__name__} looks at boxes, which no Lambda hands on; expected "
            "no Lambda in the same pipeline"
        )
    is_normalized = False
    for transform in transforms:
        needing = transform._needs_unit_range()
        if is_normalized and needing is not None:
            raise ValueError(
                f"Compose: {type(needing).__name__} stands after Normalize, whose values have no "
                "fixed range; put it before"
            )
        if isinstance(transform, Normalize):
            is_normalized = True
        elif isinstance(transform, Lambda):
            is_normalized = False  # nobody knows what it makes
