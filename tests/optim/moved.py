"""Named weights of a small network, moved by an optimizer on any number of workers, and by its twin."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from math import prod

import numpy as np

from tests.optional import torch
from thumblab.engines.numpy.workers.protocol import Communicator, SingleWorker
from thumblab.engines.numpy.workers.threads import ThreadCommunicator
from thumblab.optim import Optimizer, Share, advance, set_learning_rate, shares, torch_optimizer

SHAPES = {
    "0.weight": (6, 3, 3, 3),
    "0.bias": (6,),
    "1.weight": (6,),
    "1.bias": (6,),
    "4.weight": (24, 10),
    "4.bias": (24,),
    "7.weight": (5, 24),
    "7.bias": (5,),
}
SIZE = sum(map(prod, SHAPES.values()))


def cut(flat: np.ndarray) -> dict[str, np.ndarray]:
    """Views of the weights in the vector of all."""
    ends = np.cumsum([prod(shape) for shape in SHAPES.values()])
    parts = np.split(flat, ends[:-1])
    return {
        name: part.reshape(shape) for (name, shape), part in zip(SHAPES.items(), parts, strict=True)
    }


def gradients(steps: int, seed: int = 1, size: float = 1.0) -> np.ndarray:
    return size * np.random.default_rng(seed).standard_normal((steps, SIZE))


def learning_rate(step: int) -> float:
    return 0.05 * (1 + step % 4)


class Moved:
    """Weights and slots as an engine keeps them."""

    def __init__(self, optimizer: Optimizer, *, workers: int = 1, dtype: str = "f8") -> None:
        self.optimizer = optimizer
        self.flat = np.random.default_rng(0).standard_normal(SIZE).astype(dtype)
        self.slots = {name: np.zeros(SIZE, dtype) for name in optimizer.slots}
        self.shares = shares(optimizer, SHAPES, workers)

    def run(self, grads: np.ndarray, first: int = 0) -> Moved:
        """Moves once for each row of ``grads``; ``first`` is the number of the first step."""
        with ThreadPoolExecutor(len(self.shares)) as pool:
            for step, grad in enumerate(grads.astype(self.flat.dtype), first):
                size = len(self.shares)
                communicator: Communicator = (
                    SingleWorker() if size == 1 else ThreadCommunicator(size)
                )
                jobs = [pool.submit(self._move, i, communicator, grad, step) for i in range(size)]
                for job in jobs:
                    job.result(timeout=60)
        return self

    def _move(self, rank: int, communicator: Communicator, grad: np.ndarray, step: int) -> None:
        def tta(flat: np.ndarray) -> dict[str, np.ndarray]:
            return {
                name: flat[place].reshape(shape)
                for name, (place, shape) in self.shares[rank].items()
            }

        weights = tta(self.flat)
        share = Share(
            weights,
            tta(grad),
            {name: tta(slot) for name, slot in self.slots.items()},
            dict.fromkeys(weights, learning_rate(step)),
            step + 1,
            lambda value: communicator.all_reduce(rank, value),
        )
        advance(self.optimizer, share)


@contextmanager
def doubles() -> Iterator[None]:
    """Lets PyTorch keep its scalars in float64 too, as NAdam's product of momenta."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(usual)


class Twin:
    """The same weights in PyTorch."""

    def __init__(self, optimizer: Optimizer) -> None:
        start = cut(np.random.default_rng(0).standard_normal(SIZE))
        self.parameters = {
            name: torch.nn.Parameter(torch.from_numpy(w.copy())) for name, w in start.items()
        }
        self.optimizer = torch_optimizer(optimizer, self.parameters.items(), torch)

    def run(self, grads: np.ndarray, first: int = 0) -> Twin:
        for step, grad in enumerate(grads, first):
            for name, part in cut(grad.copy()).items():
                self.parameters[name].grad = torch.from_numpy(part)
            set_learning_rate(self.optimizer, learning_rate(step))
            with doubles():
                self.optimizer.step()
        return self

    @property
    def flat(self) -> np.ndarray:
        return torch.cat([p.detach().reshape(-1) for p in self.parameters.values()]).numpy()

    def slot(self, name: str) -> np.ndarray:
        """What the twin keeps under ``name`` for every weight."""
        state = self.optimizer.state
        return torch.cat([state[p][name].reshape(-1) for p in self.parameters.values()]).numpy()
