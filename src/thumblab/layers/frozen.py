"""A layer that does not train."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, cast

from thumblab.core.layer import Layer, Shape, Weight, walk, weights
from thumblab.core.renamed import OldContext
from thumblab.core.rules import (
    Array,
    Backward,
    Context,
    fast_forward,
    forward,
    has_rule,
    shared_buffers,
    torch_twin,
)


@dataclass(frozen=True)
class Frozen(Layer):
    """``layer`` with its weights fixed, always run as in prediction; gradients pass through it.

    A BatchNorm inside uses its running averages and leaves them as they are, a Dropout does nothing. Layers
    inside are not fitted to data either: they have the weights that the run starts from.
    Weights: those of ``layer``, as ``layer.weight`` and so on, none of them trained; the twin holds
    them as buffers, which no optimizer sees. It is a leaf: ``walk`` does not look inside.

    Attributes:
        layer: What is run.

    Source: Yosinski et al. 2014, arXiv:1411.1792.
    """

    layer: Layer

    def out_shape(self, x: Shape) -> Shape:
        return self.layer.out_shape(x)

    def weights(self, x: Shape) -> dict[str, Weight]:
        owned = weights(self.layer, x)
        return {f"layer.{name}": replace(weight, trained=False) for name, weight in owned.items()}

    def flops(self, x: Shape) -> int:
        return self.layer.flops(x)

    def map(self, edit: Callable[[Layer], Layer]) -> Layer:
        return edit(Frozen(self.layer.map(edit)))


@dataclass(frozen=True)
class StillFast(Layer):
    """A layer inside a frozen one that has a rule for the blocked layout."""

    layer: Layer


@dataclass(frozen=True)
class StillPlain(Layer):
    """One that has none; having no rule itself, it is converted for by the engine."""

    layer: Layer


class Unread:
    """Memory for gradients that are not read."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def __getitem__(self, name: str) -> Array:
        return self._ctx.memory.empty(self._ctx.params[name].shape)


class Still(OldContext):
    """A context in which nothing trains; all that it does not say itself it asks ``inner`` for."""

    training = False

    def __init__(self, inner: Context) -> None:
        self.inner, self.params, self.grads = inner, inner.params, Unread(inner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def run(self, name: str, layer: Layer, x: Array) -> tuple[Array, Backward]:
        """Runs ``layer`` so that nothing trains in it either."""
        kind = StillFast if has_rule(fast_forward, layer) else StillPlain
        return self.inner.run(name, kind(layer), x)


def _still(ctx: Context) -> Context:
    return cast(Context, Still(ctx))


@forward.register
@fast_forward.register
def frozen(layer: Frozen, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return _still(ctx).run("layer", layer.layer, x)


@forward.register
def still(layer: StillFast | StillPlain, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return forward(layer.layer, x, _still(ctx))


@fast_forward.register
def still_blocks(layer: StillFast, x: Array, ctx: Context) -> tuple[Array, Backward]:
    return fast_forward(layer.layer, x, _still(ctx))


@shared_buffers.register
def frozen_shared_buffers(layer: Frozen, x: Shape) -> dict[str, int]:
    return {
        f"layer.{path}{name}": width
        for path, leaf, seen in walk(layer.layer, x)
        for name, width in shared_buffers(leaf, seen).items()
    }


@torch_twin.register
def frozen_twin(layer: Frozen, x: Shape, torch: ModuleType) -> Any:
    class Fixed(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch_twin(layer.layer, x, torch).eval()
            for module in self.modules():
                for name, parameter in list(module.named_parameters(recurse=False)):
                    delattr(module, name)
                    module.register_buffer(name, parameter.detach())

        def train(self, mode: bool = True) -> Any:
            return super().train(False)

        def forward(self, x: Any) -> Any:
            return self.layer(x)

    return Fixed()
