"""Epochs of a BatchLoader over (images, numbers of the samples), and how they compare."""

from helpers.checks import assert_same_bits


def copied(loader):
    return [(batch.copy(), index.copy()) for batch, index in loader]


def assert_same_batches(found, expected):
    assert len(found) == len(expected)
    for (batch, index), (other, index_of_other) in zip(found, expected, strict=True):
        assert index.tolist() == index_of_other.tolist()
        assert_same_bits(batch, other)
