"""Crops that look at boxes: what the window promises, and who stays."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_raises, assert_same_bits

SIZE = (60, 80)
OVERLAPS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


def samples(rng, count, boxes=3):
    images = np.zeros((count, *SIZE, 1), np.uint8)
    corner = rng.uniform(0, 40, (count, boxes, 2))
    return list(images), list(
        np.concatenate([corner, corner + rng.uniform(4, 20, corner.shape)], 2)
    )


def windows_of(batch, name):
    """Edges x0, y0, x1, y1 and whether the transform was applied."""
    record = batch.params[name]
    top, left, height, width = (record[k] for k in ("top", "left", "height", "width"))
    return np.stack([left, top, left + width, top + height], axis=1), record["order"] >= 0


def overlaps(boxes, window):
    low, high = np.maximum(boxes[:, :2], window[:2]), np.minimum(boxes[:, 2:], window[2:])
    common = np.clip(high - low, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (window[2:] - window[:2]).prod()
    return common / (areas - common)


def has_middle(boxes, window):
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    return ((middle > window[:2]) & (middle < window[2:])).all(axis=1)


@pytest.mark.parametrize("least", [0.0, 0.1, 0.3, 0.5])
def test_the_window_overlaps_a_box_whose_middle_it_holds(least, rng):
    images, boxes = samples(rng, 300)
    crop = fa.RandomIoUCrop(sampler_options=(least,), min_scale=0.1)
    found = fa.Compose([crop], seed=4)(images, boxes=boxes, box_labels=[np.arange(3)] * 300)
    windows, applied = windows_of(found, "RandomIoUCrop")

    assert applied.mean() > 0.5
    for i in np.flatnonzero(applied):
        window, inside = windows[i], has_middle(boxes[i], windows[i])
        sides = window[2:] - window[:2]
        assert (overlaps(boxes[i], window)[inside] >= least).any(), i
        assert 0.5 <= sides[0] / sides[1] <= 2.0
        assert (sides >= 0.1 * np.array(SIZE[::-1]) - 1).all()
        assert found.box_labels[i].tolist() == np.flatnonzero(inside).tolist()
        assert found.images[i].shape[:2] == tuple(sides[::-1])
        clipped = np.clip(boxes[i][inside], np.tile(window[:2], 2), np.tile(window[2:], 2))
        np.testing.assert_allclose(found.boxes[i], clipped - np.tile(window[:2], 2))


def drawn_by_numpy(rng, boxes):
    """Torchvision's rule: the window, or None for no crop."""
    while True:
        least = rng.choice(OVERLAPS)
        if least >= 1:
            return None
        for _ in range(40):
            sides = np.floor(np.array(SIZE[::-1]) * rng.uniform(0.3, 1, 2))
            if not 0.5 <= sides[0] / sides[1] <= 2:
                continue
            corner = np.floor((np.array(SIZE[::-1]) - sides) * rng.random(2))
            window = np.concatenate([corner, corner + sides])
            inside = has_middle(boxes, window)
            if inside.any() and overlaps(boxes[inside], window).max() >= least:
                return window


def test_windows_are_distributed_as_by_torchvisions_rule(rng):
    count = 3000
    boxes = np.array([[10.0, 10, 45, 40], [50, 20, 70, 55]])
    images = [np.zeros((*SIZE, 1), np.uint8)] * count
    found = fa.Compose([fa.RandomIoUCrop()], seed=4)(images, boxes=[boxes] * count)
    windows, applied = windows_of(found, "RandomIoUCrop")
    expected = [drawn_by_numpy(rng, boxes) for _ in range(count)]
    theirs = np.array([window for window in expected if window is not None])

    assert abs(applied.mean() - len(theirs) / count) < 0.04
    for ours, other in zip(windows[applied].T, theirs.T, strict=True):
        deciles = np.linspace(0.1, 0.9, 9)
        np.testing.assert_allclose(np.quantile(ours, deciles), np.quantile(other, deciles), atol=3)


def test_a_safe_window_holds_every_box(rng):
    images, boxes = samples(rng, 200)
    moves = [fa.RandomHorizontalFlip(), fa.RandomRotate90(1), fa.RandomBoxSafeCrop()]
    augment = fa.Compose(moves, seed=4)
    found = augment(images, boxes=boxes)
    windows, applied = windows_of(found, "RandomBoxSafeCrop")

    assert applied.all()
    for i, kept in enumerate(found.boxes):
        assert len(kept) == 3
        np.testing.assert_allclose(
            np.sort((kept[:, 2:] - kept[:, :2]).ravel()),
            np.sort((boxes[i][:, 2:] - boxes[i][:, :2]).ravel()),
        )
    sides = windows[:, 2:] - windows[:, :2]
    assert len(np.unique(sides, axis=0)) > 100


def test_both_depend_on_the_key_and_the_boxes_alone(rng):
    images, boxes = samples(rng, 12)
    for crop in (fa.RandomIoUCrop(), fa.RandomBoxSafeCrop()):
        moves = [fa.RandomAffine(20), crop, fa.Resize((20, 20))]
        whole = fa.Compose(moves, seed=4, threads=1)(images, boxes=boxes, index=np.arange(12))
        for chosen in ([3], [7, 0, 11]):
            part = fa.Compose(moves, seed=4, threads=4)(
                [images[i] for i in chosen], boxes=[boxes[i] for i in chosen], index=chosen
            )
            for place, i in enumerate(chosen):
                assert_same_bits(part.boxes[place], whole.boxes[i])
        again = fa.Compose(moves, seed=4).replay(whole.params, images, boxes=boxes)
        assert_same_bits(again.images, whole.images)
        assert_same_bits(np.concatenate(again.boxes), np.concatenate(whole.boxes))
        assert_same_bits(fa.Compose(moves, seed=4).replay(whole.params, images), whole.images)


def test_samples_without_boxes_stay_as_they_are(rng):
    images, _ = samples(rng, 5)
    for crop in (fa.RandomIoUCrop(sampler_options=(0.5,)), fa.RandomBoxSafeCrop()):
        found = fa.Compose([crop], seed=0)(images, boxes=[[]] * 5)
        for one, other in zip(found.images, images, strict=True):
            assert_same_bits(one, other)


def test_the_first_of_several_images_has_the_boxes(rng):
    images, boxes = samples(rng, 6)
    views = {"a": images, "b": [image.astype(np.float32) for image in images]}
    augment = fa.Compose([fa.RandomBoxSafeCrop()], seed=0)
    found = augment(views, boxes=boxes, index=np.arange(6))
    out = {key: [np.empty_like(one) for one in found.images[key]] for key in views}
    augment(views, boxes=boxes, index=np.arange(6), out=out)
    for key in views:
        for one, other in zip(out[key], found.images[key], strict=True):
            assert_same_bits(one, other)
    assert [one.shape for one in found.images["a"]] == [one.shape for one in found.images["b"]]


def test_what_they_refuse():
    image = np.zeros((*SIZE, 1), np.uint8)
    crop, clips = fa.RandomIoUCrop(), np.zeros((1, 2, *SIZE, 1), np.uint8)
    message = "Compose: RandomIoUCrop looks at boxes, expected boxes="
    inside = fa.RandomApply([crop])
    for augment in (fa.Compose([crop], seed=0), fa.Compose([inside], seed=0)):
        assert_raises(ValueError, message, lambda augment=augment: augment(image))
        assert_raises(ValueError, message, lambda augment=augment: augment(image, masks=image))
    assert_raises(
        ValueError,
        "Compose: RandomIoUCrop looks at the boxes of one image, expected no clips: their frames "
        "share one draw",
        lambda: fa.Compose([crop], seed=0)(clips, boxes=[[[], []]]),
    )
    assert_raises(
        ValueError,
        "Compose: RandomIoUCrop looks at boxes, which no Lambda hands on; expected no Lambda in "
        "the same pipeline",
        lambda: fa.Compose([inside, fa.Lambda(np.copy)]),
    )
    assert_raises(
        ValueError,
        "RandomIoUCrop: min_scale is 0.9, expected at most max_scale, 0.5",
        lambda: fa.RandomIoUCrop(0.9, 0.5),
    )
    assert_raises(
        ValueError,
        "RandomIoUCrop: sampler_options is (-1,), expected None or finite numbers of at least 0, "
        "at least one",
        lambda: fa.RandomIoUCrop(sampler_options=(-1,)),
    )
