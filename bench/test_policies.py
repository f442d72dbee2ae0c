"""A policy, a flip and normalization as one `Compose`: `RandAugment(2, 9)`.

`fast_augment` draws its parameters in the timed call; the peers get the same ones beforehand.
"""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
import library_pipelines
import peers
from harness import OUT, Contender, Workload, races
from inputs import photographs, title
from numpy_pipeline import store
from oracles import geometry, policies
from peers import torch
from recipes import LEVEL, MEAN, STD

FACTORS = ("brightness", "saturation", "contrast", "sharpness")
NAMES = {"saturation": "Color", "autocontrast": "AutoContrast"}
# Mean difference allowed, in levels: two shears are sampled once here, and rounded in another way.
MEAN_DIFFERENCE = 1.5 * LEVEL


def steps_of(batch, sample):
    """Pairs (op, amount) of one sample in the order in which they are done."""
    records = [batch.params[name][sample] for name in ("RandAugment", "RandAugment#2")]
    return [(fa.RandAugment.OPS[int(r["op"])], float(r["amount"])) for r in records]


def inputs(count, height, width):
    def make():
        images = photographs(count, height, width)
        steps = [fa.RandAugment(2, 9), fa.RandomHorizontalFlip(), fa.Normalize(MEAN, STD)]
        augment, index = fa.Compose(steps, seed=5), np.arange(count)
        batch = augment(images, index=index, return_params=True)
        flips = batch.params["RandomHorizontalFlip"]["order"] >= 0
        drawn = [(steps_of(batch, i), bool(flips[i])) for i in range(count)]
        return SimpleNamespace(images=images, augment=augment, index=index, draws=drawn)

    return make


def numpy_op(image, op, amount):
    """As the oracle does it, rounded to bytes."""
    if op not in policies.MOVES:
        return geometry.round_half_up(policies.changed(image, op, amount), np.uint8)
    matrix = policies.matrix_of(op, amount, image.shape[:2])
    return geometry.affine_nearest(image, matrix).astype(np.uint8)


def numpy_step(source, target, draw):
    steps, is_flipped = draw
    image = source
    for op, amount in steps:
        image = numpy_op(image, op, amount)
    store(image[:, ::-1] if is_flipped else image, target)


def numpy_loop(job, out):
    return peers.per_image(numpy_step, job, out, job.draws)


def oracle(job):
    target = np.empty((len(job.images), 3, *job.images.shape[1:3]), np.float32)
    for source, result, draw in zip(job.images, target, job.draws, strict=True):
        numpy_step(source, result, draw)
    return target


def fast_augment(job, out):
    return lambda: job.augment(job.images, index=job.index, out=out)


def torchvision_transforms():
    return peers.import_if_installed("torchvision.transforms.v2")


def name_in_torchvision(op):
    return NAMES.get(op, "".join(part.capitalize() for part in op.split("_")))


def torchvision_loop(job, out):
    """Call the functions that its `RandAugment` would call, with the numbers drawn here."""
    v2 = torchvision_transforms()
    policy = v2.RandAugment()
    normalize = v2.functional.normalize
    planes = [torch.from_numpy(np.ascontiguousarray(i.transpose(2, 0, 1))) for i in job.images]
    results = torch.from_numpy(out)

    def call():
        for image, target, (steps, is_flipped) in zip(planes, results, job.draws, strict=True):
            for op, amount in steps:
                magnitude = amount - 1 if op in FACTORS else amount
                image = policy._apply_image_or_video_transform(
                    image, name_in_torchvision(op), magnitude, policy.interpolation, policy._fill
                )
            if is_flipped:
                image = v2.functional.horizontal_flip(image)
            image = v2.functional.to_dtype(image, torch.float32, scale=True)
            target.copy_(normalize(image, list(MEAN), list(STD), inplace=True))
        return out

    return call


def torchvision_own(job, out):
    """Its pipeline as users write it; the draws are others."""
    v2 = torchvision_transforms()
    steps = [v2.RandAugment(2, 9), v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True)]
    augment = v2.Compose([*steps, v2.Normalize(list(MEAN), list(STD), inplace=True)])
    planes = [torch.from_numpy(np.ascontiguousarray(i.transpose(2, 0, 1))) for i in job.images]
    results = torch.from_numpy(out)

    def call():
        for image, target in zip(planes, results, strict=True):
            target.copy_(augment(image))
        return out

    return call


def mean_difference(result, expected):
    if result.shape != expected.shape or result.dtype != expected.dtype:
        return float("inf")
    return float(np.mean(np.abs(result - expected), dtype=np.float64))


def contenders():
    result = [
        Contender("fast_augment", OUT, fast_augment, tolerance=MEAN_DIFFERENCE),
        Contender("numpy", OUT, numpy_loop, tolerance=0.0),
    ]
    if library_pipelines.torchvision:
        make = torchvision_loop
        result.append(Contender("torchvision", OUT, make, tolerance=MEAN_DIFFERENCE))
        own = "torchvision, own draw"
        result.append(Contender(own, OUT, torchvision_own, reference=True))
    return result


def workload(*shape, **options):
    return Workload(
        name=title("RandAugment(2, 9), flip, normalize", (*shape, 3)),
        inputs=inputs(*shape),
        expected=oracle,
        contenders=contenders(),
        difference=mean_difference,
        time_share=0.7,
        **options,
    )


@races(
    workload(64, 224, 224),
    workload(1024, 32, 32, only_full=True),
)
def test_policies(entry, run):
    run(entry)
