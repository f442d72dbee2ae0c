"""The fields of samples, one of which is the image, and how the batch of them is put together."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from fast_augment.transforms.checks import shown

__all__ = ["Field", "Fields", "label"]

Field: TypeAlias = int | str


class Fields:
    """The values of each field of some samples, and which of the fields is the image."""

    def __init__(self, samples: Sequence[Any], image: Field | None, numbers: Any) -> None:
        first = samples[0]
        self.first = first
        if isinstance(first, Mapping):
            self.image: Any = "image" if image is None else image
        elif isinstance(first, list | tuple):
            self.image = _position(first, 0 if image is None else image)
        else:
            raise TypeError(
                f"Collate: {label(0, numbers)} has type {type(first).__name__}, expected an image, "
                "a tuple, a list or a mapping"
            )
        names = _names(first)
        if self.image not in names:
            raise ValueError(
                f"Collate: {label(0, numbers)} has the fields {shown(names)}, expected one that is "
                f"{self.image!r}; say with image= which one is the image"
            )
        for i, sample in enumerate(samples):
            if type(sample) is not type(first) or not _has_same_names(sample, first):
                raise TypeError(
                    f"Collate: {label(i, numbers)} is {_described(sample)}, expected "
                    f"{_described(first)} as {label(0, numbers)}"
                )
        self.values = {name: [sample[name] for sample in samples] for name in names}

    def joined(self, batch: dict[Any, Any]) -> Any:
        """Put the batches of the fields together as torch does."""
        if isinstance(self.first, Mapping):
            return {name: batch[name] for name in self.first}
        if hasattr(self.first, "_fields"):
            return type(self.first)(*batch.values())
        return list(batch.values())


def _position(sample: Any, image: Field) -> Any:
    """Where a field of a tuple stands, also one that is named."""
    if isinstance(image, str):
        names = getattr(sample, "_fields", ())
        return names.index(image) if image in names else image
    return image + len(sample) if image < 0 else image


def _names(sample: Any) -> list[Any]:
    """In the order of a tuple; those of mappings sorted, since theirs means nothing."""
    if isinstance(sample, Mapping):
        return sorted(sample, key=repr)
    return list(range(len(sample)))


def _has_same_names(sample: Any, first: Any) -> bool:
    if isinstance(first, Mapping):
        return bool(sample.keys() == first.keys())
    return len(sample) == len(first)


def _described(sample: Any) -> str:
    kind = type(sample).__name__
    if not isinstance(sample, list | tuple | Mapping):
        return f"a {kind}"
    return f"a {kind} with the fields {shown(_names(sample))}"


def label(i: int, numbers: list[int] | None) -> str:
    """Name a sample in a message: by its number in the data set, where it is known."""
    return f"samples[{i}]" if numbers is None else f"sample {numbers[i]} of the data set"
