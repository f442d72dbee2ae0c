"""Masks, boxes and points of random pipelines against the walk from canvas to canvas."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import CHANNELS, DTYPES, dtype_name, noise
from helpers.random_pipelines import RngPick, random_pipeline
from oracles import targets

MASK_DTYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")


def random_case(rng, dtype=np.uint8, most=5):
    """A pipeline, images of several sizes and the labels of their pixels."""
    channels = int(rng.choice(CHANNELS))
    transforms = random_pipeline(RngPick(rng), dtype, channels, most)
    sizes = rng.integers(2, 40, (3, 2))
    images = [noise(rng, (*size, channels), dtype) for size in sizes]
    masks = [rng.integers(0, 2**16, size, dtype=np.uint16) for size in sizes]
    return transforms, images, masks


def random_boxes(rng, size, count=6):
    height, width = size
    ends = np.sort(rng.random((count, 2, 2)), axis=1) * (width, height)
    ends[:, 1] = np.maximum(ends[:, 1], ends[:, 0] + 1e-3 * np.array([width, height]))
    return np.minimum(ends, (width, height)).reshape(count, 4)


def assert_box_agrees(box, edges, size, found, where):
    """The returned box holds every sample, and reaches further only by a sharp corner's tip."""
    expected, part, gap = targets.box_of_samples(edges, size, found)
    if expected is None:
        # A sliver between two samples.
        assert box is None or min(box[2:] - box[:2]) <= gap, where
        return
    height, width = found[-1][1] if found else size
    if box is None:
        assert part < 0.05 or min(expected[2:] - expected[:2]) <= 1e-6, where
        return
    # Samples that a rounding error keeps may lie outside.
    assert (box[:2] <= np.clip(expected[:2], 0, (width, height)) + 1e-5).all(), where
    assert (box[2:] >= np.clip(expected[2:], 0, (width, height)) - 1e-5).all(), where
    if gap > 0:
        assert (np.abs(box - expected) <= 4 * gap + 1e-5).all(), (where, box, expected, gap)


@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_points_and_boxes_of_random_pipelines(dtype, rng):
    seen = cut = 0
    for case in range(150):
        transforms, images, _ = random_case(rng, dtype)
        augment = fa.Compose(transforms, seed=case)
        boxes = [random_boxes(rng, image.shape[:2]) for image in images]
        numbers = [np.arange(len(each)) for each in boxes]
        points = [rng.uniform(-3, 43, (20, 2)) for _ in images]
        found = augment(images, boxes=boxes, box_labels=numbers, keypoints=points)
        for i, image in enumerate(images):
            size, where = image.shape[:2], (case, i)
            way = targets.stops(transforms, found.params.sample(i), size)
            expected, depth = targets.follow(points[i], size, way)
            sure = np.abs(depth) > 1e-6
            visible = found.keypoints_visible[i]
            assert (visible == (depth > 0))[sure].all(), where
            np.testing.assert_allclose(
                found.keypoints[i][visible], expected[visible], rtol=1e-6, atol=1e-5
            )
            by_number = dict(zip(found.box_labels[i].tolist(), found.boxes[i], strict=True))
            for number, edges in enumerate(boxes[i]):
                assert_box_agrees(by_number.get(number), edges, size, way, (*where, number))
            seen += visible.sum()
            cut += len(boxes[i]) - len(found.boxes[i])
    assert seen > 500
    assert cut > 50


@pytest.mark.parametrize("dtype", [np.uint8, np.float32], ids=dtype_name)
def test_masks_of_random_pipelines_are_nearest(dtype, rng):
    for case in range(80):
        transforms, images, masks = random_case(rng, dtype)
        augment = fa.Compose(transforms, seed=case, mask_fill=7)
        found = augment(images, masks=masks)
        for i, mask in enumerate(masks):
            sample = found.params.sample(i)
            expected = targets.mask(mask[..., None], transforms, sample, 7).pixels
            values = found.masks[i].astype(np.float64)[..., None]
            assert values.shape == expected.shape, (case, i)
            assert (values >= expected.low).all(), (case, i)
            assert (values <= expected.high).all(), (case, i)


def test_soft_masks_of_random_pipelines_are_bilinear(rng):
    for case in range(60):
        transforms, images, _ = random_case(rng)
        masks = [rng.random(image.shape[:2], np.float32) for image in images]
        found = fa.Compose(transforms, seed=case, mask_fill=0.25)(images, masks=masks)
        for i, mask in enumerate(masks):
            sample = found.params.sample(i)
            way = targets.mask(mask[..., None], transforms, sample, 0.25, "bilinear").pixels
            values = found.masks[i].astype(np.float64)[..., None]
            assert (values >= way.low).all(), (case, i)
            assert (values <= way.high).all(), (case, i)


@pytest.mark.parametrize("dtype", MASK_DTYPES)
def test_masks_of_every_dtype_are_copied_alike(dtype, rng):
    """Whatever a value means, its bytes arrive: those of the largest and the smallest too."""
    limits = (0, 1) if dtype == "bool" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    table = np.array([*limits, 1, 0, limits[1] // 2, limits[1] // 3 * 2], dtype)
    for case in range(25):
        transforms, images, masks = random_case(rng)
        numbers = [mask.astype(np.uint8) % len(table) for mask in masks]
        expected = fa.Compose(transforms, seed=case, mask_fill=1)(images, masks=numbers)
        values = [table[each] for each in numbers]
        fill = int(table[1])
        found = fa.Compose(transforms, seed=case, mask_fill=fill)(images, masks=values)
        for result, number in zip(found.masks, expected.masks, strict=True):
            assert_same_bits(result, table[number], case)
