"""Cast, scale, subtract the mean, divide by the deviation, channels first: `normalize`."""

import numpy as np

import fast_augment as fa
import peers
from harness import Workload, modes, races, writes
from inputs import images_of, title
from oracles import normalize as oracle
from peers import cv2, numba, torch

if numba:
    import numba_loops

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
SCALE = (1 / (255 * STD.astype(np.float64))).astype(np.float32)
BIAS = (-MEAN.astype(np.float64) / STD).astype(np.float32)
# Results reach 2.7; both orders of the arithmetic round a few times in float32.
TOLERANCE = {np.float32: 2e-6, np.float16: 2e-3}


def expected(dtype):
    def planes(job):
        normalized = oracle.normalize(job.images, MEAN, STD)
        return np.ascontiguousarray(np.moveaxis(normalized, 3, 1), dtype)

    return planes


def fast_augment(dtype):
    return lambda job, out: lambda: fa.normalize(job.images, MEAN, STD, dtype=dtype, out=out)


def numpy_arithmetic(job, target):
    """Multiply and add in place, image by image to stay in the cache."""
    scale, bias = SCALE[:, np.newaxis, np.newaxis], BIAS[:, np.newaxis, np.newaxis]
    for image, planes in zip(job.images, target, strict=True):
        np.multiply(image.transpose(2, 0, 1), scale, out=planes, casting="same_kind")
        planes += bias


def numpy_batch(job, target):
    """Do the same for the whole batch at once: fewer Python steps for small images."""
    scale, bias = SCALE[:, np.newaxis, np.newaxis], BIAS[:, np.newaxis, np.newaxis]
    np.multiply(job.images.transpose(0, 3, 1, 2), scale, out=target, casting="same_kind")
    target += bias


def table_of(dtype):
    """All 256 results of each channel."""
    levels = np.arange(256, dtype=np.float32)[:, np.newaxis]
    return (levels * SCALE + BIAS).astype(dtype)


def numpy_table(dtype):
    table = table_of(dtype)

    def fill(job, target):
        for image, planes in zip(job.images, target, strict=True):
            for channel, plane in enumerate(planes):
                np.take(table[:, channel], image[..., channel], out=plane, mode="clip")

    return fill


def opencv_transform(pool=False):
    """Scale and shift each pixel as a colour transform, then split into planes."""
    matrix = np.column_stack([np.diag(SCALE), BIAS])

    def step(source, target):
        cv2.split(cv2.transform(source.astype(np.float32), matrix), list(target))

    return lambda job, out: peers.per_image(step, job, out, pool=pool)


def numba_loop(job, target):
    numba_loops.normalize(job.images, SCALE, BIAS, target)


def torch_arithmetic(job, target):
    planes = torch.from_numpy(job.images).permute(0, 3, 1, 2)
    scale, bias = torch.from_numpy(SCALE), torch.from_numpy(BIAS)
    result = torch.from_numpy(target)
    torch.mul(planes, scale[:, None, None], out=result).add_(bias[:, None, None])


def contenders(dtype):
    tolerance = TOLERANCE[dtype]
    result = modes("fast_augment", fast_augment(dtype), tolerance=tolerance)
    result += modes("numpy table", writes(numpy_table(dtype)), tolerance=tolerance)
    if dtype is np.float16:
        return result
    result += modes("numpy image", writes(numpy_arithmetic), tolerance=tolerance)
    result += modes("numpy batch", writes(numpy_batch), tolerance=tolerance)
    if cv2:
        pool = opencv_transform(pool=True)
        result += modes("opencv", opencv_transform(), tolerance=tolerance)
        result += modes("opencv pool", pool, tolerance=tolerance, **peers.OPENCV_POOL)
    if numba:
        result += modes("numba", writes(numba_loop), tolerance=tolerance)
    if torch:
        result += modes("torch", writes(torch_arithmetic), tolerance=tolerance)
    return result


def workload(*shape, dtype=np.float32, **options):
    return Workload(
        name=f"{title('normalize', shape)} to {np.dtype(dtype)}",
        inputs=images_of(*shape),
        expected=expected(dtype),
        contenders=contenders(dtype),
        **options,
    )


@races(
    workload(64, 224, 224, 3, threads=(1, peers.ALL_THREADS)),
    workload(1024, 32, 32, 3),
    workload(64, 224, 224, 3, dtype=np.float16, only_full=True),
)
def test_normalize(entry, run):
    run(entry)
