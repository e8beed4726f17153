"""``thumblab models``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from thumblab.commands.options import Json
from thumblab.commands.output import answer, say, table

if TYPE_CHECKING:
    from thumblab.core.describe import Summary
    from thumblab.core.layer import Layer, Shape
    from thumblab.settings import Model

PHOTOGRAPHS: tuple[Shape, int] = (3, 32, 32), 10
CHARACTERS: tuple[Shape, int] = (1, 28, 28), 47
FOR_CHARACTERS = ("characters_cnn", "lenet5", "r2_cnn", "r2_res")
"""Models that usually read characters; the others read photographs."""


def models(
    name: str | None = None,
    /,
    *,
    input_: Annotated[str | None, Parameter(name="--input")] = None,
    classes: int | None = None,
    draw: Path | None = None,
    json: Json = False,
) -> int:
    """Show an architecture layer by layer, or list those of the zoo.

    Example: `thumblab models stacked_cnn:widths=32-64,dense=128 --input 3x32x32 --classes 10`

    Args:
        name: Function of the zoo with arguments, or module:function of yours.
        input_: Shape of a sample; usually 3x32x32, for models of characters 1x28x28.
        classes: How many; usually 10, for models of characters 47.
        draw: SVG file to draw the architecture into.
        json: Print one JSON value.
    """
    from thumblab.core.errors import UsageError
    from thumblab.settings import find_model, zoo_models

    if classes is not None and classes < 1:
        raise UsageError(f"--classes {classes} is less than 1; give how many classes there are")
    if draw is not None and (name is None or draw.suffix.lower() != ".svg"):
        raise UsageError(f"--draw {draw} draws one model into an SVG file; name both")
    listed = [find_model(each) for each in ([name] if name else zoo_models())]
    summed = [(model, _summary(model, input_, classes)) for model in listed]
    told = [_told(model, each) for model, each in summed]
    if name is None:
        answer(told, _listing(told), as_json=json)
    else:
        model, only = summed[0]
        if draw is not None:
            _draw(model, input_, classes, draw)
        words = f"{only}\ntrainable parameters: {only.trainable_parameters:,}"
        answer(told[0] | {"layers": _layers(only)}, words, as_json=json)
    return 0


def _summary(model: Model, given: str | None, classes: int | None) -> Summary:
    from thumblab.core.describe import summary

    return summary(*_built(model, given, classes))


def _built(model: Model, given: str | None, classes: int | None) -> tuple[Layer, Shape]:
    """The architecture, and the shape that it reads."""
    usual_shape, usual_classes = CHARACTERS if model.name in FOR_CHARACTERS else PHOTOGRAPHS
    shape = usual_shape if given is None else shape_of(given)
    return model(usual_classes if classes is None else classes), shape


def _draw(model: Model, given: str | None, classes: int | None, path: Path) -> None:
    from thumblab.report.drawing import draw
    from thumblab.training import files

    picture = draw(*_built(model, given, classes), str(model))
    files.write(path, picture.encode(), name="drawing")
    say(f"drew {path}")


def shape_of(text: str) -> Shape:
    """The shape that ``3x32x32`` says."""
    from thumblab.core.errors import UsageError

    fits = re.fullmatch(r"[1-9]\d{0,8}(x[1-9]\d{0,8}){0,2}", text)
    if not fits:
        raise UsageError(f"--input {text!r} is no shape; give channels x height x width as 3x32x32")
    return tuple(map(int, text.split("x")))


def _told(model: Model, summed: Summary) -> dict[str, Any]:
    return {
        "name": str(model),
        "parameters": summed.parameters,
        "trainable_parameters": summed.trainable_parameters,
        "flops": summed.flops,
    }


def _layers(summed: Summary) -> list[dict[str, Any]]:
    return [
        {
            "path": row.path,
            "layer": str(row.layer),
            "shape": list(row.shape),
            "parameters": row.parameters,
            "flops": row.flops,
        }
        for row in summed.rows
    ]


def _listing(told: list[dict[str, Any]]) -> str:
    rows = [
        (
            each["name"],
            f"{each['parameters']:,}",
            f"{each['trainable_parameters']:,}",
            f"{each['flops'] / 1e6:,.2f}",
        )
        for each in told
    ]
    return table(("model", "parameters", "trainable", "MFLOP"), rows)
