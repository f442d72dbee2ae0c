"""The public names of fast_augment.keras, their docstrings, and what importing it costs."""

import ast
import doctest
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

from fast_augment import keras as fak
from helpers.process import output_of

FUNCTIONS = [name for name in fak.__all__ if inspect.isfunction(getattr(fak, name))]
CLASSES = [name for name in fak.__all__ if inspect.isclass(getattr(fak, name))]
SOURCES = sorted(Path(fak.__file__).parent.glob("*.py"))
# Imported inside of the functions that need them.
OPTIONAL = {"PIL", "scipy"}
BESIDES = {"_core", "transforms", "typing", "keras"}


def test_all_is_sorted_and_complete():
    visible = {
        name
        for name, value in vars(fak).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert fak.__all__ == sorted(visible)


def test_importing_it_loads_only_numpy():
    script = """
    import sys
    import numpy, numpy.typing, numpy.random
    before = {name.partition(".")[0] for name in sys.modules}
    import fast_augment.keras
    after = {name.partition(".")[0] for name in sys.modules}
    print(sorted(after - before - sys.stdlib_module_names))
    """
    assert output_of(script) == "['fast_augment']"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_modules_import_numpy_and_what_lies_below(path):
    tree = ast.parse(path.read_text())
    at_import = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
            if node.module == "fast_augment":
                names = [f"fast_augment.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            if top == "fast_augment":
                assert rest.partition(".")[0] in BESIDES, name
            elif top in OPTIONAL:
                assert id(node) not in at_import, f"{name} is imported with the module"
            else:
                assert top == "numpy" or top in sys.stdlib_module_names, name


def described(documented):
    """Names in the section Parameters."""
    lines = inspect.cleandoc(documented.__doc__).split("Parameters\n----------\n")[1]
    lines = lines.split("\n\n")[0].splitlines()
    names = [line.partition(" :")[0] for line in lines if line and line[0] != " "]
    return [name.strip().lstrip("*") for listed in names for name in listed.split(",")]


def methods():
    for name in CLASSES:
        for method, value in inspect.getmembers(getattr(fak, name), inspect.isfunction):
            if method[0] != "_":
                yield pytest.param(value, id=f"{name}.{method}")


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES])
def test_docstrings_describe_every_parameter(name):
    documented = getattr(fak, name)
    target = documented.__init__ if inspect.isclass(documented) else documented
    parameters = [p for p in inspect.signature(target).parameters if p != "self"]

    assert sorted(described(documented)) == sorted(parameters)
    assert "Examples\n" in inspect.cleandoc(documented.__doc__)


@pytest.mark.parametrize("method", list(methods()))
def test_methods_are_documented_and_annotated(method):
    signature = inspect.signature(method)
    parameters = [p for p in signature.parameters.values() if p.name != "self"]

    assert method.__doc__
    assert signature.return_annotation is not signature.empty
    assert all(p.annotation is not p.empty for p in parameters)
    if "Parameters\n" in method.__doc__:
        assert sorted(described(method)) == sorted(p.name for p in parameters)


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES, "module"])
def test_examples_run(name):
    documented = fak if name == "module" else getattr(fak, name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    report = []
    for example in doctest.DocTestFinder(recurse=False).find(
        documented, name, globs={"np": np}, module=fak
    ):
        runner.run(example, out=report.append)

    assert runner.failures == 0, "".join(report)
    assert runner.tries or "+SKIP" in documented.__doc__
