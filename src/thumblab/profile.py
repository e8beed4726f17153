"""Where a training step of the NumPy engine spends its time: each stage of the network as it runs.

One shard's part of a batch is trained in this process, with a watch around every layer; the same batch on
all shards shows what they lose to each other. A stage counts its own time alone, so the stages and the
rest add up to the step.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape, walk
from thumblab.engines.numpy import Door, Network
from thumblab.engines.numpy.shards import cores
from thumblab.kernels.layout import GROUP, group_count
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD
from thumblab.profile_watch import Step, Watch, unwatched, watched

WARM_STEPS = 3
CONTAINERS = "containers"
"""The stage that stands for all layers that only pass values on or join branches."""
SQUARES = ((1, 1024), (256, 96))
"""Products ``(many, side)`` of square matrices; OpenBLAS is fastest on large ones, or on those it need
not pack."""


@dataclass(frozen=True)
class Stage:
    """What the running network does at one path.

    Attributes:
        path: Of the first layer in it.
        layers: The architecture's layers that are computed here; before them, where others run inside
            this stage and have rows of their own, what it is to the engine.
        forward_ms: Milliseconds a step, of one shard's images.
        backward_ms: The same, on the way back.
        flops: Forward, of one shard's images; a multiply-add counts as 2. Backward has twice as many, or
            as many where nobody reads the gradient at the input.
        gflops_per_second: Those of both ways over the time of both; None where there are none. A kernel
            that saves multiplications, such as Winograd's, may go beyond the peak.
        peak_share: That, as a share of the machine's peak.
    """

    path: str
    layers: tuple[str, ...]
    forward_ms: float
    backward_ms: float
    flops: int
    gflops_per_second: float | None
    peak_share: float | None


@dataclass(frozen=True)
class Profile:
    """A training step, in milliseconds; ``stages`` and the five parts after them add up to ``step_ms``.

    Attributes:
        batch: Images a step.
        shards: Parts of it computed side by side.
        images: Images of the largest part, which the stages saw.
        peak_gflops: Speed of a product of float32 matrices on one core.
        door_ms: Taking the batch in, normalising it and laying it out.
        loss_ms: Loss and its gradient.
        optimizer_ms: Summing gradients and moving weights.
        waiting_ms: What the step takes longer on all shards than on one: they wait for each other, and
            share caches and memory.
    """

    batch: int
    shards: int
    images: int
    peak_gflops: float
    stages: tuple[Stage, ...]
    door_ms: float
    loss_ms: float
    optimizer_ms: float
    waiting_ms: float
    step_ms: float


def profile(
    model: Layer, shape: Shape, *, batch: int = 128, shards: int | None = None, steps: int = 20
) -> Profile:
    """Profiles training steps of ``model`` on random images, with cross-entropy and SGD.

    Of ``steps`` steps the faster half counts, so that what else the machine does is left out.

    Raises:
        UsageError: If the model writes no logits, or a number is less than 1.
    """
    written = model.out_shape(shape)
    shards = shards or cores()
    if len(written) != 1 or min(batch, shards, steps) < 1:
        raise UsageError(
            f"a model that writes {written} cannot be profiled at batch {batch}, {shards} shards and "
            f"{steps} steps; take one that writes (classes,), and numbers of at least 1"
        )
    shards = min(shards, group_count(batch))
    images = min(batch, GROUP * -(-group_count(batch) // shards))
    peak = peak_gflops()
    network, train = _training(model, shape, images, 1)
    fast = _faster_half([watched(network, train) for _ in range(steps)])
    door, loss, optimizer = (_mean_ms(part) for part in zip(*(s.rest for s in fast), strict=True))
    alone = whole = _mean_ms(step.seconds for step in fast)
    if shards > 1:
        network, train = _training(model, shape, batch, shards)
        whole = _mean_ms(s.seconds for s in _faster_half([unwatched(train) for _ in range(steps)]))
    return Profile(
        batch=batch,
        shards=shards,
        images=images,
        peak_gflops=round(peak, 1),
        stages=_stages(model, shape, [step.watch for step in fast], images, peak),
        door_ms=door,
        loss_ms=loss,
        optimizer_ms=optimizer,
        waiting_ms=whole - alone,
        step_ms=whole,
    )


def peak_gflops(seconds: float = 0.4) -> float:
    """The fastest product of float32 matrices on one thread, in GFLOP/s."""
    rng, best = np.random.default_rng(0), 0.0
    with threadpool_limits(1, "blas"):
        for many, side in SQUARES:
            a, b = rng.random((2, many, side, side), np.float32)
            out, flops, end = np.empty_like(a), 2 * many * side**3, perf_counter() + seconds
            while (begun := perf_counter()) < end:
                np.matmul(a, b, out=out)
                best = max(best, flops / (perf_counter() - begun))
    return best / 1e9


def _training(
    model: Layer, shape: Shape, batch: int, shards: int
) -> tuple[Network, Callable[[], object]]:
    """A network that is warm, and what takes a step of it."""
    rng = np.random.default_rng(0)
    door = Door(np.full(1, 128.0), np.full(1, 1 / 64))
    network = Network(model, shape, shards=shards, door=door)
    size = (*shape[1:], shape[0]) if len(shape) == 3 else shape
    images = rng.integers(0, 256, (batch, *size), np.uint8)
    labels = rng.integers(0, model.out_shape(shape)[0], batch)
    loss, optimizer = CrossEntropy(), SGD()

    def train() -> object:
        return network.train_step(images, labels, loss=loss, optimizer=optimizer, rate=1e-3, step=0)

    for _ in range(WARM_STEPS):
        train()
    return network, train


def _faster_half(steps: list[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: step.seconds)[: -(-len(steps) // 2)]


def _mean_ms(seconds: Iterable[float]) -> float:
    return 1e3 * statistics.fmean(seconds)


def _stages(
    model: Layer, shape: Shape, watches: list[Watch], images: int, peak: float
) -> tuple[Stage, ...]:
    """Every path that was run and computes a layer of the architecture; the others together, last."""
    ran, kinds = watches[0].reads, watches[0].kinds
    held: dict[str, list[Layer]] = defaultdict(list)
    flops: dict[str, int] = defaultdict(int)
    for path, layer, reads in walk(model, shape):
        place = holder(path, ran)
        held[place].append(layer)
        flops[place] += layer.flops(reads) * images
    forward = {path: _mean_ms(watch.forward[path] for watch in watches) for path in ran}
    backward = {path: _mean_ms(watch.backward[path] for watch in watches) for path in ran}
    found = []
    for path in held:
        done, ms = flops[path] * (3 if ran[path] else 2), forward[path] + backward[path]
        speed = done / ms / 1e6 if done else None
        holds_others = any(other != path and other.startswith(path) for other in ran)
        found.append(
            Stage(
                path.rstrip("."),
                (*[kinds[path]][:holds_others], *map(str, held[path])),
                forward[path],
                backward[path],
                flops[path],
                None if speed is None else round(speed, 1),
                None if speed is None else round(speed / peak, 3),
            )
        )
    others = [path for path in ran if path not in held]
    passing, passing_back = (sum(way[path] for path in others) for way in (forward, backward))
    return (*found, Stage("", (CONTAINERS,), passing, passing_back, 0, None, None))


def holder(path: str, ran: Iterable[str]) -> str:
    """The path, among those that ``ran``, of the stage that computes the leaf at ``path``.

    A fused stage has the path of its first layer; so does whatever a stage computes inside itself.

    >>> holder("0.2.", ["", "0.", "0.0.", "0.3."]), holder("1.0.", ["", "0.", "1."])
    ('0.0.', '1.')
    """
    known = set(ran)
    while path and path not in known:
        parent, _, name = path[:-1].rpartition(".")
        parent += "." if parent else ""
        before = range(int(name) - 1, -1, -1) if name.isdigit() else ()
        earlier = (f"{parent}{place}." for place in before)
        path = next((each for each in earlier if each in known), parent)
    return path
