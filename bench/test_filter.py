"""Filters of neighbourhoods: `gaussian_blur` and `sharpness`."""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import peers
from harness import Workload, modes, races, writes
from inputs import images_of, random_images, title
from oracles import filter as oracles
from oracles import geometry
from peers import cv2, torch

pillow = peers.import_if_installed("PIL.Image")
if pillow:
    from PIL import ImageEnhance

# Levels. OpenCV has fixed-point weights; Pillow rounds the smooth image and truncates the result.
OURS, FIXED_POINT = 1, 2


def oracle_of(function, argument_of):
    """Build the oracle; ``argument_of(job)`` has one argument per image."""

    def oracle(job):
        pairs = zip(job.images, argument_of(job), strict=True)
        return np.stack([geometry.round_half_up(function(i, a), np.uint8) for i, a in pairs])

    return oracle


def opencv_loop(step, *arguments_of, pool=False):
    """Call ``step(source, target, ...)``, with one of each of the job's named lists."""

    def make(job, out):
        arguments = [getattr(job, name) for name in arguments_of]
        return peers.per_image(step, job, out, *arguments, pool=pool)

    return make


def opencv_modes(step, *arguments_of):
    loop = opencv_loop(step, *arguments_of)
    pool = opencv_loop(step, *arguments_of, pool=True)
    return [
        *modes("opencv", loop, tolerance=FIXED_POINT),
        *modes("opencv pool", pool, tolerance=FIXED_POINT, **peers.OPENCV_POOL),
    ]


def numpy_blur(size):
    """Shifted adds along y, then along x, of pairs that share a weight; in buffers that are kept.

    The border is reflected by hand into rows and columns that the buffers have to spare.
    """
    weights = oracles.gaussian_weights(size).astype(np.float32)
    half = size // 2

    def weigh(parts, total, term):
        """Add up `parts` from the centre outwards: one slice, then pairs of them."""
        (centre,), *pairs = parts
        np.multiply(centre, weights[half], out=total)
        for distance, (before, after) in enumerate(pairs, start=1):
            np.add(before, after, out=term)
            np.multiply(term, weights[half + distance], out=term)
            np.add(total, term, out=total)

    def slices(length):
        yield (slice(half, half + length),)
        for distance in range(1, half + 1):
            yield tuple(slice(half + step, half + step + length) for step in (-distance, distance))

    def make(job, out):
        _, height, width, channels = job.images.shape
        tall = np.empty((height + 2 * half, width * channels), np.float32)
        wide = np.empty((height, width + 2 * half, channels), np.float32)
        term = np.empty((height, width * channels), np.float32)
        total = np.empty_like(term)
        rows = [[tall[part] for part in parts] for parts in slices(height)]
        flat = wide.reshape(height, -1)
        columns = [
            [flat[:, p.start * channels : (p.start + width) * channels] for p in parts]
            for parts in slices(width)
        ]

        def fill(_job, target):
            for image, result in zip(job.images, target, strict=True):
                tall[half:-half] = image.reshape(height, -1)
                tall[:half] = tall[2 * half : half : -1]
                tall[-half:] = tall[-half - 2 : -2 * half - 2 : -1]
                weigh(rows, total, term)
                wide[:, half:-half] = total.reshape(height, width, channels)
                wide[:, :half] = wide[:, 2 * half : half : -1]
                wide[:, -half:] = wide[:, -half - 2 : -2 * half - 2 : -1]
                weigh(columns, total, term)
                np.add(total, np.float32(0.5), out=total)
                np.copyto(result.reshape(height, -1), total, casting="unsafe")

        return writes(fill)(job, out)

    return make


def torch_blur(size):
    """Two depthwise convolutions of planes; the cast and the change of layout are part of it."""
    weights = torch.from_numpy(oracles.gaussian_weights(size).astype(np.float32))
    functional = torch.nn.functional

    def fill(job, target):
        half, channels = size // 2, target.shape[-1]
        planes = torch.from_numpy(job.images).permute(0, 3, 1, 2).float().contiguous()
        planes = functional.pad(planes, (half, half, half, half), mode="reflect")
        for shape in ((size, 1), (1, size)):
            kernel = weights.reshape(1, 1, *shape).expand(channels, 1, *shape)
            planes = functional.conv2d(planes, kernel, groups=channels)
        torch.from_numpy(target).copy_(planes.add_(0.5).permute(0, 2, 3, 1))

    return writes(fill)


def blur_workload(size, *shape, **options):
    def fast_augment(job, out):
        return lambda: fa.gaussian_blur(job.images, size, out=out)

    # Without a sigma OpenCV takes other weights for small kernels.
    sigma = 0.3 * ((size - 1) * 0.5 - 1) + 0.8

    def opencv(source, target):
        cv2.GaussianBlur(source, (size, size), sigma, dst=target)

    contenders = modes("fast_augment", fast_augment, tolerance=OURS)
    contenders += modes("numpy", numpy_blur(size), tolerance=OURS)
    if cv2:
        contenders += opencv_modes(opencv)
    if torch:
        contenders += modes("torch", torch_blur(size), tolerance=OURS)
    return Workload(
        name=title(f"gaussian_blur {size}", shape),
        inputs=images_of(*shape),
        expected=oracle_of(oracles.gaussian_blur, lambda job: [size] * len(job.images)),
        contenders=contenders,
        time_share=0.6,
        **options,
    )


@races(
    blur_workload(5, 16, 224, 224, 3),
    blur_workload(23, 4, 224, 224, 3, only_full=True),
)
def test_gaussian_blur(entry, run):
    run(entry)


def images_and_factors(*shape):
    def inputs():
        factors = np.random.default_rng(2).uniform(0, 2, shape[0])
        return SimpleNamespace(images=random_images(*shape), factors=factors.tolist())

    return inputs


def fast_augment_sharpness(job, out):
    return lambda: fa.sharpness(job.images, job.factors, out=out)


def numpy_sharpness(job, out):
    """Add up 3 x 3 in whole numbers of 16 bits, along y and then along x; floats at the end."""
    _, height, width, channels = job.images.shape
    inside = (height - 2, (width - 2) * channels)
    columns = np.empty((height - 2, width * channels), np.uint16)
    total, (values, term) = np.empty(inside, np.uint16), np.empty((2, *inside), np.float32)

    def fill(job, target):
        for image, result, factor in zip(job.images, target, job.factors, strict=True):
            rows, place = image.reshape(height, -1), result.reshape(height, -1)
            centre = rows[1:-1, channels:-channels]
            np.add(rows[:-2], rows[1:-1], out=columns, dtype=np.uint16)
            np.add(columns, rows[2:], out=columns)
            np.add(columns[:, : -2 * channels], columns[:, 2 * channels :], out=total)
            np.add(total, columns[:, channels:-channels], out=total)
            # The centre counts 5 times: 4 of 13 parts go to its own weight.
            np.multiply(total, np.float32((1 - factor) / 13), out=values)
            np.multiply(centre, np.float32(factor + (1 - factor) * 4 / 13), out=term)
            np.add(values, term, out=values)
            np.add(values, np.float32(0.5), out=values)
            np.clip(values, 0, np.float32(255), out=values)
            np.copyto(place[1:-1, channels:-channels], values, casting="unsafe")
            copy_border(image, result)

    return writes(fill)(job, out)


def copy_border(source, target):
    target[0], target[-1] = source[0], source[-1]
    target[:, 0], target[:, -1] = source[:, 0], source[:, -1]


def opencv_sharpness(source, target, factor):
    """One kernel that mixes the pixel with its surroundings."""
    kernel = np.full((3, 3), (1 - factor) / 13, np.float32)
    kernel[1, 1] = factor + (1 - factor) * 5 / 13
    cv2.filter2D(source, -1, kernel, dst=target)
    copy_border(source, target)


def pillow_sharpness(source, target, factor):
    target[...] = ImageEnhance.Sharpness(pillow.fromarray(source)).enhance(factor)


def sharpness_workload(*shape, **options):
    contenders = modes("fast_augment", fast_augment_sharpness, tolerance=OURS)
    contenders += modes("numpy", numpy_sharpness, tolerance=OURS)
    if cv2:
        contenders += opencv_modes(opencv_sharpness, "factors")
    if pillow:
        loop = opencv_loop(pillow_sharpness, "factors")
        contenders += modes("pillow", loop, tolerance=FIXED_POINT)
    return Workload(
        name=title("sharpness", shape),
        inputs=images_and_factors(*shape),
        expected=oracle_of(oracles.sharpness, lambda job: job.factors),
        contenders=contenders,
        time_share=0.6,
        **options,
    )


@races(
    sharpness_workload(16, 224, 224, 3),
    sharpness_workload(64, 224, 224, 3, only_full=True),
)
def test_sharpness(entry, run):
    run(entry)
