"""Muon: momentum with its matrices made orthogonal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod, sqrt
from types import ModuleType
from typing import Any

import numpy as np

from thumblab.core.errors import UsageError
from thumblab.core.layer import Shape
from thumblab.optim.optimizer import Optimizer, Share, elementwise, move, torch_optimizer
from thumblab.optim.pattern import Names, all_paths, matches, resolve
from thumblab.optim.schedule import Schedule
from thumblab.optim.sgd import SGD
from thumblab.optim.twin import around, divide, named, with_gradients

EPS = 1e-7


@dataclass(frozen=True)
class Muon(Optimizer):
    """``v = momentum * v + g; w -= lr * sqrt(max(1, rows / columns)) * orthogonal(v)``.

    For arrays whose name ends in ``weight``, as matrices with a row for each place of their first axis; what
    has another name, such as positions and tokens, is left to ``other`` like the vectors. With ``nesterov``,
    ``g + momentum * v`` takes the place of ``v``. ``orthogonal`` drives all singular values toward
    1: from ``x = v / |v|`` it takes ``steps`` times ``x = a x + b (x x') x + c (x x')^2 x``.
    PyTorch's Muon rounds ``x`` to bfloat16, this one does not.

    Attributes:
        learning_rate: Learning rate, or a schedule of it.
        momentum: Share of the last velocity that is kept, in [0, 1).
        nesterov: Whether the gradient looks one velocity ahead.
        steps: Newton-Schulz steps: three as in cifar10-airbench, where the source and PyTorch take five.
        coefficients: ``a``, ``b`` and ``c``.
        weight_decay: Decoupled weight decay of the matrices.
        renormalize: First bring each matrix to the norm ``sqrt(rows)``, in place of a decay.
        other: Moves vectors and what is excluded. Its learning rate is a number, reached where this one's
            schedule is at its peak, and follows that schedule.
        exclude: Patterns of weights that are left to ``other`` (see ``names_of``).

    Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks",
        https://kellerjordan.github.io/posts/muon/; renormalization, cifar10-airbench (2024).
    """

    learning_rate: float | Schedule = 0.02
    momentum: float = 0.95
    nesterov: bool = True
    steps: int = 3
    coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315)
    weight_decay: float = 0.0
    renormalize: bool = False
    other: Optimizer = SGD(learning_rate=0.1, nesterov=True)
    exclude: tuple[str, ...] = ("head",)

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if not 0 <= self.momentum < 1 or self.weight_decay < 0:
            raise UsageError(f"{self}: momentum must be in [0, 1) and weight_decay at least 0")
        if self.steps < 1 or len(self.coefficients) != 3:
            raise UsageError(f"{self}: steps must be at least 1 and coefficients three numbers")
        if self.weight_decay and self.renormalize:
            raise UsageError(f"{self}: renormalize undoes the decay; leave one of them out")
        if not elementwise(self.other):
            raise UsageError(
                f"{self.other} cannot be the other optimizer of Muon; wrap it around Muon instead"
            )
        if isinstance(self.other.learning_rate, Schedule):
            raise UsageError(
                "the other optimizer of Muon follows Muon's schedule; give it a number as its rate"
            )

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(("velocity", *self.other.slots)))  # no weight has two movers

    @property
    def by_name(self) -> bool:
        return True

    def whole(self, name: str, shape: Shape) -> bool:
        matrix = len(shape) > 1 and name.endswith("weight")
        return matrix and not any(matches(name, each) for each in self.exclude)

    @property
    def ratio(self) -> float:
        """The other's learning rate as a multiple of this one's."""
        peak = (
            self.learning_rate.max_lr
            if isinstance(self.learning_rate, Schedule)
            else self.learning_rate
        )
        assert not isinstance(self.other.learning_rate, Schedule)
        return self.other.learning_rate / peak if peak else 0.0

    def gain(self, shape: Shape) -> float:
        """What the learning rate is multiplied by for a weight of this shape."""
        return sqrt(max(1.0, shape[0] / prod(shape[1:])))


@resolve.register
def resolve_muon(optimizer: Muon, names: Names) -> Muon:
    return replace(optimizer, exclude=all_paths(optimizer.exclude, names))


@move.register
def muon(optimizer: Muon, share: Share) -> None:
    own = {name for name, w in share.weights.items() if optimizer.whole(name, w.shape)}
    rest = {name: weight for name, weight in share.weights.items() if name not in own}
    learning_rates = {name: share.learning_rates[name] * optimizer.ratio for name in rest}
    move(optimizer.other, replace(share, weights=rest, learning_rates=learning_rates))
    for name in own:
        weight, grad, velocity = share.weights[name], share.grads[name], share.slots["velocity"]
        velocity[name][...] *= optimizer.momentum
        velocity[name][...] += grad
        ahead = grad + optimizer.momentum * velocity[name] if optimizer.nesterov else velocity[name]
        x = ahead.reshape(len(ahead), -1)
        x = newton_schulz(x / max(float(np.linalg.norm(x)), EPS), optimizer)
        if optimizer.renormalize:
            weight *= len(weight) ** 0.5 / max(float(np.linalg.norm(weight)), EPS)
        if optimizer.weight_decay:
            weight *= 1 - share.learning_rates[name] * optimizer.weight_decay
        weight -= (
            share.learning_rates[name] * optimizer.gain(weight.shape) * x.reshape(weight.shape)
        )


def newton_schulz(x: Any, optimizer: Muon) -> Any:
    """Nearly ``u @ v'`` of a matrix ``u @ diag(s) @ v'`` of norm 1, an array of either engine."""
    a, b, c = optimizer.coefficients
    flip = len(x) > x.shape[1]
    if flip:
        x = x.T
    for _ in range(optimizer.steps):
        gram = x @ x.T  # (small, small)
        x = a * x + (b * gram + c * (gram @ gram)) @ x  # (small, large)
    return x.T if flip else x


@torch_optimizer.register
def muon_twin(optimizer: Muon, parameters: Iterable[Any], torch: ModuleType) -> Any:
    """The other's twin with the matrices' gradients hidden from it while it steps."""
    pairs = named(parameters)
    own = {p for name, p in pairs if optimizer.whole(name, tuple(p.shape))}
    twin = torch_optimizer(optimizer.other, pairs, torch)
    divide(twin, lambda parameter: 1.0 if parameter in own else optimizer.ratio)
    grads: dict[Any, Any] = {}

    def before() -> None:
        for parameter in own.intersection(with_gradients(twin)):
            grads[parameter], parameter.grad = parameter.grad, None

    def after() -> None:
        values = {p: group for group in twin.param_groups for p in group["params"]}
        for parameter in list(grads):
            parameter.grad = grads.pop(parameter)
            state = twin.state[parameter]
            if "velocity" not in state:
                # torch.optim.Adam and its kin look for a step in every state they load.
                state.update(velocity=torch.zeros_like(parameter), step=torch.zeros(()))
            with torch.no_grad():
                lr, decays = values[parameter]["lr"], values[parameter].get("decays", 1.0)
                decay = optimizer.weight_decay * decays
                move_matrix(optimizer, parameter, state["velocity"], lr, decay)

    around(twin, before, after)
    return twin


def move_matrix(optimizer: Muon, parameter: Any, velocity: Any, lr: float, decay: float) -> None:
    """Muon's move of one PyTorch parameter."""
    grad, shape = parameter.grad, tuple(parameter.shape)
    velocity.mul_(optimizer.momentum).add_(grad)
    ahead = grad + optimizer.momentum * velocity if optimizer.nesterov else velocity
    x = ahead.reshape(len(ahead), -1)
    x = newton_schulz(x / x.norm().clamp(min=EPS), optimizer)
    if optimizer.renormalize:
        parameter.mul_(len(parameter) ** 0.5 / parameter.norm().clamp(min=EPS))
    if decay:
        parameter.mul_(1 - lr * decay)
    parameter.sub_(x.reshape(shape), alpha=lr * optimizer.gain(shape))
