"""rot90 and transpose: the oracle for every size, and their laws."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import CHANNELS, DTYPES, LAYOUTS, SIZES, dtype_name, noise, to_layout
from oracles import geometry

every_isa = pytest.mark.usefixtures("isa")


@every_isa
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
@pytest.mark.parametrize("channels", CHANNELS)
def test_every_width_and_turn(channels, dtype, rng):
    for number, width in enumerate(SIZES):
        image = noise(rng, (SIZES[-number - 1], width, channels), dtype)
        layout = LAYOUTS[number % 2]
        given = to_layout(image, layout)
        for k in range(4):
            result = fa.rot90(given, k, layout=layout)
            expected = to_layout(geometry.rot90(image, k), layout)
            assert_same_bits(result, expected, (image.shape, k, layout))
        result = fa.transpose(given, layout=layout)
        assert_same_bits(result, to_layout(geometry.transpose(image), layout), image.shape)


@every_isa
@pytest.mark.parametrize("height", [1, 2, 15, 17, 64, 65])
def test_every_pair_of_sides(height, rng):
    for width in SIZES:
        image = noise(rng, (height, width, 3), np.uint8)
        assert_same_bits(fa.transpose(image), geometry.transpose(image), image.shape)
        assert_same_bits(fa.rot90(image), geometry.rot90(image), image.shape)


@every_isa
@pytest.mark.parametrize("channels", [6, 8, 16, 33])
def test_many_channels(channels, rng):
    image = noise(rng, (11, 18, channels), np.uint16)

    assert_same_bits(fa.rot90(image), geometry.rot90(image))
    assert_same_bits(fa.transpose(image), geometry.transpose(image))


@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_four_quarter_turns_are_the_identity(dtype, threads, rng):
    image = noise(rng, (129, 75, 3), dtype)
    turned = image
    for _ in range(4):
        turned = fa.rot90(turned, threads=threads)

    assert_same_bits(turned, image)


@pytest.mark.parametrize("k", [-9, -4, -1, 0, 1, 5, 6, 1003])
def test_any_number_of_turns_counts_modulo_four(k, rng):
    image = noise(rng, (6, 9, 3), np.uint8)

    assert_same_bits(fa.rot90(image, k), np.ascontiguousarray(np.rot90(image, k)))


def test_a_turn_is_a_transpose_and_a_flip(rng):
    image = noise(rng, (23, 34, 3), np.uint8)

    assert_same_bits(fa.rot90(image), fa.vflip(fa.transpose(image)))
    assert_same_bits(fa.rot90(image), fa.transpose(fa.hflip(image)))
    assert_same_bits(fa.rot90(image, 3), fa.hflip(fa.transpose(image)))


def test_transposing_twice_is_the_identity(threads, rng):
    batch = noise(rng, (4, 65, 33, 2), np.uint16)

    assert_same_bits(fa.transpose(fa.transpose(batch, threads=threads), threads=threads), batch)


def test_turns_per_sample_of_square_images(rng):
    batch = noise(rng, (6, 21, 21, 3), np.uint8)
    turns = np.array([0, 1, 2, 3, -1, 7])
    expected = np.stack([np.rot90(image, k) for image, k in zip(batch, turns, strict=True)])

    assert_same_bits(fa.rot90(batch, turns), expected)
    assert_same_bits(fa.rot90(batch, turns.tolist()), expected)
    chw = to_layout(batch, "CHW")
    assert_same_bits(fa.rot90(chw, turns, layout="CHW"), to_layout(expected, "CHW"))


def test_turns_per_sample_of_a_ragged_list(rng):
    images = [noise(rng, (4 + i, 9 - i, 2), np.float32) for i in range(5)]
    turns = [0, 1, 2, 3, 5]

    results = fa.rot90(images, turns)

    assert isinstance(results, list)
    for result, image, k in zip(results, images, turns, strict=True):
        assert_same_bits(result, np.ascontiguousarray(np.rot90(image, k)))


def test_half_turns_per_sample_keep_oblong_batches(rng):
    batch = noise(rng, (3, 5, 8, 3), np.uint8)
    expected = np.stack([batch[0], np.rot90(batch[1], 2), batch[2]])

    assert_same_bits(fa.rot90(batch, [0, 2, -4]), expected)


def test_odd_turns_for_all_samples_swap_the_sides_of_a_batch(rng):
    batch = noise(rng, (3, 5, 8, 3), np.uint8)
    expected = np.stack([np.rot90(batch[0], 1), np.rot90(batch[1], 3), np.rot90(batch[2], 1)])

    assert_same_bits(fa.rot90(batch, [1, 3, 1]), expected)
