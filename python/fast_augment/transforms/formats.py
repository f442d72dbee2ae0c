"""How boxes and keypoints are written, and which of them are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from fast_augment.transforms import checks
from fast_augment.transforms.base import by_argument, named_arguments, nearest

__all__ = ["BoxFormat", "KeypointFormat", "as_format"]

SelfFormat = TypeVar("SelfFormat", bound="TargetFormat")
AnyFormat = TypeVar("AnyFormat", bound="type[TargetFormat]")

_amount = checks.number(lambda value: value >= 0, "a finite number of at least 0")


def _described(cls: AnyFormat) -> AnyFormat:
    cls.__init__ = named_arguments(cls.__init__)  # type: ignore[method-assign]
    return cls


@dataclass(frozen=True, repr=False)
class TargetFormat:
    """What both have in common: checked, printed, written to dicts."""

    _checks: ClassVar[Mapping[str, checks.Check]] = by_argument()

    def __post_init__(self) -> None:
        where = type(self).__name__
        for name, check in self._checks.items():
            object.__setattr__(self, name, check(where, name, getattr(self, name)))

    def __repr__(self) -> str:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        first = values.pop("format")
        given = [
            f"{field.name}={values[field.name]!r}"
            for field in fields(self)
            if field.name in values and values[field.name] != field.default
        ]
        return f"{type(self).__name__}({', '.join([repr(first), *given])})"

    def to_dict(self) -> dict[str, Any]:
        """Describe the format by plain values that JSON can hold.

        Returns
        -------
        dict
            Every argument, defaults included.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}

    @classmethod
    def from_dict(cls: type[SelfFormat], values: Mapping[str, Any]) -> SelfFormat:
        """Make the format that `to_dict` described.

        Parameters
        ----------
        values : mapping
            Arguments; those left out have their defaults.

        Returns
        -------
        BoxFormat or KeypointFormat
            Of the class that this is called on.

        Raises
        ------
        TypeError
            If `values` is no mapping, or for an unknown or wrong argument.
        ValueError
            For an argument out of range.
        """
        if not isinstance(values, Mapping):
            raise TypeError(
                f"{cls.__name__}.from_dict: got {checks.shown(values)}, expected a mapping of "
                "arguments"
            )
        known = [field.name for field in fields(cls)]
        for key in values:
            if key not in known:
                raise TypeError(
                    f"{cls.__name__}.from_dict: unknown argument {key!r}{nearest(key, known)}"
                )
        return cls(**values)


@_described
@dataclass(frozen=True, repr=False)
class BoxFormat(TargetFormat):
    """How the boxes of a `Compose` are written, and which of the moved ones are kept.

    Edges lie on the borders of pixels: 0 is the left edge of the first pixel, and an image of width
    W ends at W. A moved box is the smallest one, along the axes, around what can still be seen of
    the old one; a box of which nothing can be seen is always removed.

    Parameters
    ----------
    format : {"xyxy", "xywh", "cxcywh", "yolo", "albumentations"}
        In pixels: the edges (x0, y0, x1, y1); the left and top edge with width and height (as in
        COCO); the middle with width and height. As fractions of width and height: "yolo" is
        cxcywh, "albumentations" is xyxy.
    min_area : float
        Smallest area kept, in square pixels of the result.
    min_side : float
        Smallest width and height kept, in pixels of the result.
    min_visibility : float
        Smallest part of a box's area that must still be seen, from 0 to 1, measured in the source:
        what crops and borders cut off counts, a change of scale does not.
    clip : bool
        Whether boxes that reach outside their image are cut at its edges and those wholly outside
        are removed. Otherwise they are refused, but for a hundredth of a pixel.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.BoxFormat("xywh", min_side=2, min_visibility=0.1)
    BoxFormat('xywh', min_side=2.0, min_visibility=0.1)
    """

    format: str = "xyxy"
    _: KW_ONLY
    min_area: float = 0.0
    min_side: float = 0.0
    min_visibility: float = 0.0
    clip: bool = False

    _checks = by_argument(
        format=checks.choice("xyxy", "xywh", "cxcywh", "yolo", "albumentations"),
        min_area=_amount,
        min_side=_amount,
        min_visibility=checks.probability,
        clip=checks.flag,
    )

    def _to_edges(
        self, boxes: npt.NDArray[np.float64], sizes: npt.NDArray[Any]
    ) -> npt.NDArray[np.float64]:
        """Make (M, 4) edges in pixels; `sizes` are the (height, width) of each row's image."""
        a, b = boxes[:, :2], boxes[:, 2:]
        if self.format in ("yolo", "albumentations"):
            a, b = a * sizes[:, ::-1], b * sizes[:, ::-1]
        if self.format == "xywh":
            return np.concatenate([a, a + b], axis=1)
        if self.format in ("cxcywh", "yolo"):
            return np.concatenate([a - b / 2, a + b / 2], axis=1)
        return np.concatenate([a, b], axis=1)

    def _from_edges(
        self, edges: npt.NDArray[np.float64], sizes: npt.NDArray[Any]
    ) -> npt.NDArray[np.float64]:
        a, b = edges[:, :2], edges[:, 2:]
        if self.format == "xywh":
            a, b = a, b - a
        elif self.format in ("cxcywh", "yolo"):
            a, b = (a + b) / 2, b - a
        if self.format in ("yolo", "albumentations"):
            a, b = a / sizes[:, ::-1], b / sizes[:, ::-1]
        return np.concatenate([a, b], axis=1)


def _permutation(where: str, name: str, value: object) -> tuple[int, ...]:
    wanted = "None or a permutation of 0 to K - 1"
    found = checks.numbers(value)
    if found is None or not all(isinstance(item, int) for item in found):
        raise TypeError(checks.message(where, name, value, wanted))
    order = tuple(map(int, found))
    if not order or sorted(order) != list(range(len(order))):
        raise ValueError(checks.message(where, name, value, wanted))
    return order


@_described
@dataclass(frozen=True, repr=False)
class KeypointFormat(TargetFormat):
    """How the keypoints of a `Compose` are written, and what becomes of those out of view.

    Coordinates are pixel indices: (0, 0) is the centre of the first pixel.

    Parameters
    ----------
    format : {"xy", "xya", "xys", "xyas", "xysa"}
        The columns: x, y, then an angle in degrees (0 points to the right, positive =
        counter-clockwise as seen on the screen) and a scale (a length in pixels), where there are
        any. Angles of the result run from 0 to 360; a scale is multiplied by the square root of
        the factor by which areas grow at the point.
    swap : sequence of int, optional
        Where images come out mirrored, point k of the result is point ``swap[k]``: for left and
        right hands, eyes and the like. Points then stand in the last axis but one, K of them.
    outside : {"flag", "remove"}
        What becomes of points that cannot be seen: flagged in ``keypoints_visible``, or removed.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.KeypointFormat(swap=(1, 0, 2))
    KeypointFormat('xy', swap=(1, 0, 2))
    """

    format: str = "xy"
    _: KW_ONLY
    swap: Sequence[int] | None = None
    outside: str = "flag"

    _checks = by_argument(
        format=checks.choice("xy", "xya", "xys", "xyas", "xysa"),
        swap=checks.optional(_permutation),
        outside=checks.choice("flag", "remove"),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.swap is not None and self.outside == "remove":
            raise ValueError(
                "KeypointFormat: outside is 'remove', expected 'flag' with swap, which needs every "
                "point in its place"
            )


def as_format(cls: type[SelfFormat], name: str, value: object) -> SelfFormat:
    """Take a format, the name of one, or what `to_dict` made of one."""
    if isinstance(value, cls):
        return value
    if isinstance(value, str):
        try:
            return cls(format=value)  # type: ignore[call-arg]
        except ValueError as error:
            raise ValueError(
                str(error).replace(f"{cls.__name__}: format", f"Compose: {name}")
            ) from None
    if isinstance(value, Mapping):
        return cls.from_dict(value)
    raise TypeError(checks.message("Compose", name, value, f"a {cls.__name__} or its name"))
