"""Checks of single arguments: each returns the value in the one form in which it is stored."""

import enum
import math
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np

__all__ = [
    "Check",
    "border",
    "center",
    "channels",
    "choice",
    "dtype",
    "flag",
    "fractions",
    "items",
    "level",
    "message",
    "number",
    "number_or_range",
    "optional",
    "padding",
    "probability",
    "range_of",
    "shown",
    "size",
    "symmetric",
    "whole",
]

Check: TypeAlias = Callable[[str, str, object], Any]
"""Takes the name of the class, that of the argument, and the value."""

Allowed: TypeAlias = Callable[[float], bool]

LARGEST_SIZE = 2**31 - 1


def shown(value: object) -> str:
    """Show a value in a message: its repr, on one line, cut where it gets long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 100 else text[:97] + "..."


def message(where: str, name: str, value: object, wanted: str) -> str:
    """Say what an argument is and what it should be."""
    return f"{where}: {name} is {shown(value)}, expected {wanted}"


def real(value: object) -> int | float | None:
    """Make a Python number, whole ones as int; None for what is no real number."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        return None
    if isinstance(value, Integral):
        return int(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf


def is_finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def items(value: object) -> list[Any] | None:
    """List the elements of a list, a tuple or an array; None for anything else."""
    if isinstance(value, np.ndarray):
        return list(value) if value.ndim > 0 else None
    return list(value) if isinstance(value, list | tuple) else None


def numbers(value: object) -> list[int | float] | None:
    """List the elements, if they are real numbers."""
    found = items(value)
    if found is None:
        return None
    converted = [real(item) for item in found]
    return None if None in converted else [item for item in converted if item is not None]


def choice(*names: str) -> Check:
    """One of some names; also an enum of them, as torchvision's InterpolationMode."""
    *others, last = map(repr, names)
    wanted = f"{', '.join(others)} or {last}" if others else last

    def check(where: str, name: str, value: object) -> str:
        if isinstance(value, enum.Enum):
            value = value.value
        if not isinstance(value, str):
            raise TypeError(message(where, name, value, wanted))
        if value not in names:
            raise ValueError(message(where, name, value, wanted))
        return str(value)

    return check


border = choice("constant", "edge", "reflect", "symmetric", "wrap")


def optional(check: Check) -> Check:
    """None, or what another check takes."""

    def check_unless_none(where: str, name: str, value: object) -> Any:
        return None if value is None else check(where, name, value)

    return check_unless_none


def flag(where: str, name: str, value: object) -> bool:
    """Take a bool of Python or of NumPy."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise TypeError(message(where, name, value, "a bool"))


def number(is_allowed: Allowed, wanted: str) -> Check:
    """One finite number, stored as float."""

    def check(where: str, name: str, value: object) -> float:
        found = real(value)
        if found is None:
            raise TypeError(message(where, name, value, wanted))
        if not (is_finite(found) and is_allowed(found)):
            raise ValueError(message(where, name, value, wanted))
        return float(found)

    return check


probability = number(lambda value: 0 <= value <= 1, "a number from 0 to 1")


def whole(lowest: int, highest: int, wanted: str) -> Check:
    """One whole number within limits."""

    def check(where: str, name: str, value: object) -> int:
        found = real(value)
        if not isinstance(found, int):
            raise TypeError(message(where, name, value, wanted))
        if not lowest <= found <= highest:
            raise ValueError(message(where, name, value, wanted))
        return found

    return check


def range_of(wanted: str, is_end: Allowed, lone: Callable[[float], Any] | None = None) -> Check:
    """Pair (low, high) with both ends allowed; `lone` makes one of a number, None refuses it."""

    def check(where: str, name: str, value: object) -> tuple[float, float]:
        one = real(value) if lone is not None else None
        if one is not None and lone is not None:
            spread = lone(float(one)) if is_finite(one) else None
            if spread is None:
                raise ValueError(message(where, name, value, wanted))
            return float(spread[0]) + 0.0, float(spread[1])  # never -0.0
        ends = numbers(value)
        if ends is None:
            raise TypeError(message(where, name, value, wanted))
        if len(ends) != 2 or not all(is_finite(end) and is_end(end) for end in ends):
            raise ValueError(message(where, name, value, wanted))
        if ends[0] > ends[1]:
            raise ValueError(message(where, name, value, "low <= high"))
        return float(ends[0]), float(ends[1])

    return check


def number_or_range(wanted: str, is_end: Allowed) -> Check:
    """One number, kept as it is, or a pair; a pair of equal ends is one number."""
    pair = range_of(wanted, is_end, lambda value: (value, value) if is_end(value) else None)

    def check(where: str, name: str, value: object) -> float | tuple[float, float]:
        low, high = pair(where, name, value)
        return low if low == high else (low, high)

    return check


def symmetric(value: float) -> tuple[float, float] | None:
    """Spread a number: it stands for the range on both sides of 0."""
    return (-value, value) if value >= 0 else None


def fractions(where: str, name: str, value: object) -> tuple[float, float]:
    """Parts of the width and of the height."""
    wanted = "a pair (x, y) of numbers from 0 to 1"
    return _pair(where, name, value, wanted, lambda item: 0 <= item <= 1)


def center(where: str, name: str, value: object) -> tuple[float, float]:
    """Point (x, y)."""
    return _pair(where, name, value, "None or a pair (x, y) of finite numbers", is_finite)


def _pair(
    where: str, name: str, value: object, wanted: str, is_allowed: Allowed
) -> tuple[float, float]:
    found = numbers(value)
    if found is None:
        raise TypeError(message(where, name, value, wanted))
    if len(found) != 2 or not all(is_finite(item) and is_allowed(item) for item in found):
        raise ValueError(message(where, name, value, wanted))
    return float(found[0]), float(found[1])


def whole_numbers(
    where: str,
    name: str,
    value: object,
    wanted: str,
    lengths: Sequence[int],
    is_allowed: Callable[[int], bool],
) -> list[int]:
    """One whole number as a list of one, or as many as `lengths` allows."""
    one = real(value)
    found = numbers(value) if one is None else [one]
    if found is None or not all(isinstance(item, int) for item in found):
        raise TypeError(message(where, name, value, wanted))
    if len(found) not in lengths and one is None:
        raise ValueError(message(where, name, value, wanted))
    whole_items = [int(item) for item in found]
    if not all(map(is_allowed, whole_items)):
        raise ValueError(message(where, name, value, wanted))
    return whole_items


def size(where: str, name: str, value: object) -> tuple[int, int]:
    """Height and width."""
    wanted = f"a whole number or a pair (height, width), each from 1 to {LARGEST_SIZE}"
    found = whole_numbers(where, name, value, wanted, (2,), lambda side: 1 <= side <= LARGEST_SIZE)
    return found[0], found[-1]


def padding(where: str, name: str, value: object) -> tuple[int, int, int, int]:
    """Pixels added at (left, top, right, bottom)."""
    wanted = (
        "a whole number, (left_right, top_bottom) or (left, top, right, bottom), each from 0 to "
        f"{LARGEST_SIZE}"
    )
    found = whole_numbers(
        where, name, value, wanted, (2, 4), lambda side: 0 <= side <= LARGEST_SIZE
    )
    left, top = found[0], found[1 % len(found)]
    return (left, top, left, top) if len(found) < 4 else (left, top, found[2], found[3])


def channels(wanted: str, is_allowed: Allowed) -> Check:
    """One number for all channels, or one per channel."""

    def check(where: str, name: str, value: object) -> float | tuple[float, ...]:
        one = real(value)
        found = numbers(value) if one is None else [one]
        if found is None:
            raise TypeError(message(where, name, value, wanted))
        if not found or not all(is_finite(item) and is_allowed(item) for item in found):
            raise ValueError(message(where, name, value, wanted))
        stored = tuple(map(_whole_if_exact, found))
        return stored[0] if one is not None else stored

    return check


def level(where: str, name: str, value: object) -> int | float:
    """One finite number; whole ones stay exact, however large."""
    found = real(value)
    if found is None:
        raise TypeError(message(where, name, value, "a finite number"))
    if not is_finite(found):
        raise ValueError(message(where, name, value, "a finite number"))
    return found


fill = channels("a finite number or one per channel", lambda _: True)


def _whole_if_exact(value: int | float) -> int | float:
    """Levels of integer images print as 7, not as 7.0, however they were given."""
    return int(value) if value == int(value) and abs(value) < 2**53 else float(value)


def dtype(where: str, name: str, value: object) -> str:
    """Name of a float dtype; strings need no package that knows bfloat16."""
    names = ("float32", "float16", "bfloat16")
    wanted = "'float32', 'float16' or 'bfloat16'"
    found = value if isinstance(value, str) else _dtype_name(value)
    if found is None:
        raise TypeError(message(where, name, value, wanted))
    if found not in names:
        raise ValueError(message(where, name, value, wanted))
    return str(found)


def _dtype_name(value: Any) -> str | None:
    """Name of a NumPy dtype or of a type that stands for one, such as np.float32."""
    if not isinstance(value, np.dtype | type):
        return None
    try:
        return str(np.dtype(value).name)
    except TypeError:
        return None
