"""Formats of boxes and keypoints, which of them are kept, and what becomes of the others."""

import numpy as np

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import noise

MOVES = [
    fa.RandomResizedCrop(40, scale=(0.4, 1)),
    fa.RandomHorizontalFlip(),
    fa.RandomAffine(20, translate=(0.1, 0.1)),
    fa.Resize((32, 36)),
]
SIZE = (50, 60)


# --- boxes


def test_box_formats_say_the_same(rng):
    corner = rng.uniform(0, 30, (5, 2))
    edges = np.concatenate([corner, corner + rng.uniform(2, 20, (5, 2))], axis=1)
    image = noise(rng, (*SIZE, 3), np.uint8)
    sizes = np.array([SIZE])
    expected = fa.Compose(MOVES, seed=3)(image, boxes=edges).boxes
    end = np.array([[32, 36]])
    for name in ("xyxy", "xywh", "cxcywh", "yolo", "albumentations"):
        form = fa.BoxFormat(name)
        written = form._from_edges(edges, sizes)
        np.testing.assert_allclose(form._to_edges(written, sizes), edges, rtol=1e-12)
        found = fa.Compose(MOVES, seed=3, boxes=name)(image, boxes=written).boxes
        np.testing.assert_allclose(form._to_edges(found, end), expected, rtol=1e-9, atol=1e-9)


def test_box_formats_by_hand():
    edges, sizes = np.array([[10.0, 20, 30, 60]]), np.array([[100, 50]])
    written = {
        "xywh": [10, 20, 20, 40],
        "cxcywh": [20, 40, 20, 40],
        "yolo": [0.4, 0.4, 0.4, 0.4],
        "albumentations": [0.2, 0.2, 0.6, 0.6],
    }
    for name, numbers in written.items():
        np.testing.assert_allclose(fa.BoxFormat(name)._from_edges(edges, sizes)[0], numbers)


def test_boxes_are_filtered_by_area_side_and_visibility():
    image = np.zeros((20, 20, 1), np.uint8)
    boxes = np.array([[0.0, 0, 10, 10], [9, 0, 11, 10], [0, 4, 20, 5], [11, 11, 20, 20]])

    def kept(**limits):
        form = fa.BoxFormat(**limits)
        augment = fa.Compose([fa.CenterCrop(10)], seed=0, boxes=form)  # 5 to 15
        return augment(image, boxes=boxes, box_labels=np.arange(4)).box_labels.tolist()

    assert kept() == [0, 1, 3]
    assert kept(min_area=11) == [0, 3]
    assert kept(min_area=17) == [0]
    assert kept(min_side=3) == [0, 3]
    assert kept(min_visibility=0.24) == [0, 1]
    assert kept(min_visibility=0.26) == [1]


def test_a_crop_cuts_what_a_pad_does_not_give_back():
    image = np.zeros((20, 20, 1), np.uint8)
    augment = fa.Compose([fa.CenterCrop(10), fa.Pad(5)], seed=0)
    found = augment(image, boxes=[[0, 0, 8, 8], [0, 0, 4, 20]], keypoints=[[2.0, 2], [7, 7]])

    assert found.boxes.tolist() == [[5, 5, 8, 8]]
    assert found.keypoints_visible.tolist() == [False, True]
    assert found.keypoints.tolist() == [[2, 2], [7, 7]]


def test_padded_boxes_stay_padded():
    boxes = np.full((2, 3, 4), -1, np.float32)
    boxes[0, 0], boxes[0, 2] = (0, 0, 3, 3), (6, 6, 9, 9)
    names = np.array([[7, 0, 8], [0, 0, 0]])
    scores = np.array([[0.5, 0, 0.25], [0, 0, 0]], np.float32)
    augment = fa.Compose([fa.CenterCrop(8)], seed=0)  # of 10 x 10: 1 to 9
    images = np.zeros((2, 10, 10, 1), np.uint8)
    found = augment(images, boxes=boxes, box_labels={"name": names, "score": scores})

    expected = np.full((2, 3, 4), -1, np.float32)
    expected[0, 0], expected[0, 1] = (0, 0, 2, 2), (5, 5, 8, 8)
    assert_same_bits(found.boxes, expected)
    assert found.box_labels["name"].tolist() == [[7, 8, -1], [-1, -1, -1]]
    assert_same_bits(
        found.box_labels["score"], np.array([[0.5, 0.25, -1], [-1, -1, -1]], np.float32)
    )


def test_boxes_may_be_few_or_none():
    augment = fa.Compose([fa.RandomHorizontalFlip(1)], seed=0)
    images = np.zeros((3, 4, 6, 1), np.uint8)
    found = augment(images, boxes=[[], [[0, 0, 1, 1]], np.zeros((0, 4), np.float32)])

    assert [box.shape for box in found.boxes] == [(0, 4), (1, 4), (0, 4)]
    assert found.boxes[1].tolist() == [[5, 0, 6, 1]]
    empty = augment(images[:0], boxes=np.zeros((0, 5, 4)), masks=np.zeros((0, 4, 6), bool))
    assert empty.boxes.shape == (0, 5, 4)
    assert empty.masks.shape == (0, 4, 6)


def test_boxes_that_reach_outside_are_cut_on_demand():
    augment = fa.Compose([fa.RandomVerticalFlip(1)], seed=0, boxes=fa.BoxFormat(clip=True))
    found = augment(np.zeros((4, 6, 1), np.uint8), boxes=[[-3, 1, 2, 9], [7, 0, 9, 2]])

    assert found.boxes.tolist() == [[0, 0, 2, 3]]


# --- keypoints


def test_left_and_right_change_places_in_mirrored_images():
    points = np.array([[1.0, 2], [4, 2], [2, 3]])
    images = np.zeros((1, 5, 7, 1), np.uint8)
    for flips, is_mirrored in (
        ([fa.RandomHorizontalFlip(1)], True),
        ([fa.RandomVerticalFlip(1)], True),
        ([fa.RandomHorizontalFlip(1), fa.RandomVerticalFlip(1)], False),
        ([fa.RandomRotation((180, 180))], False),
        ([fa.RandomPerspective(0.3, p=1), fa.RandomHorizontalFlip(1)], True),
    ):
        swapping = fa.Compose(flips, seed=0, keypoints=fa.KeypointFormat(swap=(1, 0, 2)))
        plain = fa.Compose(flips, seed=0)(images, keypoints=points[None]).keypoints[0]
        found = swapping(images, keypoints=np.stack([points, points])[None]).keypoints[0]
        order = [1, 0, 2] if is_mirrored else [0, 1, 2]
        assert_same_bits(found, np.stack([plain[order]] * 2))


def test_angles_and_scales_turn_with_the_picture():
    image = np.zeros((9, 9, 1), np.uint8)
    points = np.array([[4.0, 4, 30, 2]])

    def moved(*transforms):
        augment = fa.Compose(transforms, seed=0, keypoints="xyas")
        return augment(image, keypoints=points).keypoints[0, 2:]

    np.testing.assert_allclose(moved(fa.RandomRotation((50, 50))), (80, 2))
    np.testing.assert_allclose(moved(fa.RandomRotation((-50, -50))), (340, 2))
    np.testing.assert_allclose(moved(fa.RandomHorizontalFlip(1)), (150, 2))
    np.testing.assert_allclose(moved(fa.RandomVerticalFlip(1)), (330, 2))
    np.testing.assert_allclose(moved(fa.Resize((27, 27))), (30, 6))
    np.testing.assert_allclose(moved(fa.RandomAffine(0, scale=(0.5, 0.5))), (30, 1))


def test_scales_and_angles_under_a_perspective_are_those_of_small_steps(rng):
    augment = fa.Compose([fa.RandomPerspective(0.5, p=1)], seed=5, keypoints="xyas")
    image = np.zeros((40, 40, 1), np.uint8)
    base, step = rng.uniform(8, 30, (20, 2)), 1e-5
    angles = rng.uniform(0, 360, 20)
    ahead = base + step * np.stack([np.cos(np.radians(angles)), -np.sin(np.radians(angles))], 1)
    aside = base + step * np.stack([np.sin(np.radians(angles)), np.cos(np.radians(angles))], 1)
    columns = np.stack([angles, np.full(20, 3.0)], axis=1)
    results = [
        augment(image, keypoints=np.concatenate([xy, columns], 1), index=1).keypoints
        for xy in (base, ahead, aside)
    ]
    forward, right = ((results[k][:, :2] - results[0][:, :2]) / step for k in (1, 2))
    turned = np.degrees(np.arctan2(-forward[:, 1], forward[:, 0])) % 360
    grown = np.sqrt(np.abs(forward[:, 0] * right[:, 1] - forward[:, 1] * right[:, 0]))
    np.testing.assert_allclose(results[0][:, 2], turned, atol=1e-2)
    np.testing.assert_allclose(results[0][:, 3], 3 * grown, rtol=1e-3)


def test_labels_of_points_that_stay_are_handed_back(rng):
    points, labels = rng.uniform(0, 9, (2, 3, 4, 2)), {"names": ["a", "b", "c", "d"]}
    augment = fa.Compose([fa.CenterCrop(4)], seed=0)
    found = augment(np.zeros((2, 10, 10, 1), np.uint8), keypoints=points, keypoint_labels=labels)
    assert found.keypoint_labels is labels
    assert found.keypoints_visible.shape == (2, 3, 4)


def test_points_out_of_view_are_removed_on_demand():
    form = fa.KeypointFormat(outside="remove")
    augment = fa.Compose([fa.CenterCrop(4)], seed=0, keypoints=form)
    points = [[[0.0, 0], [4, 4]], np.zeros((0, 2)), [[5.0, 5], [9, 9], [3, 3]]]
    names = [["a", "b"], [], ["c", "d", "e"]]
    found = augment(np.zeros((3, 10, 10, 1), np.uint8), keypoints=points, keypoint_labels=names)

    assert [p.tolist() for p in found.keypoints] == [[[1, 1]], [], [[2, 2], [0, 0]]]
    assert [list(label) for label in found.keypoint_labels] == [["b"], [], ["c", "e"]]
