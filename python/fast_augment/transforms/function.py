"""A Python function between two parts of a pipeline."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fast_augment.transforms import checks
from fast_augment.transforms.base import Transform, by_argument, register

__all__ = ["Lambda"]


def _function(where: str, name: str, value: object) -> object:
    if isinstance(value, type) or not callable(value):
        raise TypeError(checks.message(where, name, value, "a function of a batch"))
    return value


@register
@dataclass(frozen=True, repr=False)
class Lambda(Transform):
    """Call a Python function on the batch, between two passes of the engine.

    What stands before it is finished for the whole batch first, so it costs a batch in memory. It
    stands in a `Compose` itself, not in another transform, and cannot be written to a dict. Names
    of functions at the top of a module can be pickled, lambda expressions cannot.

    Parameters
    ----------
    function : callable
        Takes what the transforms before it made, an array or a list of arrays, and returns as many
        images; it may work in place. With the layout of the `Compose`, unless no other transform
        follows.

    Examples
    --------
    >>> import fast_augment as fa
    >>> def darker(images):
    ...     return images // 2
    >>> fa.Lambda(darker)
    Lambda(function=darker)
    """

    function: Callable[[Any], Any]

    _checks = by_argument(function=_function)

    def __repr__(self) -> str:
        name = getattr(self.function, "__qualname__", repr(self.function))
        return f"Lambda(function={name})"

    def to_dict(self) -> dict[str, Any]:
        """Refuse: a Python function has no description in plain values.

        Raises
        ------
        TypeError
            Always.
        """
        raise TypeError(
            f"Lambda: {self!r} cannot be written to a dict, since a function is no plain value"
        )

    def _fields(self) -> dict[str, object]:
        return {}
