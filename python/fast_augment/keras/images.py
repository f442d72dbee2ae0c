"""Images between files, Pillow and arrays; Pillow is imported when the first one is needed."""

import io
import os
import warnings
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img"]

Array: TypeAlias = npt.NDArray[Any]
Pillow: TypeAlias = Any

COLOR_MODES = {"grayscale": 1, "rgb": 3, "rgba": 4}
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
DATA_FORMATS = ("channels_last", "channels_first")


def load_img(
    path: str | os.PathLike[str] | bytes | io.BytesIO,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
    *,
    grayscale: bool = False,
) -> Pillow:
    """Read an image file into a Pillow image.

    Parameters
    ----------
    path : path or io.BytesIO
        The file, or its bytes in memory.
    color_mode : {"rgb", "rgba", "grayscale"}
        What to convert to. Gray images of 16 and 32 bits keep their depth.
    target_size : (int, int), optional
        Height and width to resize to; default the image's own.
    interpolation : {"nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"}
        Pillow's filter for that.
    keep_aspect_ratio : bool
        Whether to cut the middle with the aspect ratio of the target instead of distorting.
    grayscale : bool
        The old way to ask for ``color_mode="grayscale"``; warns.

    Returns
    -------
    PIL.Image.Image
        The image, its pixels read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If Pillow is not installed.
    OSError
        If the file is no image that Pillow can read; the message names it.
    TypeError, ValueError
        For an argument of the wrong kind, or a name that is not in the list.

    Examples
    --------
    >>> from fast_augment.keras import load_img
    >>> load_img("digit.png", color_mode="grayscale", target_size=(28, 28))  # doctest: +SKIP
    <PIL.Image.Image image mode=L size=28x28 at 0x7F2E7C1B3D90>
    """
    if grayscale:
        warnings.warn("load_img: grayscale is deprecated, use color_mode='grayscale'", stacklevel=2)
        color_mode = "grayscale"
    check_choice("load_img", "color_mode", color_mode, tuple(COLOR_MODES))
    check_choice("load_img", "interpolation", interpolation, INTERPOLATIONS)
    if isinstance(path, io.BytesIO):
        data: Any = path
    elif isinstance(path, str | bytes | os.PathLike):
        with open(path, "rb") as file:
            data = io.BytesIO(file.read())
    else:
        kind = type(path).__name__
        raise TypeError(f"load_img: path has type {kind}, expected a path or io.BytesIO")
    pillow = pillow_image("load_img")
    try:
        image = pillow.open(data)
        image = _converted(image, color_mode)
        image.load()
    # Decoders of broken files raise nearly anything.
    except Exception as error:
        name = "the bytes" if data is path else repr(os.fsdecode(path))  # type: ignore[arg-type]
        text = " ".join(str(error).split()) or type(error).__name__
        raise OSError(f"load_img: {name} cannot be read as an image: {text}") from error
    return (
        image
        if target_size is None
        else _resized(
            image, target_size, getattr(pillow.Resampling, interpolation.upper()), keep_aspect_ratio
        )
    )


def _converted(image: Pillow, color_mode: str) -> Pillow:
    if color_mode == "grayscale":
        return image if image.mode in ("L", "I;16", "I") else image.convert("L")
    mode = color_mode.upper()
    return image if image.mode == mode else image.convert(mode)


def _resized(
    image: Pillow, target_size: tuple[int, int], resample: Any, keep_aspect_ratio: bool
) -> Pillow:
    target_height, target_width = target_size
    if image.size == (target_width, target_height):
        return image
    if not keep_aspect_ratio:
        return image.resize((target_width, target_height), resample)
    width, height = image.size
    cut_width = min(width, height * target_width // target_height)
    cut_height = min(height, width * target_height // target_width)
    left, top = (width - cut_width) // 2, (height - cut_height) // 2
    box = (left, top, left + cut_width, top + cut_height)
    return image.resize((target_width, target_height), resample, box=box)


def img_to_array(
    img: Any, data_format: str | None = None, dtype: npt.DTypeLike | None = None
) -> Array:
    """Turn a Pillow image into an array of rank 3.

    Parameters
    ----------
    img : PIL.Image.Image or array_like
        The image.
    data_format : {"channels_last", "channels_first"}, optional
        Where the channels of the result stand; default last.
    dtype : dtype, optional
        That of the result; default float32.

    Returns
    -------
    ndarray
        Shape (H, W, C) or (C, H, W).

    Raises
    ------
    ValueError
        For another rank than 2 or 3, or an unknown `data_format`.

    Examples
    --------
    >>> from fast_augment.keras import img_to_array
    >>> img_to_array([[0, 255]]).shape
    (1, 2, 1)
    """
    data_format = format_or_default("img_to_array", data_format)
    array = np.asarray(img, dtype=np.float32 if dtype is None else dtype)
    if array.ndim not in (2, 3):
        raise ValueError(f"img_to_array: img has shape {array.shape}, expected rank 2 or 3")
    if array.ndim == 2:
        array = array[:, :, np.newaxis]
    return array.transpose(2, 0, 1) if data_format == "channels_first" else array


def array_to_img(
    x: npt.ArrayLike,
    data_format: str | None = None,
    scale: bool = True,
    dtype: npt.DTypeLike | None = None,
) -> Pillow:
    """Turn an array of rank 3 into a Pillow image.

    Parameters
    ----------
    x : array_like, rank 3
        One image with 1, 3 or 4 channels.
    data_format : {"channels_last", "channels_first"}, optional
        Where its channels stand; default last.
    scale : bool
        Whether to stretch the values to 0 to 255. Otherwise they are cut to whole numbers.
    dtype : dtype, optional
        In which to compute; default float32.

    Returns
    -------
    PIL.Image.Image
        Mode L, RGB or RGBA; I for a gray image with values above 255.

    Raises
    ------
    ImportError
        If Pillow is not installed.
    ValueError
        For another rank or number of channels, or an unknown `data_format`.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import array_to_img
    >>> array_to_img(np.zeros((28, 20, 3))).size  # doctest: +SKIP
    (20, 28)
    """
    data_format = format_or_default("array_to_img", data_format)
    pillow = pillow_image("array_to_img")
    array = np.asarray(x, dtype=np.float32 if dtype is None else dtype)
    if array.ndim != 3:
        raise ValueError(f"array_to_img: x has shape {array.shape}, expected rank 3")
    if data_format == "channels_first":
        array = array.transpose(1, 2, 0)
    channels = array.shape[2]
    if channels not in COLOR_MODES.values():
        raise ValueError(f"array_to_img: x has {channels} channels, expected 1, 3 or 4")
    if scale:
        array = array - array.min()
        highest = array.max()
        array = array / (highest if highest else 1) * 255
    if channels > 1:
        return pillow.fromarray(np.ascontiguousarray(array.astype(np.uint8)))
    whole = np.int32 if array.max() > 255 else np.uint8
    return pillow.fromarray(array[:, :, 0].astype(whole))


def save_img(
    path: str | os.PathLike[str] | Any,
    x: npt.ArrayLike,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array of rank 3 as an image file.

    Parameters
    ----------
    path : path or file
        Where to. A file that cannot be written in full is removed again.
    x, data_format, scale
        As for `array_to_img`.
    file_format : str, optional
        Pillow's name of the format; default by the ending of `path`.
    **kwargs : Any
        Passed on to `PIL.Image.Image.save`.

    Raises
    ------
    ImportError
        If Pillow is not installed.
    OSError
        If the file cannot be written; the message names it.

    Examples
    --------
    >>> import numpy as np
    >>> from fast_augment.keras import save_img
    >>> save_img("black.png", np.zeros((28, 28, 1)))  # doctest: +SKIP
    """
    is_path = isinstance(path, str | os.PathLike)
    if file_format is None and is_path:
        file_format = os.path.splitext(os.fspath(path))[1][1:].lower()
    if file_format in ("jpg", "jpeg"):
        file_format = "jpeg"
    image = array_to_img(x, data_format, scale)
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("save_img: JPEG has no alpha channel, it is left out", stacklevel=2)
        image = image.convert("RGB")
    if not is_path:
        image.save(path, format=file_format, **kwargs)
        return
    # Encoded first, so that the file is only opened for what is known to be good.
    encoded = io.BytesIO()
    image.save(encoded, format=file_format, **kwargs)
    write_file(os.fspath(path), encoded.getbuffer())


def write_file(path: str, data: Any) -> None:
    """Write a file in full or not at all; errors name it."""
    try:
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        if error.filename is not None:  # it could not be opened
            raise
        os.unlink(path)
        raise OSError(error.errno, error.strerror, path) from error


def pillow_image(where: str) -> Any:
    """Import Pillow's main module, or say how to get it."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(f"{where} needs Pillow: pip install 'fast-augment-cpp[keras]'") from error
    return Image


def format_or_default(where: str, data_format: str | None) -> str:
    """Take None for channels last."""
    if data_format is None:
        return "channels_last"
    check_choice(where, "data_format", data_format, DATA_FORMATS)
    return data_format


def check_choice(where: str, name: str, value: object, names: tuple[str | None, ...]) -> None:
    """Refuse what is none of the names."""
    if value not in names:
        *others, last = map(repr, names)
        raise ValueError(f"{where}: {name} is {value!r}, expected {', '.join(others)} or {last}")
