"""The architecture that a text names: a function of the zoo, or of the user's own file."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from thumblab import zoo
from thumblab.config.call import arguments
from thumblab.config.fit import as_call, fit
from thumblab.config.formatting import format_call
from thumblab.config.grammar import Call
from thumblab.config.names import describe_error, pick, plain
from thumblab.core import renamed
from thumblab.core.errors import ThumblabError, UsageError
from thumblab.core.layer import Layer


@dataclass(frozen=True)
class Model:
    """A function ``f(classes, **arguments) -> Layer`` and its arguments; the data give the classes.

    Attributes:
        name: As it was given, without the arguments.
        function: The function.
        arguments: All but the classes.
    """

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, Any]

    def __call__(self, classes: int) -> Layer:
        """The architecture for so many classes.

        Raises:
            UsageError: If the function fails, or returns no layer.
        """
        try:
            layer = self.function(classes, **self.arguments)
        except ThumblabError:
            raise
        except Exception as error:
            raise UsageError(
                f"{self} failed for {classes} classes ({describe_error(error)})"
            ) from error
        if not isinstance(layer, Layer):
            raise UsageError(f"{self} returned {layer!r}; it must return a Layer")
        return layer

    def __str__(self) -> str:
        return format_call(self.name, self.arguments)


def zoo_models() -> dict[str, Callable[..., Layer]]:
    """Name and function of every architecture that the zoo imports."""
    found = vars(zoo).items()
    return {name: each for name, each in found if inspect.isfunction(each) and name[0] != "_"}


def find_model(given: object) -> Model:
    """The model that ``given`` spells: ``stacked_cnn:widths=32-64,dense=128``, ``module:function``.

    Raises:
        UsageError: If there is none, or its arguments do not fit.
    """
    call = _todays(as_call(given, "model"))
    function = pick("model", call.name, zoo_models())
    if not callable(function):
        raise UsageError(f"{call.name} is no function; write one that takes the classes")
    return Model(call.name, function, arguments(function, call.name, call.arguments, fit, taken=1))


def _todays(call: Call) -> Call:
    """What a function of the zoo that had another name before is called now; warns of it."""
    old = {plain(name): values for name, values in renamed.MODELS.items()}
    if plain(call.name) not in old:
        return call
    today, given = old[plain(call.name)]
    renamed.warn(call.name, format_call(today, given))
    return replace(call, name=today, arguments={**given, **call.arguments})
