"""Whole pipelines: one `Compose` against all that a peer must call for the same result.

`fast_augment` draws its parameters in the timed call; the peers get the same ones beforehand.
"""

import numpy as np

import library_pipelines
import numpy_pipeline
import opencv_pipeline
import peers
import recipes
from harness import OUT, Contender, Workload, races, with_avx2, writes
from inputs import title
from peers import cv2, numba

if numba:
    import numba_loops

# Largest difference allowed, in levels of the photographs. Versions that keep 8 bits round after
# every step, and the steps that follow may double that; Pillow also truncates.
EXACT, ROUNDED, TRUNCATED = 0.02, 5, 8
# The same for the mean difference where pixels are warped: who resamples twice blurs twice, and
# borders are mixed in differently.
MEAN_ONCE, MEAN_TWICE, MEAN_TRUNCATED = 0.6, 1.5, 2.5


def fast_augment(job, out):
    return lambda: job.augment(job.images, index=job.index, out=out)


def contender(library, make, tolerance, **options):
    return Contender(library, OUT, make, tolerance=tolerance, **options)


def mean_difference(result, expected):
    """Mean absolute difference; infinite if shapes or dtypes differ."""
    if result.shape != expected.shape or result.dtype != expected.dtype:
        return float("inf")
    pairs = zip(result, expected, strict=True)
    mean = float(np.mean([np.abs(a - b).mean(dtype=np.float64) for a, b in pairs]))
    return float("inf") if np.isnan(mean) else mean


def boxes_of(draws):
    return np.array([(d.top, d.left, d.height, d.width) for d in draws])


def numba_photographs(job, out):
    boxes, flips = boxes_of(job.draws), np.array([d.is_flipped for d in job.draws])
    rows = numba_loops.rows_of(job.images)

    def fill(_job, target):
        numba_loops.resized_crop(rows, boxes, flips, recipes.SCALE, recipes.BIAS, target)

    return writes(fill)(job, out)


def opencv_contenders(make, tolerance, library="opencv", **options):
    pool = make(pool=True, **options)
    return [
        contender(library, make(**options), tolerance),
        contender(f"{library} pool", pool, tolerance, **peers.OPENCV_POOL),
    ]


def plain_contenders(jitters, warps, rounded):
    """Contenders without antialiasing; `rounded` is the tolerance of 8 bits after every step."""
    result = []
    photographs = opencv_pipeline.photographs
    if cv2 and warps:
        once, twice = MEAN_ONCE * recipes.LEVEL, MEAN_TWICE * recipes.LEVEL
        result += opencv_contenders(photographs, once, "opencv one warp", warps="at once")
        result += opencv_contenders(photographs, once, "opencv rgba", warps="as rgba")
        result += opencv_contenders(photographs, twice)
    elif cv2:
        result += opencv_contenders(photographs, rounded)
    if cv2 and jitters:
        # Steps in one matrix do not clip between them, so the result is another one.
        folded = photographs(warps="as rgba" if warps else "in turn", folds=True)
        result.append(Contender("opencv folded", OUT, folded, reference=True))
    if numba and not jitters and not warps:
        result.append(contender("numba", numba_photographs, EXACT * recipes.LEVEL))
    for library in ("albumentations", "augrs"):
        if getattr(library_pipelines, library):
            make = getattr(library_pipelines, f"{library}_photographs")
            result.append(Contender(f"{library}, own draw", OUT, make, reference=True))
    return result


def antialiased_contenders(rounded):
    result = []
    if library_pipelines.pillow:
        make = library_pipelines.pillow_photographs
        result.append(contender("pillow", make(), rounded))
        result.append(contender("pillow pool", make(pool=True), rounded, min_threads=2))
        alone = library_pipelines.pillow_resize_alone
        result.append(Contender("alone: pillow resize", OUT, alone, reference=True))
    if library_pipelines.torchvision:
        make = library_pipelines.torchvision_photographs()
        result.append(contender("torchvision", make, rounded))
    return result


def photographs(*shape, antialias, jitters=False, warps=False, **options):
    """Workload of the usual recipe for photographs."""
    exact = (EXACT if not jitters else ROUNDED) * recipes.LEVEL
    rounded = (TRUNCATED if antialias else ROUNDED) * recipes.LEVEL
    in_turn = exact
    if warps:
        exact = MEAN_ONCE * recipes.LEVEL
        in_turn = MEAN_TWICE * recipes.LEVEL
        rounded = MEAN_TRUNCATED * recipes.LEVEL
    steps = ["resized crop", "flip", *["affine"] * warps, *["jitter"] * jitters, "normalize"]
    name = f"{title(', '.join(steps), shape)}{' antialiased' * antialias}"
    peers_of_kind = (
        antialiased_contenders(rounded) if antialias else plain_contenders(jitters, warps, rounded)
    )
    recipe = {"antialias": antialias, "jitters": jitters, "warps": warps}
    return Workload(
        name=name,
        inputs=recipes.photograph_inputs(*shape[:3], **recipe),
        expected=recipes.photograph_oracle,
        contenders=[
            contender("fast_augment", fast_augment, exact),
            *with_avx2(fast_augment, exact),
            contender("numpy", numpy_pipeline.photographs, in_turn),
            *peers_of_kind,
        ],
        difference=mean_difference if warps else None,
        **options,
    )


SHAPE = (64, 384, 512, 3)
SMALLER = (64, 160, 200, 3)


@races(
    photographs(*SHAPE, antialias=False, time_share=0.7),
    photographs(*SHAPE, antialias=False, jitters=True, time_share=0.7),
    photographs(*SHAPE, antialias=False, jitters=True, warps=True, time_share=0.7),
    photographs(*SHAPE, antialias=True, time_share=0.7),
    photographs(*SHAPE, antialias=True, jitters=True, time_share=0.7),
    photographs(*SHAPE, antialias=True, jitters=True, warps=True, time_share=0.7),
    photographs(*SMALLER, antialias=False, only_full=True),
    photographs(*SMALLER, antialias=True, only_full=True),
)
def test_photographs(entry, run):
    run(entry)


def numba_digits(job, out):
    inverses, images = job.inverses.astype(np.float32), job.images[..., 0]

    def fill(_job, target):
        numba_loops.warp_with_edges(images, inverses, target[..., 0])

    return writes(fill)(job, out)


def digits(count, **options):
    """Workload of the recipe for MNIST."""
    # Coordinates in float32, in OpenCV before 5 rounded to 1/32 pixel.
    contenders = [
        contender("fast_augment", fast_augment, 3e-4),
        contender("numpy gather", numpy_pipeline.digits, 2e-3),
        contender("numpy batch", numpy_pipeline.all_digits, 2e-3),
    ]
    if cv2:
        contenders += opencv_contenders(opencv_pipeline.digits, 0.04)
    if numba:
        contenders.append(contender("numba", numba_digits, 2e-3))
    return Workload(
        name=title("digits: affine with edges", (count, 28, 28, 1), np.float32),
        inputs=recipes.digit_inputs(count),
        expected=recipes.digit_oracle,
        contenders=contenders,
        time_share=0.7,
        **options,
    )


@races(digits(1024), digits(128, only_full=True))
def test_digits(entry, run):
    run(entry)


def numba_small(job, out):
    rows = numba_loops.rows_of(job.images)
    drawn = (job.tops, job.lefts, job.flips)

    def fill(_job, target):
        numba_loops.padded_crop_to_planes(rows, *drawn, recipes.SCALE, recipes.BIAS, target)

    return writes(fill)(job, out)


def small_images(count, **options):
    """Workload of the recipe for CIFAR."""
    exact = 2e-6
    contenders = [
        contender("fast_augment", fast_augment, exact),
        contender("numpy windows", numpy_pipeline.small_images, exact),
        contender("numpy loop", numpy_pipeline.small_images_in_turn, exact),
    ]
    if cv2:
        contenders += opencv_contenders(opencv_pipeline.small_images, exact)
    if numba:
        contenders.append(contender("numba", numba_small, exact))
    return Workload(
        name=title("padded crop, flip, normalize", (count, 32, 32, 3)),
        inputs=recipes.small_inputs(count),
        expected=recipes.small_oracle,
        contenders=contenders,
        time_share=0.7,
        **options,
    )


@races(small_images(1024), small_images(128, only_full=True))
def test_small_images(entry, run):
    run(entry)
