"""Messages about images and out, word by word; they are the same for every image function."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises
from helpers.operations import OPERATION_IDS, OPERATIONS


def image(*shape, dtype=np.uint8):
    return np.zeros(shape or (4, 6, 3), dtype)


def unaligned(dtype):
    return np.zeros(4 * 6 * 3 * 8 + 1, np.uint8)[1:].view(dtype)[:72].reshape(4, 6, 3)


KIND = "a NumPy array or a sequence of NumPy arrays"
EMPTY = "an empty sequence, expected at least one image; pass an array of shape (0, ...) for an"
NOT_PACKED = "has pixels that are not packed (strides"

# images -> what the TypeError says after "hflip: ".
WRONG_KIND = [
    (None, f"images has type NoneType, expected {KIND}"),
    (3, f"images has type int, expected {KIND}"),
    ("ab", f"images has type str, expected {KIND}"),
    ({1: image()}, f"images has type dict, expected {KIND}"),
    (iter([image()]), f"images has type list_iterator, expected {KIND}"),
    ([[1, 2], [3, 4]], "images[0] has type list, expected a NumPy array"),
    ([image(), None], "images[1] has type NoneType, expected a NumPy array"),
    (image(dtype=np.int64), "images has dtype int64, expected uint8, uint16 or float32"),
    (image(dtype=np.float64), "images has dtype float64, expected uint8, uint16 or float32"),
    (image(dtype=np.bool_), "images has dtype bool, expected uint8, uint16 or float32"),
    (
        image(dtype=">u2"),
        "images has byte order '>', expected the machine's own; pass images.astype(np.uint16)",
    ),
    (
        image(dtype=">f4"),
        "images has byte order '>', expected the machine's own; pass images.astype(np.float32)",
    ),
    (
        [image(), image(dtype=np.float32)],
        "images[1] has dtype float32, expected uint8 as in images[0]",
    ),
]

# images -> what the ValueError says after "hflip: ".
WRONG_SHAPE = [
    ([], f"images is {EMPTY} empty batch"),
    ((), f"images is {EMPTY} empty batch"),
    (
        image(4, 6),
        "images has shape (4, 6), expected (H, W, C) or (N, H, W, C);"
        " add the channel axis with images[..., np.newaxis]",
    ),
    (image(3), "images has shape (3,), expected (H, W, C) or (N, H, W, C)"),
    (
        image(1, 2, 3, 4, 5),
        "images has shape (1, 2, 3, 4, 5), expected (H, W, C) or (N, H, W, C)",
    ),
    ([image(2, 4, 6, 3)], "images[0] has shape (2, 4, 6, 3), expected (H, W, C)"),
    (
        [image(), image(4, 6)],
        "images[1] has shape (4, 6), expected (H, W, C);"
        " add the channel axis with images[1][..., np.newaxis]",
    ),
    (image(4, 6, 0), "images has 0 channels, expected at least 1"),
    ([image(), image(4, 6, 2)], "images[1] has 2 channels, expected 3 as in images[0]"),
    (unaligned(np.uint16), "images is not aligned to its elements; pass images.copy()"),
    (
        image()[:, :, ::-1],
        f"images {NOT_PACKED} (18, 3, -1)); pass np.ascontiguousarray(images)",
    ),
    (image()[..., :2], f"images {NOT_PACKED} (18, 3, 1)); pass np.ascontiguousarray(images)"),
    (image()[:, ::-1], f"images {NOT_PACKED} (18, -3, 1)); pass np.ascontiguousarray(images)"),
    (
        image().transpose(1, 0, 2),
        f"images {NOT_PACKED} (3, 18, 1)); pass np.ascontiguousarray(images)",
    ),
    (
        [image(), image()[:, ::2]],
        f"images[1] {NOT_PACKED} (18, 6, 1)); pass np.ascontiguousarray(images[1])",
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG_KIND)))
def test_images_of_the_wrong_kind_or_dtype(number):
    images, message = WRONG_KIND[number]

    assert_raises(TypeError, f"hflip: {message}", lambda: fa.hflip(images))


@pytest.mark.parametrize("number", range(len(WRONG_SHAPE)))
def test_images_of_the_wrong_shape_or_strides(number):
    images, message = WRONG_SHAPE[number]

    assert_raises(ValueError, f"hflip: {message}", lambda: fa.hflip(images))


def test_planes():
    assert_raises(
        ValueError,
        "vflip: images has shape (4, 6), expected (C, H, W) or (N, C, H, W);"
        " add the channel axis with images[np.newaxis]",
        lambda: fa.vflip(image(4, 6), layout="CHW"),
    )
    assert_raises(
        ValueError,
        f"vflip: images {NOT_PACKED} (24, 6, -1)); pass np.ascontiguousarray(images)",
        lambda: fa.vflip(image(3, 4, 6)[:, :, ::-1], layout="CHW"),
    )


def overlapping_pair():
    memory = image(10, 10, 3)
    return memory[:4, :6], memory[3:7, :6]


SELF_OVERLAP = np.lib.stride_tricks.as_strided(image(100), (4, 6, 3), (1, 3, 1))

# images, out, type, what the error says after "hflip: ".
WRONG_OUT = [
    (image(), 3, TypeError, f"out has type int, expected {KIND}"),
    (image(), [[1]], TypeError, "out[0] has type list, expected a NumPy array"),
    (image(), image(dtype=np.float32), TypeError, "out has dtype float32, expected uint8"),
    (image(), image(6, 4, 3), ValueError, "out has shape (6, 4, 3), expected (4, 6, 3)"),
    (image(), image(1, 4, 6, 3), ValueError, "out has shape (1, 4, 6, 3), expected (4, 6, 3)"),
    (
        image(2, 4, 6, 3),
        image(3, 4, 6, 3),
        ValueError,
        "out has shape (3, 4, 6, 3), expected (2, 4, 6, 3)",
    ),
    ([image()] * 2, [image()], ValueError, "out has 1 arrays, expected 2"),
    (
        [image()] * 2,
        [image(), image(5, 6, 3)],
        ValueError,
        "out[1] has shape (5, 6, 3), expected (4, 6, 3)",
    ),
    (
        [image(), image(5, 6, 3)],
        image(2, 4, 6, 3),
        ValueError,
        "out has images of one size, expected (5, 6) for images[1]; pass a list of arrays",
    ),
    (image(), SELF_OVERLAP, ValueError, "out overlaps itself (strides that visit a byte twice)"),
    (
        [image()] * 2,
        [*overlapping_pair()],
        ValueError,
        "out[0] shares memory with out[1], expected separate arrays",
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG_OUT)))
def test_wrong_out(number):
    images, out, error, message = WRONG_OUT[number]

    assert_raises(error, f"hflip: {message}", lambda: fa.hflip(images, out=out))


def test_out_that_shares_memory_with_images():
    message = "hflip: out shares memory with images, expected separate arrays"
    one, other = overlapping_pair()
    batch = image(2, 4, 6, 3)

    assert_raises(ValueError, message, lambda: fa.hflip(batch, out=batch))
    assert_raises(ValueError, message, lambda: fa.hflip(one, out=other))
    assert_raises(ValueError, message, lambda: fa.hflip(one, out=one[::-1]))
    assert_raises(
        ValueError,
        "hflip: out[1] shares memory with images[0], expected separate arrays",
        lambda: fa.hflip([one, image()], out=[image(), one]),
    )


def test_neighbouring_columns_do_not_share_memory(rng):
    memory = rng.integers(0, 256, (4, 12, 3)).astype(np.uint8)
    expected = fa.hflip(memory[:, :6])

    fa.hflip(memory[:, :6], out=memory[:, 6:])

    assert np.array_equal(memory[:, 6:], expected)


@pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
def test_every_function_names_itself(operation):
    function = operation.name.split("_")[0]
    for wrong in (None, image(dtype=np.int32)):
        with pytest.raises(TypeError, match=rf"^{function}: images "):
            operation.call(wrong)
    for option in ({"layout": "NHWC"}, {"threads": 0}, {"out": image(1, 1, 1, 1)}):
        with pytest.raises((TypeError, ValueError), match=rf"^{function}: {next(iter(option))} "):
            operation.call(image(), **option)
    expected = operation.call(image())
    read_only = np.zeros_like(expected)
    read_only.flags.writeable = False
    with pytest.raises(ValueError, match=rf"^{function}: out is read-only, expected"):
        operation.call(image(), out=read_only)


@pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
def test_every_function_refuses_out_inside_its_input(operation):
    memory = np.zeros(1 << 16, np.uint8)
    images = memory[: 4 * 9 * 12 * 3].reshape(4, 9, 12, 3)
    expected = operation.call(images)
    out = memory[: expected.nbytes].view(expected.dtype).reshape(expected.shape)

    with pytest.raises(ValueError, match="out shares memory with images"):
        operation.call(images, out=out)


@pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
def test_a_failed_call_leaves_out_untouched(operation):
    good = [image(9, 12, 3), image(9, 12, 3)]
    out = [np.full_like(array, 77) for array in operation.call(good)]
    wrong_inputs = ([good[0], image(9, 12, 2)], [good[0], good[1][:, ::-1]], [good[0], None])
    for images in wrong_inputs:
        with pytest.raises((TypeError, ValueError)):
            operation.call(images, out=out)
    with pytest.raises(ValueError, match="threads"):
        operation.call(good, out=out, threads=0)
    with pytest.raises((TypeError, ValueError)):
        operation.call(good, out=[out[0], out[1][:-1]])

    assert all(np.all(array == 77) for array in out)
