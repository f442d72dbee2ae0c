"""What calls of a pipeline say about `out` and `index`, word by word; `out` stays as it was."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits, each_case


def image(*shape, dtype=np.uint8):
    return np.zeros(shape or (4, 6, 3), dtype)


def read_only(array):
    array.flags.writeable = False
    return array


FLIP = fa.RandomHorizontalFlip()
CROP = fa.RandomCrop(3)
NORMALIZE = fa.Normalize(0.5, 0.5)
U8, BATCH = image(), image(2, 4, 6, 3)
RAGGED = [image(), image(9, 5, 3)]
THREE = image(3, 4, 6, 3)
KIND = "a NumPy array or a sequence of NumPy arrays"

# Transforms, images, out, the error and its message.
OUTS = [
    ([CROP], BATCH, 3, TypeError, f"Compose: out has type int, expected {KIND}"),
    (
        [CROP],
        BATCH,
        image(2, 3, 4, 3),
        ValueError,
        "Compose: out has shape (2, 3, 4, 3), expected (2, 3, 3, 3)",
    ),
    (
        [CROP],
        RAGGED,
        [image(3, 3, 3), image(3, 4, 3)],
        ValueError,
        "Compose: out[1] has shape (3, 4, 3), expected (3, 3, 3)",
    ),
    (
        [NORMALIZE],
        BATCH,
        image(2, 3, 4, 6),
        TypeError,
        "Compose: out has dtype uint8, expected float32",
    ),
    (
        [fa.ToFloat("float16")],
        BATCH,
        image(2, 3, 4, 6, dtype=np.float32),
        TypeError,
        "Compose: out has dtype float32, expected float16",
    ),
    (
        [NORMALIZE],
        BATCH,
        image(2, 4, 6, 3, dtype=np.float32),
        ValueError,
        "Compose: out has shape (2, 4, 6, 3), expected (2, 3, 4, 6)",
    ),
    (
        [FLIP],
        BATCH,
        read_only(image(2, 4, 6, 3)),
        ValueError,
        "Compose: out is read-only, expected a writable array",
    ),
    (
        [FLIP],
        BATCH,
        BATCH,
        ValueError,
        "Compose: out shares memory with images, expected separate arrays",
    ),
    (
        [FLIP],
        THREE[:2],
        THREE[1:],
        ValueError,
        "Compose: out shares memory with images, expected separate arrays",
    ),
    (
        [FLIP],
        [THREE[0], THREE[1]],
        [THREE[2], THREE[1]],
        ValueError,
        "Compose: out[1] shares memory with images[1], expected separate arrays",
    ),
    (
        [FLIP],
        [U8, U8],
        [THREE[0], THREE[0]],
        ValueError,
        "Compose: out[0] shares memory with out[1], expected separate arrays",
    ),
    ([FLIP], [U8, U8], [image()], ValueError, "Compose: out has 1 arrays, expected 2"),
    (
        [FLIP],
        RAGGED,
        BATCH.copy(),
        ValueError,
        "Compose: out has images of one size, expected (9, 5) for images[1]; pass a list of arrays",
    ),
    (
        [FLIP],
        BATCH,
        image(2, 4, 6, 4)[..., :3],
        ValueError,
        "Compose: out has pixels that are not packed (strides (96, 24, 4, 1)); pass an array with "
        "packed pixels",
    ),
]

# Images, index, the message.
INDICES = [
    (BATCH, [1, 2, 3], "Compose: index has shape (3,), expected one index per sample, (2,)"),
    (BATCH, 3, "Compose: index has shape (), expected one index per sample, (2,)"),
    (U8, [1, 2], "Compose: index has shape (2,), expected one index per sample, (1,)"),
    (BATCH, [1, -2], "Compose: index holds -2, expected at least 0"),
]


@each_case(OUTS)
def test_out(number):
    transforms, images, out, error, message = OUTS[number]
    arrays = [out] if isinstance(out, np.ndarray) else out if isinstance(out, list) else []
    before = [array.copy() for array in arrays]

    assert_raises(error, message, lambda: fa.Compose(transforms, seed=0)(images, out=out))
    for array, copy in zip(arrays, before, strict=True):
        assert_same_bits(np.ascontiguousarray(array), np.ascontiguousarray(copy))


@each_case(INDICES)
def test_index(number):
    images, index, message = INDICES[number]
    assert_raises(ValueError, message, lambda: fa.Compose([FLIP])(images, index=index))


@pytest.mark.parametrize(
    ("transforms", "images"),
    [
        # The last sample of many fails, when others could be done.
        ([fa.RandomInvert(1), fa.RandomCrop(4)], [image()] * 40 + [image(3, 3, 3)]),
        ([fa.RandomInvert(1), fa.Pad(0, 300)], [image()] * 40),
        ([fa.RandomInvert(1), fa.RandomRotate90(1)], image(40, 4, 6, 3)),
    ],
    ids=["crop", "fill", "sizes"],
)
@pytest.mark.parametrize("count", [1, 3])
def test_nothing_is_written_by_a_call_that_fails(transforms, images, count):
    made = fa.Compose(transforms, seed=0, threads=count)
    first = images[0]
    size = (4, 4) if isinstance(made.transforms[1], fa.RandomCrop) else first.shape[:2]
    out = np.full((len(images), *size, 3), 77, np.uint8)
    with pytest.raises(ValueError, match="expected"):
        made(images, out=out if isinstance(images, np.ndarray) else list(out))

    assert np.all(out == 77)
    assert made._stream.state()[1] == 0
