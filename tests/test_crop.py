"""crop and pad: the oracle inside and outside the image, and their laws."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import BORDERS, CHANNELS, DTYPES, LAYOUTS, SIZES, dtype_name, noise, to_layout
from oracles import geometry

every_isa = pytest.mark.usefixtures("isa")


@every_isa
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
@pytest.mark.parametrize("channels", CHANNELS)
def test_every_window_width(channels, dtype, rng):
    image = noise(rng, (7, 101, channels), dtype)
    for number, width in enumerate(SIZES):
        layout = LAYOUTS[number % 2]
        result = fa.crop(to_layout(image, layout), 2, 3, (4, width), layout=layout)
        expected = geometry.crop(image, 2, 3, (4, width))
        assert_same_bits(result, to_layout(expected, layout), (width, layout))


@every_isa
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_windows_that_reach_outside(border, dtype, rng):
    for number in range(60):
        height, width = rng.integers(1, 9, size=2)
        channels = 1 + number % 5
        image = noise(rng, (height, width, channels), dtype)
        top, left = rng.integers(-25, 25, size=2)
        size = tuple(rng.integers(1, 40, size=2).tolist())
        fill = np.arange(channels) + 1
        layout = LAYOUTS[number % 2]

        result = fa.crop(
            to_layout(image, layout), top, left, size, border=border, fill=fill, layout=layout
        )

        expected = geometry.crop(image, top, left, size, border, fill)
        assert_same_bits(result, to_layout(expected, layout), (image.shape, top, left, size))


@pytest.mark.parametrize("border", BORDERS)
def test_windows_that_see_nothing_of_the_image(border, rng):
    image = noise(rng, (5, 6, 3), np.uint8)
    far = 10**9
    for top, left in ((-far, 0), (0, far), (far, far), (5, 0), (0, 6), (-4, 0), (0, -4)):
        result = fa.crop(image, top, left, 4, border=border, fill=(1, 2, 3))
        assert_same_bits(result, geometry.crop(image, top, left, 4, border, (1, 2, 3)), (top, left))


def test_windows_per_sample(rng, threads):
    batch = noise(rng, (5, 20, 30, 3), np.uint8)
    top, left = np.array([0, 3, -2, 9, 15]), np.array([5, 0, -7, 11, 25])
    expected = np.stack(
        [
            geometry.crop(image, y, x, (8, 13), "reflect")
            for image, y, x in zip(batch, top, left, strict=True)
        ]
    )

    result = fa.crop(batch, top, left, (8, 13), border="reflect", threads=threads)

    assert_same_bits(result, expected)
    assert_same_bits(
        fa.crop(batch, top, 2, 6),
        np.stack([geometry.crop(image, y, 2, 6) for image, y in zip(batch, top, strict=True)]),
    )


def test_a_ragged_list_gives_one_dense_batch(rng):
    images = [noise(rng, (5 + 3 * i, 20 - 2 * i, 3), np.uint8) for i in range(4)]

    result = fa.crop(images, [0, 1, 2, 3], [3, 2, 1, 0], (7, 9), fill=77)

    assert isinstance(result, np.ndarray)
    assert_same_bits(
        result,
        np.stack(
            [geometry.crop(image, i, 3 - i, (7, 9), fill=77) for i, image in enumerate(images)]
        ),
    )


def test_one_number_is_a_square_window(rng):
    image = noise(rng, (9, 12, 3), np.uint8)

    assert_same_bits(fa.crop(image, 1, 2, 5), fa.crop(image, 1, 2, (5, 5)))


def test_one_fill_serves_all_channels(rng):
    image = noise(rng, (4, 4, 3), np.uint16)

    assert_same_bits(
        fa.crop(image, -2, -2, 8, fill=60000), fa.crop(image, -2, -2, 8, fill=(60000,) * 3)
    )


def test_float_fill_may_be_any_number():
    image = np.zeros((2, 2, 1), np.float32)
    result = fa.crop(image, -1, -1, 4, fill=-1.5)

    assert result[0, 0, 0] == -1.5
    assert result[1, 1, 0] == 0.0
    assert np.isnan(fa.crop(image, -1, -1, 4, fill=np.nan)[0, 0, 0])


def test_the_whole_image_is_a_copy(rng):
    image = noise(rng, (14, 15, 3), np.float32)
    result = fa.crop(image, 0, 0, (14, 15))

    assert_same_bits(result, image)
    assert not np.shares_memory(result, image)


@pytest.mark.parametrize("border", BORDERS)
def test_crop_of_a_flip_is_the_flip_of_a_crop(border, rng):
    image = noise(rng, (10, 13, 3), np.uint8)
    top, left, (height, width) = -3, 6, (9, 11)
    mirrored_left = image.shape[1] - left - width

    flipped_first = fa.crop(fa.hflip(image), top, mirrored_left, (height, width), border=border)
    cropped_first = fa.hflip(fa.crop(image, top, left, (height, width), border=border))

    assert_same_bits(flipped_first, cropped_first)


def test_crop_of_a_crop_is_one_crop(rng):
    image = noise(rng, (40, 50, 3), np.uint8)

    twice = fa.crop(fa.crop(image, 5, 7, (30, 31)), 4, 3, (11, 9))

    assert_same_bits(twice, fa.crop(image, 9, 10, (11, 9)))


@every_isa
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_pad_of_every_width(border, dtype, rng):
    for number, width in enumerate(SIZES[:9]):
        image = noise(rng, (3, width, 1 + number % 5), dtype)
        padding = rng.integers(0, 20, size=4).tolist()

        result = fa.pad(image, padding, border=border, fill=3)

        expected = geometry.pad(image, padding, border, fill=3)
        assert_same_bits(result, expected, (image.shape, padding))


@pytest.mark.parametrize("border", BORDERS)
def test_pad_is_np_pad(border, rng):
    # Less than the image on each side: NumPy 1.26 goes wrong when it reflects more than once.
    image = noise(rng, (9, 11, 3), np.uint8)
    options = {"constant_values": 3} if border == "constant" else {}
    expected = np.pad(image, ((7, 8), (10, 5), (0, 0)), mode=border, **options)

    assert_same_bits(fa.pad(image, (10, 7, 5, 8), border=border, fill=3), expected)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("padding", [3, (2, 5), (1, 2, 3, 4), [0, 0, 0, 7], 0])
def test_padding_is_given_in_the_order_of_torchvision(padding, layout, rng):
    batch = noise(rng, (2, 6, 8, 3), np.uint8)
    expected = np.stack([geometry.pad(image, padding, "edge") for image in batch])

    result = fa.pad(to_layout(batch, layout), padding, border="edge", layout=layout)

    assert_same_bits(result, to_layout(expected, layout))


def test_pad_of_a_ragged_list_is_a_list(rng):
    images = [noise(rng, (3 + i, 9 - i, 2), np.uint16) for i in range(3)]
    results = fa.pad(images, (4, 1), fill=(5, 6))

    assert isinstance(results, list)
    for result, image in zip(results, images, strict=True):
        assert_same_bits(result, geometry.pad(image, (4, 1), fill=(5, 6)))


def test_crop_undoes_pad(rng):
    image = noise(rng, (17, 19, 3), np.float32)

    assert_same_bits(fa.crop(fa.pad(image, (5, 6, 7, 8)), 6, 5, (17, 19)), image)
