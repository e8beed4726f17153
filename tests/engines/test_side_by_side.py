"""Networks asked by several threads and by forked processes answer as they do alone, or refuse."""

from __future__ import annotations

import asyncio
import copy
import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from thumblab.core.errors import RunError, UsageError
from thumblab.engines.numpy import Network as NumpyNetwork
from thumblab.layers import BatchNorm, Conv, Dense, Dropout, Flatten, MaxPool, ReLU, Sequential
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD

MODEL = Sequential(
    Conv(8), BatchNorm(), ReLU(), MaxPool(2), Dropout(0.3), Conv(8), ReLU(), Flatten(), Dense(5)
)
SHAPE = (3, 8, 8)
DRAW = np.random.default_rng(0)
IMAGES = DRAW.integers(0, 256, (96, 8, 8, 3), np.uint8)
LABELS = DRAW.integers(0, 5, 96)
STEP: dict[str, Any] = {
    "loss": CrossEntropy(),
    "optimizer": SGD(momentum=0.9),
    "learning_rate": 0.05,
}


def torch_network(**options: Any) -> Any:
    return pytest.importorskip("thumblab.engines.torch").Network(MODEL, SHAPE, **options)


KINDS: dict[str, Callable[..., Any]] = {
    "one worker": partial(NumpyNetwork, MODEL, SHAPE, workers=1),
    "two processes": partial(NumpyNetwork, MODEL, SHAPE, workers=2, kind="processes"),
    "two threads": partial(NumpyNetwork, MODEL, SHAPE, workers=2, kind="threads"),
    "reference": partial(NumpyNetwork, MODEL, SHAPE, workers=1, rules="reference"),
    "reference by two": partial(NumpyNetwork, MODEL, SHAPE, workers=2, rules="reference"),
    "torch": torch_network,
}
EVERY = pytest.mark.parametrize("build", KINDS.values(), ids=KINDS)


def asked(count: int) -> Iterator[tuple[int, int]]:
    """Parts of the images, of one to all of them, so that memory grows while others use it."""
    draw = np.random.default_rng(1)
    for turn in range(count):
        size = int(draw.integers(1, 25 if turn < count // 4 else len(IMAGES)))
        begin = int(draw.integers(0, len(IMAGES) - size + 1))
        yield begin, begin + size


@EVERY
def test_eight_threads_asking_one_network_hear_what_one_alone_hears(
    build: Callable[..., Any],
) -> None:
    """358 of 400 answers used to be wrong, or nobody ever heard one."""
    parts, alone = list(asked(160)), build()
    wanted = {part: alone.predict(IMAGES[slice(*part)]) for part in parts}
    network = build()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda part: network.predict(IMAGES[slice(*part)]), parts))
    wrong = [
        part
        for part, logits in zip(parts, found, strict=True)
        if logits.tobytes() != wanted[part].tobytes()
    ]
    assert not wrong, f"{len(wrong)} of {len(parts)} answers are wrong"


@EVERY
def test_a_network_that_trains_in_one_thread_is_asked_by_others(build: Callable[..., Any]) -> None:
    """Every answer is one of a moment between two steps, and the training is the lonely one."""
    alone, between = build(), []
    for step in range(6):
        between.append(alone.predict(IMAGES[:20]).tobytes())
        alone.train_step(IMAGES, LABELS, step=step, **STEP)
    between.append(alone.predict(IMAGES[:20]).tobytes())
    network, over, found = build(), threading.Event(), list[bytes]()

    def ask() -> None:
        while not over.is_set():
            found.append(network.predict(IMAGES[:20]).tobytes())
            network.state(), network.weights()

    with ThreadPoolExecutor(2) as threads:
        asking = [threads.submit(ask) for _ in range(2)]
        for step in range(6):
            network.train_step(IMAGES, LABELS, step=step, **STEP)
        over.set()
        for each in asking:
            each.result()
    assert set(found) <= set(between)
    for name, array in alone.state().items():
        assert network.state()[name].tobytes() == array.tobytes(), name


@pytest.mark.parametrize("second", KINDS.values(), ids=KINDS)
def test_two_networks_train_side_by_side(second: Callable[..., Any]) -> None:
    def trained(build: Callable[..., Any]) -> dict[str, bytes]:
        network = build(seed=3)
        for step in range(4):
            network.train_step(IMAGES[: 40 + step], LABELS[: 40 + step], step=step, **STEP)
            network.predict(IMAGES[: 7 * step + 1])
        return {name: array.tobytes() for name, array in network.state().items()}

    builds = [KINDS["two processes"], second] * 2
    wanted = [trained(build) for build in builds[:2]] * 2
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(trained, builds)) == wanted


def test_asyncio_may_ask_it_from_its_threads() -> None:
    network = KINDS["two processes"]()
    wanted = [network.predict(IMAGES[:size]).tobytes() for size in range(1, 21)]

    async def ask() -> list[Any]:
        asking = [asyncio.to_thread(network.predict, IMAGES[:size]) for size in range(1, 21)]
        return await asyncio.gather(*asking)

    assert [logits.tobytes() for logits in asyncio.run(ask())] == wanted


@EVERY
def test_a_network_stays_in_its_process(build: Callable[..., Any]) -> None:
    network = build()
    for leave in (pickle.dumps, copy.deepcopy):
        with pytest.raises(
            UsageError, match="a network cannot be copied or sent to another process"
        ):
            leave(network)


# ----- Forked children of the user's -----

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
HELD: list[Any] = []


def in_child(size: int) -> tuple[int, bytes]:
    """Asks the network that the parent had at the fork."""
    return os.getpid(), HELD[0].predict(IMAGES[:size]).tobytes()


@FORKS
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", [name for name in KINDS if name != "torch"])
def test_a_pool_of_forked_processes_answers_as_its_parent_does(name: str) -> None:
    network = KINDS[name]()
    network.train_step(IMAGES, LABELS, step=0, **STEP)
    sizes = [96, 20, 33, 1, 50, 96] * 4
    wanted = {size: network.predict(IMAGES[:size]).tobytes() for size in sizes}
    HELD[:] = [network]
    with ProcessPoolExecutor(3, multiprocessing.get_context("fork")) as pool:
        asking = [pool.submit(in_child, size) for size in sizes]
        for size in sizes:  # at the same time
            assert network.predict(IMAGES[:size]).tobytes() == wanted[size]
        answers = [each.result(timeout=60) for each in asking]
    HELD.clear()
    assert os.getpid() not in {process for process, _ in answers}
    assert [logits for _, logits in answers] == [wanted[size] for size in sizes]


@FORKS
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_training_in_a_forked_child_moves_no_weight_of_the_parents() -> None:
    network = KINDS["two processes"]()
    network.train_step(IMAGES, LABELS, step=0, **STEP)
    before = network.predict(IMAGES).tobytes()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            network.train_step(IMAGES, LABELS, step=1, **STEP)
            code = int(network.predict(IMAGES).tobytes() == before)
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert network.predict(IMAGES).tobytes() == before


@FORKS
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_weights_that_the_parent_has_moved_since_are_refused_in_a_child() -> None:
    """They lie in memory of both, so the child would answer by weights of any moment."""
    network = KINDS["two processes"]()
    network.train_step(IMAGES, LABELS, step=0, **STEP)
    hear, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.read(hear, 1)
            network.predict(IMAGES)
        except RunError as error:
            code = 5 if "load it in this process" in str(error) else 2
        finally:
            os._exit(code)
    network.train_step(IMAGES, LABELS, step=1, **STEP)
    os.write(tell, b"x")
    os.close(tell)
    os.close(hear)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5


@FORKS
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("threads", [1, 2])
def test_pytorch_in_a_forked_child_answers_with_one_thread_and_refuses_with_more(
    threads: int,
) -> None:
    """OpenMP's threads do not come along; whoever waits for them waits for ever."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        network = torch_network()
        wanted = network.predict(IMAGES)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                torch.set_num_threads(threads)
                found = network.predict(IMAGES)
                code = 3 if np.allclose(found, wanted, rtol=1e-4, atol=1e-5) else 2
            except RunError as error:
                code = 5 if "torch.set_num_threads(1)" in str(error) else 4
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == (3 if threads == 1 else 5)
    finally:
        torch.set_num_threads(before)


# ----- BLAS -----


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@EVERY
def test_the_programs_blas_keeps_its_threads(build: Callable[..., Any]) -> None:
    """They stayed at one after the first network of a process."""
    inside = list[set[int]]()

    class Look:
        def change(self, images: Any, *_: Any) -> Any:
            inside.append(blas_threads())
            return images

    with threadpool_limits(3, "blas"):
        network = build(loader=Look())
        assert blas_threads() == {3}
        network.train_step(IMAGES, LABELS, step=0, **STEP)
        assert blas_threads() == {3}
        network.predict(IMAGES)
        assert blas_threads() == {3}
        with pytest.raises((ValueError, IndexError, RuntimeError, TypeError)):
            network.train_step(IMAGES, LABELS + 100, step=1, **STEP)
        assert blas_threads() == {3}
    assert inside
    if isinstance(network, NumpyNetwork):
        assert inside[0] == {1}
