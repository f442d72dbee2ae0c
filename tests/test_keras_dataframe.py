"""Batches of image files that a table names; pandas is not needed for it."""

import numpy as np
import pytest

from fast_augment import keras as fak

image_module = pytest.importorskip("PIL.Image")


@pytest.fixture
def folder(tmp_path):
    for number in range(6):
        level = (number * 10,) * 3
        image_module.new("RGB", (4, 4), level).save(tmp_path / f"{number}.png")
    return tmp_path


@pytest.fixture(params=["dict", "pandas"])
def table(request):
    """Makes a table of columns, of both kinds."""
    if request.param == "dict":
        return dict
    return pytest.importorskip("pandas").DataFrame


def columns(**more):
    names = [f"{number}.png" for number in range(6)]
    return {"filename": names, "class": ["b", "a", "b", "c", "a", "b"], **more}


def flow(table, folder, generator=None, **arguments):
    generator = generator or fak.ImageDataGenerator()
    arguments = {"target_size": (4, 4), "shuffle": False, "batch_size": 10, **arguments}
    return generator.flow_from_dataframe(table, folder, **arguments)


def test_names_and_classes(table, folder, capsys):
    batches = flow(table(columns()), folder)

    assert capsys.readouterr().out == (
        "Found 6 validated image filenames belonging to 3 classes.\n"
    )
    assert batches.class_indices == {"a": 0, "b": 1, "c": 2}
    assert batches.classes == batches.labels == [1, 0, 1, 2, 0, 1]
    assert batches.filenames == columns()["filename"]
    assert batches.filepaths == [str(folder / name) for name in batches.filenames]
    x, y = next(batches)
    assert x[:, 0, 0, 0].tolist() == [0, 10, 20, 30, 40, 50]
    assert np.array_equal(y, np.eye(3)[[1, 0, 1, 2, 0, 1]])


def test_some_classes_only(table, folder):
    batches = flow(table(columns()), folder, classes=["c", "b"], class_mode="sparse")

    assert batches.filenames == ["0.png", "2.png", "3.png", "5.png"]
    assert next(batches)[1].tolist() == [0, 0, 1, 0]


def test_several_classes_of_one_image(table, folder):
    labels = [["a", "b"], ["a"], ("b",), "c", ["c", "z"], ["z"]]
    batches = flow(table({**columns(), "class": labels}), folder, classes=["a", "b", "c"])

    assert batches.filenames == [f"{number}.png" for number in range(5)]
    assert next(batches)[1].tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_other_class_modes(table, folder):
    numbers = table(columns(one=np.arange(6.0), two=np.arange(6) * 2))

    def targets(mode, column="class"):
        return next(flow(numbers, folder, class_mode=mode, y_col=column))[1]

    assert targets("raw", "one").tolist() == [0, 1, 2, 3, 4, 5]
    assert targets("raw", ["one", "two"]).tolist() == [[n, 2 * n] for n in range(6)]
    assert [t.tolist() for t in targets("multi_output", ["one", "two"])] == [
        list(range(6)), list(range(0, 12, 2)),
    ]  # fmt: skip
    assert targets("input").shape == (6, 4, 4, 3)
    assert next(flow(numbers, folder, class_mode=None)).shape == (6, 4, 4, 3)
    two = {**columns(), "class": ["x", "y"] * 3}
    assert next(flow(table(two), folder, class_mode="binary"))[1].tolist() == [0, 1] * 3


def test_weights_and_subsets(table, folder):
    weighted = table(columns(weight=[1, 2, 3, 4, 5, 6]))
    generator = fak.ImageDataGenerator(validation_split=0.34)

    x, _, w = next(flow(weighted, folder, generator, weight_col="weight", subset="validation"))
    rest = flow(weighted, folder, generator, weight_col="weight", subset="training")

    assert x[:, 0, 0, 0].tolist() == [0, 10]
    assert w.tolist() == [1, 2]
    assert rest.sample_weight.tolist() == [3, 4, 5, 6]


def test_missing_files_are_left_out_with_a_warning(table, folder):
    names = [*columns()["filename"][:4], "gone.png", "5.txt"]
    with pytest.warns(UserWarning, match=r"2 image filename\(s\) in x_col='filename' are left"):
        batches = flow(table({**columns(), "filename": names}), folder)

    assert batches.filenames == names[:4]


def test_missing_files_that_were_not_validated(table, folder):
    names = ["gone.png", *columns()["filename"][1:]]
    batches = flow(table({**columns(), "filename": names}), folder, validate_filenames=False)
    with pytest.raises(FileNotFoundError, match=r"image 0 is missing: '.*gone\.png'"):
        next(batches)


def test_paths_without_a_folder(table, folder):
    paths = [str(folder / name) for name in columns()["filename"]]
    batches = flow(table({**columns(), "filename": paths}), None)

    assert batches.filepaths == paths


@pytest.mark.parametrize(("more", "arguments", "kind", "text"), [
    ({}, {"x_col": "path"}, ValueError, "x_col is 'path', but there is no such column"),
    ({}, {"y_col": "label"}, ValueError, "y_col is 'label', but there is no such column"),
    ({"filename": [1] * 6}, {}, TypeError, "row 0 of x_col='filename' is 1, expected strings"),
    ({"class": ["a", "b", 3, "a", "b", "c"]}, {}, TypeError,
     "row 2 of y_col='class' is 3, expected strings or lists of strings"),
    ({"class": ["a", ["b"], "a", "a", "b", "c"]}, {"class_mode": "sparse"}, TypeError,
     "row 1 of y_col='class' is ['b'], expected strings"),
    ({}, {"class_mode": "binary"}, ValueError,
     "there are 3 classes, expected 2 with class_mode='binary'"),
    ({}, {"class_mode": "multi_output"}, TypeError,
     "y_col is 'class', expected a list with class_mode='multi_output'"),
    ({"w": list("abcdef")}, {"weight_col": "w"}, TypeError,
     "weight_col='w' has dtype <U1, expected numbers"),
    ({}, {"class_mode": "one"}, ValueError, "class_mode is 'one', expected 'binary', "
     "'categorical', 'input', 'multi_output', 'raw', 'sparse' or None"),
])  # fmt: skip
def test_bad_tables(folder, more, arguments, kind, text):
    with pytest.raises(kind) as caught:
        flow(columns(**more), folder, **arguments)
    assert str(caught.value) == f"DataFrameIterator: {text}"


def test_what_older_versions_took(folder):
    with pytest.warns(DeprecationWarning, match="class_mode='other' is deprecated"):
        assert flow(columns(), folder, class_mode="other").class_mode == "raw"
    for name in ("has_ext", "sort", "drop_duplicates"):
        with pytest.warns(DeprecationWarning, match=f"{name} is deprecated"):
            flow(columns(), folder, **{name: True})
    with pytest.raises(TypeError, match="unexpected argument 'colour'"):
        flow(columns(), folder, colour="red")
    with pytest.warns(UserWarning, match="classes are ignored with class_mode=None"):
        flow(columns(), folder, class_mode=None, classes=["a"])
