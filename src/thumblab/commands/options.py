"""Options that several verbs share."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from thumblab.data import Dataset, Source
    from thumblab.training import Run

From = Annotated[Path | None, Parameter(name="--from")]
"""A folder or archive with the data's files."""

Json = Annotated[bool, Parameter(name="--json")]
"""Whether the answer is one JSON value."""


@Parameter(name="*")
@dataclass(frozen=True)
class ExperimentOptions:
    """What can be said of an experiment on the command line; None leaves it to the file.

    Attributes:
        data: Such as cifar10 (thumblab data lists them), or a folder with a sub-folder a class.
        model: Such as vgg_like:dropout=0.2 (thumblab models lists them), or module:function.
        epochs: Passes over the training images.
        batch: Images a step.
        optimizer: Such as sgd:momentum=0.9,nesterov=true or adam:rate=1e-3.
        schedule: Of the learning rate, such as cosine or one_cycle:peak=0.4.
        loss: Such as cross_entropy:smoothing=0.1.
        augment: Changes of the training images, joined by +, such as flip+crop:pad=4,mode=reflect.
        normalise: What the network sees: standard, unit, per_pixel or raw.
        validation: Share of the training images kept apart for choosing.
        split_seed: Chooses the validation images.
        subset: Train on so many images only.
        train_on: "all" adds the validation images, once every choice is made.
        seed: Chooses first weights, order, augmentation and dropout.
        engine: What computes.
        precision: Of weights and activations; bfloat16 is PyTorch's.
        device: Where PyTorch computes.
        channels_last: Have PyTorch lay images out with their channels innermost.
        compile: Have PyTorch compile the network first.
    """

    data: str | None = None
    model: str | None = None
    epochs: int | None = None
    batch: int | None = None
    optimizer: str | None = None
    schedule: str | None = None
    loss: str | None = None
    augment: str | None = None
    normalise: str | None = None
    validation: float | None = None
    split_seed: int | None = None
    subset: int | None = None
    train_on: Literal["train", "all"] | None = None
    seed: int | None = None
    engine: Literal["numpy", "reference", "torch"] | None = None
    precision: Literal["float32", "float64", "bfloat16"] | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] | None = None
    channels_last: bool | None = None
    compile: bool | None = None

    def given(self) -> dict[str, Any]:
        """Those that were given."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: value for key, value in told.items() if value is not None}


def read_data(source: Source, root: Path | None, *, fetch: bool) -> Dataset:
    """The data set, downloaded first if that is asked for."""
    from thumblab.commands.output import say
    from thumblab.data import download, read

    if fetch:
        say(f"downloaded to {download(source, root)}")
    return read(source, root)


def open_run(folder: Path) -> Run:
    """The run in ``folder``, with the user's modules that its architecture names imported."""
    from thumblab.settings import import_own
    from thumblab.training import Run

    run = Run.open(folder)
    for module in sorted(_modules(run.about.get("experiment"))):
        import_own(module)
    return run


def _modules(told: object) -> set[str]:
    """Modules in the ``type`` entries of an experiment as it is stored."""
    if isinstance(told, list):
        return set().union(*map(_modules, told))
    if not isinstance(told, dict):
        return set()
    module, colon, _ = str(told.get("type", "")).partition(":")
    return set().union({module} if colon else set(), *map(_modules, told.values()))
