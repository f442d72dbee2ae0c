"""Batches of image files: folders, tables, class modes, broken files, saving, loading."""

import errno
import io
import sys

import numpy as np
import pytest

from fast_augment import keras as fak

image_module = pytest.importorskip("PIL.Image")

FILES = {
    "cat/1.png": 10, "cat/2.jpg": 20, "cat/deep/3.bmp": 30, "dog/4.png": 40, "dog/5.PNG": 50,
    "emu/6.ppm": 60,
}  # fmt: skip


def save(path, level, size=(8, 6), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    color = level if mode in ("L", "I") else (level,) * len(mode)
    image_module.new(mode, size[::-1], color).save(path)


@pytest.fixture
def folder(tmp_path):
    """Images of one gray each, and a file that is none."""
    for name, level in FILES.items():
        save(tmp_path / "data" / name, level)
    (tmp_path / "data" / "cat" / "notes.txt").write_text("no image")
    return tmp_path / "data"


def flow(folder, generator=None, **arguments):
    generator = generator or fak.ImageDataGenerator()
    arguments = {"target_size": (8, 6), "shuffle": False, "batch_size": 10, **arguments}
    return generator.flow_from_directory(folder, **arguments)


def levels(batch):
    return np.round(batch[:, 0, 0, 0], -1).astype(int).tolist()


def test_folders_are_classes(folder, capsys):
    batches = flow(folder)

    assert capsys.readouterr().out == "Found 6 images belonging to 3 classes.\n"
    assert batches.class_indices == {"cat": 0, "dog": 1, "emu": 2}
    assert batches.filenames == [
        "cat/1.png", "cat/2.jpg", "cat/deep/3.bmp", "dog/4.png", "dog/5.PNG", "emu/6.ppm",
    ]  # fmt: skip
    assert batches.filepaths == [str(folder / name) for name in batches.filenames]
    assert batches.classes.tolist() == batches.labels.tolist() == [0, 0, 0, 1, 1, 2]
    assert (batches.samples, batches.num_classes, len(batches)) == (6, 3, 1)
    x, y = next(batches)
    assert (x.shape, x.dtype, y.dtype) == ((6, 8, 6, 3), np.float32, np.float32)
    assert levels(x) == [10, 20, 30, 40, 50, 60]
    assert np.array_equal(y, np.eye(3)[[0, 0, 0, 1, 1, 2]])


def test_class_modes(folder):
    sparse = next(flow(folder, class_mode="sparse"))[1]
    binary = next(flow(folder, class_mode="binary", classes=["dog", "cat"]))[1]
    x, same = next(flow(folder, class_mode="input"))
    alone = next(flow(folder, class_mode=None))

    assert sparse.tolist() == [0, 0, 0, 1, 1, 2]
    assert binary.tolist() == [0, 0, 1, 1, 1]
    assert np.array_equal(x, same)
    assert not np.shares_memory(x, same)
    assert isinstance(alone, np.ndarray)


@pytest.mark.parametrize(("mode", "channels"), [("rgb", 3), ("rgba", 4), ("grayscale", 1)])
def test_color_modes_and_data_formats(folder, mode, channels):
    first = fak.ImageDataGenerator(data_format="channels_first")
    last, first = (
        next(flow(folder, generator, color_mode=mode, class_mode=None))
        for generator in (None, first)
    )

    assert last.shape == (6, 8, 6, channels)
    assert np.array_equal(first.transpose(0, 2, 3, 1), last)


def test_a_split_takes_a_part_of_each_class(folder):
    generator = fak.ImageDataGenerator(validation_split=0.5)

    assert flow(folder, generator, subset="validation").filenames == ["cat/1.png", "dog/4.png"]
    assert flow(folder, generator, subset="training").filenames == [
        "cat/2.jpg", "cat/deep/3.bmp", "dog/5.PNG", "emu/6.ppm",
    ]  # fmt: skip


def test_links_are_followed_if_wanted(folder, tmp_path):
    save(tmp_path / "other" / "7.png", 70)
    (folder / "cat" / "link").symlink_to(tmp_path / "other")

    assert "cat/link/7.png" not in flow(folder).filenames
    assert "cat/link/7.png" in flow(folder, follow_links=True).filenames


def test_images_are_resized(tmp_path):
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, 4:] = 200
    (tmp_path / "a").mkdir()
    image_module.fromarray(image).save(tmp_path / "a" / "1.png")

    def read(**arguments):
        return next(flow(tmp_path, class_mode=None, **arguments))[0, :, :, 0]

    assert read(target_size=(2, 4)).tolist() == [[0, 0, 200, 200]] * 2
    assert len(np.unique(read(target_size=(4, 5), interpolation="bilinear"))) > 2
    # The middle, 4 x 2 pixels of which the right half is bright.
    cut = read(target_size=(4, 2), keep_aspect_ratio=True)
    assert cut.tolist() == [[0, 200]] * 4


def test_files_are_transformed_as_arrays_are(folder):
    generator = fak.ImageDataGenerator(rotation_range=40, zoom_range=0.2, rescale=1 / 255)
    images = next(flow(folder, class_mode=None))

    found = next(flow(folder, generator, class_mode=None, seed=4))
    expected = next(generator.flow(images, batch_size=10, shuffle=False, seed=4))

    assert np.array_equal(found, expected)


def test_seed_and_shuffle(folder):
    first, second = (flow(folder, shuffle=True, seed=3, batch_size=4) for _ in range(2))

    assert all(np.array_equal(a, b) for a, b in zip(next(first), next(second), strict=True))
    assert sorted(levels(first[0][0]) + levels(first[1][0])) == [10, 20, 30, 40, 50, 60]


def test_a_file_that_is_no_image(folder):
    (folder / "dog" / "4.png").write_bytes(b"\x89PNG but nothing else")
    with pytest.raises(OSError, match=r"image 3: load_img: '.*dog/4\.png' cannot be read as an"):
        next(flow(folder))


def test_a_truncated_file(folder):
    path = folder / "cat" / "2.jpg"
    save(path, 20, (64, 64))
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(OSError, match=r"image 1: load_img: '.*cat/2\.jpg' cannot be read as an"):
        next(flow(folder))


def test_a_file_that_is_gone(folder):
    batches = flow(folder)
    (folder / "dog" / "5.PNG").unlink()
    with pytest.raises(FileNotFoundError, match=r"image 4 is missing: '.*dog/5\.PNG'"):
        next(batches)


def test_classes_without_images(folder, tmp_path):
    (folder / "fox").mkdir()
    with pytest.raises(ValueError, match=r"class 'fox' has no images in '.*/data/fox' \(files end"):
        flow(folder)
    with pytest.raises(ValueError, match=r"class 'gnu' has no folder in '.*/data'"):
        flow(folder, classes=["cat", "gnu"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"'.*/empty' has no folders, expected one for each class"):
        flow(tmp_path / "empty")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        flow(tmp_path / "nowhere")


@pytest.mark.parametrize(("arguments", "text"), [
    ({"color_mode": "hsv"}, "color_mode is 'hsv', expected 'grayscale', 'rgb' or 'rgba'"),
    ({"class_mode": "raw"}, "class_mode is 'raw', expected 'categorical', 'binary', 'sparse', "
     "'input' or None"),
    ({"subset": "all"}, "subset is 'all', expected 'training' or 'validation'"),
    ({"target_size": 8},
     "target_size is 8, expected a pair (height, width) of whole numbers above 0"),
    ({"interpolation": "cubic"}, "interpolation is 'cubic', expected 'nearest', 'bilinear', "
     "'bicubic', 'hamming', 'box' or 'lanczos'"),
])  # fmt: skip
def test_bad_arguments(folder, arguments, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        flow(folder, **arguments)
    assert str(caught.value) == f"DirectoryIterator: {text}"


def test_a_full_disk_names_the_file_and_leaves_nothing(folder, tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, _data):
            raise OSError(errno.ENOSPC, "No space left on device")

    def open_full(path, mode="r", **options):
        if "w" in mode:
            real_open(path, mode).close()
            return Full()
        return real_open(path, mode, **options)

    real_open = open
    target = tmp_path / "saved"
    target.mkdir()
    monkeypatch.setattr("builtins.open", open_full)
    with pytest.raises(OSError, match=r"No space left on device: '.*/saved/_0_\d+\.png'"):
        next(flow(folder, save_to_dir=target))
    assert list(target.iterdir()) == []


def test_a_folder_to_save_to_that_is_not_there(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        next(flow(folder, save_to_dir=tmp_path / "nowhere"))


def test_without_pillow_it_says_what_to_install(folder, monkeypatch):
    batches = flow(folder)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"load_img needs Pillow: pip install 'fast-augment-cpp"):
        next(batches)
    with pytest.raises(ImportError, match=r"array_to_img needs Pillow: pip install"):
        fak.array_to_img(np.zeros((2, 2, 1)))


def test_arrays_to_images_and_back(rng):
    for channels in (1, 3, 4):
        image = rng.integers(0, 256, (5, 4, channels)).astype(np.float32)
        pillow = fak.array_to_img(image, scale=False)

        assert pillow.size == (4, 5)
        assert np.array_equal(fak.img_to_array(pillow), image)
        planes = fak.img_to_array(pillow, "channels_first", "uint8")
        assert np.array_equal(planes.transpose(1, 2, 0), image)
        again = fak.array_to_img(planes, "channels_first", scale=False)
        assert np.array_equal(np.asarray(again), np.asarray(pillow))


def test_scaling_and_deep_images():
    ramp = np.array([[-4, -2], [0, 4]]).reshape(2, 2, 1)

    assert np.asarray(fak.array_to_img(ramp)).tolist() == [[0, 63], [127, 255]]
    assert np.asarray(fak.array_to_img(np.full((1, 1, 1), 7.0))).item() == 0
    deep = fak.array_to_img(np.full((2, 2, 1), 4000.0), scale=False)
    assert (deep.mode, np.asarray(deep)[0, 0]) == ("I", 4000)


def test_save_and_load(tmp_path, rng):
    image = rng.integers(0, 256, (6, 5, 3)).astype(np.float32)
    path = tmp_path / "image.png"
    fak.save_img(path, image, scale=False)

    assert np.array_equal(fak.img_to_array(fak.load_img(path)), image)
    from_memory = fak.load_img(io.BytesIO(path.read_bytes()), "grayscale", (3, 2), "box")
    assert (from_memory.mode, from_memory.size) == ("L", (2, 3))
    with pytest.warns(UserWarning, match="grayscale is deprecated"):
        assert fak.load_img(path, grayscale=True).mode == "L"
    with pytest.warns(UserWarning, match="JPEG has no alpha channel"):
        fak.save_img(tmp_path / "image.jpg", np.zeros((4, 4, 4)))
    with pytest.raises(TypeError, match="path has type int, expected a path"):
        fak.load_img(3)
    with pytest.raises(ValueError, match="x has 2 channels, expected 1, 3 or 4"):
        fak.array_to_img(np.zeros((2, 2, 2)))
