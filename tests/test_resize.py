"""resize and resized_crop against the oracle: filters, dtypes, channels, layouts, odd sizes."""

import numpy as np
import pytest

import fast_augment as fa
from helpers.checks import assert_near_exact, assert_same_bits
from helpers.images import (
    CHANNELS,
    DTYPES,
    LAYOUTS,
    SIZES,
    dtype_name,
    from_layout,
    noise,
    photograph,
    to_layout,
)
from helpers.memory import VIEWS, Guarded, at_page_end, at_page_start, copy_to
from oracles import resample

every_isa = pytest.mark.usefixtures("isa")
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=dtype_name)
FILTERS = (("bilinear", True), ("bilinear", False), ("bicubic", True), ("bicubic", False))
every_filter = pytest.mark.parametrize(("interpolation", "antialias"), FILTERS)
# Shrinking, enlarging, both at once, one line, and down to one pixel.
SHAPES = (
    ((40, 53), (17, 22)),
    ((11, 9), (34, 40)),
    ((50, 7), (13, 31)),
    ((1, 60), (5, 9)),
    ((37, 1), (8, 3)),
    ((33, 47), (1, 1)),
    ((1, 1), (6, 5)),
    ((2, 3), (65, 64)),
    ((300, 3), (7, 2)),
)
FLOAT_TOLERANCE = 1e-5


def check(result, image, size, interpolation="bilinear", antialias=True, where=""):
    exact = resample.resize(image, size, interpolation, antialias)
    if image.dtype == np.float32:
        assert result.dtype == np.float32
        assert result.shape == exact.shape, where
        assert np.abs(result - exact).max() <= FLOAT_TOLERANCE, where
    else:
        assert_near_exact(result, exact, where=where)


@every_isa
@every_dtype
@every_filter
def test_sizes_up_and_down(interpolation, antialias, dtype, rng):
    for number, (shape, size) in enumerate(SHAPES):
        channels = CHANNELS[number % len(CHANNELS)]
        maker = (noise, photograph)[number % 2]
        image = maker(rng, (*shape, channels), dtype)
        result = fa.resize(image, size, interpolation=interpolation, antialias=antialias)
        check(result, image, size, interpolation, antialias, (shape, size))


@every_isa
@every_filter
@pytest.mark.parametrize("channels", [*CHANNELS, 9])
def test_every_output_width(channels, interpolation, antialias, rng):
    for number, width in enumerate(SIZES):
        dtype, layout = DTYPES[number % 3], LAYOUTS[number % 2]
        image = noise(rng, (19, 41, channels), dtype)
        result = fa.resize(
            to_layout(image, layout),
            (6, width),
            interpolation=interpolation,
            antialias=antialias,
            layout=layout,
        )
        where = (width, layout)
        check(from_layout(result, layout), image, (6, width), interpolation, antialias, where)


@every_isa
@every_filter
def test_every_input_width_and_number_of_taps(interpolation, antialias, rng):
    for number, width in enumerate(SIZES):
        for channels in (1, 3, 4):
            image = noise(rng, (9, width, channels), DTYPES[number % 3])
            size = (5, 7)
            result = fa.resize(image, size, interpolation=interpolation, antialias=antialias)
            check(result, image, size, interpolation, antialias, (width, channels))


@every_isa
@every_dtype
def test_nearest_copies_the_pixel_under_the_centre(dtype, rng):
    for shape, size in SHAPES:
        for channels in CHANNELS:
            image = noise(rng, (*shape, channels), dtype)
            rows = resample.nearest_index(shape[0], size[0])
            columns = resample.nearest_index(shape[1], size[1])
            for antialias in (True, False):
                result = fa.resize(image, size, interpolation="nearest", antialias=antialias)
                assert_same_bits(result, image[rows][:, columns], (shape, size, channels))


@pytest.mark.parametrize("sides", [(3, 9), (9, 3), (7, 49), (10, 4), (1000, 10), (6, 1000)])
def test_nearest_is_exact_where_a_centre_meets_a_border(sides):
    inputs, outputs = sides
    line = np.arange(inputs, dtype=np.float32).reshape(1, inputs, 1)
    result = fa.resize(line, (1, outputs), interpolation="nearest")[0, :, 0]

    assert result.tolist() == resample.nearest_index(inputs, outputs)


@every_isa
@every_dtype
@every_filter
def test_boxes_are_resized_as_if_cut_out(interpolation, antialias, dtype, rng):
    batch = noise(rng, (5, 40, 53, 3), dtype)
    boxes = [(0, 0, 53, 40), (10, 3, 33, 27), (52, 39, 53, 40), (5, 0, 6, 40), (1, 20, 50, 23)]
    options = {"interpolation": interpolation, "antialias": antialias}

    result = fa.resized_crop(batch, np.array(boxes), (15, 18), **options)

    for got, image, box in zip(result, batch, boxes, strict=True):
        x0, y0, x1, y1 = box
        cut = np.ascontiguousarray(image[y0:y1, x0:x1])
        assert_same_bits(got, fa.resize(cut, (15, 18), **options), box)
        check(got, cut, (15, 18), interpolation, antialias, box)


@every_isa
def test_boxes_of_nearest_and_of_channel_first_images(rng):
    batch = noise(rng, (2, 3, 30, 41), np.uint16)
    boxes = ((4, 5, 40, 21), (0, 0, 41, 30))
    for interpolation in ("nearest", "bilinear"):
        result = fa.resized_crop(batch, boxes, 11, interpolation=interpolation, layout="CHW")
        for got, image, (x0, y0, x1, y1) in zip(result, batch, boxes, strict=True):
            cut = np.ascontiguousarray(image[:, y0:y1, x0:x1])
            expected = fa.resize(cut, 11, interpolation=interpolation, layout="CHW")
            assert_same_bits(got, expected)


def test_one_box_serves_all_samples_and_sizes(rng):
    images = [noise(rng, (20 + i, 30 - i, 3), np.uint8) for i in range(4)]
    box = (2, 3, 21, 19)
    expected = np.stack([fa.resized_crop(image, box, (7, 9)) for image in images])

    assert_same_bits(fa.resized_crop(images, box, (7, 9)), expected)
    assert_same_bits(fa.resized_crop(images, np.uint8([box] * 4), (7, 9)), expected)


@every_filter
def test_ragged_images_become_one_batch(interpolation, antialias, rng):
    images = [noise(rng, (5 + 9 * i, 40 - 8 * i, 3), np.uint8) for i in range(5)]
    result = fa.resize(images, (16, 12), interpolation=interpolation, antialias=antialias)

    assert isinstance(result, np.ndarray)
    assert result.shape == (5, 16, 12, 3)
    for got, image in zip(result, images, strict=True):
        check(got, image, (16, 12), interpolation, antialias)


@every_filter
def test_the_layout_does_not_change_a_bit(interpolation, antialias, rng):
    for dtype in DTYPES:
        image = noise(rng, (29, 38, 3), dtype)
        options = {"interpolation": interpolation, "antialias": antialias}
        planar = fa.resize(to_layout(image, "CHW"), (14, 50), layout="CHW", **options)
        assert_same_bits(from_layout(planar, "CHW"), fa.resize(image, (14, 50), **options))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
def test_threads_do_not_change_a_bit(interpolation, rng):
    batch = noise(rng, (3, 150, 140, 3), np.float32)
    boxes = [(0, 0, 140, 150), (7, 9, 80, 140), (20, 20, 60, 50)]
    for images, layout in ((batch, "HWC"), (to_layout(batch, "CHW"), "CHW"), (list(batch), "HWC")):
        options = {"interpolation": interpolation, "layout": layout}
        alone = fa.resized_crop(images, boxes, (90, 101), threads=1, **options)
        for threads in (2, 7):
            result = fa.resized_crop(images, boxes, (90, 101), threads=threads, **options)
            assert_same_bits(result, alone, (threads, layout))


@every_dtype
@every_filter
def test_instruction_sets_do_not_change_a_bit(interpolation, antialias, dtype, rng):
    from fast_augment import _core

    before = _core.active_isa()
    images = [noise(rng, (31, 45, channels), dtype) for channels in CHANNELS]
    results = {}
    for isa in _core.supported_isas():
        _core.force_isa(isa)
        results[isa] = [
            fa.resize(image, size, interpolation=interpolation, antialias=antialias)
            for image in images
            for size in ((13, 17), (50, 21), (6, 97))
        ]
    _core.force_isa(before)
    for isa, result in results.items():
        for got, expected in zip(result, results["baseline"], strict=True):
            assert_same_bits(got, expected, isa)


@every_isa
def test_nothing_outside_is_read_or_written(rng):
    for dtype in DTYPES:
        for channels in (1, 3, 4, 5):
            image = noise(rng, (9, 13, channels), dtype)
            for size in ((5, 7), (18, 29), (4, 1), (9, 13)):
                for interpolation in ("nearest", "bilinear", "bicubic"):
                    expected = fa.resize(image, size, interpolation=interpolation)
                    target = Guarded(expected.shape, dtype)
                    for place in (at_page_start, at_page_end):
                        given = copy_to(place, image)
                        fa.resize(given, size, interpolation=interpolation, out=target.array)
                        target.check()
                        assert_same_bits(target.array, expected)


@pytest.mark.parametrize("view", VIEWS)
def test_strided_inputs_and_outputs(view, rng):
    batch = noise(rng, (3, 21, 17, 3), np.uint8)
    for interpolation in ("nearest", "bilinear"):
        expected = fa.resize(batch, (10, 12), interpolation=interpolation)
        out = view(np.zeros_like(expected))
        assert fa.resize(view(batch), (10, 12), interpolation=interpolation, out=out) is out
        assert_same_bits(out, expected)


def test_out_may_be_a_list_of_arrays(rng):
    batch = noise(rng, (2, 9, 8, 1), np.uint8)
    out = [np.empty((4, 5, 1), np.uint8) for _ in range(2)]

    assert fa.resize(batch, (4, 5), out=out) is out
    assert_same_bits(np.stack(out), fa.resize(batch, (4, 5)))


def test_empty_batches_work():
    assert fa.resize(np.zeros((0, 5, 6, 3), np.uint8), 4).shape == (0, 4, 4, 3)
    assert fa.resize(np.zeros((0, 0, 0, 3), np.uint8), 4).shape == (0, 4, 4, 3)
    boxes = np.zeros((0, 4), int)
    assert fa.resized_crop(np.zeros((0, 5, 6, 3), np.uint8), boxes, 4).shape == (0, 4, 4, 3)
