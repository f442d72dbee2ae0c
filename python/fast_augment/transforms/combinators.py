"""Transforms of transforms: with a probability, one of several, some of them, in any order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fast_augment.transforms import checks
from fast_augment.transforms.base import MAX_DEPTH, Entry, Transform, by_argument, register
from fast_augment.transforms.function import Lambda
from fast_augment.typing import NumberRange

__all__ = ["OneOf", "RandomApply", "RandomOrder", "SomeOf", "require_transform"]


def require_transform(where: str, place: str, value: object, hint: str) -> Transform:
    """Return the value, or raise a TypeError that says what it is instead."""
    if isinstance(value, Transform):
        return value
    if isinstance(value, type) and issubclass(value, Transform):
        raise TypeError(
            f"{where}: {place} is the class {value.__name__}, expected a transform: "
            f"{value.__name__}(...)"
        )
    raise TypeError(f"{where}: {place} has type {type(value).__name__}, expected a transform{hint}")


def _children(where: str, name: str, value: object) -> tuple[Transform, ...]:
    found = checks.items(value)
    if found is None:
        raise TypeError(checks.message(where, name, value, "a list of transforms"))
    if not found:
        raise ValueError(checks.message(where, name, value, "at least one transform"))
    hint = "; RandomApply([...], p=1) holds several"
    children = tuple(
        require_transform(where, f"{name}[{i}]", child, hint) for i, child in enumerate(found)
    )
    for i, child in enumerate(children):
        if isinstance(child, Lambda) or child._makes_float:
            raise ValueError(
                f"{where}: {name}[{i}] is a {type(child).__name__}, which every sample must pass; "
                "put it into the Compose itself"
            )
    if max(child._depth() for child in children) >= MAX_DEPTH:
        raise ValueError(
            f"{where}: {name} are nested too deep, expected {MAX_DEPTH} levels at most"
        )
    return children


@dataclass(frozen=True, repr=False)
class Combinator(Transform):
    """Entries for the engine: the group, then everything in it."""

    transforms: Sequence[Transform]

    def _group(self, kind: str, **given: object) -> dict[str, object]:
        unused: dict[str, object] = {"p": 1.0, "least": 0, "most": 0, "weights": []}
        return {"kind": kind, **unused, "size": self._size() - 1, **given}

    def _entries(self) -> list[Entry]:
        inside = [entry for child in self.transforms for entry in child._entries()]
        return [*super()._entries(), *inside]

    def _size(self) -> int:
        return 1 + sum(child._size() for child in self.transforms)

    def _needs_unit_range(self) -> Transform | None:
        needing = (child._needs_unit_range() for child in self.transforms)
        return next((child for child in needing if child is not None), None)

    def _needs_boxes(self) -> Transform | None:
        needing = (child._needs_boxes() for child in self.transforms)
        return next((child for child in needing if child is not None), None)

    def _depth(self) -> int:
        return 1 + max(child._depth() for child in self.transforms)


@register
@dataclass(frozen=True, repr=False)
class RandomApply(Combinator):
    """Apply a list of transforms, one after the other, with probability `p`; else none of them.

    Parameters
    ----------
    transforms : sequence of Transform
        At least one.
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomApply([fa.GaussianBlur(3), fa.ColorJitter(0.2)], p=0.3)
    RandomApply(transforms=[GaussianBlur(kernel_size=(3, 3)), ColorJitter(brightness=(0.8, 1.2))], \
p=0.3)
    """

    p: float = 0.5

    _checks = by_argument(transforms=_children, p=checks.probability)
    _struct = "Group"

    def _fields(self) -> dict[str, object]:
        return self._group("all", p=self.p)


def _weights(where: str, name: str, value: object) -> tuple[float, ...]:
    wanted = "None or one finite number of at least 0 per transform, not all 0"
    found = checks.numbers(value)
    if found is None:
        raise TypeError(checks.message(where, name, value, wanted))
    is_allowed = all(checks.is_finite(weight) and weight >= 0 for weight in found)
    if not is_allowed or not 0 < sum(map(float, found)) < math.inf:
        raise ValueError(checks.message(where, name, value, wanted))
    return tuple(map(float, found))


@register
@dataclass(frozen=True, repr=False)
class OneOf(Combinator):
    """Apply one of several transforms, with probability `p`; else none.

    Parameters
    ----------
    transforms : sequence of Transform
        At least one.
    p : float
        From 0 to 1.
    weights : sequence of float, optional
        One per transform, at least 0, of any sum: how likely each is. Default: all the same.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.OneOf([fa.RandomInvert(p=1), fa.RandomEqualize(p=1)], weights=(1, 3))
    OneOf(transforms=[RandomInvert(p=1.0), RandomEqualize(p=1.0)], weights=(1.0, 3.0))
    """

    p: float = 1.0
    weights: Sequence[float] | None = None

    _checks = by_argument(
        transforms=_children,
        p=checks.probability,
        weights=checks.optional(_weights),
    )
    _struct = "Group"
    _value_names = ("child",)

    def _check_together(self) -> None:
        if self.weights is not None and len(self.weights) != len(self.transforms):
            raise ValueError(
                f"OneOf: weights has {len(self.weights)} numbers, expected one for each of the "
                f"{len(self.transforms)} transforms"
            )

    def _fields(self) -> dict[str, object]:
        weights = self.weights or [1.0] * len(self.transforms)
        return self._group("one_of", p=self.p, weights=list(weights))


def _count(where: str, name: str, value: object) -> int | tuple[int, int]:
    wanted = "a whole number or a pair (least, most), each at least 0"
    found = checks.whole_numbers(where, name, value, wanted, (2,), lambda count: count >= 0)
    least, most = found[0], found[-1]
    if least > most:
        raise ValueError(checks.message(where, name, value, "least <= most"))
    return least if least == most else (least, most)


@register
@dataclass(frozen=True, repr=False)
class SomeOf(Combinator):
    """Apply some of several transforms, all different, in a random order.

    Parameters
    ----------
    transforms : sequence of Transform
        At least one.
    n : int or (int, int)
        How many, or the least and the most; up to the number of transforms.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.SomeOf([fa.RandomInvert(p=1), fa.RandomHorizontalFlip(p=1)], n=(0, 2))
    SomeOf(transforms=[RandomInvert(p=1.0), RandomHorizontalFlip(p=1.0)], n=(0, 2))
    """

    n: int | NumberRange

    _checks = by_argument(transforms=_children, n=_count)
    _struct = "Group"
    _value_names = ("count",)

    def _ends(self) -> tuple[int, int]:
        n: Any = self.n
        return (n, n) if isinstance(n, int) else n

    def _check_together(self) -> None:
        if self._ends()[1] > len(self.transforms):
            wanted = f"at most the {len(self.transforms)} transforms there are"
            raise ValueError(checks.message("SomeOf", "n", self.n, wanted))

    def _fields(self) -> dict[str, object]:
        least, most = self._ends()
        return self._group("some_of", least=least, most=most)


@register
@dataclass(frozen=True, repr=False)
class RandomOrder(Combinator):
    """Apply all of several transforms in a random order, with probability `p`; else none.

    Parameters
    ----------
    transforms : sequence of Transform
        At least one.
    p : float
        From 0 to 1.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.RandomOrder([fa.RandomGamma(), fa.RandomSolarize(128)], p=0.5)
    RandomOrder(transforms=[RandomGamma(), RandomSolarize(threshold=128.0)], p=0.5)
    """

    p: float = 1.0

    _checks = by_argument(transforms=_children, p=checks.probability)
    _struct = "Group"

    def _fields(self) -> dict[str, object]:
        return self._group("random_order", p=self.p)
