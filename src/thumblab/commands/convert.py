"""``thumblab convert``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from thumblab.commands.options import Json
from thumblab.commands.output import answer, say, table

if TYPE_CHECKING:
    from thumblab.core.layer import Layer, Shape
    from thumblab.training.checkpoint import Arrays

SUFFIXES = {
    ".safetensors": "safetensors",
    ".pt": "state_dict",
    ".pth": "state_dict",
    ".bin": "state_dict",
    ".ckpt": "state_dict",
}
UNCOUNTED = ".num_batches_tracked"
"""PyTorch's BatchNorm counts batches, and does not use the count."""


def convert(
    source: Path,
    out: Path,
    /,
    *,
    to: Literal["safetensors", "state_dict"] | None = None,
    model: str | None = None,
    classes: int | None = None,
    input_: Annotated[str | None, Parameter(name="--input")] = None,
    trusted: bool = False,
    json: Json = False,
) -> int:
    """Give a run's weights to PyTorch, or take weights from it.

    Example: `thumblab convert runs/0123456789ab weights.pt`

    Example: `thumblab convert theirs.safetensors ours.safetensors --model resnet20 --classes 10
    --input 3x32x32`

    Args:
        source: Run folder, or its weights.safetensors; with --model, a file of PyTorch's.
        out: File to write.
        to: Plain safetensors, or what torch.load reads; by the ending of the file unless given.
        model: The architecture that foreign weights are for; they are held against it name by name.
        classes: How many that architecture tells apart.
        input_: Shape of a sample that it reads, such as 3x32x32.
        trusted: Read a foreign file of torch.save (.pt); only tensors are accepted from it.
        json: Print one JSON value.
    """
    from thumblab.core.errors import UsageError

    if model is None:
        if classes is not None or input_ is not None or trusted:
            raise UsageError(
                "--classes, --input and --trusted are for foreign weights; add --model"
            )
        told = _give(source, out, to)
    else:
        if classes is None or input_ is None or to is not None:
            raise UsageError(
                "foreign weights need --model, --classes and --input, and become thumblab's format; "
                "leave --to out"
            )
        told = _take(source, out, *_architecture(model, classes, input_), trusted=trusted)
    answer(told, _words(told), as_json=json)
    return 0


def _give(source: Path, out: Path, to: str | None) -> dict[str, Any]:
    """Writes weights of ours for others."""
    from safetensors.numpy import save

    from thumblab.core.errors import RunError, UsageError
    from thumblab.training import Run, files
    from thumblab.training.checkpoint import load_arrays

    kind = to or _kind(out, "name OUT so, or say --to")
    if source.is_dir():
        arrays, _ = Run.open(source).trained()
    else:
        try:
            arrays, _ = load_arrays(source)
        except RunError as error:
            raise UsageError(
                f"{source} is no run and no whole weights file of thumblab's; foreign weights need "
                "--model, --classes and --input"
            ) from error
    if kind == "state_dict":
        content = _pytorch().to_bytes(arrays)
    else:
        content = save(dict(arrays), metadata={"format": "pt"})
    files.write(out, content, name="converted")
    return _told(out, kind, [(name, a.shape, a.shape) for name, a in arrays.items()])


def _take(
    source: Path, out: Path, layer: Layer, shape: Shape, names: list[str], *, trusted: bool
) -> dict[str, Any]:
    """Writes foreign weights as ours, if each one fits."""
    import numpy as np

    from thumblab.core.errors import DataError
    from thumblab.core.layer import weights
    from thumblab.core.value import to_dict
    from thumblab.training.checkpoint import save_arrays

    given = _read(source, trusted=trusted)
    wanted = {name: weight.shape for name, weight in weights(layer, shape).items()}
    rows: list[tuple[str, Any, Any]] = [
        (name, wanted.get(name), given[name].shape if name in given else None)
        for name in (*wanted, *sorted(set(given) - set(wanted)))
    ]
    told = _told(out, "thumblab", rows)
    unfit = [row for row in told["weights"] if row["status"] != "fits"]
    if unfit:
        say(_words(told))
        raise DataError(
            f"{source} is not of this architecture: {unfit[0]['name']!r} {unfit[0]['status']}, "
            f"{len(rows) - len(unfit)} of {len(wanted)} weights fit; rename or reshape the others"
        )
    pixels = (1,) * len(shape)
    about = {
        "model": to_dict(layer),
        "shape": list(shape),
        "classes": names,
        "shift": np.zeros(pixels).tolist(),
        "scale": np.full(pixels, 1 / 255 if len(shape) == 3 else 1.0).tolist(),
        "precision": str(given[next(iter(wanted))].dtype) if wanted else "float32",
    }
    save_arrays(out, {name: given[name] for name in wanted}, about, name="converted")
    return told


def _architecture(model: str, classes: int, given: str) -> tuple[Layer, Shape, list[str]]:
    from thumblab.commands.models import shape_of
    from thumblab.core.errors import UsageError
    from thumblab.settings import find_model

    if classes < 1:
        raise UsageError(f"--classes {classes} is less than 1; give how many classes there are")
    layer, shape = find_model(model)(classes), shape_of(given)
    layer.out_shape(shape)
    return layer, shape, list(map(str, range(classes)))


def _read(source: Path, *, trusted: bool) -> Arrays:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    from thumblab.core.errors import DataError, UsageError

    if not source.is_file():
        raise DataError(f"{source} is no file; name the weights to take")
    if _kind(source, "say which by its ending") == "state_dict":
        if not trusted:
            raise UsageError(
                f"{source} may hold code, which is not run, but take it from somebody you trust and "
                "add --trusted, or have it as safetensors"
            )
        found = _pytorch().read(source)
    else:
        try:
            found = load_file(source)
        except (SafetensorError, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise DataError(
                f"{source} is no safetensors file that can be read ({error})"
            ) from error
    if found and all(name.startswith("module.") for name in found):
        found = {name.removeprefix("module."): array for name, array in found.items()}
    return {name: array for name, array in found.items() if not name.endswith(UNCOUNTED)}


def _kind(path: Path, remedy: str) -> str:
    from thumblab.core.errors import UsageError

    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path} ends neither in .safetensors nor in .pt; {remedy}")
    return SUFFIXES[path.suffix.lower()]


def _pytorch() -> Any:
    from thumblab.core.errors import UsageError

    try:
        from thumblab.engines.torch import state_dict
    except ModuleNotFoundError as error:
        raise UsageError(
            "files of torch.save need PyTorch; install it with pip install 'thumblab[torch]', or "
            "take safetensors"
        ) from error
    return state_dict


def _told(out: Path, kind: str, rows: list[tuple[str, Any, Any]]) -> dict[str, Any]:
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


def _words(told: dict[str, Any]) -> str:
    def words(shape: Any) -> str:
        return "-" if shape is None else "x".join(map(str, shape)) or "()"

    rows = [
        (each["name"], words(each["shape"]), words(each["found"]), each["status"])
        for each in told["weights"]
    ]
    count = sum(each["status"] == "fits" for each in told["weights"])
    shown = table(("weight", "wanted", "found", ""), rows)
    return f"{shown}\n{count} weights for {told['out']} ({told['format']})"
