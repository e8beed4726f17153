"""A system without forks, affinity and Unix's modules trains and resumes in threads, to the same bits.

Simulated: the attributes and modules that Windows or macOS lack are taken away before the package is
imported.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LACKS = {
    "win32": (
        "os.fork os.forkpty os.waitid os.sched_getaffinity os.sched_yield os.register_at_fork os.closerange "
        "os.getppid os.killpg os.uname select.poll signal.SIGHUP signal.SIGKILL signal.pthread_sigmask "
        "signal.valid_signals mmap.MAP_PRIVATE mmap.MAP_ANONYMOUS mmap.MADV_HUGEPAGE",
        "fcntl resource grp pwd termios pty",
    ),
    "darwin": ("os.sched_getaffinity mmap.MADV_HUGEPAGE os.posix_fadvise", "msvcrt winreg"),
}
PROGRAM = """
import sys, os, platform, importlib, importlib.abc
import numpy, threadpoolctl, concurrent.futures, multiprocessing, logging, tempfile, subprocess, ctypes
import scipy.stats, PIL.Image, sklearn, safetensors.numpy, pooch, pydantic, rich

def take(names, modules, name):
    for each in names.split():
        module, _, attribute = each.partition(".")
        if hasattr(sys.modules.setdefault(module, importlib.import_module(module)), attribute):
            delattr(sys.modules[module], attribute)
    class Blocked(importlib.abc.MetaPathFinder):
        def find_spec(self, wanted, path=None, target=None):
            if wanted in modules.split():
                raise ModuleNotFoundError(f"No module named {wanted!r}", name=wanted)
    for each in modules.split():
        sys.modules.pop(each, None)
    sys.meta_path.insert(0, Blocked())
    sys.platform = name
"""
TRAINS = """
import hashlib
import numpy as np
from thumblab.engines.numpy import Network
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import Adam

model = Sequential(Conv(8), BatchNorm(), ReLU(), Dropout(0.3), Flatten(), Dense(5))
draw = np.random.default_rng(0)
images, labels = draw.integers(0, 256, (70, 8, 8, 3), np.uint8), draw.integers(0, 5, 70)
step = dict(loss=CrossEntropy(), optimizer=Adam(), learning_rate=0.01)
network = Network(model, (3, 8, 8), workers=3)
for number in range(3):
    network.train_step(images, labels, step=number, **step)
again = Network(model, (3, 8, 8), workers=3)
again.load(network.state())
again.train_step(images[:50], labels[:50], step=3, **step)
found = again.predict(images).tobytes() + b"".join(map(bytes, again.state().values()))

import pathlib, warnings
from tests.training.small import dataset, experiment
from thumblab.training import steps, train

warnings.simplefilter("ignore")
with tempfile.TemporaryDirectory() as folder:
    options = dict(dataset=dataset(), runs=pathlib.Path(folder), workers=2)
    begun = steps(experiment(), **options)
    for _ in range(3):
        next(begun)
    begun.close()
    *_, last = train(experiment(), resume=True, **options)
    for name in ("weights.safetensors", "metrics.jsonl"):
        found += (last.run.folder / name).read_bytes()
    found += last.run.predictions["test_logits"].tobytes()
print(type(again.worker_pool).__name__, Network(model, (3, 8, 8)).worker_count > 0)
print(hashlib.sha256(found).hexdigest())
"""


def printed(*before: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([PROGRAM, *before, TRAINS])],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def here() -> str:
    kind, digest = printed()
    if sys.platform == "linux":
        assert kind.split() == ["ProcessPool", "True"]
    return digest


@pytest.mark.parametrize("system", LACKS)
def test_threads_do_the_same_where_processes_cannot_be_had(system: str, here: str) -> None:
    names, modules = LACKS[system]
    kind, digest = printed(f"take({names!r}, {modules!r}, {system!r})")
    assert kind.split() == ["ThreadPool", "True"]
    assert digest == here
