"""out= of every image function: returned, filled exactly, nothing around it touched."""

import numpy as np
import pytest

from helpers.checks import assert_same_bits
from helpers.images import (
    CHANNELS,
    DTYPES,
    LAYOUTS,
    SIZES,
    dtype_name,
    from_layout,
    noise,
    to_layout,
)
from helpers.memory import Guarded, at_page_end, at_page_start
from helpers.operations import OPERATION_IDS, OPERATIONS

every_isa = pytest.mark.usefixtures("isa")
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
every_layout = pytest.mark.parametrize("layout", LAYOUTS)


def check_batch(operation, results, batch, layout):
    for result, image in zip(from_layout(results, layout), batch, strict=True):
        operation.check(result, image)


@every_operation
@every_layout
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_result_is_a_fresh_dense_array(operation, layout, dtype, rng):
    batch = noise(rng, (3, 17, 22, 3), dtype)
    given = to_layout(batch, layout)

    result = operation.call(given, layout=layout)

    assert result.flags.c_contiguous
    assert result.flags.writeable
    assert result.dtype == operation.result_dtype(dtype)
    assert not np.shares_memory(result, given)
    check_batch(operation, result, batch, layout)


@every_operation
@every_layout
def test_one_image_gives_one_image(operation, layout, rng):
    image = noise(rng, (17, 22, 3), np.uint8)

    result = operation.call(to_layout(image, layout), layout=layout)

    assert result.ndim == 3
    operation.check(from_layout(result, layout), image)


@every_operation
@every_layout
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_out_is_filled_and_returned(operation, layout, dtype, rng):
    for given in (noise(rng, (3, 17, 22, 3), dtype), noise(rng, (17, 22, 2), dtype)):
        given = to_layout(given, layout)
        expected = operation.call(given, layout=layout)
        out = np.full_like(expected, 77)

        assert operation.call(given, layout=layout, out=out) is out
        assert_same_bits(out, expected)


@every_operation
def test_a_ragged_list_gives_a_list_or_a_dense_batch(operation, rng):
    images = [noise(rng, (12 + i, 30 - 3 * i, 3), np.uint8) for i in range(4)]

    for given in (images, tuple(images)):
        results = operation.call(given)
        if operation.dense:
            assert isinstance(results, np.ndarray)
            assert results.flags.c_contiguous
        else:
            assert isinstance(results, list)
        for result, image in zip(results, images, strict=True):
            operation.check(result, image)


@every_operation
@every_layout
def test_out_may_be_a_list_of_arrays(operation, layout, rng):
    images = [noise(rng, (12 + i, 30 - 3 * i, 3), np.uint8) for i in range(4)]
    given = [to_layout(image, layout) for image in images]
    expected = operation.call(given, layout=layout)
    out = [np.full_like(array, 77) for array in expected]

    assert operation.call(given, layout=layout, out=out) is out
    for got, want in zip(out, expected, strict=True):
        assert_same_bits(got, want)


@every_operation
def test_out_of_a_dense_batch_may_be_a_list_and_the_reverse(operation, rng):
    batch = noise(rng, (3, 17, 22, 3), np.uint16)
    expected = operation.call(batch)

    separate = [np.zeros_like(array) for array in expected]
    assert operation.call(batch, out=separate) is separate
    for got, want in zip(separate, expected, strict=True):
        assert_same_bits(got, want)

    dense = np.zeros_like(expected)
    assert operation.call(list(batch), out=dense) is dense
    assert_same_bits(dense, expected)


@every_operation
def test_out_may_have_strided_and_backward_rows(operation, rng):
    batch = noise(rng, (3, 17, 22, 3), np.uint8)
    expected = operation.call(batch)
    count, height, width, channels = expected.shape

    wide = np.full((count, 2 * height, width + 4, channels), 77, expected.dtype)
    view = wide[:, ::2, 1:-3]
    operation.call(batch, out=view)
    assert_same_bits(np.ascontiguousarray(view), expected)
    wide[:, ::2, 1:-3] = 77
    assert np.all(wide == 77), "pixels between the rows of out were written"

    backward = np.full_like(expected, 77)[:, ::-1]
    operation.call(batch, out=backward)
    assert_same_bits(np.ascontiguousarray(backward), expected)


@every_isa
@every_operation
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_nothing_outside_out_is_written(operation, dtype, rng):
    for channels in CHANNELS:
        for number, width in enumerate(SIZES):
            layout = LAYOUTS[(number + channels) % 2]
            image = to_layout(noise(rng, (1 + number % 4, width, channels), dtype), layout)
            expected = operation.call(image, layout=layout)
            guarded = Guarded(expected.shape, expected.dtype)

            operation.call(image, layout=layout, out=guarded.array)

            guarded.check()
            assert_same_bits(guarded.array, expected, (width, channels, layout))


@every_isa
@every_operation
@pytest.mark.parametrize("place", [at_page_end, at_page_start])
def test_out_may_touch_unreadable_pages(operation, place, rng):
    for channels, width in ((1, 33), (2, 17), (3, 5), (3, 31), (4, 16), (5, 9)):
        for layout in LAYOUTS:
            image = to_layout(noise(rng, (3, width, channels), np.uint8), layout)
            expected = operation.call(image, layout=layout)
            out = place(expected.shape, expected.dtype)

            operation.call(image, layout=layout, out=out)

            assert_same_bits(out, expected, (width, channels, layout))
