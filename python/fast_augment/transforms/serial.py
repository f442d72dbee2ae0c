"""Pipelines from plain values and from JSON."""

import json
from collections.abc import Mapping
from typing import Any

from fast_augment.transforms.base import Transform
from fast_augment.transforms.checks import shown

__all__ = ["VERSION", "arguments", "parsed"]

VERSION = 1


def parsed(text: str) -> dict[str, Any]:
    """Read the JSON of one object."""
    if not isinstance(text, str):
        raise TypeError(f"Compose.from_json: text has type {type(text).__name__}, expected str")
    try:
        values = json.loads(text)
    except RecursionError:
        raise ValueError("Compose.from_json: text is nested too deep") from None
    except ValueError as error:
        raise ValueError(f"Compose.from_json: text is no JSON: {error}") from None
    if not isinstance(values, dict):
        raise ValueError("Compose.from_json: text is no JSON object")
    return values


def arguments(values: Any) -> dict[str, Any]:
    """Make what the constructor of `Compose` takes, transforms included."""
    where = "Compose.from_dict"
    if not isinstance(values, Mapping):
        raise TypeError(f"{where}: got {shown(values)}, expected a mapping of arguments")
    if values.get("transform") != "Compose":
        raise ValueError(
            f"{where}: transform is {shown(values.get('transform'))}, expected 'Compose'"
        )
    version = values.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError(f"{where}: version is {shown(version)}, expected {VERSION}")
    if version > VERSION:
        raise ValueError(
            f"{where}: version is {version}, written by a newer fast_augment; expected at most "
            f"{VERSION}"
        )
    found = {key: value for key, value in values.items() if key not in ("transform", "version")}
    children = found.get("transforms")
    if isinstance(children, list | tuple):
        found["transforms"] = [Transform.from_dict(child) for child in children]
    return found
