"""Batches of `fast_augment.keras` against those of Keras: `next` of what `flow` returns."""

import importlib
import os
import warnings
from types import SimpleNamespace

import numpy as np

import numpy_pipeline
import peers
from fast_augment.keras import ImageDataGenerator
from harness import FRESH, Contender, Workload, races, writes
from inputs import random_images, title
from oracles import geometry, keras_image

RECIPE = {
    "rotation_range": 15,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "shear_range": 0.1,
    "zoom_range": 0.1,
    "horizontal_flip": True,
    "fill_mode": "nearest",
}
SEED, COUNT = 5, 1024
# Half a thousandth of a level of 255; NumPy's coordinates are float32.
OURS, FLOAT32_COORDINATES = 1e-3, 0.2


def import_keras():
    """Import the module of Keras' generator, if it is there with any backend."""
    for backend in ("tensorflow", "jax", "torch"):
        if peers.import_if_installed(backend):
            os.environ.setdefault("KERAS_BACKEND", backend)
            break
    try:
        return importlib.import_module("keras.src.legacy.preprocessing.image")
    except ModuleNotFoundError:
        return None


keras = import_keras()
ndimage = peers.import_if_installed("scipy.ndimage")


def drawn(random, side):
    """Parameters of one image: what Keras draws for the recipe, one after the other."""
    theta = random.uniform(-15, 15)
    tx, ty = random.uniform(-0.1, 0.1) * side, random.uniform(-0.1, 0.1) * side
    shear = random.uniform(-0.1, 0.1)
    zx, zy = random.uniform(0.9, 1.1, 2)
    flips, _ = random.random_sample(2) < 0.5
    return {"theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy}, flips


def first_batch(batch_size, *shape):
    """Build inputs: all images, and those of the first batch with the maps drawn for them."""

    def inputs():
        every = random_images(COUNT, *shape)
        random = np.random.RandomState(SEED)
        index = random.permutation(COUNT)[:batch_size]
        inverses = []
        for _ in index:
            parameters, flips = drawn(random, shape[0])
            mirror = np.diag([-1.0 if flips else 1.0, 1, 1])
            mirror[0, 2] = (shape[1] - 1) * flips
            inverses.append((keras_image.product_matrix(parameters, *shape[:2]) @ mirror)[:2])
        return SimpleNamespace(
            every=every, images=every[index].astype(np.float32), inverses=np.array(inverses)
        )

    return inputs


def oracle(job):
    height, width = job.images.shape[1:3]
    y, x = np.mgrid[:height, :width]
    found = []
    for image, ((a, b, c), (d, e, f)) in zip(job.images, job.inverses, strict=True):
        points = a * x + b * y + c, d * x + e * y + f
        found.append(geometry.sample_bilinear(image, *points, "edge", 0))
    return np.stack(found, dtype=np.float32)


def fast_augment(job, _out):
    generator = ImageDataGenerator(**RECIPE, as_shipped=True)
    batches = generator.flow(job.every, batch_size=len(job.images), seed=SEED)
    return lambda: next(batches)


def keras_flow(job, _out):
    batches = keras.ImageDataGenerator(**RECIPE).flow(
        job.every, batch_size=len(job.images), seed=SEED
    )

    def call():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras reaches SciPy by an old name
            return next(batches)

    return call


def scipy_loop(job, target):
    for image, result, inverse in zip(job.images, target, job.inverses, strict=True):
        for channel in range(image.shape[2]):
            ndimage.affine_transform(
                image[..., channel],
                inverse[::-1, 1::-1],
                inverse[::-1, 2],
                order=1,
                mode="nearest",
                output=result[..., channel],
            )


def contenders():
    result = [
        Contender("fast_augment", FRESH, fast_augment, tolerance=OURS),
        Contender("numpy batch", FRESH, numpy_pipeline.all_digits, tolerance=FLOAT32_COORDINATES),
    ]
    if ndimage:
        result.append(Contender("scipy", FRESH, writes(scipy_loop), tolerance=OURS))
    if keras:
        result.append(Contender("keras", FRESH, keras_flow, tolerance=OURS))
    return result


def workload(batch_size, **options):
    return Workload(
        name=title(f"keras flow, batch {batch_size}", (COUNT, 28, 28, 1)),
        inputs=first_batch(batch_size, 28, 28, 1),
        expected=oracle,
        contenders=contenders(),
        **options,
    )


@races(workload(32), workload(1024, threads=(1, peers.ALL_THREADS)))
def test_flow(entry, run):
    run(entry)
