"""What first weights come from, other than the seed: a run's weights, or a file's."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, RunError, UsageError
from thumblab.core.layer import Layer, Shape, weights
from thumblab.core.run_names import RUN
from thumblab.core.value import Value, type_name
from thumblab.optim.pattern import matches
from thumblab.storage.checkpoint import Arrays, digest, load_arrays, ours
from thumblab.storage.external_weights import format_of, read_external
from thumblab.storage.metadata import metadata_fault


@dataclass(frozen=True)
class InitFrom(Value):
    """Base of what first weights come from. To add one, derive from it and register ``begin``."""


@dataclass(frozen=True)
class Pretrained(InitFrom):
    """The weights below ``source_prefix`` in a file, for the part of the model at ``target_prefix``.

    The model's weight ``target_prefix.rest`` starts as the file's ``source_prefix.rest``. Each has to be
    there, with the same shape; what else the file holds is left. Layers that are fitted to data are fitted
    after that.

    Attributes:
        path: A run's folder, or a safetensors file, ours or another's. Where it lies does not
            identify the run, what it holds does.
        source_prefix: Path of a part there, such as ``features``; empty for all of it.
        target_prefix: Path of a part of the model, such as ``1.layer``; empty for all of it.
        exclude: Paths in the model that start from the seed all the same, such as its head; ``*``
            stands for anything.
        sha256: 64 hex digits over the arrays of the file (``checkpoint.digest``; a run's result has
            them as ``weights_sha256``); read off the file unless given.

    Raises:
        UsageError: If there is no such file.
        RunError: If it is damaged.
    """

    path: str = field(compare=False, metadata={RUN: True})
    source_prefix: str = ""
    target_prefix: str = ""
    exclude: tuple[str, ...] = ()
    sha256: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", str(self.path))
        if not self.sha256:
            object.__setattr__(self, "sha256", digest(read_weights(Path(self.path))))


class Loads(Protocol):
    """A network, as far as first weights go."""

    def weights(self) -> Arrays:
        """Weights and statistics by path."""
        ...

    def load(self, state: Arrays) -> None:
        """Takes over ``weights.*``."""
        ...


def begin_from(starts: Sequence[InitFrom], network: Loads) -> set[str]:
    """Gives ``network`` the first weights that ``starts`` say, a later one before an earlier.

    Returns the paths of the weights that were given.
    """
    first, given = network.weights(), dict[str, NDArray[Any]]()
    for start in starts:
        given |= begin(start, first | given)
    network.load({f"weights.{name}": array for name, array in (first | given).items()})
    return set(given)


SEEN = 0.1
"""Part of a deviation by which what a network sees may differ from what its weights were trained on."""


def warn_if_seen_otherwise(
    starts: Sequence[InitFrom],
    model: Layer,
    shape: Shape,
    shift: NDArray[Any],
    scale: NDArray[Any],
) -> None:
    """Warns of a first layer with weights that were trained on samples normalized otherwise.

    Args:
        starts: What the first weights come from; files of ours say what theirs have seen.
        model: What is to be trained.
        shape: Of a sample.
        shift: What this run subtracts from a sample.
        scale: What it multiplies it by then.
    """
    first = next(iter(weights(model, shape)), "")
    for start in starts:
        if not isinstance(start, Pretrained) or not _gives(start, first):
            continue
        seen = _seen(start)
        if seen is None or seen[0].shape != shift.shape:
            continue
        moved = np.abs((seen[0] - shift) * scale).max()
        stretched = np.abs(scale / seen[1] - 1).max()
        if max(moved, stretched) > SEEN:
            warnings.warn(
                f"{start.path} was trained on samples normalized otherwise: its zero is up to {moved:.2g} "
                f"deviations away here, and its unit {100 * stretched:.2g} % longer or shorter; "
                f"normalize by {_formatted(*seen)} to show its weights what they know",
                stacklevel=2,
            )


def _formatted(shift: NDArray[Any], scale: NDArray[Any]) -> str:
    """The normalization of images by name, if it is one number a channel."""
    if shift.shape[:2] != (1, 1):
        return "the same rule on the same data"
    mean, std = shift.reshape(-1) / 255, 1 / (255 * scale.reshape(-1))
    entries = ", ".join(
        f"{name}=({', '.join(f'{value:.6g}' for value in values)},)"
        for name, values in (("mean", mean), ("std", std))
    )
    return f"MeanStd({entries})"


def _gives(start: Pretrained, name: str) -> bool:
    return _within(name, start.target_prefix) and not any(
        matches(name, each) for each in start.exclude
    )


def _seen(start: Pretrained) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Shift and scale of the samples that a file of ours was trained on."""
    path = Path(start.path)
    file = path / "weights.safetensors" if path.is_dir() else path
    about = load_arrays(file)[1] if ours(file) else {}
    if not {"shift", "scale"} <= set(about):
        return None
    if (wrong := metadata_fault(about)) is not None:
        raise RunError(f"{file} is damaged ({wrong}); restore it or train again")
    return np.asarray(about["shift"], np.float64), np.asarray(about["scale"], np.float64)


@singledispatch
def begin(start: InitFrom, first: Arrays) -> Arrays:
    """The first weights that ``start`` gives, by path, to a model whose drawn ones are ``first``."""
    raise MissingRuleError(
        f"{type_name(type(start))} gives no weights; register a rule with @begin.register"
    )


@begin.register
def _weights(start: Pretrained, first: Arrays) -> Arrays:
    stored = read_weights(Path(start.path))
    if digest(stored) != start.sha256:
        raise RunError(
            f"{start.path} holds other weights than those this run starts from (SHA-256 "
            f"{start.sha256[:12]}...); restore them, or leave sha256 out to start a run from these"
        )
    wanted = [name for name in first if _gives(start, name)]
    if not wanted:
        raise UsageError(
            f"the model has no weights at target_prefix={start.target_prefix!r}; give a path such as "
            f"{next(iter(first), '')!r}, or a part of one"
        )
    return {name: _found(start, name, first, stored) for name in wanted}


def _found(start: Pretrained, name: str, first: Arrays, stored: Arrays) -> NDArray[Any]:
    there = _joined(start.source_prefix, name.removeprefix(start.target_prefix).removeprefix("."))
    if there not in stored:
        raise UsageError(
            f"{start.path} has no {there!r} for the model's {name!r}; take another part, or leave "
            f"that out with exclude={name}"
        )
    if stored[there].shape != first[name].shape:
        raise UsageError(
            f"{there!r} has the shape {stored[there].shape} in {start.path}, but the model's {name!r} "
            f"has {first[name].shape}; leave it out with exclude={name}"
        )
    return stored[there]


def _within(name: str, part: str) -> bool:
    return not part or name == part or name.startswith(f"{part}.")


def _joined(*parts: str) -> str:
    return ".".join(filter(None, parts))


def read_weights(path: Path) -> Arrays:
    """The weights of a run's folder or of a safetensors file, by name.

    Raises:
        UsageError: If there is no such folder or file, or it is one of ``torch.save``.
        RunError: If it is damaged.
        DataError: If it is another's and cannot be read.
    """
    if path.is_dir():
        return load_arrays(path / "weights.safetensors")[0]
    if not path.is_file():
        raise UsageError(f"{path} is neither a run folder nor a file of weights; name one")
    if format_of(path, "start from safetensors") == "state_dict":
        raise UsageError(
            f"{path} is a file of torch.save; if you trust it, make "
            f"{path.with_suffix('.safetensors')} of it with thumblab convert, and start from that",
            remedies=("trusted",),
        )
    return load_arrays(path)[0] if ours(path) else read_external(path)
