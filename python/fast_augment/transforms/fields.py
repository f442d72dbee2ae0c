"""Stored arguments as fields of the C++ structs."""

from collections.abc import Sequence
from typing import Any

__all__ = ["ends", "outside", "values"]


def values(value: Any) -> list[float]:
    """One number or one per channel, as a list."""
    return [float(item) for item in value] if isinstance(value, Sequence) else [float(value)]


def ends(value: Any) -> tuple[float, float]:
    """Make a Range; a number is one of equal ends."""
    return value if isinstance(value, tuple) else (float(value), float(value))


def outside(border: str, fill: Any) -> dict[str, object]:
    """Make an Outside."""
    return {"border": border, "fill": values(fill)}
