"""All rows of the table of peers."""

from helpers.peer_colors import COLORS
from helpers.peer_moves import MOVES
from helpers.peer_transform_colors import CHANGING
from helpers.peer_transforms import MOVING
from helpers.peer_warps import WARPS

CASES = (*MOVES, *WARPS, *COLORS, *MOVING, *CHANGING)

# Of these no two libraries give the same pixels, or they have no pixels of their own.
WITHOUT_PEER = {
    "GaussianNoise": "each library draws its own numbers",
    "Lambda": "runs a function",
    "OneOf": "chooses transforms",
    "RandomApply": "chooses transforms",
    "RandomBoxSafeCrop": "moves whole pixels, by numbers of its own",
    "RandomIoUCrop": "moves whole pixels, by numbers of its own",
    "RandomOrder": "chooses transforms",
    "SomeOf": "chooses transforms",
}
