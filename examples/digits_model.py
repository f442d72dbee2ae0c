"""A small convolutional digit classifier in NumPy alone.

It stands for the training code a user already has: nothing in here knows about fast_augment.
Images are (N, H, W, C) float32; parameters and gradients are dictionaries of arrays by name.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
LabelArray = NDArray[np.int64]

LEAK = 0.1  # slope of the activation below zero: no unit can die and hide an explosion


def leaky_relu(x: FloatArray) -> FloatArray:
    """Apply the activation of all hidden layers."""
    return np.maximum(x, np.float32(LEAK) * x)


def leaky_relu_slope(output: FloatArray) -> FloatArray:
    """Slope of `leaky_relu`, from its output: it has the sign of the input."""
    return np.where(output > 0, np.float32(1), np.float32(LEAK))


def he_normal(rng: np.random.Generator, fan_in: int, fan_out: int) -> FloatArray:
    """Draw initial weights that keep the variance of a signal from layer to layer."""
    scale = math.sqrt(2.0 / fan_in)
    return rng.normal(0.0, scale, (fan_in, fan_out)).astype(np.float32)


class Dense:
    """A fully connected layer: `output = input @ weight + bias`."""

    def __init__(self, rng: np.random.Generator, inputs: int, outputs: int) -> None:
        self.parameters = {
            "weight": he_normal(rng, inputs, outputs),
            "bias": np.zeros(outputs, np.float32),
        }
        self.gradients = {name: np.zeros_like(p) for name, p in self.parameters.items()}
        self.input: FloatArray = np.empty((0, inputs), np.float32)

    def forward(self, x: FloatArray) -> FloatArray:
        """Output for a batch; keeps the input for the backward pass."""
        self.input = x.reshape(len(x), -1)
        return self.input @ self.parameters["weight"] + self.parameters["bias"]

    def backward(self, d_output: FloatArray) -> None:
        """Write the gradients of the parameters into their buffers."""
        np.matmul(self.input.T, d_output, out=self.gradients["weight"])
        np.sum(d_output, axis=0, out=self.gradients["bias"])

    def input_gradient(self, d_output: FloatArray) -> FloatArray:
        """Gradient in the input, for the layer below."""
        return d_output @ self.parameters["weight"].T


class Conv(Dense):
    """A convolution without padding: a Dense layer on every window of the image."""

    def __init__(
        self, rng: np.random.Generator, channels: int, filters: int, kernel: int, stride: int
    ) -> None:
        super().__init__(rng, channels * kernel * kernel, filters)
        self.kernel = kernel
        self.stride = stride
        self.input_shape: tuple[int, ...] = ()
        self.grid = (0, 0)

    def forward(self, x: FloatArray) -> FloatArray:
        """Copy every window into a row, then apply the Dense layer to the rows."""
        k, s = self.kernel, self.stride
        windows = sliding_window_view(x, (k, k), axis=(1, 2))[:, ::s, ::s]
        # Channels last again: a row of a window is then one run of memory, and the copy is fast.
        windows = windows.transpose(0, 1, 2, 4, 5, 3)
        self.input_shape = x.shape
        self.grid = windows.shape[1:3]
        columns = windows.reshape(math.prod(windows.shape[:3]), -1)
        return super().forward(columns).reshape(*windows.shape[:3], -1)

    def backward(self, d_output: FloatArray) -> None:
        """Write the gradients of the parameters into their buffers."""
        super().backward(d_output.reshape(-1, d_output.shape[-1]))

    def input_gradient(self, d_output: FloatArray) -> FloatArray:
        """Add the gradients of all windows where they came from."""
        n, _, _, channels = self.input_shape
        h, w = self.grid
        k, s = self.kernel, self.stride
        columns = super().input_gradient(d_output.reshape(-1, d_output.shape[-1]))
        windows = columns.reshape(n, h, w, k, k, channels)
        d_input = np.zeros(self.input_shape, np.float32)
        for y in range(k):
            for x in range(k):
                d_input[:, y : y + s * h : s, x : x + s * w : s] += windows[..., y, x, :]
        return d_input


class DigitNet:
    """Two strided convolutions and two dense layers: 28 x 28 x 1 to ten logits."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.layers: dict[str, Dense] = {
            "conv1": Conv(rng, channels=1, filters=16, kernel=5, stride=2),  # 28 -> 12
            "conv2": Conv(rng, channels=16, filters=32, kernel=5, stride=2),  # 12 -> 4
            "dense1": Dense(rng, 4 * 4 * 32, 128),
            "dense2": Dense(rng, 128, 10),
        }
        self.parameters = self._named("parameters")
        self.gradients = self._named("gradients")

    def _named(self, kind: str) -> dict[str, FloatArray]:
        return {
            f"{layer_name}.{name}": array
            for layer_name, layer in self.layers.items()
            for name, array in getattr(layer, kind).items()
        }

    def forward(self, images: FloatArray) -> list[FloatArray]:
        """Compute the outputs of all layers; the last are the logits."""
        outputs: list[FloatArray] = []
        x = images
        for position, layer in enumerate(self.layers.values(), start=1):
            x = layer.forward(x)
            if position < len(self.layers):
                x = leaky_relu(x)
            outputs.append(x)
        return outputs

    def loss_and_gradients(self, images: FloatArray, labels: LabelArray) -> float:
        """Mean cross-entropy; fills `self.gradients` in place."""
        outputs = self.forward(images)
        loss, d_output = cross_entropy(outputs[-1], labels)
        layers = list(self.layers.values())
        for i in reversed(range(len(layers))):
            layers[i].backward(d_output)
            if i > 0:
                d_input = layers[i].input_gradient(d_output)
                below = outputs[i - 1]
                d_output = d_input.reshape(below.shape) * leaky_relu_slope(below)
        return loss

    def accuracy(self, images: FloatArray, labels: LabelArray, chunk: int = 500) -> float:
        """Share of the images whose largest logit is the right one."""
        correct = 0
        for start in range(0, len(images), chunk):
            logits = self.forward(images[start : start + chunk])[-1]
            correct += int(np.sum(logits.argmax(axis=1) == labels[start : start + chunk]))
        return correct / len(images)


def cross_entropy(logits: FloatArray, labels: LabelArray) -> tuple[float, FloatArray]:
    """Mean loss and its gradient in the logits."""
    n = len(labels)
    rows = np.arange(n)
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    totals = exponentials.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(totals[:, 0]) - shifted[rows, labels]))
    d_logits = exponentials / totals
    d_logits[rows, labels] -= 1
    d_logits /= n
    return loss, d_logits
