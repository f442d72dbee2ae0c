"""Who may include or import whom, and how long files may be: read from the sources."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CPP = ROOT / "cpp"
PACKAGE = ROOT / "python" / "fast_augment"
MAX_LINES = 400
MAX_COLUMNS = 100

pytestmark = pytest.mark.skipif(not CPP.is_dir(), reason="tests run without the source tree")

# Which folders of cpp/ a folder may include from.
MAY_INCLUDE = {
    "core": {"core"},
    "simd": {"simd", "core"},
    "dispatch": {"dispatch", "core"},
    "threads": {"threads", "core"},
    "random": {"random", "core"},
    "kernels": {"kernels", "core", "threads", "dispatch", "random"},
    "pipeline": {"pipeline", "kernels", "core", "threads", "dispatch", "random"},
    "bindings": {"bindings", "pipeline", "kernels", "core", "threads", "dispatch"},
}
# Code compiled once per instruction set must not instantiate what other files share.
ISA_FOLDERS = {"core", "simd", "random"}
ISA_STANDARD = {"cstddef", "cstdint", "cstring"}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def cpp_files():
    found = []
    for folder in MAY_INCLUDE:
        for suffix in ("*.hpp", "*.cpp"):
            found += sorted((CPP / folder).glob(suffix))
    return found


def includes(path):
    return INCLUDE.findall(path.read_text())


def relative(path):
    return path.relative_to(ROOT).as_posix()


def is_intrinsic_header(name):
    return name.endswith("intrin.h") or name == "arm_neon.h"


@pytest.mark.parametrize("path", cpp_files(), ids=relative)
def test_folders_include_only_what_lies_below(path):
    folder = path.parent.name
    for name in includes(path):
        if name.startswith("pybind11"):
            assert folder == "bindings", f"{name}: only cpp/bindings may know Python"
        elif (CPP / name.partition("/")[0]).is_dir():
            assert name.partition("/")[0] in MAY_INCLUDE[folder] | allowed_by_suffix(path), name


def allowed_by_suffix(path):
    return {"simd"} if ".isa." in path.name else set()


def isa_files():
    return [path for path in cpp_files() if ".isa." in path.name]


@pytest.mark.parametrize("path", isa_files(), ids=relative)
def test_isa_files_share_no_code_with_others(path):
    own_table = path.name.split(".")[0].split("_")[0]
    for name in includes(path):
        folder, _, file = name.rpartition("/")
        if folder == "kernels":
            is_table = file.endswith("_kernels.hpp") and file.startswith(own_table)
            assert is_table or file.endswith(".isa.hpp"), name
        elif folder:
            assert folder in ISA_FOLDERS, name
        else:
            assert name in ISA_STANDARD or is_intrinsic_header(name), name


@pytest.mark.parametrize("path", [p for p in cpp_files() if ".isa." not in p.name], ids=relative)
def test_simd_and_isa_headers_stay_inside_isa_files(path):
    if path.parent.name == "simd":
        return
    for name in includes(path):
        assert not name.startswith("simd/"), name
        assert not name.endswith(".isa.hpp"), name


def test_every_header_is_included_once_only():
    missing = [
        relative(p)
        for p in cpp_files()
        if p.suffix == ".hpp" and "#pragma once" not in p.read_text()
    ]
    assert missing == []


def imported_modules(path):
    """Top-level modules outside the package, and modules of the package, that a file imports."""
    package = path.relative_to(PACKAGE.parent).with_suffix("").parts
    outside, inside = set(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: -node.level]) + "." if node.level else ""
            base = (base + (node.module or "")).rstrip(".")
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            (inside if top == "fast_augment" else outside).add(name)
    return outside, inside


def python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("path", python_files("python/fast_augment/functional"), ids=relative)
def test_functional_modules_import_only_numpy_and_the_core(path):
    outside, inside = imported_modules(path)
    standard = {"__future__", "collections", "math", "typing"}

    assert {name.partition(".")[0] for name in outside} <= standard | {"numpy"}
    if path.name != "__init__.py":
        # _core, private helpers and the names of types; never a neighbour or the package itself.
        below = {name.split(".")[1] for name in inside}
        assert [module for module in below if module[0] != "_" and module != "typing"] == []


@pytest.mark.parametrize("path", python_files("python/fast_augment/transforms"), ids=relative)
def test_transforms_import_only_numpy_and_the_core(path):
    outside, inside = imported_modules(path)

    assert {name.partition(".")[0] for name in outside} <= sys.stdlib_module_names | {"numpy"}
    assert {name.split(".")[1] for name in inside} <= {"_core", "transforms", "typing"}


def all_sources():
    found = python_files("python", "tests", "bench", "examples")
    found += [p for p in sorted(CPP.rglob("*")) if p.suffix in (".cpp", ".hpp")]
    return [path for path in found if "build" not in path.relative_to(ROOT).parts]


@pytest.mark.parametrize("path", all_sources(), ids=relative)
def test_files_are_short(path):
    lines = path.read_text().splitlines()

    assert len(lines) <= MAX_LINES
    too_wide = [number for number, line in enumerate(lines, 1) if len(line) > MAX_COLUMNS]
    assert too_wide == []
