"""What pipelines draw: rates, ranges, distributions and independence, with fixed seeds.

Bounds are wide (five standard errors or a chance of about 1e-6), so that only a wrong distribution
misses them; as the seeds are fixed, a test that passes once passes always.
"""

import math

import numpy as np
import pytest

import fast_augment as fa

SAMPLES = 20_000
SIGMAS = 5.0
TINY = np.zeros((1, 1, 1), np.float32)


def drawn(transforms, *, count=SAMPLES, seed=11, epoch=0, shape=(1, 1, 1), dtype=np.float32):
    """Params of `count` samples that share the memory of one image."""
    images = np.broadcast_to(np.zeros(shape, dtype), (count, *shape))
    if any(changes_size(transform) for transform in transforms):
        images = list(images)
    augment = fa.Compose(transforms, seed=seed)
    return augment(images, epoch=epoch, index=np.arange(count), return_params=True).params


def changes_size(transform):
    return hasattr(transform, "transforms") or isinstance(transform, fa.RandomRotate90)


def assert_rate(happened, p):
    error = math.sqrt(p * (1 - p) / happened.size)
    assert abs(happened.mean() - p) <= SIGMAS * error, (happened.mean(), p)


def assert_uniform(values, low, high):
    """Kolmogorov and Smirnov: no value of the distribution function is far off."""
    values = np.sort((np.asarray(values) - low) / (high - low))
    assert values[0] >= 0
    assert values[-1] < 1 + 1e-12
    steps = np.arange(1, values.size + 1) / values.size
    distance = max(np.max(steps - values), np.max(values - steps + 1 / values.size))
    assert distance <= 2.7 / math.sqrt(values.size), distance


def assert_even(counts):
    """Chi-square by its normal approximation."""
    counts = np.asarray(counts, np.float64)
    expected = counts.mean()
    statistic, freedom = np.sum((counts - expected) ** 2) / expected, counts.size - 1
    assert statistic <= freedom + SIGMAS * math.sqrt(2 * freedom) + 10, counts


def assert_independent(first, second):
    correlation = np.corrcoef(first, second)[0, 1]
    assert abs(correlation) <= SIGMAS / math.sqrt(first.size), correlation


def is_applied(params, transform):
    return params[transform]["order"] >= 0


# --- rates


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.93, 1.0])
def test_rates(p):
    inside = [fa.GaussianBlur(1)]
    transforms = [
        fa.RandomHorizontalFlip(p),
        fa.RandomVerticalFlip(p),
        fa.RandomRotate90(p),
        fa.RandomGrayscale(p),
        fa.RandomInvert(p),
        fa.RandomSolarize(0.5, p),
        fa.RandomPosterize(4, p),
        fa.RandomGamma(p=p),
        fa.RandomAutocontrast(p),
        fa.RandomAdjustSharpness(2, p),
        fa.RandomErasing(p),
        fa.RandomPerspective(p=p),
        fa.RandomApply(inside, p=p),
        fa.OneOf(inside, p=p),
        fa.RandomOrder(inside, p=p),
    ]
    params = drawn(transforms)
    for i in range(len(params)):
        assert_rate(is_applied(params, i), p)


def test_what_has_no_probability_is_always_applied():
    params = drawn([fa.RandomAffine(1), fa.ColorJitter(0.1), fa.GaussianBlur(1), fa.Pad(1)])
    assert np.all(params.records["order"] == np.arange(4))


def test_one_of_chooses_by_weight():
    children = [fa.RandomInvert(1), fa.RandomGrayscale(1), fa.RandomVerticalFlip(1)]
    weights = (1, 0, 3)
    params = drawn([fa.OneOf(children, weights=weights), fa.OneOf(children)])

    for position, share in zip((1, 2, 3), (0.25, 0, 0.75), strict=True):
        assert_rate(is_applied(params, position), share)
    chosen = params["OneOf#2"]["child"]
    assert_even([np.sum(chosen == i) for i in range(3)])
    together = np.sum([is_applied(params, i) for i in (5, 6, 7)], axis=0)
    assert np.all(together == 1)


def test_some_of_takes_each_number_and_each_child_equally_often():
    children = [fa.RandomInvert(1), fa.RandomGrayscale(1), fa.RandomVerticalFlip(1), fa.Pad(0)]
    params = drawn([fa.SomeOf(children, n=(1, 3))])

    count = params["SomeOf"]["count"]
    assert_even([np.sum(count == i) for i in (1, 2, 3)])
    applied = np.stack([is_applied(params, i) for i in range(1, 5)])
    assert np.all(applied.sum(axis=0) == count)
    for one in applied:
        assert_rate(one, 0.5)


def test_orders_are_even():
    children = [fa.RandomInvert(1), fa.RandomGrayscale(1), fa.RandomVerticalFlip(1)]
    params = drawn([fa.RandomOrder(children)])
    places = params.records["order"][:, 1:]
    _, counts = np.unique(places, axis=0, return_counts=True)
    assert counts.size == 6
    assert_even(counts)

    jitter = drawn([fa.ColorJitter(1, 1, 1, 0.5)])[0]
    orders = np.stack([jitter[name] for name in ("first", "second", "third", "fourth")], axis=1)
    assert np.all(np.sort(orders, axis=1) == np.arange(4))
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert counts.size == 24
    assert_even(counts)


# --- ranges


def test_ranges_are_uniform():
    params = drawn(
        [
            fa.RandomAffine((-10, 30), scale=(0.5, 2), shear=(-5, 6, -7, 8)),
            fa.RandomRotation(45),
            fa.ColorJitter(0.4, (0.2, 3), 2, (-0.1, 0.3)),
            fa.RandomGamma((0.5, 1.5), p=1),
            fa.RandomAdjustSharpness((0, 2), p=1),
            fa.GaussianBlur(1, (0.1, 2)),
        ]
    )
    affine, rotation, jitter = params[0], params[1], params[2]
    assert_uniform(affine["angle"], -10, 30)
    assert_uniform(affine["scale_x"], 0.5, 2)
    assert np.array_equal(affine["scale_x"], affine["scale_y"])
    assert_uniform(affine["shear_x"], -5, 6)
    assert_uniform(affine["shear_y"], -7, 8)
    assert_uniform(rotation["angle"], -45, 45)
    assert_uniform(jitter["brightness"], 0.6, 1.4)
    assert_uniform(jitter["contrast"], 0.2, 3)
    assert_uniform(jitter["saturation"], 0, 3)
    assert_uniform(jitter["hue"], -0.1, 0.3)
    assert_uniform(params[3]["gamma"], 0.5, 1.5)
    assert_uniform(params[4]["factor"], 0, 2)
    assert_uniform(params[5]["sigma"], 0.1, 2)


def test_whole_numbers_are_even():
    params = drawn([fa.RandomRotate90(1), fa.RandomCrop(3)], shape=(9, 9, 1), count=5_000)
    turns = params[0]["quarter_turns"]
    assert_even([np.sum(turns == k) for k in range(4)])
    for name in ("top", "left"):
        assert_even([np.sum(params[1][name] == k) for k in range(7)])


def test_padding_moves_the_window():
    crop = drawn([fa.RandomCrop(9, padding=(1, 2, 3, 4))], shape=(9, 9, 1), count=5_000)[0]

    assert_even([np.sum(crop["left"] == k) for k in range(-1, 4)])
    assert_even([np.sum(crop["top"] == k) for k in range(-2, 5)])


def test_shifts_are_whole_pixels_up_to_the_largest():
    shape = (40, 25, 1)
    affine = drawn([fa.RandomAffine(0, translate=(0.2, 0.1))], shape=shape, count=5_000)[0]

    for name, most in (("translate_x", 5), ("translate_y", 4)):
        counts = [np.sum(affine[name] == k) for k in range(-most, most + 1)]
        assert sum(counts) == 5_000
        # The outermost are half as wide.
        assert_even(counts[1:-1])
        assert_even([counts[0] + counts[-1], *counts[1:-1]])


def test_corners_of_perspectives_stay_in_their_part():
    shape = (41, 61, 1)
    corners = drawn([fa.RandomPerspective(0.5, p=1)], shape=shape, count=3_000)[0]

    across, down = 0.5 * (61 // 2), 0.5 * (41 // 2)
    for name in ("top_left", "top_right", "bottom_right", "bottom_left"):
        x, y = corners[f"{name}_x"], corners[f"{name}_y"]
        from_left = x if "left" in name else 60 - x
        from_top = y if "top" in name else 40 - y
        assert_even([np.sum(from_left == k) for k in range(int(across) + 1)])
        assert_even([np.sum(from_top == k) for k in range(int(down) + 1)])


# --- boxes of random area and shape, against the rule as it is known


def reference_box(rng, height, width, scale, ratio):
    """The first of ten tries that fits, else the middle."""
    area = height * width
    for _ in range(10):
        wanted = area * rng.uniform(*scale)
        aspect = math.exp(rng.uniform(math.log(ratio[0]), math.log(ratio[1])))
        w, h = round(math.sqrt(wanted * aspect)), round(math.sqrt(wanted / aspect))
        if 0 < w <= width and 0 < h <= height:
            return rng.integers(0, height - h + 1), rng.integers(0, width - w + 1), h, w
    w, h = width, height
    if width / height < ratio[0]:
        h = round(width / ratio[0])
    elif width / height > ratio[1]:
        w = round(height * ratio[1])
    return (height - h) // 2, (width - w) // 2, h, w


def reference_erased(rng, height, width, scale, ratio):
    """The ratio is height / width, and a box is smaller than the image."""
    for _ in range(10):
        wanted = height * width * rng.uniform(*scale)
        aspect = math.exp(rng.uniform(math.log(ratio[0]), math.log(ratio[1])))
        h, w = round(math.sqrt(wanted * aspect)), round(math.sqrt(wanted / aspect))
        if h < height and w < width:
            return rng.integers(0, height - h + 1), rng.integers(0, width - w + 1), h, w
    return 0, 0, 0, 0


def assert_same_distribution(first, second):
    """Kolmogorov and Smirnov with two samples."""
    values = np.unique(np.concatenate([first, second]))
    below = [np.searchsorted(np.sort(v), values, side="right") / v.size for v in (first, second)]
    limit = 2.7 * math.sqrt(1 / first.size + 1 / second.size)
    assert np.abs(below[0] - below[1]).max() <= limit


@pytest.mark.parametrize(
    ("sides", "scale", "ratio"),
    [
        ((60, 80), (0.08, 1.0), (3 / 4, 4 / 3)),
        ((30, 200), (0.5, 1.0), (3 / 4, 4 / 3)),  # seldom fits
        ((100, 20), (0.3, 0.9), (0.2, 0.4)),
    ],
)
def test_resized_crops_follow_the_rule(sides, scale, ratio, rng):
    count = 3_000
    transforms = [fa.RandomResizedCrop(1, scale, ratio, "nearest")]
    crop = drawn(transforms, shape=(*sides, 1), dtype=np.uint8, count=count)[0]
    wanted = np.array([reference_box(rng, *sides, scale, ratio) for _ in range(20_000)])
    found = np.stack([crop[name] for name in ("top", "left", "height", "width")], axis=1)

    assert np.all(found >= 0)
    assert np.all(found[:, :2] + found[:, 2:] <= sides)
    for i in range(4):
        assert_same_distribution(found[:, i], wanted[:, i])
    assert_same_distribution(found[:, 2] * found[:, 3], wanted[:, 2] * wanted[:, 3])
    assert_same_distribution(found[:, 3] / found[:, 2], wanted[:, 3] / wanted[:, 2])
    # Boxes of one height stand anywhere.
    assert_same_distribution(found[:, 0] + found[:, 2], wanted[:, 0] + wanted[:, 2])


def test_erased_boxes_follow_the_rule(rng):
    sides, scale, ratio = (60, 80), (0.02, 0.33), (0.3, 3.3)
    transforms = [fa.RandomErasing(1, scale, ratio)]
    box = drawn(transforms, shape=(*sides, 1), dtype=np.uint8, count=3_000)[0]
    wanted = np.array([reference_erased(rng, *sides, scale, ratio) for _ in range(20_000)])

    for name, values in zip(("top", "left", "height", "width"), wanted.T, strict=True):
        assert_same_distribution(box[name], values)


# --- independence


def test_samples_are_independent():
    angle = drawn([fa.RandomRotation(1)])[0]["angle"]

    for distance in (1, 2, 3, 16, 64, 256, 4096):
        assert_independent(angle[:-distance], angle[distance:])


def test_numbers_of_one_transform_are_independent():
    affine = drawn([fa.RandomAffine(1, scale=(0.5, 2), shear=(-1, 1, -1, 1))])[0]
    names = ("angle", "scale_x", "shear_x", "shear_y")

    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert_independent(affine[first], affine[second])


def test_transforms_epochs_and_seeds_are_independent():
    transforms = [fa.RandomRotation(1)] * 3
    base = drawn(transforms)
    others = [drawn(transforms, seed=seed) for seed in (12, 11 + 2**32, 2**63)]
    others += [drawn(transforms, epoch=epoch) for epoch in (1, 2**32 - 1)]

    columns = [base[i]["angle"] for i in range(3)]
    columns += [other[i]["angle"] for other in others for i in range(2)]
    for i, first in enumerate(columns):
        for second in columns[i + 1 :]:
            assert_independent(first, second)
            assert np.sum(first == second) < 5


# --- keys


def test_a_transform_at_the_end_changes_nothing_before_it():
    first = [fa.RandomAffine(9), fa.OneOf([fa.RandomInvert(), fa.RandomGrayscale()])]
    short = drawn([*first], count=500).records
    long = drawn([*first, fa.ColorJitter(0.5), fa.RandomCrop(1)], count=500).records

    assert short.tobytes() == np.ascontiguousarray(long[:, : short.shape[1]]).tobytes()


def test_other_numbers_do_not_depend_on_the_images():
    transforms = [fa.RandomAffine(9, translate=(0.1, 0.1)), fa.ColorJitter(0.5)]
    small = drawn(transforms, count=100)
    large = drawn(transforms, count=100, shape=(20, 30, 3), dtype=np.uint8)

    assert np.array_equal(small[0]["angle"], large[0]["angle"])
    assert small.records[:, 1].tobytes() == large.records[:, 1].tobytes()


def test_keyed_and_counted_samples_have_the_same_numbers():
    transforms = [fa.RandomAffine(9), fa.RandomHorizontalFlip()]
    images = np.zeros((7, 1, 1, 1), np.uint8)
    keyed = fa.Compose(transforms, seed=5)(images, index=np.arange(7), return_params=True)
    counting = fa.Compose(transforms, seed=5)
    parts = [counting(images[:3], return_params=True), counting(images[3], return_params=True)]
    parts.append(counting(list(images[4:]), return_params=True))

    counted = np.concatenate([part.params.records for part in parts])
    assert keyed.params.records.tobytes() == counted.tobytes()


def test_an_index_counts_and_the_place_in_the_batch_does_not():
    augment = fa.Compose([fa.RandomAffine(9)], seed=5)
    images = np.zeros((4, 1, 1, 1), np.uint8)
    index = [2**64 - 1, 7, 0, 7]
    records = augment(images, index=index, return_params=True).params.records
    alone = augment(images[0], index=2**64 - 1, return_params=True).params.records

    assert records[1].tobytes() == records[3].tobytes()
    assert records[0].tobytes() == alone.tobytes()
    assert len({record.tobytes() for record in records}) == 3


def test_noise_is_normal_and_its_own_in_every_sample_and_channel():
    images = np.full((4, 150, 200, 3), 0.5, np.float32)
    augment = fa.Compose([fa.GaussianNoise(0.1, 0.2, clip=False)], seed=2, out_layout="HWC")
    found = augment(images, index=np.arange(4))
    z = ((found.astype(np.float64) - 0.6) / 0.2).reshape(4, -1, 3)

    count = z.size
    assert abs(z.mean()) <= SIGMAS / math.sqrt(count)
    assert abs(z.var() - 1) <= SIGMAS * math.sqrt(2 / count)
    assert abs(np.mean(z**3)) <= SIGMAS * math.sqrt(15 / count)
    assert abs(np.mean(z**4) - 3) <= SIGMAS * math.sqrt(96 / count)
    columns = z.transpose(0, 2, 1).reshape(12, -1)
    for i, first in enumerate(columns):
        for second in columns[i + 1 :]:
            assert_independent(first, second)
        assert_independent(first[1:], first[:-1])


def test_erased_noise_is_normal():
    images = np.zeros((3, 120, 160, 3), np.float32)
    transform = fa.RandomErasing(1, (0.5, 0.5), (1, 1), value="random")
    batch = fa.Compose([transform], seed=2)(images, index=np.arange(3), return_params=True)
    for image, (top, left, height, width) in zip(
        batch.images,
        np.stack([batch.params[0][n] for n in ("top", "left", "height", "width")], 1).astype(int),
        strict=True,
    ):
        inside = image[top : top + height, left : left + width].astype(np.float64)
        assert abs(inside.mean()) <= SIGMAS / math.sqrt(inside.size)
        assert abs(inside.var() - 1) <= SIGMAS * math.sqrt(2 / inside.size)
        assert np.count_nonzero(image) <= inside.size
