"""Colour, one value per image: brightness, contrast, saturation, hue, gamma, gray, levels."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

import fast_augment as fa
import numpy_color
import peers
from harness import OUT, Contender, Workload, modes, races, writes
from inputs import random_images, title
from oracles import color, geometry
from peers import cv2, torch

pillow = peers.import_if_installed("PIL.Image")
if pillow:
    from PIL import ImageEnhance, ImageOps

# Levels by which rounding may differ. Pillow truncates, after it has rounded gray.
TOLERANCE = {"fast_augment": 1, "numpy": 1, "opencv": 1, "torch": 1, "pillow": 2}
WHITE = 255


@dataclass(frozen=True)
class Case:
    """A function, what it is given, and the ways to do it.

    `values` draws one argument per image; without it the function takes none. Peers get
    ``step(source, target, value)`` for one image, `torch` and `numpy_batch` ``fill(job, target)``
    for the batch.
    """

    function: Callable[..., Any]
    numpy: dict[str, Callable[..., Any]]
    values: Callable[[np.random.Generator, int], np.ndarray] | None = None
    numpy_batch: Callable[..., Any] | None = None
    opencv: Callable[..., Any] | None = None
    pillow: Callable[..., Any] | None = None
    torch: Callable[..., Any] | None = None
    exact: bool = False
    opencv_is_coarse: bool = False


def factors(generator, count):
    return generator.uniform(0.6, 1.4, count)


def turns(generator, count):
    return generator.uniform(-0.5, 0.5, count)


def gammas(generator, count):
    return generator.uniform(0.5, 2.0, count)


def thresholds(generator, count):
    return generator.integers(64, 192, count)


def bits(generator, count):
    return generator.integers(2, 7, count, endpoint=True)


def opencv_table(levels_of):
    def step(source, target, value):
        cv2.LUT(source, numpy_color.rounded(levels_of(value)), dst=target)

    return step


def opencv_brightness(source, target, factor):
    cv2.convertScaleAbs(source, dst=target, alpha=factor)


def opencv_contrast(source, target, factor):
    mean = cv2.mean(cv2.cvtColor(source, cv2.COLOR_RGB2GRAY))[0]
    levels = numpy_color.LEVELS * np.float32(factor) + (1 - factor) * mean
    cv2.LUT(source, numpy_color.rounded(levels), dst=target)


def opencv_saturation(source, target, factor):
    gray = cv2.cvtColor(cv2.cvtColor(source, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    cv2.addWeighted(source, factor, gray, 1 - factor, 0, dst=target)


def opencv_hue(source, target, delta):
    """Hue of 8 bits comes in steps of 2 degrees, so results differ by more than rounding."""
    hsv = cv2.cvtColor(source, cv2.COLOR_RGB2HSV)
    steps = np.arange(256)
    table = ((steps + round(180 * delta)) % 180).astype(np.uint8)
    hsv[..., 0] = cv2.LUT(cv2.extractChannel(hsv, 0), table)
    cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB, dst=target)


def opencv_gray(source, target, _value):
    cv2.cvtColor(source, cv2.COLOR_RGB2GRAY, dst=target)


def opencv_invert(source, target, _value):
    cv2.bitwise_not(source, dst=target)


def solarized_levels(threshold):
    levels = numpy_color.LEVELS
    return np.where(levels >= threshold, WHITE - levels, levels)


def posterized_levels(kept):
    return np.arange(256) >> (8 - kept) << (8 - kept)


def pillow_step(change):
    """Build a step from ``change(image, value)``."""

    def step(source, target, value):
        result = np.asarray(change(pillow.fromarray(source), value))
        target[...] = result.reshape(target.shape)

    return step


def pillow_enhance(name):
    return pillow_step(lambda image, factor: getattr(ImageEnhance, name)(image).enhance(factor))


def torch_values(job, dtype):
    return torch.tensor(job.values, dtype=dtype)[:, None, None, None]


def torch_brightness(job, target):
    brighter = torch.from_numpy(job.images) * torch_values(job, torch.float32)
    torch.from_numpy(target).copy_(brighter.add_(0.5).clamp_(0, WHITE))


def torch_invert(job, target):
    torch.bitwise_not(torch.from_numpy(job.images), out=torch.from_numpy(target))


def torch_solarize(job, target):
    """Use an exclusive or, several times as fast here as `torch.where`."""
    images, result = torch.from_numpy(job.images), torch.from_numpy(target)
    bright = images >= torch_values(job, torch.uint8)
    torch.bitwise_xor(images, bright.to(torch.uint8).mul_(WHITE), out=result)


def torch_posterize(job, target):
    masks = torch.tensor([posterized_levels(kept)[-1] for kept in job.values], dtype=torch.uint8)
    result = torch.from_numpy(target)
    torch.bitwise_and(torch.from_numpy(job.images), masks[:, None, None, None], out=result)


def lookups(levels_of):
    """Two ways to look levels up."""
    return {"take": numpy_color.table(levels_of), "translate": numpy_color.translate(levels_of)}


CASES = {
    "adjust_brightness": Case(
        fa.adjust_brightness,
        numpy={
            **lookups(numpy_color.brighter),
            "arithmetic": numpy_color.brightness_arithmetic,
        },
        values=factors,
        opencv=opencv_brightness,
        pillow=pillow_enhance("Brightness"),
        torch=torch_brightness,
    ),
    "adjust_contrast": Case(
        fa.adjust_contrast,
        numpy={
            "translate": numpy_color.contrast_translate,
            "arithmetic": numpy_color.contrast_arithmetic,
        },
        values=factors,
        opencv=opencv_contrast,
        pillow=pillow_enhance("Contrast"),
    ),
    "adjust_saturation": Case(
        fa.adjust_saturation,
        numpy={
            "matrix": numpy_color.saturation_matrix,
            "planes": numpy_color.saturation_planes,
        },
        values=factors,
        opencv=opencv_saturation,
        pillow=pillow_enhance("Color"),
    ),
    "adjust_hue": Case(
        fa.adjust_hue,
        numpy={"planes": numpy_color.hue_planes},
        values=turns,
        opencv=opencv_hue,
        opencv_is_coarse=True,
    ),
    "adjust_gamma": Case(
        fa.adjust_gamma,
        numpy=lookups(numpy_color.powers),
        values=gammas,
        opencv=opencv_table(numpy_color.powers),
        pillow=pillow_step(
            lambda image, gamma: image.point(
                numpy_color.rounded(numpy_color.powers(gamma)).tolist() * 3
            )
        ),
    ),
    "grayscale": Case(
        fa.grayscale,
        numpy={"integers": numpy_color.gray_integers, "matmul": numpy_color.gray_product},
        opencv=opencv_gray,
        pillow=pillow_step(lambda image, _value: image.convert("L")),
    ),
    "invert": Case(
        fa.invert,
        numpy={"": numpy_color.inverted},
        opencv=opencv_invert,
        pillow=pillow_step(lambda image, _value: ImageOps.invert(image)),
        torch=torch_invert,
        exact=True,
    ),
    "solarize": Case(
        fa.solarize,
        numpy={"bits": numpy_color.solarize_bits},
        values=thresholds,
        opencv=opencv_table(solarized_levels),
        pillow=pillow_step(lambda image, threshold: ImageOps.solarize(image, threshold)),
        torch=torch_solarize,
        exact=True,
    ),
    "posterize": Case(
        fa.posterize,
        numpy={"bits": numpy_color.posterize_mask},
        numpy_batch=numpy_color.posterize_batch,
        values=bits,
        opencv=opencv_table(posterized_levels),
        pillow=pillow_step(lambda image, kept: ImageOps.posterize(image, kept)),
        torch=torch_posterize,
        exact=True,
    ),
}


def inputs_of(case, shape):
    """Build inputs: noise, and one value per image as Python numbers (None without any)."""

    def inputs():
        count = shape[0]
        values = [None] * count
        if case.values:
            values = case.values(np.random.default_rng(2), count).tolist()
        return SimpleNamespace(images=random_images(*shape), values=values)

    return inputs


def oracle_of(name):
    def oracle(job):
        results = []
        for image, value in zip(job.images, job.values, strict=True):
            exact = getattr(color, name)(image, *([] if value is None else [value]))
            results.append(geometry.round_half_up(exact, image.dtype))
        return np.stack(results)

    return oracle


def fast_augment(case):
    def make(job, out):
        if case.values:
            return lambda: case.function(job.images, job.values, out=out)
        return lambda: case.function(job.images, out=out)

    return make


def loop(step, pool=False):
    return lambda job, out: peers.per_image(step, job, out, job.values, pool=pool)


def contenders(case):
    def tolerance(library):
        return {"tolerance": 0 if case.exact else TOLERANCE[library]}

    result = modes("fast_augment", fast_augment(case), **tolerance("fast_augment"))
    for version, prepare in case.numpy.items():
        name = f"numpy {version}".strip()
        result += modes(name, numpy_color.per_image(prepare), **tolerance("numpy"))
        if not case.values:
            result += modes(f"{name} tall", numpy_color.tall(prepare), **tolerance("numpy"))
    if case.numpy_batch:
        result += modes("numpy batch", writes(case.numpy_batch), **tolerance("numpy"))
    if cv2 and case.opencv_is_coarse:
        result.append(Contender("opencv 8-bit", OUT, loop(case.opencv), reference=True))
    elif cv2:
        pool = loop(case.opencv, pool=True)
        result += modes("opencv", loop(case.opencv), **tolerance("opencv"))
        result += modes("opencv pool", pool, **tolerance("opencv"), **peers.OPENCV_POOL)
    if pillow and case.pillow:
        result += modes("pillow", loop(case.pillow), **tolerance("pillow"))
    if torch and case.torch:
        result += modes("torch", writes(case.torch), **tolerance("torch"))
    return result


def workload(name, *shape, **options):
    case = CASES[name]
    return Workload(
        name=title(name, shape),
        inputs=inputs_of(case, shape),
        expected=oracle_of(name),
        contenders=contenders(case),
        time_share=0.6,
        **options,
    )


PHOTOGRAPHS = (64, 224, 224, 3)
# The oracle of hue goes pixel by pixel.
FEW_PHOTOGRAPHS = (4, 224, 224, 3)
SMALL = (1024, 32, 32, 3)


@races(
    workload("adjust_brightness", *PHOTOGRAPHS),
    workload("adjust_contrast", *PHOTOGRAPHS),
    workload("adjust_saturation", *PHOTOGRAPHS),
    workload("adjust_hue", *FEW_PHOTOGRAPHS),
    workload("adjust_gamma", *PHOTOGRAPHS),
    workload("grayscale", *PHOTOGRAPHS),
    workload("invert", *PHOTOGRAPHS),
    workload("solarize", *PHOTOGRAPHS),
    workload("posterize", *PHOTOGRAPHS),
    workload("grayscale", *SMALL, only_full=True),
    workload("invert", *SMALL, only_full=True),
)
def test_color(entry, run):
    run(entry)
