"""What the parity scripts share: images to train on, and the PyTorch twin that trains on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from thumblab.core.layer import Layer, Shape
from thumblab.core.rules import torch_twin
from thumblab.data import Standardize, statistics
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, torch_optimizer

Grads = dict[str, np.ndarray]
LOSS, OPTIMIZER, RATE = CrossEntropy(), SGD(momentum=0.9), 0.02
CHARACTERS = ("characters_cnn", "lenet5", "r2_cnn", "r2_res")
"""Models that usually read characters; the others read photographs."""
LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


@dataclass(frozen=True, eq=False)
class Batches:
    """Images ``(n, h, w, c)`` and labels to draw batches from, and their normalization."""

    images: np.ndarray
    labels: np.ndarray
    shift: np.ndarray
    scale: np.ndarray

    def draw(self, count: int, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """``count`` batches, the same at every call."""
        rng = np.random.default_rng(0)
        for _ in range(count):
            rows = rng.integers(0, len(self.labels), size)
            yield self.images[rows], self.labels[rows]


def usual(name: str) -> tuple[tuple[int, int, int], int]:
    """The images ``(c, h, w)`` that a model of the zoo usually reads, and their classes."""
    return ((1, 28, 28), 47) if name in CHARACTERS else ((3, 32, 32), 10)


def synthetic(shape: Shape, classes: int, samples: int = 2000) -> Batches:
    """A blurred template for each class, with noise: learnable, and of all gray levels."""
    rng = np.random.default_rng(0)
    c, h, w = shape
    templates = rng.uniform(0, 255, (classes, h // 4, w // 4, c)).repeat(4, 1).repeat(4, 2)
    labels = rng.integers(0, classes, samples)
    noisy = templates[labels] + rng.normal(0, 60, (samples, h, w, c))
    return normalized(noisy.clip(0, 255).astype(np.uint8), labels)


def normalized(images: np.ndarray, labels: np.ndarray) -> Batches:
    """Batches with the statistics of their own images."""
    return Batches(images, labels, *statistics(Standardize(), images))


class Torch:
    """The torch twin of a model in one dtype and one layout."""

    def __init__(self, model: Layer, shape: Shape, data: Batches, dtype: Any, layout: Any) -> None:
        self.module = torch_twin(model, shape, torch).to(dtype).to(memory_format=layout).train()
        self.data, self.dtype, self.layout = data, dtype, layout
        self.optimizer = torch_optimizer(OPTIMIZER, self.module.parameters(), torch)

    def load(self, state: Grads) -> None:
        """Takes over weights and statistics."""
        self.module.load_state_dict({k: torch.tensor(v) for k, v in state.items()}, strict=False)

    def state(self) -> Grads:
        """Weights and statistics by path."""
        named = self.module.state_dict().items()
        return {name: value.numpy().copy() for name, value in named if "num_batches" not in name}

    def gradients(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, Grads]:
        """The loss of a batch and the gradient of every weight."""
        self.optimizer.zero_grad()
        loss = self._loss(images, labels)
        loss.backward()
        named = self.module.named_parameters()
        return loss.item(), {name: p.grad.numpy().astype(np.float64) for name, p in named}

    def loss(self, images: np.ndarray, labels: np.ndarray) -> float:
        """The loss of a batch in training, without gradients; moves statistics."""
        with torch.no_grad():
            return float(self._loss(images, labels))

    def _loss(self, images: np.ndarray, labels: np.ndarray) -> Any:
        logits = self.module(self._normalized(images))
        return torch.nn.functional.cross_entropy(logits, torch.tensor(labels))

    def logits(self, images: np.ndarray) -> np.ndarray:
        """What the module says of images in prediction."""
        self.module.eval()
        with torch.inference_mode():
            logits = self.module(self._normalized(images)).numpy()
        self.module.train()
        return logits

    def _normalized(self, images: np.ndarray) -> Any:
        """Images as the module reads them."""
        shift, scale = (torch.tensor(v).to(self.dtype) for v in (self.data.shift, self.data.scale))
        x = (torch.tensor(images).to(self.dtype) - shift) * scale
        return x.permute(0, 3, 1, 2).contiguous(memory_format=self.layout)

    def move(self) -> None:
        """Moves the weights by the gradients found last."""
        for group in self.optimizer.param_groups:
            group["lr"] = RATE
        self.optimizer.step()
