"""Libraries that some tests compare with, where installed, and how to call them on HWC images."""

import functools
import importlib
import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest

# What to import for a peer, and the distribution whose version the table names.
PEERS = {
    "Opacus": ("opacus.optimizers", "opacus"),
    "OpenCV": ("cv2", "opencv-python-headless"),
    "Pillow": ("PIL.Image", "pillow"),
    "SciPy": ("scipy.ndimage", "scipy"),
    "optax": ("optax", "optax"),
    "timm": ("timm", "timm"),
    "torch": ("torch", "torch"),
    "torchvision": ("torchvision.transforms.v2.functional", "torchvision"),
}


def peer_module(peer):
    """Import a peer, or skip the test."""
    with warnings.catch_warnings():
        # Deprecations inside of a peer are not ours to repair.
        warnings.simplefilter("ignore")
        try:
            if peer == "torchvision":
                _declare_operators()
            return importlib.import_module(PEERS[peer][0])
        except (ImportError, RuntimeError) as error:
            pytest.skip(f"{peer} cannot be imported: {error}")


@functools.cache
def _declare_operators():
    """Let torchvision load beside a torch of another build, where its compiled part does not.

    Transforms use nothing of it, but the import wants these operators declared.
    """
    torch = importlib.import_module("torch")
    package = importlib.util.find_spec("torchvision")
    if package is None:
        return None
    try:
        for binary in Path(package.origin).parent.glob("_C.*"):
            torch.ops.load_library(binary)
            return None
    except OSError:
        pass
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor boxes, Tensor scores, float threshold) -> Tensor")
    # The declarations live as long as this does, in the cache.
    return library


def timm_file(path):
    """Run one file of timm, which need not import the models of the whole package."""
    package = importlib.util.find_spec("timm")
    if package is None:
        pytest.skip("timm is not installed")
    spec = importlib.util.spec_from_file_location(
        f"timm_{Path(path).stem}", Path(package.origin).parent / path
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def torchvision_module(name):
    """Import another part of torchvision."""
    peer_module("torchvision")
    return importlib.import_module(f"torchvision.{name}")


def torchvision(name, image, *arguments, **options):
    """Apply a function of torchvision.transforms.v2.functional to the image as a tensor."""
    functional = peer_module("torchvision")
    tensor = peer_module("torch").from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0)))
    result = getattr(functional, name)(tensor, *arguments, **options)
    return np.moveaxis(result.numpy(), 0, -1)


def pillow(image, change):
    """Apply a function of a Pillow image."""
    result = np.asarray(change(peer_module("Pillow").fromarray(image)))
    return result if result.ndim == 3 else result[..., np.newaxis]


def pillow_part(name):
    """Import ImageOps or ImageEnhance."""
    peer_module("Pillow")
    return importlib.import_module(f"PIL.{name}")


def opencv_border(border):
    cv2 = peer_module("OpenCV")
    return {
        "constant": cv2.BORDER_CONSTANT,
        "edge": cv2.BORDER_REPLICATE,
        "reflect": cv2.BORDER_REFLECT_101,
        "symmetric": cv2.BORDER_REFLECT,
        "wrap": cv2.BORDER_WRAP,
    }[border]


def scipy_mode(border):
    return {
        "constant": "grid-constant",
        "edge": "nearest",
        "reflect": "mirror",
        "symmetric": "reflect",
        "wrap": "grid-wrap",
    }[border]
