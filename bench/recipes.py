"""Pipelines that are compared as a whole: inputs, what was drawn for them, expected results.

The parameters are drawn once and given to every peer; fast_augment draws them anew in every call,
from the same numbers of the samples.
"""

import functools
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

import fast_augment as fa
from inputs import photographs, random_images
from oracles import color, geometry, resample

SIZE = 224
MIDDLE = ((SIZE - 1) / 2, (SIZE - 1) / 2)
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
# What the levels of uint8 are multiplied by, and what is added.
SCALE = (1 / (255 * np.array(STD))).astype(np.float32)
BIAS = (-np.array(MEAN) / STD).astype(np.float32)
# One level in the result, at most.
LEVEL = 1 / (255 * min(STD))
WEIGHTS = np.array([0.2989, 0.587, 0.114])
JITTERS = ("brightness", "contrast", "saturation", "hue")


@dataclass(frozen=True)
class Draw:
    """What was drawn for one photograph; `jitter` in the order in which it runs.

    `affine` and `inverse` map the resized photograph forth and back, `whole` the box to the result.
    """

    top: int
    left: int
    height: int
    width: int
    is_flipped: bool
    jitter: tuple[tuple[str, float], ...] = ()
    affine: np.ndarray | None = None
    inverse: np.ndarray | None = None
    whole: np.ndarray | None = None
    angle: float = 0.0
    translate: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    shear: float = 0.0

    def box_of(self, image):
        """View of what is resized."""
        return image[self.top : self.top + self.height, self.left : self.left + self.width]


def photograph_pipeline(antialias, jitters, warps):
    """Build the usual recipe for photographs, up to the point that is asked for."""
    steps = [
        fa.RandomResizedCrop(SIZE, antialias=antialias),
        fa.RandomHorizontalFlip(),
        fa.RandomAffine(15, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=5),
        fa.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4),
    ]
    wanted = [True, True, warps, jitters]
    chosen = [step for step, is_wanted in zip(steps, wanted, strict=True) if is_wanted]
    return fa.Compose([*chosen, fa.Normalize(MEAN, STD)], seed=0)


def resized_to_flipped(draw):
    """Matrix from the pixels of the box to those of the resized and perhaps mirrored one."""
    scales = np.array([SIZE / draw.width, SIZE / draw.height])
    matrix = np.column_stack([np.diag(scales), 0.5 * scales - 0.5])
    if draw.is_flipped:
        matrix[0] = -matrix[0]
        matrix[0, 2] += SIZE - 1
    return np.vstack([matrix, [0, 0, 1]])


def affine_values(record, draw):
    values = {
        "angle": float(record["angle"]),
        "translate": (float(record["translate_x"]), float(record["translate_y"])),
        "scale": float(record["scale_x"]),
        "shear": float(record["shear_x"]),
    }
    affine = geometry.affine_matrix(**values, center=MIDDLE)
    whole = (np.vstack([affine, [0, 0, 1]]) @ resized_to_flipped(draw))[:2]
    inverse = geometry.inverse_matrix(affine)
    return {**values, "affine": affine, "inverse": inverse, "whole": whole}


def jitter_steps(record):
    order = [JITTERS[int(record[place])] for place in ("first", "second", "third", "fourth")]
    return tuple((name, float(record[name])) for name in order if name != "hue")


def draws_of(params):
    """List one `Draw` per sample."""
    draws = []
    boxes, flips = params["RandomResizedCrop"], params["RandomHorizontalFlip"]
    for i, box in enumerate(boxes):
        values = {name: int(box[name]) for name in ("top", "left", "height", "width")}
        values["is_flipped"] = bool(flips["order"][i] >= 0)
        if "ColorJitter" in params.names:
            values["jitter"] = jitter_steps(params["ColorJitter"][i])
        if "RandomAffine" in params.names:
            values |= affine_values(params["RandomAffine"][i], Draw(**values))
        draws.append(Draw(**values))
    return draws


def photograph_inputs(count, height, width, **recipe):
    """Build the `inputs` of a workload: photographs, pipeline, numbers of the samples, draws."""

    def inputs():
        images = photographs(count, height, width)
        augment, index = photograph_pipeline(**recipe), np.arange(count)
        params = augment(images, index=index, return_params=True).params
        return SimpleNamespace(
            images=images, augment=augment, index=index, draws=draws_of(params), **recipe
        )

    return inputs


axis_weights = functools.cache(resample.axis_weights)


def resized(image, draw, antialias):
    rows = axis_weights(draw.height, SIZE, "bilinear", antialias)
    columns = axis_weights(draw.width, SIZE, "bilinear", antialias)
    mixed = np.tensordot(rows, draw.box_of(image).astype(np.float64), axes=(1, 0))
    values = np.moveaxis(np.tensordot(columns, mixed, axes=(1, 1)), 0, 1)
    return geometry.hflip(values) if draw.is_flipped else values


def warped_at_once(image, draw):
    """One sampling for all moves; what is outside of the resized photograph is black."""
    x, y = geometry.source_coordinates(draw.affine, (SIZE, SIZE))
    inside = (x >= -0.5) & (y >= -0.5) & (x < SIZE - 0.5) & (y < SIZE - 0.5)
    if draw.is_flipped:
        x = SIZE - 1 - x
    x, y = (x + 0.5) * (draw.width / SIZE) - 0.5, (y + 0.5) * (draw.height / SIZE) - 0.5
    values = geometry.sample_bilinear(draw.box_of(image), x, y, "edge", 0)
    return np.where(inside[..., np.newaxis], values, 0.0)


def moved(image, draw, job):
    if not job.warps:
        return resized(image, draw, job.antialias)
    if job.antialias:
        return geometry.affine_bilinear(resized(image, draw, True), draw.affine)
    return warped_at_once(image, draw)


def jittered(values, jitter):
    for name, factor in jitter:
        values = getattr(color, f"adjust_{name}")(values, factor, value_range=(0.0, 255.0))
    return values


def normalized(values):
    """Float64 planes."""
    return ((values / 255 - MEAN) / STD).transpose(2, 0, 1)


def photograph_oracle(job):
    """Float64 all the way: nothing is rounded between the steps."""
    results = np.empty((len(job.images), 3, SIZE, SIZE), np.float32)
    for image, draw, result in zip(job.images, job.draws, results, strict=True):
        result[...] = normalized(jittered(moved(image, draw, job), draw.jitter))
    return results


def small_pipeline(jitters=False):
    """Build the usual recipe of CIFAR."""
    jitter = [fa.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4)] * jitters
    moves = [fa.RandomCrop(32, padding=4), fa.RandomHorizontalFlip()]
    return fa.Compose([*moves, *jitter, fa.Normalize(MEAN, STD)], seed=0)


def small_inputs(count):
    """Build the `inputs` of a workload on noise of 32 x 32 pixels."""

    def inputs():
        images = random_images(count, 32, 32, 3)
        augment, index = small_pipeline(), np.arange(count)
        params = augment(images, index=index, return_params=True).params
        return SimpleNamespace(
            images=images,
            augment=augment,
            index=index,
            tops=params["RandomCrop"]["top"].astype(np.int64),
            lefts=params["RandomCrop"]["left"].astype(np.int64),
            flips=params["RandomHorizontalFlip"]["order"] >= 0,
        )

    return inputs


def small_oracle(job):
    results = np.empty((len(job.images), 3, 32, 32), np.float32)
    places = zip(job.images, job.tops, job.lefts, job.flips, results, strict=True)
    for image, top, left, is_flipped, result in places:
        window = geometry.crop(image, int(top), int(left), 32)
        result[...] = normalized(geometry.hflip(window) if is_flipped else window)
    return results


def one_small_image():
    """Make the inputs of a call on one image that is mirrored, and whose colours change."""
    augment, index = small_pipeline(jitters=True), 2
    image = random_images(32, 32, 3)
    params = augment(image, index=index, return_params=True).params
    assert params["RandomHorizontalFlip"]["order"][0] >= 0
    return SimpleNamespace(
        images=image,
        augment=augment,
        index=index,
        top=int(params["RandomCrop"]["top"][0]),
        left=int(params["RandomCrop"]["left"][0]),
        jitter=jitter_steps(params["ColorJitter"][0]),
    )


def one_small_image_oracle(job):
    values = geometry.hflip(geometry.crop(job.images, job.top, job.left, 32)).astype(np.float64)
    return np.ascontiguousarray(normalized(jittered(values, job.jitter)), np.float32)


def digit_pipeline():
    """Build the recipe for MNIST of Keras' examples; one scale for both axes."""
    moves = fa.RandomAffine(
        10, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=5, border="edge", center=(13.5, 13.5)
    )
    return fa.Compose([moves], seed=0)


def digit_inputs(count):
    """Build the `inputs` of a workload on noise of 28 x 28 pixels, one channel, float32."""

    def inputs():
        images = random_images(count, 28, 28, 1, dtype=np.float32)
        augment, index = digit_pipeline(), np.arange(count)
        params = augment(images, index=index, return_params=True).params
        records = params["RandomAffine"]
        matrices = [
            geometry.affine_matrix(
                record["angle"],
                (record["translate_x"], record["translate_y"]),
                record["scale_x"],
                record["shear_x"],
                center=(13.5, 13.5),
            )
            for record in records
        ]
        return SimpleNamespace(
            images=images,
            augment=augment,
            index=index,
            matrices=np.array(matrices),
            inverses=np.array([geometry.inverse_matrix(matrix) for matrix in matrices]),
        )

    return inputs


def digit_oracle(job):
    pairs = zip(job.images, job.matrices, strict=True)
    return np.stack(
        [geometry.affine_bilinear(*pair, border="edge") for pair in pairs], dtype=np.float32
    )
