"""Resampling: `affine` and `perspective` with one matrix per image, and `affine_matrix`."""

import math
from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import FRESH, Contender, Workload, modes, races, with_avx2, writes
from inputs import random_images, title
from numpy_baselines import AffineSampler, BicubicSampler, PerspectiveSampler
from oracles import geometry
from peers import cv2, numba, torch

if numba:
    import numba_loops

# Largest difference allowed, by dtype. Versions may round to either side of the exact value;
# OpenCV before 5 rounds coordinates to 1/32 pixel.
OURS = {np.uint8: 1, np.uint16: 20, np.float32: 3e-4}
OPENCV = {np.uint8: 8, np.uint16: 2100, np.float32: 0.04}
FLOAT32_COORDINATES = {np.uint8: 1, np.uint16: 130, np.float32: 2e-3}


def random_maps(*shape, dtype=np.uint8):
    """Build inputs: rotation, shift, scale and shear about the centre, one map per image."""

    def inputs():
        generator = np.random.default_rng(3)
        count, height, width, _ = shape
        matrices = [
            geometry.affine_matrix(
                generator.uniform(-15, 15),
                generator.uniform(-0.1, 0.1, 2) * (width, height),
                generator.uniform(0.8, 1.2),
                generator.uniform(-10, 10, 2),
                center=((width - 1) / 2, (height - 1) / 2),
            )
            for _ in range(count)
        ]
        return SimpleNamespace(
            images=random_images(*shape, dtype=dtype),
            matrices=np.array(matrices),
            inverses=np.array([geometry.inverse_matrix(matrix) for matrix in matrices]),
        )

    return inputs


def oracle(job):
    dtype = job.images.dtype
    pairs = zip(job.images, job.matrices, strict=True)
    return np.stack([geometry.round_half_up(geometry.affine_bilinear(*p), dtype) for p in pairs])


def fast_augment(job, out):
    return lambda: fa.affine(job.images, job.matrices, out=out)


def numpy_gather(make_sampler=AffineSampler):
    def make(job, out):
        sampler = make_sampler(job.images.shape[1:], job.images.dtype)

        def fill(job, target):
            for image, result, inverse in zip(job.images, target, job.inverses, strict=True):
                sampler(image, result, inverse)

        return writes(fill)(job, out)

    return make


def opencv_loop(function="warpAffine", flag="INTER_LINEAR", pool=False):
    def step(source, target, matrix):
        size = (target.shape[1], target.shape[0])
        warp = getattr(cv2, function)
        warp(source, matrix, size, target, getattr(cv2, flag), cv2.BORDER_CONSTANT, 0)

    return lambda job, out: peers.per_image(step, job, out, job.matrices, pool=pool)


def numba_loop(job, target):
    half = np.float32(0.5 if target.dtype == np.uint8 else 0)
    numba_loops.warp(target.shape[-1])(job.images, job.inverses, half, target)


def torch_grid_sample(job, _out):
    """Planes and normalised matrices are what torch works on, so they are made beforehand."""
    _, height, width, _ = job.images.shape
    planes = torch.from_numpy(job.images).permute(0, 3, 1, 2).contiguous()
    to_pixels = np.diag([(width - 1) / 2, (height - 1) / 2, 1.0])
    to_pixels[:2, 2] = (width - 1) / 2, (height - 1) / 2
    theta = np.linalg.inv(to_pixels)[:2, :2] @ job.inverses @ to_pixels
    theta[:, :, 2] -= 1.0
    theta = torch.from_numpy(theta.astype(np.float32))

    def call():
        grid = torch.nn.functional.affine_grid(theta, planes.shape, align_corners=True)
        warped = torch.nn.functional.grid_sample(planes, grid, align_corners=True)
        return warped.permute(0, 2, 3, 1)

    return call


def contenders(dtype):
    result = [
        *modes("fast_augment", fast_augment, tolerance=OURS[dtype]),
        *with_avx2(fast_augment, OURS[dtype]),
        *modes("numpy gather", numpy_gather(), tolerance=FLOAT32_COORDINATES[dtype]),
    ]
    if cv2:
        pool = opencv_loop(pool=True)
        result += modes("opencv", opencv_loop(), tolerance=OPENCV[dtype])
        result += modes("opencv pool", pool, tolerance=OPENCV[dtype], **peers.OPENCV_POOL)
    if numba and dtype is not np.uint16:
        result += modes("numba", writes(numba_loop), tolerance=OURS[dtype])
    if torch and dtype is np.float32:
        tolerance = FLOAT32_COORDINATES[dtype]
        result += [Contender("torch", FRESH, torch_grid_sample, tolerance=tolerance)]
    return result


def workload(*shape, dtype=np.uint8, **options):
    return Workload(
        name=title("affine", shape, dtype),
        inputs=random_maps(*shape, dtype=dtype),
        expected=oracle,
        contenders=contenders(dtype),
        **options,
    )


@races(
    workload(64, 224, 224, 3, threads=(1, peers.ALL_THREADS)),
    workload(64, 224, 224, 3, dtype=np.float32),
    workload(1024, 28, 28, 1, threads=(1, peers.ALL_THREADS)),
    workload(1024, 32, 32, 3),
    workload(8, 1024, 1024, 3),
    # Few enough to stay in the caches.
    workload(8, 224, 224, 1, only_full=True),
    workload(8, 224, 224, 4, only_full=True),
    workload(8, 224, 224, 3, dtype=np.uint16, only_full=True),
    workload(8, 224, 224, 3, dtype=np.float32, only_full=True),
    workload(64, 224, 224, 1, only_full=True),
    workload(64, 224, 224, 4, only_full=True),
)
def test_affine(entry, run):
    run(entry)


def bicubic_oracle(job):
    pairs = zip(job.images, job.matrices, strict=True)
    exact = (geometry.affine(*p, interpolation="bicubic") for p in pairs)
    return np.stack([geometry.round_half_up(values, job.images.dtype) for values in exact])


def fast_augment_bicubic(job, out):
    return lambda: fa.affine(job.images, job.matrices, interpolation="bicubic", out=out)


def bicubic_contenders():
    result = [
        *modes("fast_augment", fast_augment_bicubic, tolerance=1),
        *modes("numpy gather", numpy_gather(BicubicSampler), tolerance=1),
    ]
    if cv2:
        # Twice that of bilinear: the kernel is steeper.
        loop = opencv_loop(flag="INTER_CUBIC")
        result += modes("opencv", loop, tolerance=2 * OPENCV[np.uint8])
    return result


def bicubic_workload(*shape, **options):
    return Workload(
        name=title("affine bicubic", shape, np.uint8),
        inputs=random_maps(*shape),
        expected=bicubic_oracle,
        contenders=bicubic_contenders(),
        **options,
    )


def nearest_oracle(job):
    pairs = zip(job.images, job.matrices, strict=True)
    exact = [geometry.affine(*pair, interpolation="nearest") for pair in pairs]
    return np.stack(exact).astype(job.images.dtype)


def fast_augment_nearest(job, out):
    return lambda: fa.affine(job.images, job.matrices, interpolation="nearest", out=out)


def share_of_pixels(result, expected):
    """Share of values that differ: near a tie between two pixels both are right."""
    if result.shape != expected.shape:
        return math.inf
    return float(np.mean(result != expected))


def nearest_workload(*shape, **options):
    contenders = modes("fast_augment", fast_augment_nearest, tolerance=0.002)
    if cv2:
        contenders += modes("opencv", opencv_loop(flag="INTER_NEAREST"), tolerance=0.1)
    return Workload(
        name=title("affine nearest", shape, np.uint8),
        inputs=random_maps(*shape),
        expected=nearest_oracle,
        contenders=contenders,
        difference=share_of_pixels,
        **options,
    )


@races(nearest_workload(8, 224, 224, 3, only_full=True))
def test_nearest(entry, run):
    run(entry)


@races(
    bicubic_workload(16, 224, 224, 3),
    bicubic_workload(8, 224, 224, 3, only_full=True),
    bicubic_workload(512, 28, 28, 1, only_full=True),
)
def test_bicubic(entry, run):
    run(entry)


def random_leans(*shape):
    """Build inputs: each corner moves by up to a tenth of the image."""

    def inputs():
        generator = np.random.default_rng(5)
        count, height, width, _ = shape
        corners = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]])
        moves = generator.uniform(-0.1, 0.1, (count, 4, 2)) * (width, height)
        matrices = np.array([geometry.perspective_matrix(corners, corners + m) for m in moves])
        return SimpleNamespace(
            images=random_images(*shape), matrices=matrices, inverses=np.linalg.inv(matrices)
        )

    return inputs


def perspective_oracle(job):
    pairs = zip(job.images, job.matrices, strict=True)
    exact = (geometry.perspective(*pair)[0] for pair in pairs)
    return np.stack([geometry.round_half_up(values, job.images.dtype) for values in exact])


def fast_augment_perspective(job, out):
    return lambda: fa.perspective(job.images, job.matrices, out=out)


def perspective_contenders():
    result = [
        *modes("fast_augment", fast_augment_perspective, tolerance=1),
        *modes("numpy gather", numpy_gather(PerspectiveSampler), tolerance=1),
    ]
    if cv2:
        result += modes("opencv", opencv_loop("warpPerspective"), tolerance=OPENCV[np.uint8])
    return result


def perspective_workload(*shape, **options):
    return Workload(
        name=title("perspective", shape, np.uint8),
        inputs=random_leans(*shape),
        expected=perspective_oracle,
        contenders=perspective_contenders(),
        **options,
    )


@races(
    perspective_workload(64, 224, 224, 3),
    perspective_workload(1024, 28, 28, 1, only_full=True),
)
def test_perspective(entry, run):
    run(entry)


def random_parameters(count):
    def inputs():
        generator = np.random.default_rng(4)
        return SimpleNamespace(
            angle=generator.uniform(-15, 15, count),
            translate=generator.uniform(-20, 20, (count, 2)),
            scale=generator.uniform(0.8, 1.2, count),
            shear=generator.uniform(-10, 10, (count, 2)),
            center=(111.5, 111.5),
        )

    return inputs


def matrix_oracle(job):
    parameters = zip(job.angle, job.translate, job.scale, job.shear, strict=True)
    return np.array([geometry.affine_matrix(*p, center=job.center) for p in parameters])


def fast_augment_matrix(job, _out):
    return lambda: fa.affine_matrix(
        job.angle, job.translate, job.scale, job.shear, center=job.center
    )


def numpy_matrix(job, target):
    """Write out the product of the factors, for all samples at once."""
    angle = job.angle * (math.pi / 180)
    cosine, sine = np.cos(angle) * job.scale, np.sin(angle) * job.scale
    tangent_x, tangent_y = np.tan(job.shear * (math.pi / 180)).T
    x, y = job.center
    corner = 1 + tangent_x * tangent_y
    target[:, 0, 0] = cosine - sine * tangent_y
    target[:, 0, 1] = sine * corner - cosine * tangent_x
    target[:, 1, 0] = -sine - cosine * tangent_y
    target[:, 1, 1] = cosine * corner + sine * tangent_x
    target[:, 0, 2] = x + job.translate[:, 0] - target[:, 0, 0] * x - target[:, 0, 1] * y
    target[:, 1, 2] = y + job.translate[:, 1] - target[:, 1, 0] * x - target[:, 1, 1] * y


def matrix_workload(count, **options):
    return Workload(
        name=f"affine_matrix of {count}",
        inputs=random_parameters(count),
        expected=matrix_oracle,
        contenders=[
            Contender("fast_augment", FRESH, fast_augment_matrix, tolerance=1e-10),
            Contender("numpy", FRESH, writes(numpy_matrix), tolerance=1e-10),
        ],
        **options,
    )


@races(matrix_workload(64), matrix_workload(1024, only_full=True))
def test_affine_matrix(entry, run):
    run(entry)
