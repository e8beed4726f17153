"""Defaults and completion of options; those of an experiment's options are the experiment's own."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, TypeVar, get_type_hints

from cyclopts import Parameter

from thumblab.cli import completion

T = TypeVar("T")

COMPLETERS = {
    "data": completion.sources,
    "model": completion.models,
    **{
        name: completion.of_kind(kind)
        for name, kind in {
            "optimizer": "optimizers",
            "schedule": "schedules",
            "loss": "losses",
            "augment": "augmentations",
            "sampling": "samplings",
            "progressive_resizing": "resizings",
            "normalize": "normalizations",
            "tta": "tta",
        }.items()
    },
}
"""What the shell offers for the options of an experiment."""


def shown(value: Any) -> str | None:
    """A default as it is typed; None where there is nothing to say of it.

    >>> shown(128), shown(0), shown(None), shown("")
    ('128', '0', None, None)
    """
    return None if value is None or value is False else str(value) or None


def with_defaults_of_experiment(options: type[T]) -> type[T]:
    """Gives each field of ``options`` the default of the ``Experiment``'s field for help, and a completer."""
    for name, hint in get_type_hints(options, include_extras=True).items():
        parameter = Parameter(
            show_default=partial(_of_experiment, name), completer=COMPLETERS.get(name)
        )
        options.__annotations__[name] = Annotated[hint, parameter]
    return options


def _of_experiment(name: str, _: Any) -> str | None:
    """The default of a setting in the grammar; None where it has none, or none is the default."""
    from dataclasses import fields

    from thumblab.config import format_value
    from thumblab.experiment import Experiment

    usual = {field.name: field.default for field in fields(Experiment)}
    usual["schedule"] = usual["optimizer"].learning_rate  # type: ignore[union-attr]
    text = format_value(usual[name]) if name not in ("data", "model") else "none"
    return None if text in ("none", "false") else text
