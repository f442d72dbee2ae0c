"""What mixing and policies refuse, word by word; nothing is written."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits, check_message, each_case

BATCH = np.zeros((4, 6, 8, 3), np.uint8)
LABELS = "expected classes, shape (4,), or floats, shape (4, K)"
WHOLE_BINS = "expected a whole number from 0 to 30"


def frozen():
    images = BATCH.copy()
    images.flags.writeable = False
    return images


def overlapping():
    memory = np.zeros((5, 6, 8, 3), np.uint8)
    return memory[:4], memory[1:]


def in_place(images):
    return fa.MixUp(seed=0)(images, out=images)


ARGUMENTS = [
    (TypeError, "MixUp: unknown argument 'alfa', did you mean 'alpha'?", lambda: fa.MixUp(alfa=1)),
    (
        ValueError,
        "MixUp: alpha is 0, expected a number above 0, at most 1e6",
        lambda: fa.MixUp(0),
    ),
    (
        ValueError,
        "CutMix: alpha is nan, expected a number above 0, at most 1e6",
        lambda: fa.CutMix(float("nan")),
    ),
    (
        TypeError,
        "CutMix: num_classes is 2.5, expected None or a whole number of at least 1",
        lambda: fa.CutMix(num_classes=2.5),
    ),
    (ValueError, "MixUp: p is 1.5, expected a number from 0 to 1", lambda: fa.MixUp(p=1.5)),
    (
        ValueError,
        "MixUp: mode is 'pair', expected 'batch' or 'sample'",
        lambda: fa.MixUp(mode="pair"),
    ),
    (
        TypeError,
        "CutMix: seed is 'x', expected None, a whole number from 0 to 2**64 - 1, a SeedSequence or "
        "a Generator",
        lambda: fa.CutMix(seed="x"),
    ),
    (
        ValueError,
        "Mosaic: layout is 'NCHW', expected 'HWC' or 'CHW'",
        lambda: fa.Mosaic(5, layout="NCHW"),
    ),
    (
        ValueError,
        "Mosaic: size is 0, expected a whole number or a pair (height, width), each from 1 to "
        "2147483647",
        lambda: fa.Mosaic(0),
    ),
    (
        ValueError,
        "Mosaic: center is (0.5, 1.5), expected a pair (low, high) of numbers from 0 to 1",
        lambda: fa.Mosaic(5, center=(0.5, 1.5)),
    ),
]
CALLS = [
    (
        TypeError,
        "MixUp: images has type list, expected an array of images",
        lambda: fa.MixUp()([BATCH[0]]),
    ),
    (
        ValueError,
        "CutMix: images has shape (6, 8, 3), expected an array of images, rank 4",
        lambda: fa.CutMix()(BATCH[0]),
    ),
    (
        TypeError,
        "MixUp: images has dtype float64, expected uint8, uint16 or float32",
        lambda: fa.MixUp()(BATCH.astype(np.float64)),
    ),
    (
        ValueError,
        f"MixUp: labels have shape (3,), {LABELS}",
        lambda: fa.MixUp()(BATCH, [1, 2, 3]),
    ),
    (
        TypeError,
        f"MixUp: labels are float64 of rank 1, {LABELS}",
        lambda: fa.MixUp()(BATCH, [1.0, 2.0, 3.0, 4.0]),
    ),
    (
        TypeError,
        f"MixUp: labels are bool of rank 1, {LABELS}",
        lambda: fa.MixUp()(BATCH, [True] * 4),
    ),
    (
        ValueError,
        "MixUp: labels is [5], expected classes from 0 to 4",
        lambda: fa.MixUp(num_classes=5)(BATCH, [1, 2, 3, 5]),
    ),
    (
        ValueError,
        "MixUp: labels is [-1], expected classes from 0 to 4",
        lambda: fa.MixUp(num_classes=5)(BATCH, [1, 2, 3, -1]),
    ),
    (
        ValueError,
        "CutMix: labels have 3 columns, expected num_classes, 5",
        lambda: fa.CutMix(num_classes=5)(BATCH, np.ones((4, 3))),
    ),
    (
        ValueError,
        "CutMix: labels is None, expected labels as num_classes is given",
        lambda: fa.CutMix(num_classes=5)(BATCH),
    ),
    (
        ValueError,
        "CutMix: index has shape (3,), expected one index per sample, (4,)",
        lambda: fa.CutMix()(BATCH, index=[1, 2, 3]),
    ),
    (
        ValueError,
        "MixUp: epoch is -1, expected None or a whole number from 0 to 2**32 - 1",
        lambda: fa.MixUp()(BATCH, epoch=-1),
    ),
    (
        ValueError,
        "MixUp: index is -1, expected whole numbers from 0 to 2**64 - 1",
        lambda: fa.MixUp()(BATCH, index=-1),
    ),
    (
        ValueError,
        "MixUp: out has shape (4, 6, 8, 1), expected (4, 6, 8, 3)",
        lambda: fa.MixUp()(BATCH, out=np.zeros((4, 6, 8, 1), np.uint8)),
    ),
    (
        ValueError,
        "Mosaic: out has shape (4, 6, 8, 3), expected (4, 9, 9, 3)",
        lambda: fa.Mosaic(9)(BATCH, out=np.zeros_like(BATCH)),
    ),
    (
        ValueError,
        "Mosaic: fill is 300, expected whole numbers from 0 to 255 for images of dtype uint8",
        lambda: fa.Mosaic(9, fill=300)(BATCH),
    ),
]
POLICIES = [
    (
        ValueError,
        "AutoAugment: policy is 'mnist', expected 'imagenet', 'cifar10' or 'svhn'",
        lambda: fa.AutoAugment("mnist"),
    ),
    (
        ValueError,
        "AutoAugment: preset is 'timm', expected 'torchvision'",
        lambda: fa.AutoAugment(preset="timm"),
    ),
    (
        ValueError,
        "RandAugment: preset is 'keras', expected 'torchvision' or 'timm'",
        lambda: fa.RandAugment(preset="keras"),
    ),
    (
        ValueError,
        "RandAugment: num_ops is 0, expected a whole number from 1 to 16",
        lambda: fa.RandAugment(0),
    ),
    (
        ValueError,
        f"RandAugment: magnitude is 31.0, {WHOLE_BINS}",
        lambda: fa.RandAugment(2, 31),
    ),
    (
        ValueError,
        f"RandAugment: magnitude is 8.5, {WHOLE_BINS}",
        lambda: fa.RandAugment(2, 8.5),
    ),
    (
        ValueError,
        "RandAugment: magnitude_std is 0.5, expected 0.0 for preset 'torchvision'",
        lambda: fa.RandAugment(magnitude_std=0.5),
    ),
    (
        ValueError,
        "RandAugment: increasing is True, expected False for preset 'torchvision'",
        lambda: fa.RandAugment(increasing=True),
    ),
    (
        ValueError,
        "RandAugment: magnitude is 10.5, expected a number from 0 to 10 for preset 'timm'",
        lambda: fa.RandAugment(2, 10.5, preset="timm"),
    ),
    (
        ValueError,
        "RandAugment: num_magnitude_bins is 31, expected None for preset 'timm'",
        lambda: fa.RandAugment(num_magnitude_bins=31, preset="timm"),
    ),
    (
        ValueError,
        "TrivialAugmentWide: num_magnitude_bins is 1, expected a whole number from 2 to 1024",
        lambda: fa.TrivialAugmentWide(1),
    ),
    (
        TypeError,
        "RandAugment: images are float32 here, expected uint8",
        lambda: fa.Compose([fa.RandAugment()])(BATCH.astype(np.float32)),
    ),
    (
        ValueError,
        "TrivialAugmentWide: images have 2 channels, expected 1 or 3",
        lambda: fa.Compose([fa.TrivialAugmentWide()])(np.zeros((4, 6, 8, 2), np.uint8)),
    ),
    (
        ValueError,
        "AutoAugment: fill has 3 values, expected one or one per channel, 1",
        lambda: fa.Compose([fa.AutoAugment(fill=(1, 2, 3))])(BATCH.reshape(4, 6, 24, 1)),
    ),
    (
        ValueError,
        "Compose: AutoAugment stands after Normalize, whose values have no fixed range; put it "
        "before",
        lambda: fa.Compose([fa.Normalize(0.5, 0.5), fa.AutoAugment()]),
    ),
]


@each_case(ARGUMENTS)
def test_arguments(number):
    check_message(ARGUMENTS, number)


@each_case(CALLS)
def test_calls(number):
    check_message(CALLS, number)


@each_case(POLICIES)
def test_policies(number):
    check_message(POLICIES, number)


@pytest.mark.parametrize("mix", [fa.MixUp(seed=0), fa.CutMix(seed=0)], ids=repr)
def test_outs_that_cannot_be_written(mix):
    name = type(mix).__name__
    one, other = overlapping()
    frozen_images = frozen()
    with pytest.raises(ValueError, match=f"^{name}: out is read-only"):
        mix(frozen_images, out=frozen_images)
    with pytest.raises(ValueError, match=f"^{name}: out shares memory with images"):
        mix(one, out=other)
    with pytest.raises(ValueError, match=f"^{name}: out shares memory with images"):
        mix(one, out=one[:])
    spread = np.broadcast_to(np.zeros((1, 6, 8, 3), np.uint8), (4, 6, 8, 3))
    spread.flags.writeable = True
    assert_raises(
        ValueError, f"{name}: out shares memory with itself", lambda: mix(spread, out=spread)
    )


def test_a_call_that_fails_uses_up_no_number(rng):
    images = rng.integers(0, 256, (4, 6, 8, 3), dtype=np.uint8)
    mix, again = fa.MixUp(seed=1), fa.MixUp(seed=1)
    with pytest.raises(ValueError, match="labels"):
        mix(images, [1])
    with pytest.raises(ValueError, match="out"):
        mix(images, out=images[:2])

    assert_same_bits(mix(images)[0], again(images)[0])
