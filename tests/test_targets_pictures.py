"""What is painted into a picture is found where the returned points and boxes say."""

import numpy as np

import fast_augment as fa
from helpers.random_pipelines import RngPick

SIZE = (96, 128)
HALF_PIXEL = 0.5
SIGMA = 2.5
REACH = 14


def random_moves(pick):
    """Geometry that keeps a picture smooth, and things that leave points where they are."""
    moves = [
        fa.RandomHorizontalFlip(),
        fa.RandomVerticalFlip(),
        fa.RandomRotate90(),
        fa.RandomRotation((-40, 40), expand=pick.one_of((True, False))),
        fa.RandomAffine(30, translate=(0.2, 0.2), scale=(0.7, 1.3), shear=10),
        fa.RandomPerspective(0.25, p=1),
        fa.RandomCrop((70, 80), pad_if_needed=True),
        fa.Pad((5, 11, 3, 2)),
        fa.CenterCrop((80, 90)),
        fa.Resize((90, 100), antialias=False),
        fa.RandomResizedCrop((60, 64), scale=(0.6, 1), antialias=False),
        fa.RandomApply([fa.RandomHorizontalFlip(1), fa.Pad(3)]),
        fa.ColorJitter(brightness=(0.9, 1.1)),
    ]
    return [pick.one_of(moves) for _ in range(pick.whole(1, 4))]


def painted_points(points):
    """One channel with a blob for each point."""
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    far = [(x - u) ** 2 + (y - v) ** 2 for u, v in points]
    return np.exp(-np.stack(far, axis=-1) / (2 * SIGMA**2)).astype(np.float32)


def center_of(blob, x, y):
    """Centre of mass around a place; None for a blob that something cut."""
    top, left = max(int(y) - REACH, 0), max(int(x) - REACH, 0)
    part = blob[top : top + 2 * REACH + 1, left : left + 2 * REACH + 1]
    rows, columns = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
    return (columns * part).sum() / part.sum(), (rows * part).sum() / part.sum(), part.sum()


def test_points_lie_where_they_were_painted(rng):
    found_points = 0
    for case in range(120):
        points = rng.uniform((8, 8), (SIZE[1] - 9, SIZE[0] - 9), (6, 2))
        augment = fa.Compose(random_moves(RngPick(rng)), seed=case, keypoints="xys")
        with_scale = np.concatenate([points, np.ones((6, 1))], axis=1)
        found = augment(painted_points(points), keypoints=with_scale)
        for k, (x, y, scale) in enumerate(found.keypoints):
            blob = found.images[..., k].astype(np.float64)
            if not found.keypoints_visible[k]:
                # Its peak is not there to be seen, but for what lies next to an edge.
                assert blob.max(initial=0) < 0.99, (case, k)
                continue
            u, v, mass = center_of(blob, x, y)
            whole = 2 * np.pi * SIGMA**2 * scale**2
            # What a border cut, or what grew beyond the window, has its middle elsewhere.
            if abs(mass / whole - 1) < 0.02:
                assert np.hypot(u - x, v - y) < HALF_PIXEL, (case, k)
                found_points += 1
    assert found_points > 150


def map_of_places():
    """Each pixel says where it is, and that it is one of the picture."""
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    return np.stack([x, y, np.ones(SIZE)], axis=-1).astype(np.float32)


def region_of(picture, box):
    """Extent of the box in the picture, seen from all four corners of its pixels."""
    height, width = picture.shape[:2]
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for step_x in (1, -1):
        for step_y in (1, -1):
            spots = spots_in_box(picture[::step_y, ::step_x], box)
            if len(spots) == 0:
                continue
            ends = (width, height)
            turned = np.where((step_x, step_y) == np.ones(2), spots, ends - spots)
            low, high = np.minimum(low, turned.min(0)), np.maximum(high, turned.max(0))
    return np.concatenate([low, high])


def spots_in_box(picture, box, steps=9):
    """Spots of the picture, in pixel borders, whose places lie in the box.

    Places around a pixel follow from those of its right and lower neighbours.
    """
    valid = picture[..., 2] > 0.999
    rows, columns = np.nonzero(valid[:-1, :-1] & valid[1:, :-1] & valid[:-1, 1:])
    place = picture[..., :2].astype(np.float64)
    here = place[rows, columns]
    is_near = ((here > box[:2] - 9) & (here < box[2:] + 9)).all(axis=1)
    rows, columns, here = rows[is_near], columns[is_near], here[is_near]
    right, down = place[rows, columns + 1] - here, place[rows + 1, columns] - here
    found = [np.zeros((0, 2))]
    for i in np.linspace(-0.5, 0.5, steps):
        for j in np.linspace(-0.5, 0.5, steps):
            there = here + i * right + j * down
            kept = ((there >= box[:2] - 0.5) & (there <= box[2:] - 0.5)).all(axis=1)
            found.append(np.stack([columns[kept] + i, rows[kept] + j], axis=-1) + 0.5)
    return np.concatenate(found)


def test_boxes_enclose_what_was_painted(rng):
    compared = cut = 0
    for case in range(120):
        corner = rng.uniform(4, (SIZE[1] - 40, SIZE[0] - 40), (5, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(8, 36, (5, 2))], axis=1)
        moves = [m for m in random_moves(RngPick(rng)) if not isinstance(m, fa.ColorJitter)]
        options = {"boxes": boxes, "box_labels": np.arange(5), "index": 0}
        found = fa.Compose(moves, seed=case)(map_of_places(), **options)
        only_whole = fa.BoxFormat(min_visibility=1)
        whole = fa.Compose(moves, seed=case, boxes=only_whole)(map_of_places(), **options)
        kept = dict(zip(found.box_labels.tolist(), found.boxes, strict=True))
        for number, box in enumerate(boxes):
            expected = region_of(found.images, box)
            is_large = (expected[2:] - expected[:2] > 2).all()
            assert number in kept or not is_large, (case, number)
            if not is_large:
                continue
            # Where a crop was resized, the half pixel at its edge repeats what lies next to it.
            is_whole = number in whole.box_labels
            limit = HALF_PIXEL if is_whole else 1.0
            assert np.abs(kept[number] - expected).max() <= limit, (case, number)
            compared, cut = compared + is_whole, cut + (not is_whole)
    assert compared > 150
    assert cut > 50
