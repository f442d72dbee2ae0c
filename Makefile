# Every target makes what it needs: a virtual environment of its own under .venv/, with the package
# built from this tree. PYTHON chooses the interpreter.
PYTHON ?= python3
VENVS := .venv
PIP := -m pip install --quiet --disable-pip-version-check
# A build needs the same inputs as the package.
SOURCES := pyproject.toml CMakeLists.txt README.md LICENSE \
           $(shell find cpp python -type f -not -name '*.pyc')

.PHONY: help demo test test-full test-peers peers-table targets-table test-cpp test-asan test-tsan \
        bench bench-full bench-pool lint stub wheel clean

help:
	@echo "make demo        train on real digits; prints a table, writes train_digits.png"
	@echo "make test        Python tests of the installed package"
	@echo "make test-full   the same with the slow ones (8 GB of memory)"
	@echo "make test-peers  comparison with torchvision, Keras, Pillow, OpenCV, SciPy, optax, timm, Opacus"
	@echo "make peers-table write the table of docs/peers.md anew"
	@echo "make targets-table  write the table of docs/targets.md anew"
	@echo "make test-cpp    C++ tests, Debug, with the check of weak symbols"
	@echo "make test-asan   C++ tests under the address and undefined behaviour sanitizers"
	@echo "make test-tsan   C++ tests under the thread sanitizer"
	@echo "make bench       benchmarks against NumPy and the peers, and the table of goals"
	@echo "make bench-full  all sizes and thread counts"
	@echo "make bench-pool  what a parallel region costs"
	@echo "make lint        ruff, clang-format, mypy"
	@echo "make stub        write python/fast_augment/_core.pyi anew"
	@echo "make wheel       build a wheel into dist/"
	@echo "make clean       remove what the targets made"

# An environment with the package and the extra that its name says.
$(VENVS)/%/ready: $(SOURCES)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python $(PIP) --upgrade pip
	$(@D)/bin/python $(PIP) '.[$*]'
	touch $@

demo: $(VENVS)/demo/ready
	$(VENVS)/demo/bin/python examples/train_digits.py

test: $(VENVS)/test/ready
	$(VENVS)/test/bin/python -m pytest -m "not slow"

test-full: $(VENVS)/test/ready
	$(VENVS)/test/bin/python -m pytest

test-peers: $(VENVS)/peers/ready
	$(VENVS)/peers/bin/python -m pytest tests/test_peers.py tests/test_peers_gradients.py \
		tests/test_peer_table.py tests/test_keras_peer.py

peers-table: $(VENVS)/test/ready
	cd tests && $(CURDIR)/$(VENVS)/test/bin/python -m helpers.peer_table

# PEERS: more libraries to compare with, as in `make bench PEERS="torch torchvision"`.
PEERS ?=
bench bench-full: add-peers
.PHONY: add-peers
add-peers: $(VENVS)/bench/ready
	$(if $(PEERS),$(VENVS)/bench/bin/python $(PIP) $(PEERS))

targets-table: $(VENVS)/test/ready
	cd tests && $(CURDIR)/$(VENVS)/test/bin/python -m helpers.target_table

bench: $(VENVS)/bench/ready
	$(VENVS)/bench/bin/python -m pytest bench --goals --results bench/results.json

bench-full: $(VENVS)/bench/ready
	$(VENVS)/bench/bin/python -m pytest bench --full --results bench/results.json

bench-pool: PRESET = release
bench-pool: export PATH := $(CURDIR)/$(VENVS)/cpp/bin:$(PATH)
bench-pool: $(VENVS)/cpp/ready
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) --target pool_region
	build/release/bench/cpp/pool_region

# CMake and Ninja for the C++ tests, without the package.
$(VENVS)/cpp/ready:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python $(PIP) --upgrade pip cmake ninja
	touch $@

test-cpp: PRESET = dev
test-asan: PRESET = asan
test-tsan: PRESET = tsan
test-cpp test-asan test-tsan: export PATH := $(CURDIR)/$(VENVS)/cpp/bin:$(PATH)
test-cpp test-asan test-tsan: $(VENVS)/cpp/ready
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET)
	ctest --preset $(PRESET)

lint: $(VENVS)/dev/ready
	$(VENVS)/dev/bin/ruff check .
	$(VENVS)/dev/bin/ruff format --check .
	$(VENVS)/dev/bin/mypy
	git ls-files '*.cpp' '*.hpp' | xargs $(VENVS)/dev/bin/clang-format --dry-run --Werror

stub: $(VENVS)/dev/ready
	$(VENVS)/dev/bin/pybind11-stubgen fast_augment._core -o build/stub
	$(VENVS)/dev/bin/ruff format build/stub/fast_augment/_core.pyi
	cp build/stub/fast_augment/_core.pyi python/fast_augment/_core.pyi

wheel:
	$(PYTHON) -m pip wheel --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENVS) build dist .benchmarks
