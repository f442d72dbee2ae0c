"""One 32x32x3 image per call: what a call costs before any pixel is moved."""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import numpy_pipeline
import opencv_pipeline
import recipes
from harness import OUT, Contender, Workload, modes, races, writes
from inputs import images_of, random_images
from numpy_baselines import AffineSampler
from oracles import geometry
from peers import cv2

SHAPE = (32, 32, 3)
SIZE, TOP, LEFT = 28, 3, 1


def workload(function, expected, contenders, inputs=None):
    return Workload(
        name=f"{function}, one uint8 32x32x3 image",
        inputs=inputs or images_of(*SHAPE),
        expected=expected,
        contenders=contenders,
    )


def numpy_hflip(job, target):
    np.copyto(target, job.images[:, ::-1])


def numpy_hflip_pixels(job, target):
    np.copyto(target.view("V3"), job.images.view("V3")[:, ::-1])


def opencv_hflip(job, target):
    cv2.flip(job.images, 1, target)


HFLIP = [
    *modes("fast_augment", lambda job, out: lambda: fa.hflip(job.images, out=out)),
    *modes("numpy", writes(numpy_hflip)),
    *modes("numpy pixels", writes(numpy_hflip_pixels)),
    *(modes("opencv", writes(opencv_hflip)) if cv2 else ()),
]


def fast_augment_crop(job, out):
    return lambda: fa.crop(job.images, TOP, LEFT, SIZE, out=out)


def window(job):
    return job.images[TOP : TOP + SIZE, LEFT : LEFT + SIZE]


def numpy_crop(job, target):
    np.copyto(target, window(job))


def opencv_crop(job, target):
    cv2.copyTo(window(job), None, target)


CROP = [
    *modes("fast_augment", fast_augment_crop),
    *modes("numpy", writes(numpy_crop)),
    *(modes("opencv", writes(opencv_crop)) if cv2 else ()),
]


def one_map():
    matrix = geometry.affine_matrix(12, (1.5, -2), 1.1, (4, 3), center=(15.5, 15.5))
    return SimpleNamespace(
        images=random_images(*SHAPE), matrix=matrix, inverse=geometry.inverse_matrix(matrix)
    )


def affine_oracle(job):
    return geometry.round_half_up(geometry.affine_bilinear(job.images, job.matrix), np.uint8)


def fast_augment_affine(job, out):
    return lambda: fa.affine(job.images, job.matrix, out=out)


def numpy_affine(job, out):
    sampler = AffineSampler(SHAPE, np.uint8)
    return writes(lambda job, target: sampler(job.images, target, job.inverse))(job, out)


def opencv_affine(job, target):
    cv2.warpAffine(
        job.images, job.matrix, SHAPE[:2], target, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, 0
    )


# OpenCV before 5 rounds coordinates to 1/32 pixel.
AFFINE = [
    *modes("fast_augment", fast_augment_affine, tolerance=1),
    *modes("numpy gather", numpy_affine, tolerance=1),
    *(modes("opencv", writes(opencv_affine), tolerance=8) if cv2 else ()),
]


def fast_augment_pipeline(job, out):
    return lambda: job.augment(job.images, index=job.index, out=out)


def numpy_pipeline_of_four(job, out):
    margin = numpy_pipeline.MARGIN
    top, left = job.top + margin, job.left + margin
    padded = np.zeros((32 + 2 * margin, 32 + 2 * margin, 3), np.uint8)
    values = np.empty((32, 32, 3), np.float32)

    def fill(job, target):
        padded[margin:-margin, margin:-margin] = job.images
        values[...] = padded[top : top + 32, left : left + 32][:, ::-1]
        numpy_pipeline.jitter(values, job.jitter)
        numpy_pipeline.store(values, target)

    return writes(fill)(job, out)


def opencv_pipeline_of_four(job, out):
    call = opencv_pipeline.small_images(jitter=job.jitter)
    batch = SimpleNamespace(
        images=job.images[np.newaxis],
        tops=np.array([job.top]),
        lefts=np.array([job.left]),
        flips=np.array([True]),
        threads=1,
    )
    run = call(batch, out[np.newaxis])
    return lambda: run()[0]


# OpenCV rounds after every step.
PIPELINE = [
    Contender("fast_augment", OUT, fast_augment_pipeline, tolerance=2 * recipes.LEVEL),
    Contender("numpy", OUT, numpy_pipeline_of_four, tolerance=2 * recipes.LEVEL),
    *(
        [Contender("opencv", OUT, opencv_pipeline_of_four, tolerance=5 * recipes.LEVEL)]
        if cv2
        else ()
    ),
]


@races(
    workload(
        "padded crop, flip, jitter, normalize",
        recipes.one_small_image_oracle,
        PIPELINE,
        inputs=recipes.one_small_image,
    ),
    workload("hflip", lambda job: job.images[:, ::-1].copy(), HFLIP),
    workload("crop", lambda job: window(job).copy(), CROP),
    workload("affine", affine_oracle, AFFINE, inputs=one_map),
)
def test_call(entry, run):
    run(entry)
