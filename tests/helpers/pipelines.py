"""One of every transform, and a stand-in for the engine that writes down its calls."""

import numpy as np

import fast_augment as fa
from fast_augment.transforms.params import RECORD

FILL = (10, 20, 30)

# One with every argument other than its default, by class name; Lambda has tests of its own.
EXAMPLES = {
    type(example).__name__: example
    for example in (
        fa.RandomHorizontalFlip(p=0.25),
        fa.RandomVerticalFlip(p=1),
        fa.AlternatingFlip(vertical=True),
        fa.RandomRotate90(p=0.75),
        fa.RandomRotation(
            (5, 10), interpolation="nearest", expand=True, center=(3, 4.5), fill=7, border="edge"
        ),
        fa.RandomAffine(
            15,
            translate=(0.1, 0.2),
            scale=(0.9, 1.1),
            shear=(-3, 4, -5, 6),
            interpolation="bicubic",
            fill=FILL,
            center=(1, 2),
            border="wrap",
        ),
        fa.RandomPerspective(0.25, p=0.1, interpolation="nearest", fill=FILL, border="reflect"),
        fa.RandomCrop(
            (3, 4), padding=(1, 2), pad_if_needed=True, fill=FILL, padding_mode="symmetric"
        ),
        fa.CenterCrop(5),
        fa.Pad((1, 2, 3, 4), fill=0.5, padding_mode="edge"),
        fa.Resize(5, interpolation="bicubic", max_size=9, antialias=False),
        fa.RandomResizedCrop(
            (6, 7), scale=(0.5, 0.6), ratio=(1, 2), interpolation="nearest", antialias=False
        ),
        fa.RandomIoUCrop(0.4, 0.9, 0.6, 1.5, sampler_options=(0.25, 1), trials=9),
        fa.RandomBoxSafeCrop(p=0.1),
        fa.ColorJitter(brightness=0.5, contrast=(0.5, 2), saturation=2, hue=(-0.25, 0.5)),
        fa.RandomGrayscale(p=0.5),
        fa.RandomInvert(p=0.1),
        fa.RandomSolarize(128, p=0.1),
        fa.RandomPosterize(3, p=0.1),
        fa.RandomGamma(gamma=2, gain=0.5, p=0.1),
        fa.RandomEqualize(p=0.1),
        fa.RandomAutocontrast(p=0.1),
        fa.RandomAdjustSharpness((0.5, 2), p=0.1),
        fa.GaussianBlur((3, 5), sigma=1.5),
        fa.GaussianNoise(mean=0.1, sigma=0.2, clip=False),
        fa.RandomErasing(p=0.1, scale=(0.1, 0.2), ratio=(1, 2), value=FILL),
        fa.AutoAugment("svhn", interpolation="bilinear", fill=FILL),
        fa.RandAugment(
            3,
            5.5,
            preset="timm",
            magnitude_std=0.5,
            increasing=True,
            interpolation="bicubic",
            fill=FILL,
        ),
        fa.AugMix(4, 2, 5, 0.5, all_ops=False, interpolation="nearest", fill=FILL),
        fa.TrivialAugmentWide(11, interpolation="bicubic", fill=FILL),
        fa.Normalize(mean=(0.1, 0.2, 0.3), std=0.5, dtype="float16"),
        fa.ToFloat(dtype="bfloat16"),
        fa.RandomApply([fa.RandomInvert(p=1), fa.Pad(1)], p=0.1),
        fa.OneOf([fa.RandomInvert(), fa.Pad(1)], p=0.1, weights=(1, 2)),
        fa.SomeOf([fa.RandomInvert(), fa.RandomOrder([fa.Pad(1)])], n=(1, 2)),
        fa.RandomOrder([fa.RandomInvert(), fa.Pad(1)], p=0.1),
    )
}


class RecordingEngine:
    """Copies its images plus 1, and draws numbers that tell from which call and sample they are."""

    def __init__(self, entries, first_position):
        self.entries, self.first_position = entries, first_position
        self.calls = []

    def run(
        self,
        images,
        seed,
        epoch,
        first_index,
        index,
        records,
        layout,
        out_layout,
        out,
        threads,
        want_params,
    ):
        self.calls.append(
            {
                "key": (seed, epoch, first_index),
                "index": index,
                "records": records,
                "layouts": (layout, out_layout),
                "out": out,
                "threads": threads,
                "want_params": want_params,
            }
        )
        result = [image + 1 for image in images] if isinstance(images, list) else images + 1
        if not want_params:
            return result
        count = 1 if getattr(images, "ndim", 4) == 3 else len(images)
        drawn = np.zeros((count, len(self.entries)), RECORD)
        drawn["order"] = np.arange(len(self.entries))[::-1]
        # The first sample skips what stands first.
        drawn["order"][0] = np.arange(len(self.entries)) - 1
        drawn["values"][..., 0] = 100 * self.first_position + np.arange(count)[:, np.newaxis]
        matrix = np.tile(np.eye(3), (count, 1, 1))
        matrix[:, 0, 2] = self.first_position + 1
        matrix[:, 0, 0] = 2
        return result, drawn, matrix

    def explain(self, shape, dtype, *layouts):
        steps = [name for name, _, _ in self.entries]
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        moved = {"reads": size, "writes": 4 * size}
        return [{"steps": steps, "reason": "", **moved, "where": " to ".join(layouts)}]
