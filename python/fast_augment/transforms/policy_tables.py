"""The published tables of augmentation policies: what may be done, how likely, and how strongly."""

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = [
    "OPS",
    "augmix_space",
    "auto_steps",
    "rand_space",
    "rows_of",
    "timm_rand_rows",
    "trivial_space",
]

OPS = (
    "identity",
    "shear_x",
    "shear_y",
    "translate_x",
    "translate_y",
    "rotate",
    "brightness",
    "saturation",
    "contrast",
    "sharpness",
    "posterize",
    "solarize",
    "autocontrast",
    "equalize",
    "invert",
)
"""What the drawn number of an op means: its place here."""

Row = dict[str, Any]


class Op(NamedTuple):
    """What an op's magnitudes are: one for each bin, or none for an op that takes no amount."""

    magnitudes: tuple[float, ...] = ()
    is_signed: bool = False
    is_fraction: bool = False


Space = dict[str, Op]


def row(op: str, found: Op, p: float = 1.0) -> Row:
    """Describe what a step may do."""
    return {
        "op": op,
        "p": p,
        "magnitudes": list(found.magnitudes),
        "base": 0.0,
        "slope": 0.0,
        "steps": 0.0,
        "is_signed": found.is_signed,
        "is_fraction": found.is_fraction,
    }


def rows_of(space: Space, bins: Sequence[int]) -> list[Row]:
    """Every op of a space, with the magnitudes of these bins."""
    rows = []
    for op, found in space.items():
        chosen = tuple(found.magnitudes[i] for i in bins) if found.magnitudes else ()
        rows.append(row(op, found._replace(magnitudes=chosen)))
    return rows


def _up_to(most: float, bins: int) -> tuple[float, ...]:
    return tuple(most * i / (bins - 1) for i in range(bins))


def _bits(most: int, lost: int, bins: int) -> tuple[float, ...]:
    return tuple(float(round(most - i * lost / (bins - 1))) for i in range(bins))


def _moves(slope: float, shift: float, degrees: float, bins: int, is_fraction: bool) -> Space:
    slopes, shifts = Op(_up_to(slope, bins), True), Op(_up_to(shift, bins), True, is_fraction)
    return {
        "shear_x": slopes,
        "shear_y": slopes,
        "translate_x": shifts,
        "translate_y": shifts,
        "rotate": Op(_up_to(degrees, bins), True),
    }


def _enhancements(most: float, bins: int) -> Space:
    names = ("brightness", "saturation", "contrast", "sharpness")
    return dict.fromkeys(names, Op(_up_to(most, bins), True))


def _tones(most_bits: int, lost_bits: int, bins: int) -> Space:
    return {
        "posterize": Op(_bits(most_bits, lost_bits, bins)),
        "solarize": Op(_up_to(1.0, bins)[::-1]),
        "autocontrast": Op(),
        "equalize": Op(),
    }


def rand_space(bins: int) -> Space:
    """RandAugment (arXiv 1909.13719) in torchvision's scales: 14 ops, the identity included."""
    moves = _moves(0.3, 150.0 / 331.0, 30.0, bins, is_fraction=True)
    return {"identity": Op(), **moves, **_enhancements(0.9, bins), **_tones(8, 4, bins)}


def trivial_space(bins: int) -> Space:
    """TrivialAugment (arXiv 2103.10158), the wide space."""
    moves = _moves(0.99, 32.0, 135.0, bins, is_fraction=False)
    return {"identity": Op(), **moves, **_enhancements(0.99, bins), **_tones(8, 6, bins)}


def augmix_space(bins: int, all_ops: bool) -> Space:
    """AugMix (arXiv 1912.02781) in torchvision's scales."""
    moves = _moves(0.3, 1.0 / 3.0, 30.0, bins, is_fraction=True)
    return {**moves, **_tones(4, 4, bins), **(_enhancements(0.9, bins) if all_ops else {})}


TIMM_SIGNED = {"rotate": 30.0, "shear_x": 0.3, "shear_y": 0.3}
TIMM_SHIFT = 0.45


def timm_rand_rows(increasing: bool) -> list[Row]:
    """RandAugment of timm, whose magnitudes follow a level from 0 to 1; without SolarizeAdd."""

    def scaled(op: str, base: float, slope: float, steps: float = 0.0, **flags: bool) -> Row:
        found = row(op, Op(), p=0.5)
        return {**found, "base": base, "slope": slope, "steps": steps, **flags}

    rows = [scaled(op, 0.0, 0.0) for op in ("autocontrast", "equalize", "invert")]
    rows += [scaled(op, 0.0, most, is_signed=True) for op, most in TIMM_SIGNED.items()]
    rows += [
        scaled(op, 0.0, TIMM_SHIFT, is_signed=True, is_fraction=True)
        for op in ("translate_x", "translate_y")
    ]
    # Thresholds are levels out of 256, and an image of bytes ends at 255.
    full = 256.0 / 255.0
    if increasing:
        rows += [scaled("posterize", 4.0, -4.0, 4.0), scaled("solarize", full, -full, 256.0)]
    else:
        rows += [scaled("posterize", 0.0, 4.0, 4.0), scaled("solarize", 0.0, full, 256.0)]
    for op in ("saturation", "contrast", "brightness", "sharpness"):
        base, slope = (0.0, 0.9) if increasing else (-0.9, 1.8)
        rows.append(scaled(op, base, slope, is_signed=increasing))
    return rows


# Op, probability, bin of ten; a bin of 0 where the op takes no amount.
SubPolicy = tuple[tuple[str, float, int], tuple[str, float, int]]

IMAGENET: tuple[SubPolicy, ...] = (
    (("posterize", 0.4, 8), ("rotate", 0.6, 9)),
    (("solarize", 0.6, 5), ("autocontrast", 0.6, 0)),
    (("equalize", 0.8, 0), ("equalize", 0.6, 0)),
    (("posterize", 0.6, 7), ("posterize", 0.6, 6)),
    (("equalize", 0.4, 0), ("solarize", 0.2, 4)),
    (("equalize", 0.4, 0), ("rotate", 0.8, 8)),
    (("solarize", 0.6, 3), ("equalize", 0.6, 0)),
    (("posterize", 0.8, 5), ("equalize", 1.0, 0)),
    (("rotate", 0.2, 3), ("solarize", 0.6, 8)),
    (("equalize", 0.6, 0), ("posterize", 0.4, 6)),
    (("rotate", 0.8, 8), ("saturation", 0.4, 0)),
    (("rotate", 0.4, 9), ("equalize", 0.6, 0)),
    (("equalize", 0.0, 0), ("equalize", 0.8, 0)),
    (("invert", 0.6, 0), ("equalize", 1.0, 0)),
    (("saturation", 0.6, 4), ("contrast", 1.0, 8)),
    (("rotate", 0.8, 8), ("saturation", 1.0, 2)),
    (("saturation", 0.8, 8), ("solarize", 0.8, 7)),
    (("sharpness", 0.4, 7), ("invert", 0.6, 0)),
    (("shear_x", 0.6, 5), ("equalize", 1.0, 0)),
    (("saturation", 0.4, 0), ("equalize", 0.6, 0)),
    (("equalize", 0.4, 0), ("solarize", 0.2, 4)),
    (("solarize", 0.6, 5), ("autocontrast", 0.6, 0)),
    (("invert", 0.6, 0), ("equalize", 1.0, 0)),
    (("saturation", 0.6, 4), ("contrast", 1.0, 8)),
    (("equalize", 0.8, 0), ("equalize", 0.6, 0)),
)

CIFAR10: tuple[SubPolicy, ...] = (
    (("invert", 0.1, 0), ("contrast", 0.2, 6)),
    (("rotate", 0.7, 2), ("translate_x", 0.3, 9)),
    (("sharpness", 0.8, 1), ("sharpness", 0.9, 3)),
    (("shear_y", 0.5, 8), ("translate_y", 0.7, 9)),
    (("autocontrast", 0.5, 0), ("equalize", 0.9, 0)),
    (("shear_y", 0.2, 7), ("posterize", 0.3, 7)),
    (("saturation", 0.4, 3), ("brightness", 0.6, 7)),
    (("sharpness", 0.3, 9), ("brightness", 0.7, 9)),
    (("equalize", 0.6, 0), ("equalize", 0.5, 0)),
    (("contrast", 0.6, 7), ("sharpness", 0.6, 5)),
    (("saturation", 0.7, 7), ("translate_x", 0.5, 8)),
    (("equalize", 0.3, 0), ("autocontrast", 0.4, 0)),
    (("translate_y", 0.4, 3), ("sharpness", 0.2, 6)),
    (("brightness", 0.9, 6), ("saturation", 0.2, 8)),
    (("solarize", 0.5, 2), ("invert", 0.0, 0)),
    (("equalize", 0.2, 0), ("autocontrast", 0.6, 0)),
    (("equalize", 0.2, 0), ("equalize", 0.6, 0)),
    (("saturation", 0.9, 9), ("equalize", 0.6, 0)),
    (("autocontrast", 0.8, 0), ("solarize", 0.2, 8)),
    (("brightness", 0.1, 3), ("saturation", 0.7, 0)),
    (("solarize", 0.4, 5), ("autocontrast", 0.9, 0)),
    (("translate_y", 0.9, 9), ("translate_y", 0.7, 9)),
    (("autocontrast", 0.9, 0), ("solarize", 0.8, 3)),
    (("equalize", 0.8, 0), ("invert", 0.1, 0)),
    (("translate_y", 0.7, 9), ("autocontrast", 0.9, 0)),
)

SVHN: tuple[SubPolicy, ...] = (
    (("shear_x", 0.9, 4), ("invert", 0.2, 0)),
    (("shear_y", 0.9, 8), ("invert", 0.7, 0)),
    (("equalize", 0.6, 0), ("solarize", 0.6, 6)),
    (("invert", 0.9, 0), ("equalize", 0.6, 0)),
    (("equalize", 0.6, 0), ("rotate", 0.9, 3)),
    (("shear_x", 0.9, 4), ("autocontrast", 0.8, 0)),
    (("shear_y", 0.9, 8), ("invert", 0.4, 0)),
    (("shear_y", 0.9, 5), ("solarize", 0.2, 6)),
    (("invert", 0.9, 0), ("autocontrast", 0.8, 0)),
    (("equalize", 0.6, 0), ("rotate", 0.9, 3)),
    (("shear_x", 0.9, 4), ("solarize", 0.3, 3)),
    (("shear_y", 0.8, 8), ("invert", 0.7, 0)),
    (("equalize", 0.9, 0), ("translate_y", 0.6, 6)),
    (("invert", 0.9, 0), ("equalize", 0.6, 0)),
    (("contrast", 0.3, 3), ("rotate", 0.8, 4)),
    (("invert", 0.8, 0), ("translate_y", 0.0, 2)),
    (("shear_y", 0.7, 6), ("solarize", 0.4, 8)),
    (("invert", 0.6, 0), ("rotate", 0.8, 4)),
    (("shear_y", 0.3, 7), ("translate_x", 0.9, 3)),
    (("shear_x", 0.1, 6), ("invert", 0.6, 0)),
    (("solarize", 0.7, 2), ("translate_y", 0.6, 7)),
    (("shear_y", 0.8, 4), ("invert", 0.8, 0)),
    (("shear_x", 0.7, 9), ("translate_y", 0.8, 3)),
    (("shear_y", 0.8, 5), ("autocontrast", 0.7, 0)),
    (("shear_x", 0.7, 2), ("invert", 0.1, 0)),
)

AUTO_POLICIES = {"imagenet": IMAGENET, "cifar10": CIFAR10, "svhn": SVHN}
AUTO_BINS = 10


def auto_steps(policy: str) -> list[list[Row]]:
    """Two steps of a policy of AutoAugment (arXiv 1805.09501): the firsts and the seconds."""
    space = {**rand_space(AUTO_BINS), "invert": Op()}
    steps: list[list[Row]] = [[], []]
    for pair in AUTO_POLICIES[policy]:
        for step, (op, p, place) in zip(steps, pair, strict=True):
            found = space[op]
            chosen = found.magnitudes[place : place + 1]
            step.append(row(op, found._replace(magnitudes=chosen), p))
    return steps
