"""The public names, their signatures, and docstrings whose examples run."""

import doctest
import inspect
import re

import numpy as np
import pytest

import fast_augment as fa
from helpers.process import output_of

IMAGE_SIGNATURES = {
    "hflip": "(images, *, where=None, layout='HWC', out=None, threads=None)",
    "vflip": "(images, *, where=None, layout='HWC', out=None, threads=None)",
    "rot90": "(images, k=1, *, layout='HWC', out=None, threads=None)",
    "transpose": "(images, *, layout='HWC', out=None, threads=None)",
    "crop": "(images, top, left, size, *, border='constant', fill=0, layout='HWC', out=None,"
    " threads=None)",
    "pad": "(images, padding, *, border='constant', fill=0, layout='HWC', out=None, threads=None)",
    "affine": "(images, matrix, *, size=None, interpolation='bilinear', border='constant', fill=0,"
    " layout='HWC', out=None, threads=None)",
    "affine_matrix": "(angle=0.0, translate=(0.0, 0.0), scale=1.0, shear=(0.0, 0.0), *, center)",
    "perspective": "(images, matrix, *, size=None, interpolation='bilinear', border='constant',"
    " fill=0, layout='HWC', out=None, threads=None)",
    "normalize": "(images, mean, std, *, layout='HWC', out_layout='CHW',"
    " dtype=<class 'numpy.float32'>, out=None, threads=None)",
}
GRADIENT_SIGNATURES = {
    "clip_grad_norm_": "(grads, max_norm, norm_type=2.0, *, nonfinite='error', threads=None)",
    "get_total_norm": "(grads, norm_type=2.0, *, nonfinite='error', threads=None)",
    "clip_grads_with_norm_": "(grads, max_norm, total_norm, *, threads=None)",
    "clip_grad_value_": "(grads, clip_value, *, threads=None)",
    "norm_power": "(grads, norm_type=2.0, *, threads=None)",
    "clip_grad_norm_per_tensor_": "(grads, max_norm, norm_type=2.0, *, nonfinite='error',"
    " threads=None)",
    "adaptive_clip_grad_": "(grads, parameters, clip_factor=0.01, eps=0.001, *, unit_axis=0,"
    " nonfinite='error', threads=None)",
    "GradientClipper": "(grads, max_norm, norm_type=2.0, *, nonfinite='error', threads=None)",
    "NormAccumulator": "(norm_type=2.0, *, nonfinite='error', threads=None)",
    "clip_per_sample_grads_": "(grads, max_norm, *, noise_multiplier=0.0, rng=None, out=None,"
    " threads=None)",
}
SIGNATURES = {**IMAGE_SIGNATURES, **GRADIENT_SIGNATURES}
OTHER_NAMES = {"NonFiniteGradientError", "build_info", "get_num_threads", "set_num_threads"}
FUNCTIONS = [name for name in fa.__all__ if inspect.isfunction(getattr(fa, name))]
every_function = pytest.mark.parametrize("name", FUNCTIONS)


def plain_signature(function):
    """The signature without annotations."""
    signature = inspect.signature(function)
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


def sections(docstring):
    """Lines of each numpydoc section by its title."""
    lines = inspect.cleandoc(docstring).splitlines()
    found, title = {}, ""
    for line, underline in zip(lines, [*lines[1:], ""], strict=True):
        if underline and set(underline) == {"-"} and line:
            title = line
            found[title] = []
        elif title and not (line and set(line) == {"-"}):
            found[title].append(line)
    return found


def test_all_is_sorted_and_without_duplicates():
    assert list(fa.__all__) == sorted(set(fa.__all__))


def test_all_names_exist_and_every_contracted_name_is_listed():
    assert [name for name in fa.__all__ if not hasattr(fa, name)] == []
    assert {*SIGNATURES, *OTHER_NAMES} - set(fa.__all__) == set()


def test_every_public_attribute_is_listed():
    visible = {
        name
        for name, value in vars(fa).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert visible - set(fa.__all__) == set()


def test_dir_shows_the_public_names():
    assert set(fa.__all__) <= set(dir(fa))


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name):
    assert plain_signature(getattr(fa, name)) == SIGNATURES[name]


@every_function
def test_functions_are_annotated_and_know_where_they_live(name):
    function = getattr(fa, name)
    signature = inspect.signature(function)

    assert function.__name__ == name
    assert signature.return_annotation is not signature.empty
    assert all(p.annotation is not p.empty for p in signature.parameters.values())


@every_function
def test_docstrings_have_the_sections_of_numpydoc(name):
    function = getattr(fa, name)
    signature = inspect.signature(function)
    found = sections(function.__doc__ or "")

    assert function.__doc__.splitlines()[0].strip().endswith(".")
    assert "Examples" in found
    if signature.parameters:
        assert "Parameters" in found
    if str(signature.return_annotation) not in ("None", str(type(None))):
        assert "Returns" in found


@every_function
def test_docstrings_describe_every_parameter_in_order(name):
    function = getattr(fa, name)
    lines = sections(function.__doc__).get("Parameters", [])
    described = []
    for line in lines:
        match = re.match(r"(\w+(?:, \w+)*)(?: :|$)", line)
        if match:
            described += match[1].split(", ")

    assert described == list(inspect.signature(function).parameters)


@every_function
def test_examples_run(name):
    function = getattr(fa, name)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    examples = doctest.DocTestFinder(recurse=False).find(function, name, globs={"fa": fa, "np": np})
    before = fa.get_num_threads()
    report = []

    for example in examples:
        runner.run(example, out=report.append)
    fa.set_num_threads(before)

    assert runner.tries > 0, "no examples"
    assert runner.failures == 0, "".join(report)


@pytest.mark.parametrize("name", ["GradientClipper", "NormAccumulator"])
def test_classes_of_gradients_are_documented(name):
    documented = getattr(fa, name)
    methods = [m for n, m in vars(documented).items() if inspect.isfunction(m) and n[0] != "_"]
    found = sections(documented.__doc__)

    assert {"Parameters", "Raises", "Examples"} <= set(found)
    assert all(inspect.getdoc(method) for method in methods)
    examples = doctest.DocTestFinder(recurse=False).find(
        documented, name, globs={"fa": fa, "np": np}
    )
    runner = doctest.DocTestRunner()
    assert [runner.run(example).failed for example in examples] == [0]
    assert runner.tries > 3


def test_the_error_of_non_finite_gradients_is_a_runtime_error():
    assert issubclass(fa.NonFiniteGradientError, RuntimeError)
    assert fa.NonFiniteGradientError.__doc__
    assert fa.NonFiniteGradientError.__module__.startswith("fast_augment")


def test_build_info_tells_which_binary_this_is():
    info = fa.build_info()

    assert {
        "version",
        "compiler",
        "build_type",
        "isas_compiled",
        "isas_supported",
        "isa_active",
        "threads",
    } <= set(info)
    assert info["version"] == fa.__version__
    assert info["isa_active"] in info["isas_supported"]
    assert set(info["isas_supported"]) <= set(info["isas_compiled"])
    assert info["threads"] == fa.get_num_threads()


def test_build_info_is_a_fresh_dict():
    fa.build_info()["version"] = "changed"

    assert fa.build_info()["version"] == fa.__version__


def test_only_numpy_is_imported_beside_the_standard_library():
    script = """
    import sys
    import numpy, numpy.typing
    before = {name.partition(".")[0] for name in sys.modules}
    import fast_augment
    after = {name.partition(".")[0] for name in sys.modules}
    print(sorted(after - before - sys.stdlib_module_names))
    """
    assert output_of(script) == "['fast_augment']"
