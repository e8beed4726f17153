"""A training leaves what belongs to the whole process as the program around has it."""

from __future__ import annotations

import locale
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from tests.training.small import dataset, experiment
from thumblab.evaluation.predict import load_network
from thumblab.training import steps, train


def snapshot() -> dict[str, Any]:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
    return {
        "numpy's generator": np.random.get_state()[1].tobytes(),  # type: ignore[index, union-attr]
        "python's generator": random.getstate(),
        "floating-point errors": np.geterr(),
        "printing": np.get_printoptions(),
        "path": list(sys.path),
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "blocked": signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        "hooks": hooks,
        "filters": list(warnings.filters),
        "locale": locale.setlocale(locale.LC_ALL),
        "recursion": sys.getrecursionlimit(),
        "blas": [pool["num_threads"] for pool in threadpool_info()],
    }


@pytest.fixture(autouse=True)
def _own() -> Iterator[None]:
    before = np.geterr(), np.random.get_state()
    np.seterr(under="warn")
    np.random.seed(5)
    with threadpool_limits(3, "blas"):
        yield
    np.seterr(**before[0])
    np.random.set_state(before[1])


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no signal masks here")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("engine", ["numpy", "reference"])
def test_training_and_predicting_change_nothing_of_the_programs(
    engine: str, workers: int, tmp_path: Path
) -> None:
    threadpool_info()
    before = snapshot()
    wanted = experiment(engine=engine, epochs=1)
    (last,) = train(wanted, dataset=dataset(), runs=tmp_path, workers=workers)
    network, _ = load_network(last.run, workers=workers)
    network.predict(dataset().test.images)  # type: ignore[union-attr]
    broken = steps(
        experiment(engine=engine, seed=9), dataset=dataset(), runs=tmp_path, workers=workers
    )
    next(broken)
    broken.close()
    after = snapshot()
    assert {name for name in before if before[name] != after[name]} == set()
