"""A watch around every layer of a network: what a step spends where, on one worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from thumblab.core.layer import Layer
from thumblab.core.rules import Array, Backward
from thumblab.engines.numpy import Network
from thumblab.engines.numpy.context import LayerContext, run_rule
from thumblab.engines.protocol import ImageTransform


@dataclass
class Watch:
    """Stands around every layer of a network and notes when it is entered and left.

    Attributes:
        forward: Seconds of a step by path, without those of layers inside.
        backward: The same in the backward pass.
        whole: When the network as a whole was entered and left, forward and then backward.
        augmenting: Seconds in which images were changed.
        kinds: What each path ran, by the name of its type.
        reads: Whether the gradient at a path's input is used.
    """

    forward: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    backward: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    whole: list[float] = field(default_factory=list)
    augmenting: float = 0.0
    kinds: dict[str, str] = field(default_factory=dict)
    reads: dict[str, bool] = field(default_factory=dict)
    _inside: list[float] = field(default_factory=list)

    def __call__(self, layer: Layer, x: Array, ctx: LayerContext) -> tuple[Array, Backward]:
        """A ``Rule`` of the engine's."""
        path = ctx.path
        self.kinds[path], self.reads[path] = type(layer).__name__, ctx.needs_input_grad
        y, backward = self._timed(self.forward, path, lambda: run_rule(layer, x, ctx))
        return y, lambda dy: self._timed(self.backward, path, lambda: backward(dy))

    def _timed(self, seconds: dict[str, float], path: str, run: Callable[[], Any]) -> Any:
        self._inside.append(0.0)
        begun = perf_counter()
        result = run()
        ended = perf_counter()
        seconds[path] += ended - begun - self._inside.pop()
        if self._inside:
            self._inside[-1] += ended - begun
        else:
            self.whole += [begun, ended]
        return result


@dataclass(frozen=True)
class WatchedLoader:
    """A loader whose changes of images are timed."""

    loader: ImageTransform
    watch: Watch

    def change(self, images: Array, epoch: int, indices: Array) -> Array:
        """The loader's."""
        begun = perf_counter()
        found = self.loader.change(images, epoch, indices)
        self.watch.augmenting += perf_counter() - begun
        return found


@dataclass(frozen=True, eq=False)
class Step:
    """A step of one worker that was watched; seconds."""

    begun: float
    ended: float
    watch: Watch

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.begun

    @property
    def rest(self) -> tuple[float, float, float, float]:
        """Augmentation, input, loss and optimizer: before, between and after the network's two passes.

        In prediction, which has one pass, all that is not the network is the input.
        """
        if len(self.watch.whole) == 2:
            entered, left = self.watch.whole
            return 0.0, entered - self.begun + self.ended - left, 0.0, 0.0
        entered, left, entered_back, left_back = self.watch.whole
        changing = self.watch.augmenting
        input_transform = entered - self.begun - changing
        return changing, input_transform, entered_back - left, self.ended - left_back


def watched(network: Network, step: Callable[[], object]) -> Step:
    """What a ``step`` of ``network``, which has one worker, spends where."""
    watch, loader = Watch(), network.worker.loader
    network.worker.rule = watch
    network.worker.loader = None if loader is None else WatchedLoader(loader, watch)
    begun = perf_counter()
    step()
    ended = perf_counter()
    network.worker.loader = loader
    return Step(begun, ended, watch)


def unwatched(step: Callable[[], object]) -> Step:
    """How long a step takes."""
    begun = perf_counter()
    step()
    return Step(begun, perf_counter(), Watch())
