"""Resizing a batch to one size: `resize`, antialiased and not."""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import OUT, Contender, Workload, modes, races, writes
from inputs import random_images, title
from oracles import geometry, resample
from peers import cv2

pillow = peers.import_if_installed("PIL.Image")

# Largest difference allowed, by dtype. Versions may round to either side of the exact value; OpenCV
# and Pillow use fixed-point weights for uint8, and Pillow rounds between its two passes.
OURS = {np.uint8: 1, np.float32: 1e-5}
FIXED_POINT = {np.uint8: 2, np.float32: 1e-4}


def inputs_of(shape, size, antialias, dtype):
    """Build inputs: noise, the size, and the weights of both axes as dense matrices."""

    def inputs():
        _, height, width, _ = shape
        return SimpleNamespace(
            images=random_images(*shape, dtype=dtype),
            size=size,
            antialias=antialias,
            rows=resample.axis_weights(height, size, "bilinear", antialias),
            columns=resample.axis_weights(width, size, "bilinear", antialias),
        )

    return inputs


def oracle(job):
    results = []
    for image in job.images:
        mixed = np.tensordot(job.rows, image.astype(np.float64), axes=(1, 0))
        exact = np.moveaxis(np.tensordot(job.columns, mixed, axes=(1, 1)), 0, 1)
        results.append(geometry.round_half_up(exact, image.dtype))
    return np.ascontiguousarray(results)


def fast_augment(job, out):
    return lambda: fa.resize(job.images, job.size, antialias=job.antialias, out=out)


def half_of(dtype):
    return np.float32(0.5 if np.issubdtype(dtype, np.integer) else 0)


def numpy_matmul(job, out):
    """Two products with dense weights per image, in BLAS, through buffers that are kept."""
    _, height, width, channels = job.images.shape
    rows, columns = job.rows.astype(np.float32), job.columns.astype(np.float32)
    source = np.empty((height, width * channels), np.float32)
    mixed = np.empty((job.size, width * channels), np.float32)
    planes = np.empty((job.size, channels, width), np.float32)
    result = np.empty((job.size, channels, job.size), np.float32)
    half = half_of(job.images.dtype)

    def fill(job, target):
        for image, place in zip(job.images, target, strict=True):
            source[...] = image.reshape(height, -1)
            np.matmul(rows, source, out=mixed)
            # Channels move out of the way, so that the second product is one large one as well.
            planes[...] = mixed.reshape(job.size, width, channels).transpose(0, 2, 1)
            np.matmul(planes.reshape(-1, width), columns.T, out=result.reshape(-1, job.size))
            np.add(result, half, out=result)
            np.copyto(place, result.transpose(0, 2, 1), casting="unsafe")

    return writes(fill)(job, out)


def neighbours(weights):
    """Read the two inputs of each output and the second's weight off a dense matrix."""
    first = np.argmax(weights > 0, axis=1)
    second = weights.shape[1] - 1 - np.argmax(weights[:, ::-1] > 0, axis=1)
    fraction = weights[np.arange(len(weights)), second] * (second > first)
    return first, second, fraction.astype(np.float32)


def numpy_gather(job, out):
    """Two rows, then two columns: all that is read without antialiasing."""
    top, bottom, down = neighbours(job.rows)
    left, right, along = neighbours(job.columns)
    down, along = down[:, np.newaxis, np.newaxis], along[:, np.newaxis]
    half = half_of(job.images.dtype)

    def fill(job, target):
        for image, place in zip(job.images, target, strict=True):
            above, below = image[top].astype(np.float32), image[bottom].astype(np.float32)
            below -= above
            below *= down
            above += below
            near, far = above[:, left], above[:, right]
            far -= near
            far *= along
            near += far
            near += half
            np.copyto(place, near, casting="unsafe")

    return writes(fill)(job, out)


def opencv_loop(interpolation, pool=False):
    def step(source, target):
        cv2.resize(source, target.shape[1::-1], dst=target, interpolation=interpolation)

    return lambda job, out: peers.per_image(step, job, out, pool=pool)


def pillow_loop(job, out):
    def step(source, target):
        image = pillow.fromarray(source)
        target[...] = image.resize(target.shape[1::-1], pillow.Resampling.BILINEAR)

    return peers.per_image(step, job, out)


def contenders(dtype, antialias, shape):
    result = modes("fast_augment", fast_augment, tolerance=OURS[dtype])
    if antialias:
        result += modes("numpy matmul", numpy_matmul, tolerance=FIXED_POINT[dtype])
        if pillow and dtype is np.uint8 and shape[-1] == 3:
            result += modes("pillow", pillow_loop, tolerance=FIXED_POINT[dtype])
        if cv2:
            # The only way to shrink without aliasing that OpenCV has; another filter.
            area = opencv_loop(cv2.INTER_AREA)
            result.append(Contender("opencv area", OUT, area, reference=True))
        return result
    result += modes("numpy gather", numpy_gather, tolerance=FIXED_POINT[dtype])
    if cv2:
        linear = opencv_loop(cv2.INTER_LINEAR)
        pool = opencv_loop(cv2.INTER_LINEAR, pool=True)
        result += modes("opencv", linear, tolerance=FIXED_POINT[dtype])
        result += modes("opencv pool", pool, tolerance=FIXED_POINT[dtype], **peers.OPENCV_POOL)
    return result


def workload(shape, size, *, antialias=True, dtype=np.uint8, **options):
    kind = "resize" if antialias else "resize without antialias"
    return Workload(
        name=f"{title(kind, shape, dtype)} to {size}",
        inputs=inputs_of(shape, size, antialias, dtype),
        expected=oracle,
        # Enlarging reads two neighbours either way.
        contenders=contenders(dtype, antialias and size < shape[1], shape),
        **options,
    )


PHOTOGRAPHS = (64, 512, 384, 3)


@races(
    workload(PHOTOGRAPHS, 224, threads=(1, peers.ALL_THREADS)),
    workload(PHOTOGRAPHS, 224, antialias=False, threads=(1, peers.ALL_THREADS)),
    workload((64, 160, 120, 3), 224),
    workload((1024, 28, 28, 1), 32),
    workload(PHOTOGRAPHS, 224, dtype=np.float32, only_full=True),
    workload(PHOTOGRAPHS, 224, dtype=np.float32, antialias=False, only_full=True),
)
def test_resize(entry, run):
    run(entry)
