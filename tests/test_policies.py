"""Policies do what their tables say, op by op, and draw it as likely as the tables say."""

import numpy as np
import pytest

import fast_augment as fa
from fast_augment.transforms import policy_tables
from helpers.checks import assert_near_exact, assert_nearest, assert_same_bits
from helpers.images import noise, photograph
from oracles import geometry, policies

OPS = fa.RandAugment.OPS
FACTORS = ("brightness", "saturation", "contrast", "sharpness")
SIGNED = (*policies.MOVES, *FACTORS)
NAMES = {
    "identity": "Identity",
    "shear_x": "ShearX",
    "shear_y": "ShearY",
    "translate_x": "TranslateX",
    "translate_y": "TranslateY",
    "rotate": "Rotate",
    "brightness": "Brightness",
    "saturation": "Color",
    "contrast": "Contrast",
    "sharpness": "Sharpness",
    "posterize": "Posterize",
    "solarize": "Solarize",
    "autocontrast": "AutoContrast",
    "equalize": "Equalize",
    "invert": "Invert",
}
SINGLE = {
    "RandAugment": fa.RandAugment(1, 9),
    "RandAugment strongest": fa.RandAugment(1, 30, fill=(10, 20, 30)),
    "RandAugment bilinear": fa.RandAugment(1, 17, interpolation="bilinear", fill=7),
    "RandAugment timm": fa.RandAugment(1, 7, preset="timm"),
    "RandAugment timm inc": fa.RandAugment(
        1, 7, preset="timm", magnitude_std=2, increasing=True, interpolation="nearest"
    ),
    "TrivialAugmentWide": fa.TrivialAugmentWide(),
}


def drawn(transform, images, name=None, **options):
    """The result, and (op, amount) of each sample; None where nothing was applied."""
    augment = fa.Compose([transform], seed=3)
    batch = augment(images, index=np.arange(len(images)), return_params=True, **options)
    records = batch.params[name or type(transform).__name__]
    applied = [
        (OPS[int(record["op"])], float(record["amount"])) if record["order"] >= 0 else None
        for record in records
    ]
    return batch, applied


def assert_op(result, image, op, amount, interpolation, fill, where):
    if op not in policies.MOVES:
        return assert_near_exact(result, policies.changed(image, op, amount), where=where)
    matrix = policies.matrix_of(op, amount, image.shape[:2])
    if interpolation == "nearest":
        return assert_nearest(result, image, matrix, fill=fill, where=where)
    exact = geometry.affine_bilinear(image, matrix, fill=fill)
    return assert_near_exact(result, exact, where=where)


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("shape", [(17, 40, 3), (32, 32, 1)])
def test_each_op_is_that_of_the_oracle(name, shape, rng):
    transform = SINGLE[name]
    image = photograph(rng, shape, np.uint8)
    if shape[-1] == 1 and isinstance(transform.fill, tuple):
        pytest.skip("a fill for three channels")
    batch, applied = drawn(transform, np.stack([image] * 300))
    is_timm = getattr(transform, "preset", "") == "timm"
    fill = transform.fill if transform.fill is not None else 128 * is_timm
    interpolation = transform.interpolation or ("bilinear" if is_timm else "nearest")
    seen = set()
    for i, what in enumerate(applied):
        op, amount = what or ("identity", 0.0)
        where = f"sample {i}: {op} {amount}"
        assert_op(batch.images[i], image, op, amount, interpolation, fill, where)
        if op in policies.MOVES:
            matrix = policies.matrix_of(op, amount, image.shape[:2])
            assert np.allclose(batch.matrix[i, :2], matrix), where
        else:
            assert np.array_equal(batch.matrix[i], np.eye(3)), where
        seen.add(op)

    # The inversion is no part of torchvision's spaces, the identity none of timm's.
    assert seen >= set(OPS) - {"identity", "invert"}


@pytest.mark.parametrize("policy", ["imagenet", "cifar10", "svhn"])
def test_steps_of_autoaugment_follow_one_row_of_the_policy(policy, rng):
    transform = fa.AutoAugment(policy)
    images = noise(rng, (4000, 4, 5, 3), np.uint8)
    batch, firsts = drawn(transform, images)
    _, seconds = drawn(transform, images, "AutoAugment#2")
    rows = batch.params["AutoAugment"]["row"]
    table = policy_tables.AUTO_POLICIES[policy]
    magnitudes = policy_tables.rand_space(10)
    both = [i for i in range(len(images)) if firsts[i] and seconds[i]]

    assert np.array_equal(rows[both], batch.params["AutoAugment#2"]["row"][both])
    for i in both:
        for (op, amount), (wanted, _, place) in zip(
            (firsts[i], seconds[i]), table[int(rows[i])], strict=True
        ):
            assert op == wanted
            found = magnitudes[op].magnitudes if op in magnitudes else ()
            if found and not op.startswith("translate"):
                magnitude = amount - 1 if op in FACTORS else amount
                assert np.isclose(abs(magnitude), found[place])


def test_rows_of_autoaugment_apply_as_often_as_the_policy_says(rng):
    images = noise(rng, (20000, 1, 1, 3), np.uint8)
    transform = fa.AutoAugment("cifar10")
    batch, _ = drawn(transform, images)
    for step, name in enumerate(("AutoAugment", "AutoAugment#2")):
        record = batch.params[name]
        applied = np.bincount(record["row"][record["order"] >= 0].astype(int), minlength=25)
        wanted = np.array([row[step][1] for row in policy_tables.CIFAR10]) * len(images) / 25
        assert np.all(np.abs(applied - wanted) <= 5 * np.sqrt(wanted) + 1), name


@pytest.mark.parametrize("name", ["RandAugment", "TrivialAugmentWide"])
def test_ops_signs_and_bins_are_equally_likely(name, rng):
    transform = SINGLE[name]
    count = 14000
    _, applied = drawn(transform, noise(rng, (count, 1, 1, 3), np.uint8))
    ops = [op for op, _ in applied]
    for op in set(OPS) - {"invert"}:
        assert abs(ops.count(op) - 1000) < 5 * np.sqrt(1000), op
    degrees = np.array([amount for op, amount in applied if op == "rotate"])
    turned = degrees[degrees != 0]

    assert abs(np.mean(turned > 0) - 0.5) < 5 * 0.5 / np.sqrt(len(turned))
    if name == "RandAugment":
        assert set(np.abs(degrees)) == {9.0}
    else:
        bins = np.bincount(np.round(np.abs(degrees) / 4.5).astype(int), minlength=31)
        expected = len(degrees) / 31
        assert len(bins) == 31
        # 30 degrees of freedom: 59.7 has a probability of 0.001.
        assert np.sum((bins - expected) ** 2 / expected) < 59.7


def test_timm_applies_half_of_the_time_with_normal_levels(rng):
    transform = fa.RandAugment(1, 6, preset="timm", magnitude_std=1)
    _, applied = drawn(transform, noise(rng, (30000, 1, 1, 3), np.uint8))
    degrees = np.array([what[1] for what in applied if what and what[0] == "rotate"])
    levels = np.abs(degrees) / 3

    assert abs(sum(what is not None for what in applied) / 30000 - 0.5) < 0.015
    assert abs(levels.mean() - 6) < 0.15
    assert abs(levels.std() - 1) < 0.1
    assert levels.max() <= 10


def test_timm_takes_a_uniform_level_for_a_large_deviation(rng):
    transform = fa.RandAugment(1, 8, preset="timm", magnitude_std=101)
    _, applied = drawn(transform, noise(rng, (30000, 1, 1, 3), np.uint8))
    levels = np.array([abs(what[1]) / 3 for what in applied if what and what[0] == "rotate"])

    assert levels.max() <= 8
    assert abs(levels.mean() - 4) < 0.3
    assert abs(levels.std() - 8 / np.sqrt(12)) < 0.2


@pytest.mark.parametrize(
    ("increasing", "op", "wanted"),
    [
        (False, "posterize", {2.0}),
        (True, "posterize", {2.0}),
        (False, "solarize", {179 / 255}),
        (True, "solarize", {77 / 255}),
        (False, "contrast", {0.1 + 1.8 * 0.7}),
        (True, "contrast", {1 - 0.63, 1 + 0.63}),
        (False, "shear_y", {-0.21, 0.21}),
        (False, "translate_x", {-0.315 * 50, 0.315 * 50}),
        (False, "rotate", {-21.0, 21.0}),
    ],
)
def test_timm_levels_become_these_amounts(increasing, op, wanted, rng):
    transform = fa.RandAugment(1, 7, preset="timm", increasing=increasing)
    _, applied = drawn(transform, noise(rng, (900, 2, 50, 3), np.uint8))
    amounts = {what[1] for what in applied if what and what[0] == op}

    assert len(amounts) == len(wanted)
    assert np.allclose(sorted(amounts), sorted(wanted))


# --- laws


def test_two_ops_are_two_policies_of_one_op(rng):
    images = noise(rng, (64, 20, 30, 3), np.uint8)
    index = np.arange(64)
    once = fa.Compose([fa.RandAugment(2, 12)], seed=9)(images, index=index)
    twice = fa.Compose([fa.RandAugment(1, 12), fa.RandAugment(1, 12)], seed=9)(images, index=index)

    assert_same_bits(once, twice)


@pytest.mark.parametrize("name", [*SINGLE, "AutoAugment"])
def test_a_sample_depends_on_its_key_alone(name, rng):
    transform = SINGLE.get(name, fa.AutoAugment())
    images = noise(rng, (50, 20, 30, 3), np.uint8)
    steps = [transform, fa.RandomHorizontalFlip(), fa.Normalize(0.5, 0.5)]
    order = rng.permutation(50)
    expected = fa.Compose(steps, seed=1, threads=1)(images, epoch=4, index=np.arange(50))
    augment = fa.Compose.from_json(fa.Compose(steps, seed=1, threads=3).to_json())

    assert_same_bits(augment(images[order], epoch=4, index=order), expected[order])
    assert_same_bits(augment(images[:7], epoch=4, index=np.arange(7)), expected[:7])


def test_replay_and_combinators_take_policies(rng):
    images = noise(rng, (40, 12, 18, 3), np.uint8)
    steps = [
        fa.OneOf([fa.RandAugment(3, 9), fa.AutoAugment(), fa.RandomInvert(p=1)]),
        fa.SomeOf([fa.TrivialAugmentWide(), fa.AlternatingFlip()], n=1),
    ]
    augment = fa.Compose(steps, seed=2)
    batch = augment(images, return_params=True)
    orders = batch.params.records["order"]
    chosen = batch.params["OneOf"]["child"]

    assert_same_bits(augment.replay(batch.params, images), batch.images)
    for child, applied in ((0, slice(1, 4)), (1, slice(4, 6)), (2, slice(6, 7))):
        assert np.all(orders[chosen != child][:, applied] == -1)
    assert np.all(orders[chosen == 0][:, 1:4] >= 0)


def test_a_replay_of_impossible_values_is_refused(rng):
    images = noise(rng, (2, 12, 18, 3), np.uint8)
    augment = fa.Compose([fa.TrivialAugmentWide()], seed=2)
    for place, value in ((0, 14.0), (0, 0.5), (1, 3.0), (2, np.nan), (2, 1e12)):
        params = augment(images, index=[0, 1], return_params=True).params
        params.records["values"][1, 0, place] = value
        message = "TrivialAugmentWide: params hold values that no draw gives for a 12 x 18 image"
        with pytest.raises(ValueError, match=message):
            augment.replay(params, images)


def test_a_replay_that_reaches_too_far_writes_nothing(rng):
    images = noise(rng, (2, 12, 18, 3), np.uint8)
    augment = fa.Compose([fa.TrivialAugmentWide(), fa.TrivialAugmentWide()], seed=2)
    params = augment(images, index=[0, 1], return_params=True).params
    ops = [row["op"] for row in augment.transforms[0]._steps()[0]]
    for step, (op, amount) in enumerate([("translate_x", 2.0**30), ("shear_y", 16.0)]):
        params.records["order"][1, step] = step
        params.records["values"][1, step, :3] = (ops.index(op), OPS.index(op), amount)
    out = np.full_like(images, 77)
    with pytest.raises(ValueError, match="reaches too far"):
        augment.replay(params, images, out=out)
    assert np.all(out == 77)


def test_an_alternating_flip_alternates(rng):
    images = noise(rng, (400, 3, 4, 3), np.uint8)
    index = rng.permutation(10**6)[:400]
    augment = fa.Compose([fa.AlternatingFlip()], seed=11)
    flipped = []
    for epoch in range(4):
        made = augment(images, epoch=epoch, index=index)
        flipped.append(
            np.array([np.array_equal(a, b[:, ::-1]) for a, b in zip(made, images, strict=True)])
        )

    assert np.array_equal(flipped[0], ~flipped[1])
    assert np.array_equal(flipped[0], flipped[2])
    assert np.array_equal(flipped[1], flipped[3])
    assert 150 < flipped[0].sum() < 250
    assert not np.array_equal(flipped[0], index % 2 == 0)
    other = fa.Compose([fa.AlternatingFlip()], seed=12)(images, index=index)
    assert not np.array_equal(other, augment(images, index=index))


def test_an_alternating_flip_may_be_vertical(rng):
    images = noise(rng, (20, 3, 4, 3), np.uint8)
    made = fa.Compose([fa.AlternatingFlip(vertical=True)], seed=1)(images, index=np.arange(20))
    kinds = {
        ("same" if np.array_equal(a, b) else "flipped" if np.array_equal(a, b[::-1]) else "other")
        for a, b in zip(made, images, strict=True)
    }

    assert kinds == {"same", "flipped"}
