"""What is put around a step of PyTorch's own optimizers, in place of deriving from them.

PyTorch calls the hooks of a derived class's step twice where that step calls its parent's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from thumblab.core.errors import UsageError


def named(parameters: Iterable[Any]) -> list[tuple[str, Any]]:
    """Pairs of path and parameter.

    Raises:
        UsageError: If the parameters come without their paths.
    """
    pairs = list(parameters)
    if not all(isinstance(pair, tuple) for pair in pairs):
        raise UsageError("this optimizer goes by paths of weights; give it named_parameters()")
    return pairs


def around(
    twin: Any,
    before: Callable[[], object] | None = None,
    after: Callable[[], object] | None = None,
) -> None:
    """Calls ``before`` and ``after`` at each step of ``twin``, outside of what is called already."""
    if not hasattr(twin, "called"):
        twin.called = [], []
        twin.register_step_pre_hook(lambda *_: _call(twin.called[0]))
        twin.register_step_post_hook(lambda *_: _call(twin.called[1]))
    if before is not None:
        twin.called[0].insert(0, before)
    if after is not None:
        twin.called[1].append(after)


def _call(functions: list[Callable[[], object]]) -> None:
    for function in functions:
        function()


def with_gradients(twin: Any) -> list[Any]:
    """The parameters that have a gradient."""
    return [p for group in twin.param_groups for p in group["params"] if p.grad is not None]


def divide(twin: Any, factor: Callable[[Any], float], what: str = "factor") -> None:
    """Cuts the parameter groups of a new ``twin``, so that each has one ``factor`` of its learning rate.

    Or of something else: ``what`` is where a group keeps it, times what it has there already.
    """
    groups = []
    for group in twin.param_groups:
        factors = [factor(parameter) for parameter in group["params"]]
        for each in dict.fromkeys(factors):
            chosen = [i for i, found in enumerate(factors) if found == each]
            lists = {
                key: [group[key][i] for i in chosen]
                for key in ("params", "param_names")
                if key in group
            }
            groups.append(group | lists | {what: group.get(what, 1.0) * each})
    twin.param_groups[:] = groups
