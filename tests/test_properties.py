"""Every image function against its oracle on images and arguments that nobody chose."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import fast_augment as fa
from helpers.checks import assert_near_exact, assert_nearest, assert_same_bits
from helpers.images import BORDERS, SMOOTH
from oracles import geometry
from strategies import images, matrices, perspectives, sides

# The same examples in every run; a slow machine is no failure.
thorough = settings(max_examples=150, deadline=None, derandomize=True, database=None)
threads = st.integers(1, 5)
borders = st.sampled_from(BORDERS)
offsets = st.integers(-90, 90)
sizes = st.tuples(sides, sides)


def packed(batch):
    """A copy whose layout nothing but its shape decides."""
    return np.ascontiguousarray(batch)


@thorough
@given(images(), threads)
def test_flips(image, threads):
    assert_same_bits(fa.hflip(image, threads=threads), geometry.hflip(packed(image)))
    assert_same_bits(fa.vflip(image, threads=threads), geometry.vflip(packed(image)))


@thorough
@given(images(), st.integers(-9, 9), threads)
def test_turns(image, k, threads):
    assert_same_bits(fa.rot90(image, k, threads=threads), packed(np.rot90(image, k)))
    assert_same_bits(fa.transpose(image, threads=threads), geometry.transpose(packed(image)))


@thorough
@given(images(), offsets, offsets, sizes, borders, threads)
def test_crops(image, top, left, size, border, threads):
    result = fa.crop(image, top, left, size, border=border, fill=1, threads=threads)

    assert_same_bits(result, geometry.crop(packed(image), top, left, size, border, 1))


@thorough
@given(images(), matrices(), sizes, borders, st.sampled_from(SMOOTH), threads)
def test_smooth(image, matrix, size, border, interpolation, threads):
    options = {"size": size, "border": border, "fill": 1, "interpolation": interpolation}
    result = fa.affine(image, matrix, threads=threads, **options)

    assert_near_exact(result, geometry.affine(packed(image), matrix, **options))


@thorough
@given(images(), matrices(), sizes, borders, threads)
def test_nearest(image, matrix, size, border, threads):
    options = {"size": size, "border": border, "fill": 1}
    result = fa.affine(image, matrix, interpolation="nearest", threads=threads, **options)

    assert_nearest(result, packed(image), matrix, size, border, 1)


@thorough
@given(images(), perspectives(), sizes, borders, st.sampled_from(SMOOTH), threads)
def test_perspective(image, matrix, size, border, interpolation, threads):
    options = {"size": size, "border": border, "fill": 1, "interpolation": interpolation}
    result = fa.perspective(image, matrix, threads=threads, **options)

    exact, sure = geometry.perspective(packed(image), matrix, **options)
    assert_near_exact(result[sure], exact[sure])


@thorough
@given(images(batch=True), matrices(), borders, threads)
def test_batches_are_their_samples(batch, matrix, border, threads):
    results = fa.affine(batch, matrix, border=border, threads=threads)

    for result, image in zip(results, batch, strict=True):
        assert_same_bits(result, fa.affine(image, matrix, border=border))
