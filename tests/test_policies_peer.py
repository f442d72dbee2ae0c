"""Policies against torchvision: its tables, and its functions with the same parameters."""

import numpy as np
import pytest

import fast_augment as fa
from fast_augment.transforms import policy_tables
from helpers.images import photograph
from helpers.peers import torchvision_module
from oracles import policies
from test_policies import FACTORS, NAMES, SIGNED, drawn

SIDES = (64, 96)


def theirs():
    return torchvision_module("transforms.v2")


def compared(space, reference, bins):
    """The magnitudes of every op, ours next to torchvision's, for an image of these sides."""
    assert {NAMES[op] for op in space} == set(reference)
    for op, found in space.items():
        function, is_signed = reference[NAMES[op]]
        wanted = function(bins, *SIDES)
        side = SIDES[1] if op.endswith("_x") else SIDES[0]
        scale = side if found.is_fraction else 1.0
        assert found.is_signed == is_signed == (op in SIGNED), op
        if wanted is None:
            assert found.magnitudes == (), op
        else:
            assert np.allclose(np.multiply(found.magnitudes, scale), wanted.numpy()), op


@pytest.mark.parametrize("bins", [2, 10, 31])
def test_spaces_are_those_of_torchvision(bins):
    reference = theirs()
    compared(policy_tables.rand_space(bins), reference.RandAugment._AUGMENTATION_SPACE, bins)
    wide = reference.TrivialAugmentWide._AUGMENTATION_SPACE
    compared(policy_tables.trivial_space(bins), wide, bins)
    compared(policy_tables.augmix_space(bins, True), reference.AugMix._AUGMENTATION_SPACE, bins)
    partial = reference.AugMix._PARTIAL_AUGMENTATION_SPACE
    compared(policy_tables.augmix_space(bins, False), partial, bins)


@pytest.mark.parametrize("name", ["imagenet", "cifar10", "svhn"])
def test_policies_are_those_of_torchvision(name):
    reference = theirs()
    policy = reference.AutoAugmentPolicy[name.upper()]
    wanted = reference.AutoAugment(policy)._policies
    found = [
        tuple((NAMES[op], p, place) for op, p, place in pair)
        for pair in policy_tables.AUTO_POLICIES[name]
    ]

    assert found == [tuple((op, p, place or 0) for op, p, place in pair) for pair in wanted]


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_ops_are_those_of_torchvision(interpolation, rng):
    reference = theirs()
    torch = pytest.importorskip("torch")
    image = photograph(rng, (*SIDES, 3), np.uint8)
    planes = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
    policy = reference.TrivialAugmentWide(interpolation=interpolation)
    for transform in (
        fa.TrivialAugmentWide(interpolation=interpolation),
        fa.RandAugment(1, 9, interpolation=interpolation),
    ):
        batch, applied = drawn(transform, np.stack([image] * 200))
        for result, (op, amount) in zip(batch.images, applied, strict=True):
            magnitude = amount - 1 if op in FACTORS else amount
            wanted = policy._apply_image_or_video_transform(
                planes, NAMES[op], magnitude, policy.interpolation, policy._fill
            )
            wanted = wanted.numpy().transpose(1, 2, 0).astype(int)
            off = np.abs(result - wanted) > 1
            # torchvision's coordinates are float32: it takes the other pixel at some ties, and in
            # bilinear mode mixes the border in another way.
            limit = 0.0 if op not in policies.MOVES else 0.02
            assert np.mean(off) <= limit, (op, amount)
