"""Libraries that some tests compare with, where installed."""

import importlib

import pytest


def torchvision_module(name):
    """Import a part of torchvision; beside a torch of another build that is a RuntimeError."""
    try:
        return importlib.import_module(f"torchvision.{name}")
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"torchvision cannot be imported: {error}")
