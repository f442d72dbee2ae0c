"""Iterators that Keras takes for its own data sets, without Keras being needed."""

import sys
import types
from typing import Any

__all__ = ["dataset_class"]

# By the class and the base that it got.
_made: dict[tuple[int, int], Any] = {}


def dataset_class(cls: Any, keras: types.ModuleType | None = None) -> Any:
    """Return the class, with `keras.utils.PyDataset` as one more base if Keras is imported."""
    keras = keras if keras is not None else sys.modules.get("keras")
    base: Any = getattr(getattr(keras, "utils", None), "PyDataset", None)
    if base is None or issubclass(cls, base):
        return cls
    # The made class holds on to both, so that their numbers stay theirs.
    key = id(cls), id(base)
    if key not in _made:
        _made[key] = _with_base(cls, base)
    return _made[key]


def _with_base(cls: Any, base: Any) -> Any:
    def reduce(self: Any) -> tuple[Any, ...]:
        return _rebuilt, (cls,), self.__getstate__()

    names = {"__module__": cls.__module__, "__doc__": cls.__doc__, "__reduce__": reduce}
    return types.new_class(cls.__name__, (cls, base), exec_body=lambda body: body.update(names))


def _rebuilt(cls: Any) -> Any:
    """Make the instance that unpickling fills; here, too, a data set if Keras is imported."""
    return cls.__new__(cls)
