"""All rows of the table of peers."""

from helpers.peer_colors import COLORS
from helpers.peer_moves import MOVES
from helpers.peer_transform_colors import CHANGING
from helpers.peer_transforms import MOVING
from helpers.peer_warps import WARPS

CASES = (*MOVES, *WARPS, *COLORS, *MOVING, *CHANGING)

# Of these no two libraries give the same pixels, or they have no pixels of their own.
WITHOUT_PEER = {
    "AlternatingFlip": "flips, as RandomHorizontalFlip does",
    "AugMix": "compared op by op in test_policies.py",
    "AutoAugment": "compared op by op in test_policies.py",
    "GaussianNoise": "each library draws its own numbers",
    "Lambda": "runs a function",
    "OneOf": "chooses transforms",
    "RandAugment": "compared op by op in test_policies.py",
    "RandomApply": "chooses transforms",
    "RandomBoxSafeCrop": "moves whole pixels, by numbers of its own",
    "RandomIoUCrop": "moves whole pixels, by numbers of its own",
    "RandomOrder": "chooses transforms",
    "SomeOf": "chooses transforms",
    "TrivialAugmentWide": "compared op by op in test_policies.py",
}
