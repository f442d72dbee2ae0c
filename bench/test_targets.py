"""Joint targets: photographs with a mask and 20 labelled boxes each, moved by one draw.

`fast_augment images` does the images alone, for scale: what a mask and boxes cost is the ratio of
the two.
"""

import threading

import numpy as np

import fast_augment as fa
import library_pipelines
import numpy_pipeline
import opencv_pipeline
import peers
import recipes
from harness import OUT, Contender, Workload, races
from inputs import title
from peers import cv2
from test_pipeline import MEAN_TWICE, contender, mean_difference

BOXES = 20
CLASSES = 21
RECIPE = {"antialias": False, "jitters": True, "warps": True}


def inputs_of(count, height, width):
    """Build the `inputs` of a workload; boxes have the sizes of everyday objects."""
    photographs = recipes.photograph_inputs(count, height, width, **RECIPE)

    def inputs():
        job = photographs()
        generator = np.random.default_rng(2)
        sides = generator.uniform(8, 100, (count, BOXES, 2))
        corner = generator.uniform(0, 1, (count, BOXES, 2)) * ((width, height) - sides)
        small = generator.integers(0, CLASSES, (count, height // 16 + 1, width // 16 + 1))
        blocks = small.astype(np.uint8).repeat(16, axis=1).repeat(16, axis=2)
        job.masks = np.ascontiguousarray(blocks[:, :height, :width])
        job.boxes = list(np.concatenate([corner, corner + sides], axis=-1))
        job.labels = list(generator.integers(0, CLASSES, (count, BOXES)))
        return job

    return inputs


def with_targets(job, out):
    targets = {"masks": job.masks, "boxes": job.boxes, "box_labels": job.labels}

    def call():
        return job.augment(job.images, **targets, index=job.index, out=out).images

    return call


def images_alone(job, out):
    return lambda: job.augment(job.images, index=job.index, out=out)


class Targets(threading.local):
    """The mask of one image, while it moves."""

    def __init__(self):
        self.resized = np.empty((recipes.SIZE, recipes.SIZE), np.uint8)
        self.warped = np.empty((recipes.SIZE, recipes.SIZE), np.uint8)


def moved_mask(kept, mask, draw):
    """Nearest at every step, as the image is resampled at every step."""
    size = (recipes.SIZE, recipes.SIZE)
    cv2.resize(draw.box_of(mask), size, kept.resized, interpolation=cv2.INTER_NEAREST)
    flipped = cv2.flip(kept.resized, 1) if draw.is_flipped else kept.resized
    return cv2.warpAffine(flipped, draw.affine, size, flags=cv2.INTER_NEAREST)


def moved_boxes(boxes, labels, draw, matrix):
    """Clip at the crop, move the corners, clip the box around them; drop what is empty."""
    low, high = (draw.left, draw.top), (draw.left + draw.width, draw.top + draw.height)
    edges = np.clip(boxes.reshape(-1, 2, 2), low, high)
    x, y = edges[..., 0], edges[..., 1]
    corners = np.stack([x[:, [0, 1, 1, 0]], y[:, [0, 0, 1, 1]]], axis=-1) - 0.5
    moved = corners @ matrix[:, :2].T + matrix[:, 2] + 0.5
    hull = np.clip(np.concatenate([moved.min(1), moved.max(1)], axis=1), 0, recipes.SIZE)
    has_area = ((hull[:, 2:] > hull[:, :2]) & (edges[:, 1] > edges[:, 0])).all(axis=1)
    return hull[has_area], labels[has_area]


def gathered_mask(_kept, mask, draw):
    """Each pixel of the result looks up its own."""
    y, x = np.mgrid[0 : recipes.SIZE, 0 : recipes.SIZE]
    u, v = (row[0] * x + row[1] * y + row[2] for row in draw.inverse)
    inside = (u >= -0.5) & (v >= -0.5) & (u < recipes.SIZE - 0.5) & (v < recipes.SIZE - 0.5)
    if draw.is_flipped:
        u = recipes.SIZE - 1 - u
    box = draw.box_of(mask)
    rows = np.floor((v + 0.5) * (draw.height / recipes.SIZE)).astype(np.intp)
    columns = np.floor((u + 0.5) * (draw.width / recipes.SIZE)).astype(np.intp)
    found = box[rows.clip(0, draw.height - 1), columns.clip(0, draw.width - 1)]
    return np.where(inside, found, np.uint8(0))


def image_by_image(images_of, mask_of, job, out):
    """Build the call of images as another race has them, with masks, and boxes by NumPy."""
    images = images_of(job, out)
    kept = Targets()
    crops = [np.array([[1.0, 0, -d.left], [0, 1, -d.top], [0, 0, 1]]) for d in job.draws]
    matrices = [d.whole @ crop for d, crop in zip(job.draws, crops, strict=True)]

    def call():
        result = images()
        for i, draw in enumerate(job.draws):
            job.moved_masks[i] = mask_of(kept, job.masks[i], draw)
            job.moved_boxes[i] = moved_boxes(job.boxes[i], job.labels[i], draw, matrices[i])
        return result

    job.moved_masks = np.empty((len(job.images), recipes.SIZE, recipes.SIZE), np.uint8)
    job.moved_boxes = [None] * len(job.images)
    call()
    assert_same_targets(job)
    return call


def opencv_and_numpy(job, out):
    return image_by_image(opencv_pipeline.photographs(warps="in turn"), moved_mask, job, out)


def numpy_alone(job, out):
    return image_by_image(numpy_pipeline.photographs, gathered_mask, job, out)


def assert_same_targets(job):
    """Nearest twice differs along the edges of blocks; boxes that nothing cuts are equal."""
    whole = fa.BoxFormat(min_visibility=1)
    augment = fa.Compose(job.augment.transforms, seed=job.augment.seed, boxes=whole)
    targets = {"masks": job.masks, "boxes": job.boxes, "box_labels": job.labels}
    expected = augment(job.images, **targets, index=job.index)
    assert (expected.masks != job.moved_masks).mean() < 0.15
    pairs = zip(expected.boxes, expected.box_labels, job.moved_boxes, strict=True)
    for boxes, labels, (found, found_labels) in pairs:
        assert np.isin(labels, found_labels).all()
        distances = np.abs(boxes[:, np.newaxis] - found).max(axis=-1)
        assert (distances.min(axis=-1, initial=np.inf) < 0.01).all()


def albumentations_targets(job, out):
    """Contender's `make`, one image per call, which draws on its own."""
    library = library_pipelines.albumentations
    steps = library_pipelines.composed(library, job).transforms
    params = library.BboxParams("pascal_voc", label_fields=["labels"])
    augment = library.Compose(list(steps), bbox_params=params, seed=0)

    def step(image, target, mask, boxes, labels):
        found = augment(image=image, mask=mask, bboxes=boxes, labels=labels)
        np.copyto(target, found["image"].transpose(2, 0, 1))

    return peers.per_image(step, job, out, job.masks, job.boxes, job.labels)


def targets_of(*shape):
    """Workload of the usual recipe for photographs, with a mask and boxes."""
    tolerance = MEAN_TWICE * recipes.LEVEL
    contenders = [
        contender("fast_augment", with_targets, tolerance),
        contender("fast_augment images", images_alone, tolerance),
        contender("numpy", numpy_alone, tolerance),
    ]
    if cv2:
        contenders.append(contender("opencv and numpy", opencv_and_numpy, tolerance))
    if library_pipelines.albumentations:
        make = albumentations_targets
        contenders.append(Contender("albumentations, own draw", OUT, make, reference=True))
    return Workload(
        name=title(f"recipe with masks and {BOXES} boxes", (*shape, 3)),
        inputs=inputs_of(*shape),
        expected=recipes.photograph_oracle,
        contenders=contenders,
        difference=mean_difference,
    )


@races(targets_of(64, 384, 512))
def test_targets(entry, run):
    run(entry)
