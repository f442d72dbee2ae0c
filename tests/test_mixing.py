"""MixUp, CutMix and Mosaic against float64 oracles, their laws, and how their numbers are drawn."""

import numpy as np
import pytest
import scipy.stats

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import DTYPES, dtype_name, noise, to_layout
from oracles import mixing

BLENDS = (fa.MixUp, fa.CutMix)
every_blend = pytest.mark.parametrize("blend", BLENDS)
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
every_layout = pytest.mark.parametrize("layout", ["HWC", "CHW"])
every_mode = pytest.mark.parametrize("mode", ["batch", "sample"])
# Rows longer than a block of the kernel, images smaller than one, and single pixels.
SHAPES = [(5, 9, 14, 3), (2, 3, 4001, 3), (7, 1, 1, 1), (3, 40, 50, 4), (1, 6, 5, 3)]


def batch_of(rng, shape, dtype, layout):
    return to_layout(noise(rng, shape, dtype), layout)


def exact(mixed, images, layout):
    if mixed.boxes is None:
        return mixing.mix_up(images, mixed.partner, mixed.share)
    return mixing.cut_mix(images, mixed.partner, mixed.boxes, layout).astype(np.float64)


@every_blend
@every_dtype
@every_layout
@every_mode
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.usefixtures("isa")
def test_pixels_are_those_of_the_oracle(blend, dtype, layout, mode, shape, rng):
    images = batch_of(rng, shape, dtype, layout)
    mix = blend(mode=mode, seed=4, layout=layout)
    mixed = mix(images, index=np.arange(len(images)), return_params=True)
    wanted = exact(mixed, images, layout)

    assert mixed.images.dtype == dtype
    if np.issubdtype(dtype, np.integer):
        assert np.abs(mixed.images - wanted).max() <= 0.5 + 0.01
    else:
        assert np.abs(mixed.images - wanted).max() <= 2e-7


@every_blend
@every_layout
@every_mode
@pytest.mark.parametrize("shape", SHAPES)
def test_in_place_and_out_give_the_same_bits_for_any_threads(
    blend, layout, mode, shape, rng, threads
):
    images = batch_of(rng, shape, np.float32, layout)
    index = np.arange(len(images))
    options = {"mode": mode, "seed": 4, "layout": layout}
    wanted, _ = blend(**options, threads=1)(images, index=index)
    out = np.empty_like(images)
    result, _ = blend(**options, threads=threads)(images, index=index, out=out)
    in_place = images.copy()
    same, _ = blend(**options, threads=threads)(in_place, index=index, out=in_place)

    assert result is out
    assert same is in_place
    assert_same_bits(out, wanted)
    assert_same_bits(in_place, wanted)


@every_blend
def test_rows_and_samples_may_stand_apart(blend, rng):
    wide = noise(rng, (12, 20, 30, 3), np.float32)
    part = wide[::2, 3:17, 5:25]
    packed = np.ascontiguousarray(part)
    options = {"seed": 1, "layout": "HWC"}
    wanted, _ = blend(**options)(packed, index=np.arange(6))
    before = wide.copy()
    blend(**options)(part, index=np.arange(6), out=part)

    assert_same_bits(np.ascontiguousarray(part), wanted)
    before[::2, 3:17, 5:25] = part
    assert_same_bits(wide, before, "what lies around the part")


@every_blend
@every_mode
def test_the_order_in_the_batch_does_not_matter(blend, mode, rng):
    images = noise(rng, (16, 8, 9, 3), np.uint8)
    labels = rng.integers(0, 10, 16)
    index = rng.choice(10**9, 16, replace=False)
    mix = blend(mode=mode, seed=4, num_classes=10)
    order = rng.permutation(16)
    wanted, wanted_labels = mix(images, labels, epoch=2, index=index)
    result, result_labels = mix(images[order], labels[order], epoch=2, index=index[order])

    assert_same_bits(result, wanted[order])
    assert_same_bits(result_labels, wanted_labels[order])


@every_blend
def test_partners_are_one_ring_and_change_with_the_epoch(blend, rng):
    images = noise(rng, (31, 2, 2, 1), np.uint8)
    mix = blend(seed=8)
    rings = [mix(images, epoch=e, index=np.arange(31), return_params=True).partner for e in (0, 1)]
    for partner in rings:
        seen, at = [], 0
        for _ in range(31):
            seen.append(at)
            at = partner[at]
        assert at == 0
        assert sorted(seen) == list(range(31))
    assert not np.array_equal(*rings)


def test_every_partner_is_equally_likely(rng):
    images = noise(rng, (5, 1, 1, 1), np.uint8)
    mix = fa.MixUp(seed=1)
    found = np.zeros((5, 5))
    for epoch in range(2000):
        partner = mix(images, epoch=epoch, index=np.arange(5), return_params=True).partner
        found[np.arange(5), partner] += 1

    assert np.all(np.diag(found) == 0)
    others = found[~np.eye(5, dtype=bool)]
    assert np.all(np.abs(others - 500) < 5 * np.sqrt(500))


@pytest.mark.parametrize("alpha", [0.2, 0.5, 1.0, 2.0, 8.0])
def test_shares_are_beta_distributed(alpha):
    images = np.zeros((20000, 1, 1, 1), np.uint8)
    mix = fa.MixUp(alpha, mode="sample", seed=1)
    share = mix(images, index=np.arange(20000), return_params=True).share

    assert share.min() >= 0
    assert share.max() <= 1
    assert scipy.stats.kstest(share, scipy.stats.beta(alpha, alpha).cdf).pvalue > 1e-3


@every_blend
def test_one_share_holds_for_a_batch_and_p_says_how_often_it_is_mixed(blend, rng):
    images = noise(rng, (4, 16, 16, 1), np.uint8)
    mix = blend(seed=3, p=0.25)
    mixed = 0
    for epoch in range(2000):
        drawn = mix(images, epoch=epoch, index=np.arange(4), return_params=True)
        assert len(set(drawn.share)) == 1
        if drawn.share[0] == 1:
            assert_same_bits(drawn.images, images)
        else:
            mixed += 1
    # A box may have no pixels.
    assert 380 < mixed < 600 if blend is fa.MixUp else 330 < mixed < 600


def test_tiny_alphas_give_shares_of_nothing_or_all():
    images = np.zeros((20000, 1, 1, 1), np.uint8)
    mix = fa.MixUp(1e-3, mode="sample", seed=1)
    share = mix(images, index=np.arange(20000), return_params=True).share
    low, high = share < 0.01, share > 0.99

    assert np.mean(low | high) > 0.98
    assert abs(low.mean() - 0.5) < 0.02


def boxes_of(count, size, alpha=1.0):
    """Boxes and what is left, and the shares that they were drawn for."""
    images = np.zeros((count, *size, 1), np.uint8)
    options = {"mode": "sample", "seed": 6}
    mixed = fa.CutMix(alpha, **options)(images, index=np.arange(count), return_params=True)
    shares = fa.MixUp(alpha, **options)(images, index=np.arange(count), return_params=True).share
    return mixed.boxes, mixed.share, shares


def test_boxes_are_those_of_the_formula():
    size = (24, 40)
    centers = 0
    for box, left, share in zip(*boxes_of(2000, size), strict=True):
        possible = [mixing.box_about(x, y, share, size) for x in range(40) for y in range(24)]
        assert any(tuple(box) == found and np.isclose(left, rest) for found, rest in possible), (
            box,
            left,
            share,
        )
        is_whole = box[0] > 0 and box[1] > 0 and box[2] < size[1] and box[3] < size[0]
        centers += is_whole and box[2] > box[0]
    assert centers > 200


def test_centres_of_boxes_are_uniform():
    boxes, _, shares = boxes_of(6000, (20, 20), alpha=3.0)
    wanted = [mixing.box_about(x, x, s, (20, 20))[0][::2] for s in shares for x in range(20)]

    assert abs(boxes[:, [0, 2]].mean() - np.mean(wanted)) < 0.2
    assert abs(boxes[:, [1, 3]].mean() - np.mean(wanted)) < 0.2
    assert abs(np.corrcoef(boxes[:, 0], boxes[:, 1])[0, 1]) < 0.2


# --- labels


@every_blend
@every_mode
def test_mixing_conserves_label_mass(blend, mode, rng):
    images = noise(rng, (64, 10, 12, 3), np.uint8)
    classes = rng.integers(0, 7, 64)
    rows = rng.dirichlet(np.ones(7), 64)
    mix = blend(0.7, num_classes=7, mode=mode, seed=2)
    index = np.arange(64)
    one_hot = mix(images, classes, index=index, return_params=True)
    soft = mix(images, rows, index=index, return_params=True)
    pairs = blend(0.7, mode=mode, seed=2)(images, classes, index=index)[1]
    own = one_hot.share[:, None]

    assert one_hot.labels.dtype == np.float32
    assert np.allclose(one_hot.labels.sum(axis=1), 1, atol=1e-6)
    assert np.allclose(soft.labels.sum(axis=1), 1, atol=1e-12)
    if mode == "batch":
        # Everybody is a partner once, so no class gains.
        wanted = np.bincount(classes, minlength=7)
        assert np.allclose(one_hot.labels.sum(axis=0), wanted, atol=1e-4)
    assert np.allclose(soft.labels, own * rows + (1 - own) * rows[soft.partner])
    eye = np.eye(7)
    assert np.allclose(one_hot.labels, own * eye[classes] + (1 - own) * eye[pairs.b], atol=1e-6)
    assert np.array_equal(pairs.a, classes)
    assert np.array_equal(pairs.b, classes[one_hot.partner])
    assert np.allclose(pairs.share, one_hot.share, atol=1e-7)


@every_blend
def test_labels_say_what_the_pixels_show(blend):
    """Images of one value each: what is seen of a class is what the label says of it."""
    images = np.broadcast_to(np.eye(6, dtype=np.float32)[:, :, None, None], (6, 6, 20, 30)).copy()
    mixed, labels = blend(num_classes=6, mode="sample", seed=5)(images, np.arange(6))

    assert np.allclose(mixed.mean(axis=(2, 3)), labels, atol=1e-5)


def test_without_labels_pairs_are_numbers_in_the_batch(rng):
    images = noise(rng, (6, 4, 4, 3), np.uint8)
    mixed = fa.MixUp(seed=0)(images, index=np.arange(6), return_params=True)

    assert np.array_equal(mixed.labels.a, np.arange(6))
    assert np.array_equal(mixed.labels.b, mixed.partner)


# --- calls


@every_blend
def test_calls_without_an_index_go_on_counting(blend, rng):
    images = noise(rng, (5, 4, 4, 3), np.uint8)
    mix, again = blend(seed=1), blend(seed=1)
    first, second = mix(images)[0], mix(images)[0]

    assert_same_bits(first, again(images, index=np.arange(5))[0])
    assert_same_bits(second, again(images, index=np.arange(5, 10))[0])


@every_blend
def test_empty_batches_and_single_samples_stay(blend, rng):
    empty = np.zeros((0, 4, 4, 3), np.uint8)
    result, labels = blend(num_classes=3, seed=1)(empty, np.zeros(0, int))
    one = noise(rng, (1, 9, 9, 3), np.uint8)

    assert result.shape == (0, 4, 4, 3)
    assert labels.shape == (0, 3)
    assert np.abs(blend(seed=1)(one)[0].astype(int) - one).max() <= 1


# --- mosaics


@every_dtype
@every_layout
@pytest.mark.parametrize("size", [(12, 17), (20, 30), (7, 5), (40, 8)])
@pytest.mark.parametrize("count", [1, 2, 6])
def test_mosaics_are_those_of_the_oracle(dtype, layout, size, count, rng):
    images = noise(rng, (count, 10, 15, 3), dtype)
    top = 1 if dtype == np.float32 else 200
    fill = np.array([0, top / 2, top]).astype(dtype)
    mosaic = fa.Mosaic(size, center=(0.2, 0.9), fill=fill, seed=7, layout=layout)
    made = mosaic(to_layout(images, layout), index=np.arange(count))
    wanted = mixing.mosaic(images, made.sources, made.matrix, size, fill)

    assert_same_bits(made.images, to_layout(wanted, layout))
    assert np.array_equal(made.sources[:, 0], np.arange(count))
    if count >= 4:
        assert all(len(set(row)) == 4 for row in made.sources)
    covered = np.zeros((count, *size), int)
    for boxes, seen in zip(made.boxes, covered, strict=True):
        for x0, y0, x1, y1 in boxes:
            seen[y0 : max(y1, y0), x0 : max(x1, x0)] += 1
    assert covered.max() <= 1
    assert np.allclose(made.share.sum(axis=1), covered.mean(axis=(1, 2)))


def test_mosaics_do_not_depend_on_threads_or_order(rng, threads):
    images = noise(rng, (9, 30, 31, 3), np.uint8)
    order = rng.permutation(9)
    wanted = fa.Mosaic((50, 60), seed=1, threads=1)(images, index=np.arange(9)).images
    out = np.empty_like(wanted)
    made = fa.Mosaic((50, 60), seed=1, threads=threads)(images[order], index=order, out=out)

    assert made.images is out
    assert_same_bits(out, wanted[order])


def test_points_of_mosaics_are_uniform_between_the_ends():
    images = np.zeros((4000, 10, 10, 1), np.uint8)
    made = fa.Mosaic((100, 200), center=(0.25, 0.75), seed=1)(images, index=np.arange(4000))
    x, y = made.boxes[:, 0, 2], made.boxes[:, 0, 3]

    assert (x.min(), y.min()) == (50, 25)
    assert (x.max(), y.max()) == (149, 74)
    assert abs(x.mean() - 99.5) < 2.5
    assert abs(y.mean() - 49.5) < 1.25
