"""CopyPaste: objects, their pixels and masks, and how likely they are pasted."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits
from helpers.images import DTYPES, dtype_name, noise, to_layout
from oracles import mixing

every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)


def masks_of(rng, shape, dtype, values=4):
    """Blocks of a few values, some of them large ones."""
    coarse = rng.integers(0, values, (shape[0], -(-shape[1] // 3), -(-shape[2] // 4)))
    masks = coarse.repeat(3, axis=1).repeat(4, axis=2)[:, : shape[1], : shape[2]]
    scale = np.iinfo(dtype).max // (values - 1)
    return np.ascontiguousarray(masks * scale).astype(dtype)


@every_dtype
@pytest.mark.parametrize("layout", ["HWC", "CHW"])
@pytest.mark.parametrize("mask_dtype", [np.uint8, np.uint16])
def test_pixels_and_masks_are_those_of_the_oracle(dtype, layout, mask_dtype, rng, threads):
    images = noise(rng, (6, 13, 18, 3), dtype)
    masks = masks_of(rng, (6, 13, 18), mask_dtype)
    paste = fa.CopyPaste(0.6, seed=1, layout=layout, threads=threads)
    made = paste(to_layout(images, layout), masks, index=np.arange(6))
    wanted, wanted_masks = mixing.copy_paste(images, masks, made.partner, made.objects)

    assert_same_bits(made.images, to_layout(wanted, layout))
    assert_same_bits(made.masks, wanted_masks)
    for partner, objects in zip(made.partner, made.objects, strict=True):
        assert set(objects) <= set(np.unique(masks[partner])) - {0}


def test_each_object_is_pasted_with_its_probability():
    images = np.zeros((2000, 2, 8, 1), np.uint8)
    masks = np.broadcast_to(np.repeat(np.arange(4, dtype=np.uint8), 2), (2000, 2, 8)).copy()
    made = fa.CopyPaste(0.3, background=2, seed=1)(images, masks, index=np.arange(2000))
    counts = np.bincount(np.concatenate(made.objects), minlength=4)
    both = sum({0, 3} <= set(objects) for objects in made.objects)

    assert counts[2] == 0
    for value in (0, 1, 3):
        assert abs(counts[value] - 600) < 5 * np.sqrt(2000 * 0.21)
    # Objects of a sample do not hang together.
    assert abs(both - 180) < 70


def test_the_order_in_the_batch_does_not_matter(rng):
    images = noise(rng, (10, 9, 12, 3), np.uint8)
    masks = masks_of(rng, (10, 9, 12), np.uint8)
    order = rng.permutation(10)
    paste = fa.CopyPaste(seed=3)
    wanted = paste(images, masks, epoch=4, index=np.arange(10))
    out = np.empty_like(images)
    made = paste(images[order], masks[order], epoch=4, index=order, out=out)

    assert made.images is out
    assert_same_bits(out, wanted.images[order])
    assert_same_bits(made.masks, wanted.masks[order])
    assert not np.array_equal(wanted.images, paste(images, masks, epoch=5, index=range(10)).images)


def test_all_or_nothing(rng):
    images = noise(rng, (5, 9, 12, 3), np.uint8)
    masks = np.full((5, 9, 12), 3, np.uint8)
    nothing = fa.CopyPaste(0, seed=1)(images, masks)
    everything = fa.CopyPaste(1, seed=1)(images, masks)

    assert_same_bits(nothing.images, images)
    assert_same_bits(everything.images, images[everything.partner])


def test_messages(rng):
    images = noise(rng, (3, 4, 6, 3), np.uint8)
    masks = np.zeros((3, 4, 6), np.uint8)
    paste = fa.CopyPaste(seed=1)
    cases = [
        (ValueError, "masks has shape (3, 6, 4), expected (3, 4, 6)", masks.reshape(3, 6, 4)),
        (
            TypeError,
            "masks has type int64, expected an array of uint8 or uint16",
            masks.astype(np.int64),
        ),
        (TypeError, "masks has type list, expected an array of uint8 or uint16", masks.tolist()),
        (
            ValueError,
            "masks has pixels that are not packed; pass np.ascontiguousarray(masks)",
            masks.repeat(2, axis=2)[:, :, ::2],
        ),
    ]
    for error, message, given in cases:
        assert_raises(error, f"CopyPaste: {message}", lambda given=given: paste(images, given))
    assert_raises(
        ValueError,
        "CopyPaste: background is -1, expected a whole number from 0 to 65535",
        lambda: fa.CopyPaste(background=-1),
    )
    assert_raises(
        ValueError, "CopyPaste: p is 2, expected a number from 0 to 1", lambda: fa.CopyPaste(2)
    )
