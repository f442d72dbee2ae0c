"""What calls of a pipeline refuse, word by word; nothing is written and no number is used up."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits, each_case


def image(*shape, dtype=np.uint8):
    return np.zeros(shape or (4, 6, 3), dtype)


FLIP = fa.RandomHorizontalFlip()
NORMALIZE = fa.Normalize(0.5, 0.5)
U8, BATCH = image(), image(2, 4, 6, 3)
U16, F32 = image(dtype=np.uint16), image(dtype=np.float32)
KIND = "a NumPy array or a sequence of NumPy arrays"
U8_FILL = "expected whole numbers from 0 to 255 for images of dtype uint8"

# Transforms, images, the error and its message.
IMAGES = [
    ([FLIP], None, TypeError, f"Compose: images has type NoneType, expected {KIND}"),
    (
        [FLIP],
        image(dtype=np.float64),
        TypeError,
        "Compose: images has dtype float64, expected uint8, uint16 or float32",
    ),
    (
        [FLIP],
        [U8, F32],
        TypeError,
        "Compose: images[1] has dtype float32, expected uint8 as in images[0]",
    ),
    (
        [FLIP],
        [U8, image(4, 6, 1)],
        ValueError,
        "Compose: images[1] has 1 channels, expected 3 as in images[0]",
    ),
    ([FLIP], image(4, 6, 0), ValueError, "Compose: images has 0 channels, expected at least 1"),
    (
        [FLIP],
        image(4, 6),
        ValueError,
        "Compose: images has shape (4, 6), expected (H, W, C) or (N, H, W, C); add the channel "
        "axis with images[..., np.newaxis]",
    ),
    (
        [FLIP],
        [],
        ValueError,
        "Compose: images is an empty sequence, expected at least one image; pass an array of shape "
        "(0, ...) for an empty batch",
    ),
    (
        [FLIP],
        image(0, 6, 3),
        ValueError,
        "Compose: images has no pixels, expected at least 1 x 1",
    ),
    (
        [FLIP],
        image(2, 4, 0, 3),
        ValueError,
        "Compose: images has no pixels, expected at least 1 x 1",
    ),
    (
        [FLIP],
        [U8, image(4, 0, 3)],
        ValueError,
        "Compose: images[1] has no pixels, expected at least 1 x 1",
    ),
]

SIZES = [
    (
        [fa.RandomCrop(5)],
        U8,
        ValueError,
        "RandomCrop: the image is 4 x 6 here, expected at least 5 x 5; pass pad_if_needed=True",
    ),
    (
        [fa.RandomCrop((4, 6))],
        [U8, image(4, 5, 3)],
        ValueError,
        "RandomCrop: the image is 4 x 5 here, expected at least 4 x 6; pass pad_if_needed=True "
        "(images[1])",
    ),
    (
        [fa.Resize((3, 3)), fa.RandomCrop(4, padding=(0, 0, 1, 0))],
        BATCH,
        ValueError,
        "RandomCrop: the image is 3 x 4 here, expected at least 4 x 4; pass pad_if_needed=True",
    ),
    (
        [fa.OneOf([fa.RandomCrop(5)])],
        BATCH,
        ValueError,
        "RandomCrop: the image is 4 x 6 here, expected at least 5 x 5; pass pad_if_needed=True",
    ),
    (
        [fa.RandomRotate90(1)],
        image(64, 4, 6, 3),
        ValueError,
        "Compose: sample 5 ends as 6 x 4 and sample 0 as 4 x 6, expected one size; end with a crop "
        "or Resize((height, width)), or pass a list of images",
    ),
    (
        [fa.CenterCrop(2**31 - 1)],
        BATCH,
        ValueError,
        "Compose: the result would have shape (2, 2147483647, 2147483647, 3), more than an array "
        "can hold",
    ),
]

FITS = [
    (
        [fa.Pad(1, (1, 2))],
        U8,
        ValueError,
        "Pad: fill has 2 values, expected one or one per channel, 3",
    ),
    (
        [fa.OneOf([FLIP, fa.Pad(1, (1, 2))])],
        U8,
        ValueError,
        "Pad: fill has 2 values, expected one or one per channel, 3",
    ),
    ([fa.Pad(1, 256)], U8, ValueError, f"Pad: fill is 256.0, {U8_FILL}"),
    ([fa.RandomCrop(3, fill=-1)], U8, ValueError, f"RandomCrop: fill is -1.0, {U8_FILL}"),
    ([fa.RandomAffine(3, fill=0.5)], U8, ValueError, f"RandomAffine: fill is 0.5, {U8_FILL}"),
    ([fa.RandomRotation(3, fill=999)], U8, ValueError, f"RandomRotation: fill is 999.0, {U8_FILL}"),
    (
        [fa.RandomPerspective(fill=(1, 2, 300))],
        U8,
        ValueError,
        f"RandomPerspective: fill is 300.0, {U8_FILL}",
    ),
    (
        [fa.Pad(1, 65536)],
        U16,
        ValueError,
        "Pad: fill is 65536.0, expected whole numbers from 0 to 65535 for images of dtype uint16",
    ),
    ([fa.RandomErasing(value=0.5)], U8, ValueError, f"RandomErasing: value is 0.5, {U8_FILL}"),
    (
        [fa.RandomErasing(value=(1, 2))],
        F32,
        ValueError,
        "RandomErasing: value has 2 values, expected one or one per channel, 3",
    ),
    (
        [fa.RandomErasing(value="random")],
        U8,
        TypeError,
        "RandomErasing: value is 'random', which is normal noise, and images are uint8 here, "
        "expected float32; put it after Normalize or ToFloat",
    ),
    (
        [fa.Normalize((0.5, 0.5), 0.5)],
        U8,
        ValueError,
        "Normalize: mean has 2 values, expected one or one per channel, 3",
    ),
    (
        [fa.Normalize(0.5, (0.5, 0.4))],
        U8,
        ValueError,
        "Normalize: std has 2 values, expected one or one per channel, 3",
    ),
]

COLORS = [
    (
        [fa.ColorJitter(0.4, 0.4)],
        image(4, 6, 2),
        ValueError,
        "ColorJitter: images have 2 channels, expected 1 or 3",
    ),
    (
        [fa.ColorJitter(hue=0.1)],
        image(4, 6, 5),
        ValueError,
        "ColorJitter: images have 5 channels, expected 1 or 3",
    ),
    (
        [fa.RandomApply([fa.RandomGrayscale()], p=0)],
        image(4, 6, 4),
        ValueError,
        "RandomGrayscale: images have 4 channels, expected 1 or 3",
    ),
    (
        [fa.RandomEqualize()],
        F32,
        TypeError,
        "RandomEqualize: images are float32 here, expected uint8",
    ),
    (
        [fa.RandomEqualize()],
        U16,
        TypeError,
        "RandomEqualize: images are uint16 here, expected uint8",
    ),
    (
        [fa.ToFloat(), fa.RandomEqualize()],
        U8,
        TypeError,
        "RandomEqualize: images are float32 here, expected uint8",
    ),
    (
        [fa.RandomPosterize(9)],
        U8,
        ValueError,
        "RandomPosterize: bits is 9, expected at most 8 for images of dtype uint8",
    ),
]


def check(number, cases):
    transforms, images, error, message = cases[number]
    made = fa.Compose(transforms, seed=0)

    assert_raises(error, message, lambda: made(images))
    assert made._stream.state()[1] == 0


@each_case(IMAGES)
def test_images(number):
    check(number, IMAGES)


@each_case(SIZES)
def test_sizes(number):
    check(number, SIZES)


@each_case(FITS)
def test_values_that_do_not_fit_the_images(number):
    check(number, FITS)


@each_case(COLORS)
def test_colors(number):
    check(number, COLORS)


@pytest.mark.parametrize("shape", [(0, 4, 6, 3), (0, 0, 0, 3), (0, 1, 1, 1)])
@pytest.mark.parametrize("layout", ["HWC", "CHW"])
def test_empty_batches(shape, layout):
    shape = shape if layout == "HWC" else (shape[0], shape[3], *shape[1:3])
    empty = np.zeros(shape, np.uint8)
    transforms = [FLIP, fa.RandomRotate90(), fa.ColorJitter(0.1), fa.RandomAffine(3)]
    batch = fa.Compose(transforms, layout=layout)(empty, return_params=True)

    assert_same_bits(batch.images, empty)
    assert batch.params.records.shape == (0, 4)
    assert batch.matrix.shape == (0, 3, 3)
    assert fa.Compose(transforms, layout=layout)(empty, index=[]).shape == shape
    out = np.empty(shape, np.uint8)
    assert fa.Compose(transforms, layout=layout)(empty, out=out) is out


def test_an_empty_batch_has_the_size_that_others_would_have():
    empty = np.zeros((0, 4, 6, 3), np.uint8)

    assert fa.Compose([fa.RandomCrop(3)])(empty).shape == (0, 3, 3, 3)
    assert fa.Compose([fa.Resize((8, 9)), NORMALIZE])(empty).shape == (0, 3, 8, 9)


def test_colors_are_asked_for_only_where_they_are_needed():
    assert fa.Compose([fa.ColorJitter(0.4), fa.RandomInvert()])(image(4, 6, 2)).shape == (4, 6, 2)
