"""Memory that runs out is told with a batch that might fit, in every engine and every worker."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from thumblab.core.errors import OutOfMemoryError
from thumblab.engines.numpy import Network
from thumblab.layers import Conv, Dense, Flatten, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD

MODEL = Sequential(Conv(8), ReLU(), Flatten(), Dense(3))
IMAGES = np.zeros((64, 8, 8, 3), np.uint8)
LABELS = np.arange(64) % 3
STEP: dict[str, Any] = {"loss": CrossEntropy(), "optimizer": SGD(), "learning_rate": 0.1, "step": 0}

LIMITED = """
import resource, sys
import numpy as np
from thumblab.core.errors import OutOfMemoryError
from thumblab.engines.numpy import Network
from thumblab.layers import Conv, Dense, Flatten, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD
{build}
def used():
    return int(open("/proc/self/statm").read().split()[0]) * 4096
small, large = np.zeros((32, 32, 32, 3), np.uint8), np.zeros((4096, 32, 32, 3), np.uint8)
step = dict(loss=CrossEntropy(), optimizer=SGD(), learning_rate=0.1, step=0)
network.train_step(small, np.zeros(len(small), int), **step)
resource.setrlimit(resource.RLIMIT_AS, (used() + 500 * 2**20,) * 2)
for ask in (
    lambda: network.train_step(large, np.zeros(len(large), int), **step),
    lambda: network.predict(large, at_once=len(large)),
):
    try:
        ask()
        print("went well")
    except OutOfMemoryError as error:
        print(error)
network.train_step(small, np.zeros(len(small), int), **step)
print("goes on")
"""
MODEL_TEXT = "Sequential(Conv(64), ReLU(), Conv(64), ReLU(), Flatten(), Dense(3)), (3, 32, 32)"
BUILDS = {
    "one": f"network = Network({MODEL_TEXT}, workers=1)",
    "threads": f"network = Network({MODEL_TEXT}, workers=2, kind='threads')",
    "processes": f"network = Network({MODEL_TEXT}, workers=2, kind='processes')",
    "reference": f"network = Network({MODEL_TEXT}, workers=1, rules='reference')",
    "torch": "import torch; torch.set_num_threads(1)\n"
    f"from thumblab.engines.torch import Network\nnetwork = Network({MODEL_TEXT})",
}


@pytest.mark.skipif(sys.platform != "linux", reason="limits its address space")
@pytest.mark.parametrize("kind", BUILDS)
def test_a_batch_beyond_the_limit_is_told_with_one_that_might_fit(kind: str) -> None:
    """In the NumPy engine the system's refusal used to be reported as a bug of ours."""
    if kind == "torch":
        pytest.importorskip("torch")
    command = [sys.executable, "-c", LIMITED.format(build=BUILDS[kind])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    *told, last = done.stdout.splitlines()
    assert last == "goes on"
    for line, verb in zip(told, ("trained on", "predicted"), strict=True):
        found = re.fullmatch(
            rf"out of memory: 4096 samples cannot be {verb} at a time \(.+\); try a batch of (\d+)",
            line,
        )
        assert found, line
        assert 16 <= int(found[1]) <= 2048


@pytest.mark.parametrize("kind", ["threads", "processes"])
@pytest.mark.parametrize("rank", [0, 1])
def test_any_worker_may_be_the_one_that_lacks_memory(kind: Any, rank: int) -> None:
    network = Network(MODEL, (3, 8, 8), workers=2, kind=kind)
    run = network.worker.rule

    def wants(layer: Any, x: Any, ctx: Any) -> Any:
        if isinstance(layer, Flatten) and ctx.shared.rank == rank:
            raise MemoryError("32 MiB cannot be had")
        return run(layer, x, ctx)

    network.worker.rule = wants
    with pytest.raises(OutOfMemoryError, match=r"32 MiB cannot be had.*; try a batch of \d+$"):
        network.train_step(IMAGES, LABELS, **STEP)
    network.worker.rule = run
    network.worker_pool.restart()
    network.train_step(IMAGES, LABELS, **STEP)


def test_without_a_thread_for_another_worker_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(MODEL, (3, 8, 8), workers=3, kind="threads")

    def full(self: Any) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr("threading.Thread.start", full)
        with pytest.raises(OutOfMemoryError, match="can't start new thread"):
            network.train_step(IMAGES, LABELS, **STEP)
    before = network.predict(IMAGES)
    network.train_step(IMAGES, LABELS, **STEP)
    assert (network.predict(IMAGES) != before).any()
