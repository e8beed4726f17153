"""Where a step of the NumPy engine spends its time: each stage of the network as it runs.

One worker's shard of a batch is trained on, or predicted, in this process, with a watch around every layer;
the same batch on all workers shows what they lose to each other. A stage counts its own time alone, so the
stages and the rest add up to the step.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from thumblab.bench.watch import Step, Watch, unwatched, watched
from thumblab.core.cpus import usable_cpus
from thumblab.core.errors import UsageError
from thumblab.core.layer import Layer, Shape, walk
from thumblab.data import Augmentation, Loader, Split
from thumblab.engines.numpy import InputTransform, Network
from thumblab.kernels.layout import BLOCK, block_count
from thumblab.losses import CrossEntropy
from thumblab.optim import SGD, Optimizer, names_of, resolve

Mode = Literal["train", "infer"]
WARM_STEPS = 3
CONTAINERS = "containers"
"""The stage that stands for all layers that only pass values on or join branches."""
SQUARES = ((1, 1024), (256, 96))
"""Products ``(many, side)`` of square matrices; OpenBLAS is fastest on large ones, or on those it need
not pack."""


@dataclass(frozen=True)
class Training:
    """What a step of training has besides the network."""

    optimizer: Optimizer = SGD()
    augment: tuple[Augmentation, ...] = ()


USUAL = Training()


@dataclass(frozen=True)
class Stage:
    """What the running network does at one path.

    Attributes:
        path: Of the first layer in it.
        layers: The architecture's layers that are computed here; before them, where others run inside
            this stage and have rows of their own, what it is to the engine.
        forward_ms: Milliseconds a step, of one worker's images.
        backward_ms: The same, in the backward pass.
        flops: Forward, of one worker's images; a multiply-add counts as 2. Backward has as many for the
            gradient at the input, if it is used, and as many for that of a matrix that trains.
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
    """A step, in milliseconds; ``stages`` and the five parts after them add up to ``step_ms``.

    Attributes:
        mode: ``"train"``, or ``"infer"``, which has no loss, no optimizer and no backward pass.
        batch: Images a step.
        workers: Parts of it computed side by side.
        images: Images of the largest part, which the stages saw.
        peak_gflops: Speed of a product of float32 matrices on one core.
        kernels: The processor that the BLAS's kernels were written for, such as ``SkylakeX``, joined by +
            where several are loaded; None where none tells.
        augment_ms: Changing the images.
        door_ms: Taking the batch in, normalizing it and laying it out; in prediction also the logits' way
            out.
        loss_ms: Loss and its gradient.
        optimizer_ms: Summing gradients and moving weights.
        waiting_ms: What the step takes longer on all workers than on one: they wait for each other, and
            share caches and memory.
    """

    mode: Mode
    batch: int
    workers: int
    images: int
    peak_gflops: float
    kernels: str | None
    stages: tuple[Stage, ...]
    augment_ms: float
    door_ms: float
    loss_ms: float
    optimizer_ms: float
    waiting_ms: float
    step_ms: float


def profile(
    model: Layer,
    shape: Shape,
    *,
    mode: Mode = "train",
    batch: int = 128,
    workers: int | None = None,
    steps: int = 20,
    training: Training = USUAL,
    fused: bool = True,
) -> Profile:
    """Profiles steps of ``model`` on random images; training is with cross-entropy.

    Of ``steps`` steps the faster half counts, so that what else the machine does is left out. Without
    ``fused`` every layer runs by itself and is a stage.

    Raises:
        UsageError: If the model writes no logits, or a number is less than 1.
    """
    workers = usable_cpus() if workers is None else workers
    _check(model.out_shape(shape), batch, workers, steps)
    workers = min(workers, block_count(batch))
    images = min(batch, BLOCK * -(-block_count(batch) // workers))
    peak = peak_gflops()
    network, step = _ready(model, shape, mode, images, 1, training, fused)
    fast = _faster_half([watched(network, step) for _ in range(steps)])
    augment, input_transform, loss, optimizer = (
        _mean_ms(part) for part in zip(*(s.rest for s in fast), strict=True)
    )
    alone = whole = _mean_ms(s.seconds for s in fast)
    if workers > 1:
        _, step = _ready(model, shape, mode, batch, workers, training, fused)
        whole = _mean_ms(s.seconds for s in _faster_half([unwatched(step) for _ in range(steps)]))
    return Profile(
        mode=mode,
        batch=batch,
        workers=workers,
        images=images,
        peak_gflops=round(peak, 1),
        kernels=_kernels(),
        stages=_stages(model, shape, [s.watch for s in fast], images, peak),
        augment_ms=augment,
        door_ms=input_transform,
        loss_ms=loss,
        optimizer_ms=optimizer,
        waiting_ms=whole - alone,
        step_ms=whole,
    )


def _check(written: Shape, batch: int, workers: int, steps: int) -> None:
    if len(written) != 1 or min(batch, workers, steps) < 1:
        raise UsageError(
            f"a model that writes {written} cannot be profiled at batch {batch}, {workers} workers and "
            f"{steps} steps; take one that writes (classes,), and numbers of at least 1"
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


def _kernels() -> str | None:
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    values = {pool["architecture"] for pool in pools if pool.get("architecture")}
    return "+".join(sorted(values)) or None


def _ready(
    model: Layer,
    shape: Shape,
    mode: Mode,
    batch: int,
    workers: int,
    training: Training,
    fused: bool,
) -> tuple[Network, Callable[[], object]]:
    """A network that is warm, and what takes a step of it."""
    rng = np.random.default_rng(0)
    input_transform = InputTransform(np.full(1, 128.0), np.full(1, 1 / 64))
    size = (*shape[1:], shape[0]) if len(shape) == 3 else shape
    images = rng.integers(0, 256, (batch, *size), np.uint8)
    classes = model.out_shape(shape)[0]
    labels = rng.integers(0, classes, batch)
    loader = None
    if training.augment:
        loader = Loader(Split(images, labels), classes, augment=training.augment)
    network = Network(
        model, shape, workers=workers, input_transform=input_transform, loader=loader, fused=fused
    )
    loss, optimizer = CrossEntropy(), resolve(training.optimizer, names_of(model, shape))

    def train() -> object:
        return network.train_step(
            images, labels, loss=loss, optimizer=optimizer, learning_rate=1e-3, step=0
        )

    def infer() -> object:
        return network.predict(images, at_once=batch)

    step = train if mode == "train" else infer
    for _ in range(WARM_STEPS):
        step()
    return network, step


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
    done: dict[str, int] = defaultdict(int)
    owner: dict[str, str] = {}
    for path, layer, reads in walk(model, shape):
        place, once = holder(path, ran), layer.flops(reads) * images
        held[place].append(layer)
        flops[place] += once
        done[place] += once * (1 + (ran[place] + _learns(layer, reads)) * bool(watches[0].backward))
        owner |= {each: place for each in ran if each.startswith(path)}  # Frozen runs layers inside
    forward = _owned([watch.forward for watch in watches], owner)
    backward = _owned([watch.backward for watch in watches], owner)
    found = []
    for path in held:
        ms = forward.pop(path) + (back := backward.pop(path, 0.0))
        speed = done[path] / ms / 1e6 if done[path] else None
        holds_others = any(owner.get(each, each) != path and each.startswith(path) for each in ran)
        found.append(
            Stage(
                path.rstrip("."),
                (*[kinds[path]][:holds_others], *map(str, held[path])),
                ms - back,
                back,
                flops[path],
                None if speed is None else round(speed, 1),
                None if speed is None else round(speed / peak, 3),
            )
        )
    rest = sum(forward.values()), sum(backward.values())
    return (*found, Stage("", (CONTAINERS,), *rest, 0, None, None))


def _learns(layer: Layer, seen: Shape) -> bool:
    """Whether a matrix trains, so that the backward pass makes its gradient."""
    return any(weight.trained and len(weight.shape) > 1 for weight in layer.weights(seen).values())


def _owned(seconds: list[dict[str, float]], owner: dict[str, str]) -> dict[str, float]:
    """Mean milliseconds of what each path owns."""
    found: dict[str, float] = defaultdict(float)
    for path in seconds[0]:
        found[owner.get(path, path)] += _mean_ms(each[path] for each in seconds)
    return found


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
