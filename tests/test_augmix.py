"""AugMix: what is mixed, how much of it, and how that is drawn."""

import numpy as np
import pytest
import scipy.stats

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import noise, photograph
from oracles import geometry, policies

OPS = fa.AugMix.OPS


def made(transform, images, **options):
    augment = fa.Compose([transform], seed=3, **options)
    return augment(images, index=np.arange(len(images)), return_params=True)


def steps_of(batch, sample, width, depth):
    """Ops and amounts of each chain."""
    chains = []
    for chain in range(width):
        names = [f"AugMixStep#{chain * depth + i + 1}" for i in range(depth)]
        names = [name.removesuffix("#1") if name.endswith("#1") else name for name in names]
        records = [batch.params[name][sample] for name in names]
        applied = [record for record in records if record["order"] >= 0]
        chains.append([(OPS[int(r["op"])], float(r["amount"])) for r in applied])
    return chains


def op_of_oracle(image, op, amount):
    """Float64, and whether a pixel may be another one."""
    if op not in policies.MOVES:
        exact = policies.changed(image, op, amount)
    else:
        matrix = policies.matrix_of(op, amount, image.shape[:2])
        exact = geometry.affine_bilinear(image, matrix)
    return geometry.round_half_up(np.clip(exact, 0, 255), np.uint8)


@pytest.mark.parametrize("width", [1, 3, 7])
@pytest.mark.parametrize("layout", ["HWC", "CHW"])
def test_chains_of_one_op_are_those_of_the_oracle(width, layout, rng):
    image = photograph(rng, (30, 41, 3), np.uint8)
    images = np.stack([image if layout == "HWC" else image.transpose(2, 0, 1)] * 60)
    images = np.ascontiguousarray(images)
    batch = made(fa.AugMix(7, width, 1), images, layout=layout)
    weights = batch.params["AugMix"]
    for i in range(60):
        exact = weights["share"][i] * image
        for chain, ((op, amount),) in enumerate(steps_of(batch, i, width, 1)):
            exact = exact + weights[f"weight_{chain + 1}"][i] * op_of_oracle(image, op, amount)
        result = batch.images[i] if layout == "HWC" else batch.images[i].transpose(1, 2, 0)
        # Where the exact pixel of a chain lies half way between two levels, it may be the other.
        assert np.abs(result - exact).max() <= 0.5 + 1.01, i
        assert np.mean(np.abs(result - exact) > 0.55) < 0.06, i


def test_chains_follow_their_steps_in_order(rng):
    """A mix of one chain, at a share of nearly nothing, is the chain."""
    image = photograph(rng, (24, 24, 3), np.uint8)
    batch = made(fa.AugMix(10, 1, 3, 0.01), np.stack([image] * 300))
    tried = 0
    for i in np.flatnonzero(batch.params["AugMix"]["share"] < 1e-6):
        (chain,) = steps_of(batch, i, 1, 3)
        assert len(chain) == 3
        # Moves join where the oracle samples twice; contrast takes a mean of what is not rounded.
        if any(op in (*policies.MOVES, "contrast") for op, _ in chain):
            continue
        expected = image
        for op, amount in chain:
            expected = op_of_oracle(expected, op, amount)
        # Steps that share a pass are not rounded between them: later ones may raise that.
        off = np.abs(batch.images[i].astype(int) - expected)
        assert np.mean(off) <= 4, chain
        tried += 1
    assert tried > 5


def test_shares_and_weights_are_those_of_the_distributions():
    images = np.zeros((6000, 1, 1, 3), np.uint8)
    alpha = 0.6
    weights = made(fa.AugMix(alpha=alpha), images).params["AugMix"]
    share = weights["share"]
    rest = np.stack([weights[f"weight_{i}"] for i in (1, 2, 3)], axis=1)
    parts = (rest / (1 - share)[:, None])[share < 0.999]

    assert np.allclose(share + rest.sum(axis=1), 1)
    assert np.all(weights["weight_4"] == 0)
    assert scipy.stats.kstest(share, scipy.stats.beta(alpha, alpha).cdf).pvalue > 1e-3
    for i in range(3):
        # One of three parts of a Dirichlet distribution.
        wanted = scipy.stats.beta(alpha, 2 * alpha)
        assert scipy.stats.kstest(parts[:, i], wanted.cdf).pvalue > 1e-3


def test_depths_and_strengths_are_equally_likely():
    images = np.zeros((3000, 1, 1, 3), np.uint8)
    batch = made(fa.AugMix(4), images)
    orders = batch.params.records["order"][:, 1:].reshape(3000, 3, 3)
    depths = np.sum(orders >= 0, axis=2)
    degrees = [
        a for i in range(3000) for c in steps_of(batch, i, 3, 3) for op, a in c if op == "rotate"
    ]
    bins = np.unique(np.round(np.abs(degrees), 6), return_counts=True)

    assert set(depths.ravel()) == {1, 2, 3}
    for depth in (1, 2, 3):
        assert abs(np.mean(depths == depth) - 1 / 3) < 0.03
    assert np.allclose(bins[0], [0, 30 / 9, 60 / 9, 10])
    assert np.all(np.abs(bins[1] / len(degrees) - 0.25) < 0.07)


def test_a_mix_stands_anywhere_and_depends_on_its_key_alone(rng):
    images = noise(rng, (30, 40, 44, 3), np.uint8)
    steps = [
        fa.RandomCrop(32),
        fa.AugMix(),
        fa.RandomHorizontalFlip(),
        fa.RandomApply([fa.AugMix(2, 2), fa.RandomAffine(10)], p=0.5),
        fa.ColorJitter(0.2),
        fa.Normalize(0.5, 0.5),
    ]
    order = rng.permutation(30)
    augment = fa.Compose(steps, seed=1, threads=1)
    expected = augment(images, index=np.arange(30), return_params=True)
    other = fa.Compose.from_json(fa.Compose(steps, seed=1, threads=3).to_json())

    assert expected.images.shape == (30, 3, 32, 32)
    assert_same_bits(other(images[order], index=order), expected.images[order])
    assert_same_bits(other(images[:1], index=[0]), expected.images[:1])
    assert_same_bits(other.replay(expected.params, images), expected.images)


def test_without_weight_of_the_chains_the_image_stays(rng):
    images = noise(rng, (300, 20, 21, 3), np.uint8)
    batch = made(fa.AugMix(alpha=0.01), images)
    stays = batch.params["AugMix"]["share"] == 1

    assert stays.sum() > 50
    assert_same_bits(batch.images[stays], images[stays])
    assert np.array_equal(batch.matrix, np.tile(np.eye(3), (300, 1, 1)))


def test_large_images_are_shared_out_by_rows(rng):
    image = photograph(rng, (900, 1200, 3), np.uint8)
    results = [
        fa.Compose([fa.AugMix(), fa.Normalize(0.5, 0.5)], seed=5, threads=count)(image, index=3)
        for count in (1, 4)
    ]

    assert_same_bits(*results)


def test_explain_shows_the_steps_of_the_chains():
    text = fa.Compose([fa.AugMix(), fa.ToFloat()], seed=0).explain((4, 32, 32, 3))

    assert "AugMix" in text
