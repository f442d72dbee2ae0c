"""Fixtures of the whole suite; the header line says which binary is tested."""

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import _core
from helpers.pipelines import RecordingEngine


def pytest_report_header():
    return f"fast_augment: {fa.build_info()}"


@pytest.fixture
def rng():
    return np.random.default_rng(20250131)


@pytest.fixture(params=_core.supported_isas())
def isa(request):
    """Runs the test once with the kernels of each instruction set this machine has."""
    before = _core.active_isa()
    _core.force_isa(request.param)
    yield request.param
    _core.force_isa(before)


@pytest.fixture(params=(1, 2, 7), ids=lambda count: f"{count}-threads")
def threads(request):
    return request.param


@pytest.fixture
def recording_engine(monkeypatch):
    """Pipelines that are made in the test write down what the engine would be told."""
    monkeypatch.setattr(_core, "Pipeline", RecordingEngine, raising=False)
