"""Iterators that Keras takes for its own data sets, without Keras being needed."""

import functools
import sys
import types
from typing import Any

__all__ = ["dataset_class"]


def dataset_class(cls: type[Any], keras: types.ModuleType | None = None) -> type[Any]:
    """Return the class, with `keras.utils.PyDataset` as one more base if Keras is imported."""
    keras = keras if keras is not None else sys.modules.get("keras")
    base: Any = getattr(getattr(keras, "utils", None), "PyDataset", None)
    if base is None or issubclass(cls, base):
        return cls
    return _with_base(cls, base)


@functools.cache
def _with_base(cls: type[Any], base: type[Any]) -> type[Any]:
    def reduce(self: Any) -> tuple[Any, ...]:
        return _rebuild, (cls,), self.__getstate__()

    names = {"__module__": cls.__module__, "__doc__": cls.__doc__, "__reduce__": reduce}
    return types.new_class(cls.__name__, (cls, base), exec_body=lambda body: body.update(names))


def _rebuild(cls: type[Any]) -> Any:
    """Make the instance that unpickling fills; here, too, a data set if Keras is imported."""
    return cls.__new__(cls)
