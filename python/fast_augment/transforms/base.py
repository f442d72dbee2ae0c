"""What all transforms share: checked arguments, printing, dicts and the list of their names."""

import difflib
import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias, TypeVar

from fast_augment.transforms.checks import Check, shown

__all__ = [
    "RECORDED",
    "REGISTRY",
    "Entry",
    "Transform",
    "by_argument",
    "named_arguments",
    "nearest",
    "register",
]

Entry: TypeAlias = tuple[str, str, dict[str, object]]
"""Class name, name of the C++ struct, its fields: one position of the engine's pipeline."""

MAX_DEPTH = 32
"""How deep combinators may be nested."""

SelfTransform = TypeVar("SelfTransform", bound="Transform")
AnyTransform = TypeVar("AnyTransform", bound="type[Transform]")
AnyInit = TypeVar("AnyInit", bound=Callable[..., None])

REGISTRY: "dict[str, type[Transform]]" = {}
"""Every transform by its class name: what `Transform.from_dict` knows."""

RECORDED: dict[str, tuple[str, ...]] = {}
"""What the numbers of a draw mean, by the names that positions of a pipeline have."""

# Default arguments as a transform stores them, to leave them out when it is printed.
_DEFAULTS: dict[str, dict[str, object]] = {}


def nearest(name: object, known: Collection[str]) -> str:
    """How a message goes on after an unknown name: the one that was meant, or all of them."""
    near = difflib.get_close_matches(str(name), known, n=1)
    if near:
        return f", did you mean {near[0]!r}?"
    *others, last = map(repr, known)
    return f", expected {', '.join(others)} or {last}" if others else f", expected {last}"


def named_arguments(init: AnyInit) -> AnyInit:
    """Wrap an `__init__` so that arguments that do not fit are refused by name, with advice."""
    parameters = list(inspect.signature(init).parameters.values())[1:]
    names = [p.name for p in parameters]
    by_position = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    required = [p.name for p in parameters if p.default is p.empty]

    @functools.wraps(init)
    def checked(self: object, *args: object, **kwargs: object) -> None:
        where = type(self).__name__
        for name in kwargs:
            if name not in names:
                raise TypeError(f"{where}: unknown argument {name!r}{nearest(name, names)}")
        if len(args) > len(by_position):
            raise TypeError(
                f"{where}: {len(args)} arguments by position, expected at most {len(by_position)}"
            )
        given = by_position[: len(args)]
        for name in given:
            if name in kwargs:
                raise TypeError(f"{where}: argument {name!r} is given twice")
        for name in required:
            if name not in kwargs and name not in given:
                raise TypeError(f"{where}: missing argument {name!r}")
        init(self, *args, **kwargs)

    return checked  # type: ignore[return-value]


def by_argument(**named: Check) -> Mapping[str, Check]:
    """Name the checks of single arguments, in the order in which they run."""
    return MappingProxyType(named)


def register(cls: AnyTransform) -> AnyTransform:
    """Make a dataclass known by its name, and its constructor helpful with misspelt arguments."""
    cls.__init__ = named_arguments(cls.__init__)  # type: ignore[method-assign]
    REGISTRY[cls.__name__] = cls
    RECORDED[cls.__name__] = cls._value_names
    _DEFAULTS[cls.__name__] = {
        field.name: cls._checks[field.name](cls.__name__, field.name, field.default)
        for field in fields(cls)
        if field.default is not MISSING
    }
    return cls


@dataclass(frozen=True, repr=False)
class Transform:
    """Base of all transforms: frozen, comparable, hashable, picklable descriptions.

    Examples
    --------
    >>> import fast_augment as fa
    >>> flip = fa.RandomHorizontalFlip(p=0.25)
    >>> isinstance(flip, fa.Transform), flip == fa.RandomHorizontalFlip(0.25)
    (True, True)
    >>> fa.Transform.from_dict(flip.to_dict()) == flip
    True
    """

    _checks: ClassVar[Mapping[str, Check]] = by_argument()
    # What the numbers of a draw mean, in the engine's order.
    _value_names: ClassVar[tuple[str, ...]] = ()
    _struct: ClassVar[str] = ""
    _makes_float: ClassVar[bool] = False

    def __post_init__(self) -> None:
        where = type(self).__name__
        if where not in REGISTRY:
            raise TypeError(f"{where}: only the transforms of fast_augment can be made")
        for name, check in self._checks.items():
            object.__setattr__(self, name, check(where, name, getattr(self, name)))
        self._check_together()

    def __repr__(self) -> str:
        defaults = _DEFAULTS[type(self).__name__]
        given = [
            f"{name}={_printed(value)}"
            for name, value in self._arguments().items()
            if name not in defaults or defaults[name] != value
        ]
        return f"{type(self).__name__}({', '.join(given)})"

    def to_dict(self) -> dict[str, Any]:
        """Describe the transform by plain values that JSON can hold.

        Returns
        -------
        dict
            The key ``"transform"`` with the name of the class, then every argument, defaults
            included.

        Examples
        --------
        >>> import fast_augment as fa
        >>> fa.RandomCrop(24).to_dict()["size"]
        [24, 24]
        """
        plain = {name: _plain(value) for name, value in self._arguments().items()}
        return {"transform": type(self).__name__, **plain}

    @classmethod
    def from_dict(cls: type[SelfTransform], values: Mapping[str, Any]) -> SelfTransform:
        """Make the transform that `to_dict` described.

        Parameters
        ----------
        values : mapping
            The key ``"transform"`` and the arguments; those left out have their defaults.

        Returns
        -------
        Transform
            Of the class that ``"transform"`` names.

        Raises
        ------
        TypeError
            If `values` is no mapping, or for an unknown, missing or wrong argument.
        ValueError
            For an unknown transform, one of another class than this is called on, or an argument
            out of range.

        Examples
        --------
        >>> import fast_augment as fa
        >>> fa.Transform.from_dict({"transform": "RandomInvert", "p": 0.1})
        RandomInvert(p=0.1)
        """
        made = _from_dict(f"{cls.__name__}.from_dict", values, 0)
        if not isinstance(made, cls):
            raise ValueError(
                f"{cls.__name__}.from_dict: transform is {type(made).__name__!r}, expected "
                f"{cls.__name__!r}"
            )
        return made

    def _arguments(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _check_together(self) -> None:
        """Facts about several arguments at once, after each was checked alone."""

    def _fields(self) -> dict[str, object]:
        """Return the fields of the C++ struct."""
        raise NotImplementedError

    def _entries(self) -> list[Entry]:
        """List what the engine is told: this transform, then its descendants."""
        return [(type(self).__name__, self._struct, self._fields())]

    def _size(self) -> int:
        """How many entries."""
        return 1

    def _needs_unit_range(self) -> "Transform | None":
        """Find the transform, in here, that works on values from 0 to 1 only."""
        return None

    def _needs_boxes(self) -> "Transform | None":
        """Find the transform, in here, that draws by the boxes of a sample."""
        return None

    def _depth(self) -> int:
        return 0


def _printed(value: object) -> str:
    if isinstance(value, tuple) and any(isinstance(item, Transform) for item in value):
        return f"[{', '.join(map(repr, value))}]"
    return repr(value)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.to_dict() if isinstance(value, Transform) else value


def _from_dict(where: str, values: object, depth: int) -> Transform:
    if depth > MAX_DEPTH:
        raise ValueError(
            f"{where}: transforms are nested too deep, expected {MAX_DEPTH} levels at most"
        )
    if not isinstance(values, Mapping):
        raise TypeError(f"{where}: got {shown(values)}, expected a mapping of arguments")
    if "transform" not in values:
        raise ValueError(f"{where}: no key 'transform' in {shown(dict(values))}")
    name = values["transform"]
    if not isinstance(name, str) or name not in REGISTRY:
        raise ValueError(f"{where}: unknown transform {shown(name)}{nearest(name, REGISTRY)}")
    for key in values:
        if not isinstance(key, str):
            raise TypeError(
                f"{where}: the name of argument {shown(key)} has type {type(key).__name__}, "
                "expected str"
            )
    arguments = {key: value for key, value in values.items() if key != "transform"}
    children = arguments.get("transforms")
    if isinstance(children, list | tuple):
        arguments["transforms"] = [_from_dict(where, child, depth + 1) for child in children]
    return REGISTRY[name](**arguments)
