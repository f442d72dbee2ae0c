"""Recipes for photographs in other libraries.

Pillow and torchvision are given what was drawn. Albumentations and augrs draw on their own, from
the same distributions: their results are others, so they stand for scale.
"""

import os

import numpy as np

import peers
from numpy_pipeline import store
from peers import torch
from recipes import BIAS, MEAN, SCALE, SIZE, STD

# No message to its makers, no look for a newer version.
os.environ["ALBUMENTATIONS_NO_TELEMETRY"] = os.environ["ALBUMENTATIONS_OFFLINE"] = "1"

albumentations = peers.import_if_installed("albumentations")
augrs = peers.import_if_installed("augrs")
torchvision = peers.import_torchvision() if torch else None
pillow = peers.import_if_installed("PIL.Image")
if pillow:
    from PIL import ImageEnhance

    ENHANCERS = {
        "brightness": ImageEnhance.Brightness,
        "contrast": ImageEnhance.Contrast,
        "saturation": ImageEnhance.Color,
    }


def pillow_affine(image, inverse):
    """Pillow counts from the corners of pixels."""
    (a, b, c), (d, e, f) = inverse.tolist()
    numbers = (a, b, c + 0.5 - 0.5 * (a + b), d, e, f + 0.5 - 0.5 * (d + e))
    return image.transform(
        (SIZE, SIZE), pillow.Transform.AFFINE, numbers, pillow.Resampling.BILINEAR
    )


def pillow_photographs(pool=False):
    """Build the contender's `make`; NumPy normalizes."""

    def step(source, target, draw):
        image = pillow.fromarray(draw.box_of(source))
        image = image.resize((SIZE, SIZE), pillow.Resampling.BILINEAR)
        if draw.is_flipped:
            image = image.transpose(pillow.Transpose.FLIP_LEFT_RIGHT)
        if draw.affine is not None:
            image = pillow_affine(image, draw.inverse)
        for name, factor in draw.jitter:
            image = ENHANCERS[name](image).enhance(factor)
        store(np.asarray(image), target)

    return lambda job, out: peers.per_image(step, job, out, job.draws, pool=pool)


def pillow_resize_alone(job, _out):
    """Resize the boxes of photographs that are Pillow's own, and nothing else."""
    images = [pillow.fromarray(image) for image in job.images]
    size = (SIZE, SIZE)
    boxes = [(d.left, d.top, d.left + d.width, d.top + d.height) for d in job.draws]
    pairs = list(zip(images, boxes, strict=True))

    def call():
        return [i.resize(size, pillow.Resampling.BILINEAR, box=box) for i, box in pairs]

    return call


def torchvision_photographs():
    """Build the contender's `make`; the tensors share the memory of the photographs."""
    scale, bias = (torch.from_numpy(f[:, np.newaxis, np.newaxis]) for f in (SCALE, BIAS))
    bilinear = torchvision.InterpolationMode.BILINEAR
    adjust = {
        "brightness": torchvision.adjust_brightness,
        "contrast": torchvision.adjust_contrast,
        "saturation": torchvision.adjust_saturation,
    }

    def step(source, target, draw):
        image = source.permute(2, 0, 1)
        box = (draw.top, draw.left, draw.height, draw.width)
        image = torchvision.resized_crop(image, *box, [SIZE, SIZE], bilinear, antialias=True)
        if draw.is_flipped:
            image = torchvision.horizontal_flip(image)
        if draw.affine is not None:
            # Positive angles turn clockwise there.
            image = torchvision.affine(
                image,
                -draw.angle,
                list(draw.translate),
                draw.scale,
                [draw.shear, 0.0],
                interpolation=bilinear,
            )
        for name, factor in draw.jitter:
            image = adjust[name](image, factor)
        torch.mul(image, scale, out=target).add_(bias)

    def make(job, out):
        sources = torch.from_numpy(job.images)
        targets = None if out is None else torch.from_numpy(out)

        def call():
            result = job.empty() if out is None else out
            places = torch.from_numpy(result) if out is None else targets
            for source, target, draw in zip(sources, places, job.draws, strict=True):
                step(source, target, draw)
            return result

        return call

    return make


def composed(library, job):
    """Build the recipe of a workload in Albumentations or augrs, which share their names."""
    steps = [library.RandomResizedCrop(size=(SIZE, SIZE)), library.HorizontalFlip()]
    if job.warps:
        moves = {"translate_percent": (-0.1, 0.1), "scale": (0.9, 1.1), "rotate": (-15, 15)}
        steps.append(library.Affine(**moves, shear={"x": (-5, 5), "y": (0, 0)}, p=1))
    if job.jitters:
        steps.append(library.ColorJitter(*[(0.6, 1.4)] * 3, (0, 0), p=1))
    return library.Compose([*steps, library.Normalize(mean=MEAN, std=STD)], seed=0)


def albumentations_photographs(job, out):
    """Contender's `make`, one image per call."""
    augment = composed(albumentations, job)

    def step(image, target):
        np.copyto(target, augment(image=image)["image"].transpose(2, 0, 1))

    return peers.per_image(step, job, out)


def augrs_photographs(job, out):
    """Contender's `make`, all images in one call."""
    augment, images = composed(augrs, job), list(job.images)

    def call():
        target = job.empty() if out is None else out
        results = augment.augment_batch(images, seed=0, num_threads=job.threads)
        for result, planes in zip(results, target, strict=True):
            np.copyto(planes, result["image"].transpose(2, 0, 1))
        return target

    return call
