"""Optimizer steps in plain NumPy float64, from the formulas of torch.optim's documentation."""

import math

import numpy as np


class Sgd:
    """One parameter; `step` returns its new value."""

    def __init__(self, param, *, lr=1e-3, momentum=0, dampening=0, weight_decay=0, **flags):
        self.param = np.array(param, np.float64)
        self.lr, self.momentum, self.dampening = lr, momentum, dampening
        self.weight_decay = weight_decay
        self.nesterov, self.maximize = flags.get("nesterov"), flags.get("maximize")
        self.buffer = None

    def step(self, grad):
        g = np.array(grad, np.float64)
        if self.maximize:
            g = -g
        g = g + self.weight_decay * self.param
        if self.momentum != 0:
            if self.buffer is None:
                self.buffer = g
            else:
                self.buffer = self.momentum * self.buffer + (1 - self.dampening) * g
            g = g + self.momentum * self.buffer if self.nesterov else self.buffer
        self.param = self.param - self.lr * g
        return self.param


class Adam:
    """One parameter; `decoupled` makes it AdamW."""

    def __init__(self, param, *, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, **flags):
        self.param = np.array(param, np.float64)
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.amsgrad, self.maximize = flags.get("amsgrad"), flags.get("maximize")
        self.decoupled = flags.get("decoupled")
        self.mean = self.square = self.largest = np.zeros(self.param.shape)
        self.count = 0

    def step(self, grad):
        self.count += 1
        g = np.array(grad, np.float64)
        if self.maximize:
            g = -g
        if self.decoupled:
            self.param = self.param - self.lr * self.weight_decay * self.param
        else:
            g = g + self.weight_decay * self.param
        beta1, beta2 = self.betas
        self.mean = beta1 * self.mean + (1 - beta1) * g
        self.square = beta2 * self.square + (1 - beta2) * g**2
        self.largest = np.maximum(self.largest, self.square)
        unbiased_mean = self.mean / (1 - beta1**self.count)
        divided_by = self.largest if self.amsgrad else self.square
        root = np.sqrt(divided_by / (1 - beta2**self.count))
        self.param = self.param - self.lr * unbiased_mean / (root + self.eps)
        return self.param


def private_sums(grads, max_norm):
    """Sums of clipped per-sample gradients by Opacus's formula, and the norms, in float64."""
    grads = [np.asarray(g, np.float64) for g in grads]
    norms = np.array(
        [
            math.sqrt(math.fsum(float(x) ** 2 for g in grads for x in g[i].ravel()))
            for i in range(len(grads[0]))
        ]
    )
    factors = np.minimum(1.0, max_norm / (norms + 1e-6))
    return [np.einsum("i,i...->...", factors, g) for g in grads], norms
