"""Random transforms, and pipelines of them that run in the engine."""

from fast_augment.transforms.augmix import AugMix
from fast_augment.transforms.base import Transform
from fast_augment.transforms.batch import Batch
from fast_augment.transforms.box_crops import RandomBoxSafeCrop, RandomIoUCrop
from fast_augment.transforms.color import (
    ColorJitter,
    RandomGamma,
    RandomGrayscale,
    RandomInvert,
    RandomPosterize,
    RandomSolarize,
)
from fast_augment.transforms.combinators import OneOf, RandomApply, RandomOrder, SomeOf
from fast_augment.transforms.compose import Compose
from fast_augment.transforms.convert import Normalize, ToFloat
from fast_augment.transforms.erasing import RandomErasing
from fast_augment.transforms.filters import GaussianBlur, GaussianNoise, RandomAdjustSharpness
from fast_augment.transforms.formats import BoxFormat, KeypointFormat
from fast_augment.transforms.function import Lambda
from fast_augment.transforms.geometry import (
    AlternatingFlip,
    RandomAffine,
    RandomHorizontalFlip,
    RandomPerspective,
    RandomRotate90,
    RandomRotation,
    RandomVerticalFlip,
)
from fast_augment.transforms.inverse import Inverse
from fast_augment.transforms.params import Params
from fast_augment.transforms.policies import AutoAugment, RandAugment, TrivialAugmentWide
from fast_augment.transforms.sizes import CenterCrop, Pad, RandomCrop, RandomResizedCrop, Resize
from fast_augment.transforms.tone import RandomAutocontrast, RandomEqualize

__all__ = [
    "AlternatingFlip",
    "AugMix",
    "AutoAugment",
    "Batch",
    "BoxFormat",
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "GaussianBlur",
    "GaussianNoise",
    "Inverse",
    "KeypointFormat",
    "Lambda",
    "Normalize",
    "OneOf",
    "Pad",
    "Params",
    "RandAugment",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomApply",
    "RandomAutocontrast",
    "RandomBoxSafeCrop",
    "RandomCrop",
    "RandomEqualize",
    "RandomErasing",
    "RandomGamma",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomInvert",
    "RandomIoUCrop",
    "RandomOrder",
    "RandomPerspective",
    "RandomPosterize",
    "RandomResizedCrop",
    "RandomRotate90",
    "RandomRotation",
    "RandomSolarize",
    "RandomVerticalFlip",
    "Resize",
    "SomeOf",
    "ToFloat",
    "Transform",
    "TrivialAugmentWide",
]
