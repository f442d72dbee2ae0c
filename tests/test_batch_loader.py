"""BatchLoader: what is in the batches of an epoch, restarts, ranks and memory."""

import json

import numpy as np
import pytest

import fast_augment as fa
from helpers.batches import assert_same_batches, copied
from helpers.checks import assert_same_bits

COUNT = 23
AUGMENT = fa.Compose([fa.RandomCrop(6), fa.ColorJitter(brightness=0.3), fa.ToFloat()], seed=5)
every_prefetch = pytest.mark.parametrize("prefetch", [0, 1, 3])


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (COUNT, 9, 8, 3), dtype=np.uint8)


@pytest.fixture
def numbers():
    return np.arange(COUNT)


@every_prefetch
@pytest.mark.parametrize("batch_size", [1, 5, 23, 40])
def test_each_sample_once_and_as_the_pipeline_makes_it(prefetch, batch_size, images, numbers):
    loader = fa.BatchLoader((images, numbers), batch_size, AUGMENT, prefetch=prefetch)
    orders = []
    for epoch in range(2):
        found = copied(loader)
        assert len(found) == len(loader) == -(-COUNT // batch_size)
        for batch, index in found:
            assert_same_bits(batch, AUGMENT(images[index], epoch=epoch, index=index))
        orders.append(np.concatenate([index for _, index in found]))
        assert sorted(orders[-1]) == list(range(COUNT))

    assert orders[0].tolist() != orders[1].tolist()
    assert orders[0].tolist() != list(range(COUNT))


def test_the_order_is_a_function_of_seed_and_epoch(images, numbers):
    def order(seed, epoch, prefetch=2, batch_size=4):
        loader = fa.BatchLoader((images, numbers), batch_size, seed=seed, prefetch=prefetch)
        loader.set_epoch(epoch)
        return [int(i) for _, index in loader for i in index]

    first = order(1, 0)
    assert first == order(1, 0, prefetch=0, batch_size=7)
    assert len({tuple(order(seed, epoch)) for seed in (1, 2) for epoch in (0, 1, 2**32 - 1)}) == 6
    # The words of Philox, so the same for every version of NumPy.
    words = np.random.Philox(key=np.array([1, 0], np.uint64)).random_raw(COUNT)
    assert first == np.argsort(words).tolist()


def test_without_shuffling_and_without_the_last_batch(images, numbers):
    loader = fa.BatchLoader((images, numbers), 5, shuffle=False, drop_last=True)

    assert [index.tolist() for _, index in loader] == np.arange(20).reshape(4, 5).tolist()
    assert len(loader) == 4


def test_images_of_other_kinds(images, numbers, tmp_path):
    expected = copied(fa.BatchLoader((images, numbers), 5, AUGMENT))
    mapped = np.memmap(tmp_path / "images", np.uint8, "w+", shape=images.shape)
    mapped[:] = images

    class Decoded:
        def __len__(self):
            return COUNT

        def __getitem__(self, number):
            return images[number].copy()

    for other in (mapped, list(images), Decoded()):
        assert_same_batches(copied(fa.BatchLoader((other, numbers), 5, AUGMENT)), expected)
    alone = [batch.copy() for batch in fa.BatchLoader(images, 5, AUGMENT)]
    assert all(map(np.array_equal, alone, [batch for batch, _ in expected]))


def test_images_of_different_sizes_and_other_fields(images):
    ragged = [image[: 7 + i % 3] for i, image in enumerate(images)]
    names = [f"image {i}" for i in range(COUNT)]
    for batch, names_of_batch in fa.BatchLoader((ragged, names), 6, AUGMENT):
        index = [names.index(name) for name in names_of_batch]
        assert_same_bits(batch, AUGMENT([ragged[i] for i in index], epoch=0, index=index))


@every_prefetch
def test_a_batch_that_is_kept_stays_as_it_is(prefetch, images, numbers):
    kept = list(fa.BatchLoader((images, numbers), 2, AUGMENT, prefetch=prefetch))

    for batch, index in kept:
        assert_same_bits(batch, AUGMENT(images[index], epoch=0, index=index))


def test_views_keep_the_memory_too(images):
    loader = fa.BatchLoader(images, 2, AUGMENT, prefetch=2)
    views, copies = [], []
    for batch in loader:
        # Every way to look at the memory without a reference to the batch itself.
        views.append([batch[1:], memoryview(batch), batch.reshape(-1)[::2]][len(views) % 3])
        copies.append(np.array(views[-1]))
        del batch

    assert all(np.array_equal(view, copy) for view, copy in zip(views, copies, strict=True))


@every_prefetch
def test_memory_is_used_again(prefetch, images):
    loader = fa.BatchLoader(images, 1, AUGMENT, prefetch=prefetch)
    seen = set()
    for _ in range(3):
        for batch in loader:
            seen.add(batch.__array_interface__["data"][0])

    assert len(seen) <= prefetch + 2


@every_prefetch
@pytest.mark.parametrize("stop", range(7))
def test_a_restart_goes_on_with_the_same_batches(prefetch, stop, images, numbers):
    def loader():
        return fa.BatchLoader((images, numbers), 4, AUGMENT, prefetch=prefetch)

    whole = loader()
    expected = copied(whole) + copied(whole)
    first, found = loader(), []
    state = first.state_dict()
    for number, (batch, index) in enumerate(first):
        if number == stop:
            break
        found.append((batch.copy(), index))
        state = json.loads(json.dumps(first.state_dict()))

    second = loader()
    second.load_state_dict(state)
    found += copied(second)
    if len(found) == len(whole):
        found += copied(second)
    assert_same_batches(found, expected)


def test_a_loop_that_is_left_is_over(images, numbers):
    loader = fa.BatchLoader((images, numbers), 4, AUGMENT)
    expected = [copied(loader) for _ in range(3)]
    loader.set_epoch(0)
    for _ in loader:
        break

    assert loader.epoch == 0
    assert_same_batches(copied(loader), expected[1])
    assert loader.epoch == 2
    iter(loader)  # no batch was taken
    assert_same_batches(copied(loader), expected[2])


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 7])
def test_ranks_together_are_one_process(drop_last, batch_size, images, numbers):
    world = 3
    options = {"drop_last": drop_last, "seed": 9}
    whole = copied(fa.BatchLoader((images, numbers), world * batch_size, AUGMENT, **options))
    ranks = [
        copied(
            fa.BatchLoader(
                (images, numbers), batch_size, AUGMENT, rank=rank, world_size=world, **options
            )
        )
        for rank in range(world)
    ]

    assert {len(batches) for batches in ranks} == {len(whole)}
    for step, (batch, index) in enumerate(whole):
        parts = [batches[step] for batches in ranks]
        taken = np.concatenate([part for _, part in parts])
        assert taken[: len(index)].tolist() == index.tolist()
        assert_same_bits(np.concatenate([part for part, _ in parts])[: len(index)], batch)
        lengths = [len(part) for _, part in parts]
        assert max(lengths) - min(lengths) <= 1
        assert min(lengths) >= 1
        if len(index) >= world:
            assert len(taken) == len(index)
