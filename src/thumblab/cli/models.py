"""``thumblab models``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from thumblab.cli.completion import MODEL
from thumblab.cli.options import Json, Output
from thumblab.cli.output import answer, say, table

if TYPE_CHECKING:
    from thumblab.core.layer import Layer, Shape
    from thumblab.core.summary import Summary


def models(
    name: Annotated[str | None, MODEL] = None,
    /,
    *,
    input_: Annotated[str | None, Parameter(name="--input")] = None,
    classes: int | None = None,
    output: Output = None,
    json: Json = False,
) -> int:
    """Show the layers of a model with output shapes, parameters and MFLOP, or list the zoo.

    Example: `thumblab models stacked_cnn:widths=32-64,dense=128 --input 3x32x32 --classes 10`

    Args:
        name: Model of the zoo with arguments, or module:function of your own.
        input_: Input shape; by default 3x32x32, or 1x28x28 for models of characters.
        classes: Number of classes; by default that of the published model, else 10, or 47 for characters.
        output: SVG file for a diagram of the model.
        json: Print the result as JSON.
    """
    from thumblab.cli.architecture import built
    from thumblab.config import find_model, zoo_models
    from thumblab.core.errors import UsageError
    from thumblab.core.summary import summary
    from thumblab.storage.delivery import check_output

    if output is not None and (name is None or output.suffix.lower() != ".svg"):
        raise UsageError(f"--output {output} draws one model into an SVG file; name both")
    check_output(output, "--output")
    listed = [find_model(each) for each in ([name] if name else zoo_models())]
    ready = [built(model, input_, classes) for model in listed]
    summed = [summary(layer, shape) for layer, shape in ready]
    values = [
        {"name": str(model), "input": list(shape), "classes": layer.out_shape(shape)[0]}
        | _sizes(only)
        for model, (layer, shape), only in zip(listed, ready, summed, strict=True)
    ]
    if name is None:
        answer(values, _listing(values), as_json=json)
        return 0
    if output is not None:
        _draw(*ready[0], str(listed[0]), output)
    only = summed[0]
    text = f"{only}\ntrainable parameters: {only.trainable_parameters:,}"
    answer(values[0] | {"layers": _layers(only)}, text, as_json=json)
    return 0


def _draw(layer: Layer, shape: Shape, name: str, path: Path) -> None:
    from thumblab.report.drawing import draw
    from thumblab.storage.delivery import deliver

    deliver(path, draw(layer, shape, name).encode(), name="drawing")
    say(f"drew {path}")


def _sizes(summed: Summary) -> dict[str, int]:
    return {
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


def _listing(values: list[dict[str, Any]]) -> str:
    rows = [
        (
            each["name"],
            "x".join(map(str, each["input"])),
            f"{each['classes']:,}",
            f"{each['parameters']:,}",
            f"{each['trainable_parameters']:,}",
            f"{each['flops'] / 1e6:,.2f}",
        )
        for each in values
    ]
    return table(("model", "input", "classes", "parameters", "trainable", "MFLOP"), rows)
