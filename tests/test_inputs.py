"""Inputs of every image function: views, the edges of memory, empty batches, read-only arrays."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_same_bits
from helpers.images import CHANNELS, DTYPES, LAYOUTS, dtype_name, from_layout, noise, to_layout
from helpers.memory import VIEWS, at_page_end, at_page_start, copy_to
from helpers.operations import OPERATION_IDS, OPERATIONS

every_isa = pytest.mark.usefixtures("isa")
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=OPERATION_IDS)
every_view = pytest.mark.parametrize("view", VIEWS, ids=[view.__name__ for view in VIEWS])


@every_isa
@every_operation
@every_view
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_views_give_what_their_copies_give(operation, view, dtype, rng):
    for images in (noise(rng, (3, 14, 23, 3), dtype), noise(rng, (14, 23, 4), dtype)):
        assert_same_bits(operation.call(view(images)), operation.call(images))


@every_operation
@every_view
def test_views_of_planes_give_what_their_copies_give(operation, view, rng):
    # A batch in CHW is an array of single-channel images as far as its strides are concerned.
    planes = noise(rng, (3, 4, 14, 23), np.uint8)
    strided = view(planes[..., None])[..., 0]
    assert strided.strides != planes.strides

    result = operation.call(strided, layout="CHW")

    assert_same_bits(result, operation.call(planes, layout="CHW"))


@every_operation
def test_repeated_rows_and_samples_may_share_memory(operation, rng):
    row = noise(rng, (1, 1, 23, 3), np.uint8)
    batch = np.broadcast_to(row, (3, 14, 23, 3))

    assert_same_bits(operation.call(batch), operation.call(batch.copy()))


@every_operation
def test_the_same_image_may_be_listed_twice(operation, rng):
    image = noise(rng, (14, 23, 3), np.uint8)

    for result in operation.call([image, image[::-1], image]):
        assert result.shape == operation.call(image).shape


@every_operation
def test_inputs_are_never_written(operation, rng):
    batch = noise(rng, (2, 14, 23, 3), np.float32)
    before = batch.copy()
    batch.flags.writeable = False

    operation.call(batch)

    assert_same_bits(batch, before)


@every_isa
@every_operation
@pytest.mark.parametrize("place", [at_page_end, at_page_start])
@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
def test_nothing_beside_the_input_is_read(operation, place, dtype, rng):
    sizes = ((1, 1), (1, 33), (3, 5), (2, 16), (4, 31), (13, 22))
    for number, (height, width) in enumerate(sizes):
        for channels in CHANNELS:
            layout = LAYOUTS[(number + channels) % 2]
            image = noise(rng, (height, width, channels), dtype)
            placed = copy_to(place, to_layout(image, layout))

            result = operation.call(placed, layout=layout)

            operation.check(from_layout(result, layout), image)


@every_isa
@every_operation
@pytest.mark.parametrize("place", [at_page_end, at_page_start])
def test_nothing_beside_backward_rows_is_read(operation, place, rng):
    for channels in CHANNELS:
        image = noise(rng, (5, 19, channels), np.uint8)
        backward = copy_to(place, np.ascontiguousarray(image[::-1]))[::-1]

        operation.check(operation.call(backward), image)


@every_operation
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_empty_batch_gives_an_empty_batch(operation, layout, rng):
    filled = operation.call(to_layout(noise(rng, (2, 14, 23, 3), np.uint8), layout), layout=layout)
    empty = to_layout(np.empty((0, 14, 23, 3), np.uint8), layout)

    result = operation.call(empty, layout=layout)
    assert result.shape == (0, *filled.shape[1:])
    assert result.dtype == filled.dtype

    out = np.empty_like(result)
    assert operation.call(empty, layout=layout, out=out) is out


@every_operation
def test_more_than_four_gigabytes_are_addressed_by_stride_only(operation, rng):
    # Rows far apart: a view of a huge sparse mapping, of which four pages are touched.
    step = 1 << 32
    sparse = np.lib.stride_tricks.as_strided
    try:
        memory = np.zeros(3 * step + 4096, np.uint8)
    except MemoryError:
        pytest.skip("no address space for a sparse array of 12 GiB")
    image = noise(rng, (4, 20, 3), np.uint8)
    view = sparse(memory, image.shape, (step, 3, 1))
    view[...] = image

    operation.check(operation.call(view), image)


# Functions that have nothing to repeat from an image without pixels need a constant border.
NEEDS_PIXELS = ("crop_outside", "affine_to_size", "affine_nearest")


@every_operation
@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (0, 0, 2), (2, 0, 5, 3), (2, 5, 0, 1)])
def test_images_without_pixels(operation, shape):
    images = np.empty(shape, np.uint8)
    if operation.name in NEEDS_PIXELS:
        with pytest.raises(ValueError, match="has no pixels to repeat"):
            operation.call(images)
        return

    results = operation.call(images)

    if images.ndim == 3:
        results, images = results[np.newaxis], images[np.newaxis]
    for result, image in zip(results, images, strict=True):
        operation.check(result, image)


def test_an_empty_batch_takes_parameters_of_no_sample():
    empty = np.empty((0, 14, 23, 3), np.uint8)
    none = np.zeros(0, np.int64)

    assert fa.hflip(empty, where=none.astype(bool)).shape == empty.shape
    assert fa.rot90(empty, none).shape == empty.shape
    assert fa.crop(empty, none, none, 5).shape == (0, 5, 5, 3)
    assert fa.affine(empty, np.zeros((0, 2, 3))).shape == empty.shape
