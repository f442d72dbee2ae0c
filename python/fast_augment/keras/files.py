"""Which files of a folder are images of which class."""

import os
import warnings
from collections.abc import Iterator, Sequence

__all__ = ["files_of_class", "is_image_file"]


def is_image_file(path: str, formats: tuple[str, ...]) -> bool:
    """Whether there is a file whose ending is that of an image format."""
    return path.lower().endswith(formats) and os.path.isfile(path)


def files_of_class(
    directory: str, name: str, formats: tuple[str, ...], follow_links: bool
) -> list[str]:
    """List images below a class's folder, as paths from `directory`, sorted folder by folder."""
    top = os.path.join(directory, name)
    if not os.path.isdir(top):
        raise ValueError(f"DirectoryIterator: class {name!r} has no folder in {directory!r}")
    found = [
        os.path.join(name, os.path.relpath(path, top))
        for path in _images_below(top, formats, follow_links)
    ]
    if not found:
        raise ValueError(
            f"DirectoryIterator: class {name!r} has no images in {top!r} "
            f"(files ending in {', '.join(formats)}); remove the folder or name the others in "
            "classes"
        )
    return found


def _images_below(top: str, formats: Sequence[str], follow_links: bool) -> Iterator[str]:
    folders = sorted(os.walk(top, followlinks=follow_links), key=lambda folder: folder[0])
    for root, _, names in folders:
        for name in sorted(names):
            if not name.lower().endswith(tuple(formats)):
                continue
            if name.lower().endswith(".tiff"):
                warnings.warn(
                    f"DirectoryIterator: {os.path.join(root, name)!r} may have several bands; "
                    "look at what is read",
                    stacklevel=6,
                )
            yield os.path.join(root, name)
