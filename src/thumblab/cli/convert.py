"""``thumblab convert``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from thumblab.cli.completion import RUN
from thumblab.cli.options import OUTPUT, Json
from thumblab.cli.output import answer, say, table
from thumblab.cli.places import run_folder

if TYPE_CHECKING:
    from thumblab.core.layer import Layer, Shape
    from thumblab.data.normalize import Statistics
    from thumblab.storage.checkpoint import Arrays

    Pairs = list[tuple[str, str]]


@Parameter(name="*")
@dataclass(frozen=True)
class External:
    """What external weights are for.

    Attributes:
        model: Model that the external weights belong to; names and shapes are checked against it.
        classes: Number of classes of that model.
        input_: Input shape of that model, such as 3x32x32.
        normalize: Input normalization that the weights expect: rescale (the default), raw, or ImageNet's
            mean_std:mean=0.485-0.456-0.406,std=0.229-0.224-0.225.
    """

    model: str | None = None
    classes: int | None = None
    input_: Annotated[str | None, Parameter(name="--input")] = None
    normalize: str | None = None


def convert(
    source: Annotated[Path, RUN],
    /,
    output: Annotated[Path, OUTPUT],
    *,
    external: External | None = None,
    to: Literal["safetensors", "state_dict"] | None = None,
    rename: str | None = None,
    trusted: bool = False,
    json: Json = False,
) -> int:
    """Export the weights of a run to safetensors or PyTorch, or import external weights.

    Example: `thumblab convert runs/0123456789ab weights.pt`

    Example: `thumblab convert alexnet.pth ours.safetensors --trusted --model alexnet --classes 1000
    --input 3x32x32 --rename features=1,classifier=4
    --normalize mean_std:mean=0.485-0.456-0.406,std=0.229-0.224-0.225`

    Args:
        source: Run folder, run name or weights.safetensors; with --model, external weights. Without --model,
            a file of torch.save is converted tensor by tensor.
        output: Output file.
        external: What external weights are for.
        to: Output format: plain safetensors or a PyTorch state_dict; by default from the file's suffix.
        rename: Renamed prefixes of parameters, as old=new, joined by commas.
        trusted: Read an external file of torch.save (.pt); only tensors are unpickled.
        json: Print the result as JSON.
    """
    from thumblab.storage.delivery import check_output

    check_output(output, "--output")
    pairs = _pairs(rename)
    if external is None or external == External():
        source = run_folder(source)
        values = _give(source, output, to, pairs, trusted=trusted)
    else:
        layer, about = _described(external, to)
        given = _external(source, pairs, trusted=trusted)
        values = _take(source, given, output, about, _shapes(layer, tuple(about["shape"])))
    answer(values, _to_text(values), as_json=json)
    return 0


def _pairs(rename: str | None) -> Pairs:
    from thumblab.core.errors import UsageError

    pairs = [tuple(each.strip().split("=")) for each in (rename or "").split(",") if each]
    if any(len(pair) != 2 for pair in pairs):
        raise UsageError(f"--rename {rename!r} is no list of old=new; give one as features=1")
    return [(old, new) for old, new in pairs]


def _renamed(arrays: Arrays, pairs: Pairs) -> Arrays:
    """The arrays with the first pair applied that names them, or a part that they are in.

    Raises:
        UsageError: If two of them get one name, or a pair names nothing.
    """
    from thumblab.core.errors import UsageError, unknown

    def new_name(name: str) -> str:
        for old, new in pairs:
            if name == old or name.startswith(f"{old}."):
                return new + name.removeprefix(old)
        return name

    for old, _ in pairs:
        if not any(name == old or name.startswith(f"{old}.") for name in arrays):
            raise unknown("part to rename", old, {name.partition(".")[0] for name in arrays})
    found: Arrays = {}
    for name, array in arrays.items():
        if new_name(name) in found:
            raise UsageError(
                f"--rename gives a second weight the name {new_name(name)!r}; give {name!r} another"
            )
        found[new_name(name)] = array
    return found


def _give(
    source: Path, out: Path, to: str | None, pairs: Pairs, *, trusted: bool
) -> dict[str, Any]:
    """Writes weights of ours, or the tensors of a file of ``torch.save``, for others."""
    from safetensors.numpy import save

    from thumblab.storage.delivery import deliver
    from thumblab.storage.external_weights import format_of, state_dict

    kind = to or format_of(out, "name the file so, or say --to")
    arrays = _renamed(_own(source, trusted=trusted), pairs)
    if kind == "state_dict":
        content = state_dict().to_bytes(arrays)
    else:
        content = save(dict(arrays), metadata={"format": "pt"})
    deliver(out, content, name="converted")
    return _to_json(out, kind, [(name, a.shape, a.shape) for name, a in arrays.items()])


def _own(source: Path, *, trusted: bool) -> Arrays:
    from thumblab.core.errors import RunError, UsageError
    from thumblab.runs import Run
    from thumblab.storage.checkpoint import load_arrays
    from thumblab.storage.external_weights import SUFFIXES, read_external

    if source.is_dir():
        return Run.open(source).stored_weights()[0]
    if SUFFIXES.get(source.suffix.lower()) == "state_dict":
        return read_external(source, trusted=trusted)
    try:
        return load_arrays(source)[0]
    except RunError as error:
        raise UsageError(
            f"{source} is no run and no whole weights file of thumblab's; external weights need "
            "--model, --classes and --input"
        ) from error


def _external(source: Path, pairs: Pairs, *, trusted: bool) -> Arrays:
    from thumblab.storage.external_weights import read_external

    return _renamed(read_external(source, trusted=trusted), pairs)


def _take(
    source: Path, given: Arrays, out: Path, about: dict[str, Any], wanted: dict[str, Shape]
) -> dict[str, Any]:
    """Writes external weights as ours, if each one fits."""
    import numpy as np

    from thumblab.core.errors import DataError
    from thumblab.storage.checkpoint import sealed
    from thumblab.storage.delivery import deliver

    rows: list[tuple[str, Any, Any]] = [
        (name, wanted.get(name), given[name].shape if name in given else None)
        for name in (*wanted, *sorted(set(given) - set(wanted)))
    ]
    values = _to_json(out, "thumblab", rows)
    unfit = [row for row in values["weights"] if row["status"] != "fits"]
    if unfit:
        say(_to_text(values))
        raise DataError(
            f"{source} is not of this architecture: {unfit[0]['name']!r} {unfit[0]['status']}, "
            f"{len(rows) - len(unfit)} of {len(wanted)} weights fit; rename or reshape the others"
        )
    if strange := [name for name in wanted if not np.isfinite(given[name]).all()]:
        raise DataError(
            f"{source} has numbers that are not finite in {', '.join(strange[:3])}"
            f"{', ...' if len(strange) > 3 else ''}; give the weights of a training that went well"
        )
    precision = str(given[next(iter(wanted))].dtype) if wanted else "float32"
    arrays = {name: given[name] for name in wanted}
    deliver(out, sealed(arrays, about | {"precision": precision}), name="converted")
    return values


def _described(external: External, to: str | None) -> tuple[Layer, dict[str, Any]]:
    """The architecture, and what thumblab has to know in order to use its weights."""
    from thumblab.cli.architecture import shape_of
    from thumblab.config import find_model
    from thumblab.core.errors import UsageError
    from thumblab.core.value import to_dict

    if external.model is None:
        raise UsageError("--classes, --input and --normalize are for external weights; add --model")
    classes, given = external.classes, external.input_
    if classes is None or given is None or to is not None:
        raise UsageError(
            "external weights need --model, --classes and --input, and become thumblab's format; "
            "leave --to out"
        )
    if classes < 1:
        raise UsageError(f"--classes {classes} is less than 1; give how many classes there are")
    layer, shape = find_model(external.model)(classes), shape_of(given)
    layer.out_shape(shape)
    shift, scale = _statistics(external.normalize or "rescale", shape)
    return layer, {
        "model": to_dict(layer),
        "shape": list(shape),
        "classes": list(map(str, range(classes))),
        "shift": shift.tolist(),
        "scale": scale.tolist(),
    }


def _shapes(layer: Layer, shape: Shape) -> dict[str, Shape]:
    from thumblab.core.layer import weights

    return {name: weight.shape for name, weight in weights(layer, shape).items()}


def _statistics(normalize: str, shape: Shape) -> Statistics:
    """Shift and scale of a normalization that needs no images to be fitted to."""
    import numpy as np

    from thumblab.config import fit
    from thumblab.core.errors import UsageError
    from thumblab.data import MeanStd, Normalization, Raw, Rescale, statistics

    if len(shape) != 3:
        return statistics(Raw(), np.zeros((1, *shape), np.float32))
    found = fit(normalize, Normalization)
    if not isinstance(found, Raw | Rescale | MeanStd):
        raise UsageError(
            f"--normalize {normalize} is fitted to images, and there are none; give rescale, raw or "
            "mean_std:mean=...,std=..."
        )
    return statistics(found, np.zeros((1, *shape[1:], shape[0]), np.uint8))


def _to_json(out: Path, kind: str, rows: list[tuple[str, Any, Any]]) -> dict[str, Any]:
    def status(wanted: Any, found: Any) -> str:
        if wanted is None:
            return "is unknown"
        return "fits" if wanted == found else "is missing" if found is None else "has another shape"

    weights = [
        {
            "name": name,
            "shape": None if wanted is None else list(wanted),
            "found": None if found is None else list(found),
            "status": status(wanted, found),
        }
        for name, wanted, found in rows
    ]
    return {"out": str(out), "format": kind, "weights": weights}


def _to_text(values: dict[str, Any]) -> str:
    def shape_text(shape: Any) -> str:
        return "-" if shape is None else "x".join(map(str, shape)) or "()"

    rows = [
        (each["name"], shape_text(each["shape"]), shape_text(each["found"]), each["status"])
        for each in values["weights"]
    ]
    count = sum(each["status"] == "fits" for each in values["weights"])
    shown = table(("weight", "wanted", "found", ""), rows)
    return f"{shown}\n{count} weights for {values['out']} ({values['format']})"
