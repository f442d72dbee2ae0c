"""What a pipeline is made of: read-only, compared, printed, written to dicts and JSON."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from fast_augment.transforms.base import Transform
from fast_augment.transforms.checks import shown
from fast_augment.transforms.formats import BoxFormat, KeypointFormat

__all__ = ["VERSION", "Described"]

VERSION = 1

SelfDescribed = TypeVar("SelfDescribed", bound="Described")


class Described:
    """Base of `Compose`, which sets the attributes and takes them by the same names."""

    _transforms: tuple[Transform, ...]
    _seed: int
    _layout: str
    _out_layout: str
    _threads: int | None
    _boxes: BoxFormat
    _keypoints: KeypointFormat
    _mask_fill: float

    @property
    def transforms(self) -> tuple[Transform, ...]:
        """What runs, in order."""
        return self._transforms

    @property
    def seed(self) -> int:
        """The whole number that seeds all draws, whatever was given."""
        return self._seed

    @property
    def layout(self) -> str:
        """Where the channels of the images stand."""
        return self._layout

    @property
    def out_layout(self) -> str:
        """Where the channels of the result stand."""
        return self._out_layout

    @property
    def threads(self) -> int | None:
        """How many threads a call uses; None for `get_num_threads`."""
        return self._threads

    @property
    def boxes(self) -> BoxFormat:
        """How boxes are written, and which of them are kept."""
        return self._boxes

    @property
    def keypoints(self) -> KeypointFormat:
        """How keypoints are written, and what becomes of those out of view."""
        return self._keypoints

    @property
    def mask_fill(self) -> float:
        """What masks show outside."""
        return self._mask_fill

    def to_dict(self) -> dict[str, Any]:
        """Describe the pipeline by plain values that JSON can hold.

        Returns
        -------
        dict
            With the seed that was resolved, and a ``"version"`` of this format.

        Raises
        ------
        TypeError
            If there is a `Lambda` in it.
        """
        return {
            "transform": "Compose",
            "version": VERSION,
            "transforms": [transform.to_dict() for transform in self._transforms],
            "seed": self._seed,
            "layout": self._layout,
            "out_layout": self._out_layout,
            "threads": self._threads,
            "boxes": self._boxes.to_dict(),
            "keypoints": self._keypoints.to_dict(),
            "mask_fill": self._mask_fill,
        }

    @classmethod
    def from_dict(cls: type[SelfDescribed], values: Mapping[str, Any]) -> SelfDescribed:
        """Make the pipeline that `to_dict` described.

        Parameters
        ----------
        values : mapping
            ``"transform"``, ``"version"``, ``"transforms"`` and arguments.

        Returns
        -------
        Compose
            Equal to the one described; its samples are numbered from 0.

        Raises
        ------
        TypeError
            For an unknown, missing or wrong argument.
        ValueError
            For an unknown transform, a version that is newer than this package, or an argument out
            of range.
        """
        return cls(**_arguments(values))

    def to_json(self) -> str:
        """Write the pipeline as JSON text.

        Returns
        -------
        str
            `to_dict`, indented.
        """
        return json.dumps(self.to_dict(), indent=2, allow_nan=False)

    @classmethod
    def from_json(cls: type[SelfDescribed], text: str) -> SelfDescribed:
        """Make the pipeline that `to_json` wrote.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        Compose
            As for `from_dict`.

        Raises
        ------
        TypeError
            For an unknown, missing or wrong argument.
        ValueError
            For text that is no JSON of a pipeline, or an argument out of range.
        """
        return cls.from_dict(_parsed(text))

    def _key(self) -> tuple[Any, ...]:
        layouts = (self._layout, self._out_layout)
        formats = (self._boxes, self._keypoints, self._mask_fill)
        return self._transforms, self._seed, *layouts, self._threads, *formats

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Described) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        arguments = [f"seed={self._seed}"]
        if self._layout != "HWC":
            arguments.append(f"layout={self._layout!r}")
        if self._out_layout != self._usual_out_layout():
            arguments.append(f"out_layout={self._out_layout!r}")
        if self._threads is not None:
            arguments.append(f"threads={self._threads}")
        if self._boxes != BoxFormat():
            arguments.append(f"boxes={self._boxes!r}")
        if self._keypoints != KeypointFormat():
            arguments.append(f"keypoints={self._keypoints!r}")
        if self._mask_fill != 0:
            arguments.append(f"mask_fill={self._mask_fill!r}")
        inside = "".join(f"        {transform!r},\n" for transform in self._transforms)
        listed = f"[\n{inside}    ]" if inside else "[]"
        rest = "".join(f"    {argument},\n" for argument in arguments)
        return f"Compose(\n    {listed},\n{rest})"

    def _usual_out_layout(self) -> str:
        return "CHW" if any(t._makes_float for t in self._transforms) else self._layout


def _parsed(text: str) -> dict[str, Any]:
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


def _arguments(values: Any) -> dict[str, Any]:
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
