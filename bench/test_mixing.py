"""Mixing the samples of a batch of floats: `MixUp` and `CutMix`, of one share and one box."""

from types import SimpleNamespace

import numpy as np

import fast_augment as fa
from harness import FRESH, IN_PLACE, OUT, Contender, Workload, races, writes
from inputs import random_images, title
from oracles import mixing
from peers import torch

# Products of float32 in another order.
TOLERANCE = 3e-7


def batches(kind, *shape):
    """Build inputs: images, who is mixed with whom, and how; the numbers are drawn once."""

    def inputs():
        images = random_images(*shape, dtype=np.float32)
        mix, index = kind(alpha=1.0, seed=7), np.arange(len(images))
        drawn = mix(images, index=index, return_params=True)
        return SimpleNamespace(
            images=images,
            mix=mix,
            index=index,
            partner=drawn.partner,
            share=np.float32(drawn.share[0]),
            box=None if drawn.boxes is None else drawn.boxes[0].tolist(),
            shares=drawn.share,
            boxes=drawn.boxes,
        )

    return inputs


def mix_up_oracle(job):
    return mixing.mix_up(job.images, job.partner, job.shares).astype(np.float32)


def cut_mix_oracle(job):
    return mixing.cut_mix(job.images, job.partner, job.boxes, "CHW")


def fast_augment(job, out):
    return lambda: job.mix(job.images, index=job.index, out=out)[0]


def in_place(make):
    """Build the contender of a function that changes a batch of its own, over and over."""

    def make_on_a_copy(job, _out):
        images = job.images.copy()
        return make(job, images)

    return make_on_a_copy


def fast_augment_in_place(job, images):
    return lambda: job.mix(images, index=job.index, out=images)[0]


def numpy_mix_up(job, target):
    np.multiply(job.images, job.share, out=target)
    for one, other in zip(target, job.partner.tolist(), strict=True):
        one += (1 - job.share) * job.images[other]


def numpy_cut_mix(job, target):
    x0, y0, x1, y1 = job.box
    np.copyto(target, job.images)
    target[:, :, y0:y1, x0:x1] = job.images[job.partner, :, y0:y1, x0:x1]


def torch_mix_up(job, target):
    """As torchvision, but for the partners: there each is mixed with the one before."""
    images = torch.from_numpy(job.images)
    others = images[torch.from_numpy(job.partner)].mul_(1.0 - float(job.share))
    torch.add(others, images, alpha=float(job.share), out=torch.from_numpy(target))


def torch_cut_mix(job, target):
    x0, y0, x1, y1 = job.box
    images, result = torch.from_numpy(job.images), torch.from_numpy(target)
    result.copy_(images)
    result[..., y0:y1, x0:x1] = images[torch.from_numpy(job.partner), :, y0:y1, x0:x1]


def plain_copy(job, target):
    np.copyto(target, job.images)


def contenders(numpy_fill, torch_fill):
    result = [
        Contender("fast_augment", OUT, fast_augment, tolerance=TOLERANCE),
        Contender("fast_augment", FRESH, fast_augment, tolerance=TOLERANCE),
        Contender("fast_augment", IN_PLACE, in_place(fast_augment_in_place), tolerance=TOLERANCE),
        Contender("numpy", OUT, writes(numpy_fill), tolerance=TOLERANCE),
        Contender("numpy", FRESH, writes(numpy_fill), tolerance=TOLERANCE),
        Contender("np.copyto", OUT, writes(plain_copy), reference=True),
    ]
    if torch:
        result += [
            Contender("torch", OUT, writes(torch_fill), tolerance=TOLERANCE),
            Contender("torch", FRESH, writes(torch_fill), tolerance=TOLERANCE),
        ]
    return result


def workload(name, kind, oracle, fills, *shape, **options):
    return Workload(
        name=title(name, shape, np.float32),
        inputs=batches(kind, *shape),
        expected=oracle,
        contenders=contenders(*fills),
        time_share=0.6,
        **options,
    )


MIX_UP = ("MixUp", fa.MixUp, mix_up_oracle, (numpy_mix_up, torch_mix_up))
CUT_MIX = ("CutMix", fa.CutMix, cut_mix_oracle, (numpy_cut_mix, torch_cut_mix))


@races(
    workload(*MIX_UP, 128, 3, 224, 224),
    workload(*MIX_UP, 1024, 3, 32, 32, only_full=True),
)
def test_mix_up(entry, run):
    run(entry)


@races(
    workload(*CUT_MIX, 128, 3, 224, 224),
    workload(*CUT_MIX, 1024, 3, 32, 32, only_full=True),
)
def test_cut_mix(entry, run):
    run(entry)
