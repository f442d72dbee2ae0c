"""hflip and vflip: the oracle for every width, and their laws."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import CHANNELS, DTYPES, LAYOUTS, SIZES, dtype_name, noise, to_layout
from oracles import geometry

every_isa = pytest.mark.usefixtures("isa")
FLIPS = (fa.hflip, fa.vflip)
flip_names = [flip.__name__ for flip in FLIPS]


@every_isa
@pytest.mark.parametrize("flip", FLIPS, ids=flip_names)
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_every_width_and_channel_count(flip, dtype, rng):
    oracle = getattr(geometry, flip.__name__)
    for channels in CHANNELS:
        for width in SIZES:
            image = noise(rng, (3, width, channels), dtype)
            expected = oracle(image)
            for layout in LAYOUTS:
                result = flip(to_layout(image, layout), layout=layout)
                assert_same_bits(result, to_layout(expected, layout), (width, channels, layout))


@every_isa
@pytest.mark.parametrize("flip", FLIPS, ids=flip_names)
@pytest.mark.parametrize("channels", [6, 7, 8, 9, 16, 31, 64, 65])
def test_many_channels(flip, channels, rng):
    image = noise(rng, (4, 19, channels), np.uint8)
    expected = getattr(geometry, flip.__name__)(image)

    assert_same_bits(flip(image), expected)


@every_isa
@pytest.mark.parametrize("flip", FLIPS, ids=flip_names)
@pytest.mark.parametrize("height", SIZES)
def test_every_height(flip, height, rng):
    image = noise(rng, (height, 5, 3), np.uint16)

    assert_same_bits(flip(image), getattr(geometry, flip.__name__)(image))


@pytest.mark.parametrize("flip", FLIPS, ids=flip_names)
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_twice_is_the_identity(flip, dtype, threads, rng):
    batch = noise(rng, (5, 33, 47, 3), dtype)

    assert_same_bits(flip(flip(batch, threads=threads), threads=threads), batch)


@pytest.mark.parametrize("flip", FLIPS, ids=flip_names)
def test_where_flips_the_chosen_samples_and_copies_the_others(flip, rng):
    batch = noise(rng, (5, 13, 17, 3), np.uint8)
    where = np.array([True, False, False, True, True])
    oracle = getattr(geometry, flip.__name__)
    expected = np.stack(
        [oracle(x) if chosen else x for x, chosen in zip(batch, where, strict=True)]
    )

    assert_same_bits(flip(batch, where=where), expected)
    assert_same_bits(flip(batch, where=where.tolist()), expected)
    ragged = flip(list(batch), where=where)
    assert all(np.array_equal(got, want) for got, want in zip(ragged, expected, strict=True))


@pytest.mark.parametrize("flip", FLIPS, ids=flip_names)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_where_may_be_one_bool_for_all(flip, layout, rng):
    batch = noise(rng, (3, 9, 11, 2), np.float32)
    images = to_layout(batch, layout)
    flipped = np.stack([getattr(geometry, flip.__name__)(image) for image in batch])

    assert_same_bits(flip(images, where=True, layout=layout), to_layout(flipped, layout))
    assert_same_bits(flip(images, where=False, layout=layout), images)
    assert_same_bits(flip(images[0], where=False, layout=layout), images[0])


def test_where_none_chosen_gives_a_copy_not_the_input(rng):
    batch = noise(rng, (2, 6, 7, 3), np.uint8)
    result = fa.hflip(batch, where=np.zeros(2, dtype=bool))

    assert not np.shares_memory(result, batch)
    assert_same_bits(result, batch)


def test_both_flips_commute_and_make_a_half_turn(rng):
    image = noise(rng, (31, 18, 3), np.uint8)

    assert_same_bits(fa.hflip(fa.vflip(image)), fa.vflip(fa.hflip(image)))
    assert_same_bits(fa.hflip(fa.vflip(image)), fa.rot90(image, 2))


@every_isa
def test_floats_keep_every_bit():
    image = np.array([np.nan, -0.0, np.inf, -np.inf, 1e-45, 3.4e38, 0.0], np.float32)
    image.view(np.uint32)[0] = 0x7FC12345
    image = image.reshape(1, 7, 1)

    for flip in FLIPS:
        assert_same_bits(flip(flip(image)), image)
