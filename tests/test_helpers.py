"""The guards of the suite do catch what they are there to catch."""

import ctypes
from pathlib import Path

import numpy as np
import pytest

from helpers.memory import VIEWS, Guarded, at_page_end, at_page_start
from helpers.process import run_python

TESTS = Path(__file__).resolve().parent


@pytest.mark.parametrize("position", [-1, 24])
def test_a_write_beside_a_guarded_array_is_found(position):
    guarded = Guarded((2, 3), np.float32)
    guarded.array[...] = 1.0
    guarded.check()

    ctypes.memset(guarded.array.ctypes.data + position, 0, 1)

    with pytest.raises(AssertionError, match="were written"):
        guarded.check()


@pytest.mark.parametrize(
    ("place", "offset"), [("at_page_end", 12), ("at_page_start", -1)], ids=["end", "start"]
)
def test_a_read_beyond_a_placed_array_crashes(place, offset):
    script = f"""
    import ctypes, sys
    sys.path.insert(0, {str(TESTS)!r})
    import numpy as np
    from helpers.memory import {place} as place
    array = place((3,), np.float32)
    address = array.__array_interface__["data"][0]
    ctypes.string_at(address, 12)
    print("inside is fine", flush=True)
    ctypes.string_at(address + {offset}, 1)
    """
    done = run_python(script)

    assert done.stdout.strip() == "inside is fine"
    assert done.returncode < 0


@pytest.mark.parametrize("place", [at_page_end, at_page_start])
@pytest.mark.parametrize("shape", [(1,), (3, 5, 3), (64, 64), (70, 70, 3)])
def test_placed_arrays_are_ordinary_arrays(place, shape):
    array = place(shape, np.float32)
    array[...] = 3.0

    assert array.shape == shape
    assert array.sum() == 3.0 * array.size


@pytest.mark.parametrize("view", VIEWS, ids=[view.__name__ for view in VIEWS])
def test_views_show_the_same_pixels(view, rng):
    batch = rng.integers(0, 256, (3, 4, 5, 2)).astype(np.uint8)

    assert np.array_equal(view(batch), batch)
    assert view(batch).strides != batch.strides
