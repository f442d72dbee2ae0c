"""Augmentation policies: published tables of what to do to each sample."""

import math
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from fast_augment.transforms import checks, fields, policy_tables
from fast_augment.transforms.base import Entry, by_argument, register
from fast_augment.transforms.color import UnitRangeTransform
from fast_augment.transforms.geometry import INTERPOLATION
from fast_augment.typing import Fill, Interpolation

__all__ = ["AutoAugment", "Policy", "RandAugment", "TrivialAugmentWide", "outside", "step"]

TIMM_LEVELS = 10.0
TIMM_FILL = 128
TIMM_UNIFORM = 100.0

_bins = checks.whole(2, 1024, "a whole number from 2 to 1024")
_count = checks.whole(1, 16, "a whole number from 1 to 16")


def step(rows: list[policy_tables.Row], **given: Any) -> dict[str, Any]:
    """Fields of a PolicyStep, the usual ones unless given."""
    level = {"mean": 0.0, "deviation": 0.0}
    choice = {"level": level, "count": 1, "sharing": 0}
    usual = {**choice, "whole_pixels": True, "only_moves": False}
    return {"rows": rows, **usual, **given}


@dataclass(frozen=True, repr=False)
class Policy(UnitRangeTransform):
    """Entries for the engine: one per thing that is done to a sample."""

    OPS: ClassVar[tuple[str, ...]] = policy_tables.OPS
    _struct = "PolicyStep"
    _value_names: ClassVar[tuple[str, ...]] = ("row", "op", "amount")

    def _steps(self) -> list[list[policy_tables.Row]]:
        """List what each of them may do."""
        raise NotImplementedError

    def _options(self) -> dict[str, Any]:
        """Fields that all steps have in common, where they are not the usual ones."""
        return {}

    def _entries(self) -> list[Entry]:
        steps = self._steps()
        entries: list[Entry] = []
        for i, rows in enumerate(steps):
            values = step(rows, count=1 if i else len(steps), **self._options())
            values["sharing"] *= i
            entries.append((type(self).__name__, self._struct, values))
        return entries

    def _size(self) -> int:
        return len(self._steps())


def outside(interpolation: str, fill: Any) -> dict[str, Any]:
    """Fields of how geometry looks beyond the image."""
    return {"interpolation": interpolation, "outside": fields.outside("constant", fill)}


@register
@dataclass(frozen=True, repr=False)
class AutoAugment(Policy):
    """Do one of 25 pairs of things, each with its own probability and strength.

    The searched policies of AutoAugment (arXiv 1805.09501) with the scales of torchvision's
    `AutoAugment`. For uint8 images of 1 or 3 channels.

    Parameters
    ----------
    policy : {"imagenet", "cifar10", "svhn"}
        For which data set it was found.
    interpolation : {"nearest", "bilinear", "bicubic"}
        For shears and rotations.
    fill : float or sequence of float
        What shows where nothing was; one level or one per channel.
    preset : {"torchvision"}
        Whose scales.

    See Also
    --------
    RandAugment : What ``row``, ``op`` and ``amount`` of the drawn parameters mean.

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.AutoAugment("cifar10"), fa.RandomHorizontalFlip()], seed=0)
    >>> augment(np.zeros((2, 32, 32, 3), np.uint8)).shape
    (2, 32, 32, 3)
    """

    policy: str = "imagenet"
    interpolation: Interpolation = "nearest"
    fill: Fill = 0
    _: KW_ONLY
    preset: str = "torchvision"

    _checks = by_argument(
        policy=checks.choice("imagenet", "cifar10", "svhn"),
        interpolation=INTERPOLATION,
        fill=checks.fill,
        preset=checks.choice("torchvision"),
    )

    def _steps(self) -> list[list[policy_tables.Row]]:
        return policy_tables.auto_steps(self.policy)

    def _options(self) -> dict[str, Any]:
        return {"sharing": 1, **outside(self.interpolation, self.fill)}


@register
@dataclass(frozen=True, repr=False)
class RandAugment(Policy):
    """Do several things, drawn anew for each sample, all of one strength (arXiv 1909.13719).

    For uint8 images of 1 or 3 channels. Each of the `num_ops` draws one row of a table and which
    way it goes. Drawn parameters: ``row``, ``op`` (its place in ``RandAugment.OPS``) and
    ``amount``: the tangent of a shear, the pixels of a shift, the degrees of a rotation
    (counter-clockwise), a factor, bits, or a threshold as a fraction of the full scale.

    Parameters
    ----------
    num_ops : int
        How many things are done, from 1 to 16; the same may come twice.
    magnitude : float
        How strong: for "torchvision" a whole number below `num_magnitude_bins`; for "timm" a number
        from 0 to 10.
    num_magnitude_bins : int, optional
        For "torchvision": how many strengths there are; default 31.
    interpolation : {"nearest", "bilinear", "bicubic"}, optional
        For shears, rotations and shifts by parts of pixels. Default: "nearest" for "torchvision",
        "bilinear" for "timm".
    fill : float or sequence of float, optional
        What shows where nothing was; one level or one per channel. Default: 0 for "torchvision",
        128 for "timm".
    preset : {"torchvision", "timm"}
        "torchvision": its 14 ops, the identity included, always applied; shifts of whole pixels up
        to 150/331 of the side. "timm": 14 of its 15 ops (all but SolarizeAdd), the inversion
        included and no identity, each applied with probability 0.5; shifts up to 0.45 of the side,
        not cut to whole pixels; other scales of colours, bits and thresholds.
    magnitude_std : float
        For "timm": the deviation of a normal number added to `magnitude` for each thing done;
        above 100, it is uniform from 0 to `magnitude` instead.
    increasing : bool
        For "timm": whether colours, bits and thresholds go further with the magnitude ("inc1").

    Examples
    --------
    >>> import numpy as np
    >>> import fast_augment as fa
    >>> augment = fa.Compose([fa.RandAugment(2, 9)], seed=0)
    >>> batch = augment(np.zeros((4, 32, 32, 3), np.uint8), return_params=True)
    >>> [fa.RandAugment.OPS[int(op)] for op in batch.params["RandAugment"]["op"]]
    ['rotate', 'saturation', 'identity', 'equalize']
    """

    num_ops: int = 2
    magnitude: float = 9
    num_magnitude_bins: int | None = None
    interpolation: Interpolation | None = None
    fill: Fill | None = None
    _: KW_ONLY
    preset: str = "torchvision"
    magnitude_std: float = 0.0
    increasing: bool = False

    _checks = by_argument(
        num_ops=_count,
        magnitude=checks.number(lambda value: value >= 0, "a number of at least 0"),
        num_magnitude_bins=checks.optional(_bins),
        preset=checks.choice("torchvision", "timm"),
        magnitude_std=checks.number(lambda value: value >= 0, "a number of at least 0"),
        increasing=checks.flag,
        interpolation=checks.optional(INTERPOLATION),
        fill=checks.optional(checks.fill),
    )

    @property
    def _is_timm(self) -> bool:
        return self.preset == "timm"

    def _check_together(self) -> None:
        if not self._is_timm:
            return self._check_bins()
        if self.num_magnitude_bins is not None:
            raise ValueError(
                f"RandAugment: num_magnitude_bins is {self.num_magnitude_bins}, expected None for "
                "preset 'timm'"
            )
        if self.magnitude > TIMM_LEVELS:
            wanted = "a number from 0 to 10 for preset 'timm'"
            raise ValueError(checks.message("RandAugment", "magnitude", self.magnitude, wanted))
        return None

    def _check_bins(self) -> None:
        bins = self.num_magnitude_bins or 31
        if self.magnitude != int(self.magnitude) or self.magnitude >= bins:
            wanted = f"a whole number from 0 to {bins - 1}"
            raise ValueError(checks.message("RandAugment", "magnitude", self.magnitude, wanted))
        for name in ("magnitude_std", "increasing"):
            value = getattr(self, name)
            if value:
                raise ValueError(
                    f"RandAugment: {name} is {value}, expected {type(value)()} for preset "
                    "'torchvision'"
                )

    def _steps(self) -> list[list[policy_tables.Row]]:
        if self._is_timm:
            rows = policy_tables.timm_rand_rows(self.increasing)
        else:
            space = policy_tables.rand_space(self.num_magnitude_bins or 31)
            rows = policy_tables.rows_of(space, [int(self.magnitude)])
        return [rows] * self.num_ops

    def _options(self) -> dict[str, Any]:
        usual = ("bilinear", TIMM_FILL) if self._is_timm else ("nearest", 0)
        fill = usual[1] if self.fill is None else self.fill
        options = outside(self.interpolation or usual[0], fill)
        if self._is_timm:
            is_uniform = self.magnitude_std > TIMM_UNIFORM
            deviation = math.inf if is_uniform else self.magnitude_std / TIMM_LEVELS
            options["level"] = {"mean": self.magnitude / TIMM_LEVELS, "deviation": deviation}
            options["whole_pixels"] = False
        return options


@register
@dataclass(frozen=True, repr=False)
class TrivialAugmentWide(Policy):
    """Do one thing of a random strength, drawn anew for each sample (arXiv 2103.10158).

    The scales of torchvision's `TrivialAugmentWide`: 14 ops, the identity included, and strengths
    up to a slope of 0.99, a shift of 32 pixels, 135 degrees, factors from 0.01 to 1.99, 2 bits. For
    uint8 images of 1 or 3 channels.

    Parameters
    ----------
    num_magnitude_bins : int
        How many strengths there are.
    interpolation : {"nearest", "bilinear", "bicubic"}
        For shears and rotations.
    fill : float or sequence of float
        What shows where nothing was; one level or one per channel.
    preset : {"torchvision"}
        Whose scales.

    See Also
    --------
    RandAugment : What ``row``, ``op`` and ``amount`` of the drawn parameters mean.

    Examples
    --------
    >>> import fast_augment as fa
    >>> fa.TrivialAugmentWide(interpolation="bilinear")
    TrivialAugmentWide(interpolation='bilinear')
    """

    num_magnitude_bins: int = 31
    interpolation: Interpolation = "nearest"
    fill: Fill = 0
    _: KW_ONLY
    preset: str = "torchvision"

    _checks = by_argument(
        num_magnitude_bins=_bins,
        interpolation=INTERPOLATION,
        fill=checks.fill,
        preset=checks.choice("torchvision"),
    )

    def _steps(self) -> list[list[policy_tables.Row]]:
        space = policy_tables.trivial_space(self.num_magnitude_bins)
        return [policy_tables.rows_of(space, range(self.num_magnitude_bins))]

    def _options(self) -> dict[str, Any]:
        return outside(self.interpolation, self.fill)
