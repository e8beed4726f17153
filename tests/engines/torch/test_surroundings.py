"""What belongs to the program around is as it was, after every pass."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import warnings
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from thumblab.engines.torch import Network
from thumblab.engines.torch.surroundings import ATTENTION, CUBLAS, drawing, repeating
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD

MODEL = Sequential(Conv(4), BatchNorm(), ReLU(), Dropout(0.4), Flatten(), Dense(3))
IMAGES = np.random.default_rng(0).integers(0, 256, (12, 6, 6, 3), np.uint8)
LABELS = np.arange(12) % 3
STEP: dict[str, Any] = {"loss": CrossEntropy(), "optimizer": SGD(), "learning_rate": 0.1}
CPU, CUDA = torch.device("cpu"), torch.device("cuda", 0)


def snapshot() -> dict[str, Any]:
    backends = torch.backends
    return {
        "generator": torch.get_rng_state().numpy().tobytes(),
        "threads": (torch.get_num_threads(), torch.get_num_interop_threads()),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "flags": (backends.cudnn.benchmark, backends.cudnn.allow_tf32),
        "attention": [getattr(backends.cuda, f"{name}_sdp_enabled")() for name in ATTENTION],
        "dtype": torch.get_default_dtype(),
        "gradients": torch.is_grad_enabled(),
        "environment": dict(os.environ),
        "numpy": np.random.get_state()[1].tobytes(),  # type: ignore[index, union-attr]
        "python": random.getstate(),
        "errors": np.geterr(),
        "path": list(sys.path),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "warnings": list(warnings.filters),
    }


def test_training_and_predicting_change_nothing_of_the_programs() -> None:
    """Every step used to seed the generator that the whole program draws from."""
    torch.manual_seed(7)
    Network(MODEL, (3, 6, 6)).train_step(
        IMAGES, LABELS, step=0, **STEP
    )  # what PyTorch itself sets once
    torch.manual_seed(7)
    before = snapshot()
    network = Network(MODEL, (3, 6, 6))
    network.train_step(IMAGES, LABELS, step=0, **STEP)
    network.predict(IMAGES)
    network.load(network.state())
    with pytest.raises((ValueError, IndexError, RuntimeError)):
        network.train_step(IMAGES, LABELS + 50, step=1, **STEP)
    after = snapshot()
    assert {name for name in before if before[name] != after[name]} == set()


def test_what_is_drawn_depends_on_the_seed_alone_also_inside_of_another() -> None:
    torch.manual_seed(7)
    first = torch.rand(3)
    torch.manual_seed(7)
    with drawing(CPU, 1):
        outer = torch.rand(2)
        with drawing(CPU, 2):
            torch.rand(5)
        assert torch.equal(torch.rand(1), _drawn(1, 3)[2:])
    assert torch.equal(outer, _drawn(1, 2))
    torch.manual_seed(7)
    with suppress(KeyError), drawing(CPU, 3):
        torch.rand(1)
        raise KeyError
    assert torch.equal(torch.rand(3), first)


def _drawn(seed: int, count: int) -> torch.Tensor:
    return torch.rand(count, generator=torch.Generator().manual_seed(seed))


def test_threads_draw_one_after_the_other() -> None:
    found: list[torch.Tensor] = []

    def draw() -> None:
        for _ in range(50):
            with drawing(CPU, 5):
                found.append(torch.cat([torch.rand(1), torch.rand(1)]))

    threads = [threading.Thread(target=draw) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(torch.equal(each, _drawn(5, 2)) for each in found)


@pytest.mark.parametrize("precise", [False, True])
@pytest.mark.parametrize("workspace", [None, ":16:8"])
def test_cuda_repeats_its_bits_and_rounds_as_asked_and_is_as_before_afterwards(
    precise: bool, workspace: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings of CUDA can be seen without a GPU."""
    monkeypatch.delenv(CUBLAS, raising=False)
    if workspace is not None:
        monkeypatch.setenv(CUBLAS, workspace)
    fused = {"flash": True, "mem_efficient": False, "cudnn": True}
    for name in fused:
        found = partial(fused.__getitem__, name)
        monkeypatch.setattr(torch.backends.cuda, f"{name}_sdp_enabled", found)
        monkeypatch.setattr(
            torch.backends.cuda, f"enable_{name}_sdp", partial(fused.__setitem__, name)
        )
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    before = snapshot(), dict(fused)
    with repeating(CPU, precise=precise):
        assert (snapshot(), fused) == before
    with suppress(KeyError), repeating(CUDA, precise=precise):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled()
        assert torch.backends.cudnn.allow_tf32 == (not precise)
        assert not torch.backends.cudnn.benchmark
        assert not any(fused.values())
        assert os.environ[CUBLAS] == (workspace or ":4096:8")
        raise KeyError
    assert (snapshot(), fused) == before
