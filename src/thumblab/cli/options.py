"""Options that several verbs share."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from thumblab.cli.completion import RUN
from thumblab.cli.defaults import with_defaults_of_experiment
from thumblab.cli.places import run_folder

if TYPE_CHECKING:
    from thumblab.config import Plan
    from thumblab.data import Dataset, DatasetSpec, Features
    from thumblab.experiment import TTA
    from thumblab.runs import Run

SECONDS_BETWEEN_WORDS = 5.0
MOST_WORKERS = 256

From = Annotated[Path | None, Parameter(name="--from")]
"""A folder or archive with the data's files."""

OUTPUT = Parameter(name=["--output", "-o"])
Output = Annotated[Path | None, OUTPUT]
"""A file to write."""

Data = Annotated[str | None, Parameter(name="--data")]
"""The data that a run was trained on, where they are called otherwise now, such as a moved folder."""

Against = Annotated[str | None, RUN]
"""What others are compared with: an arm, or one of its runs."""

Trust = Annotated[bool, Parameter(name="--trust")]
"""Whether code that a run folder holds may be executed, now and later."""

Json = Annotated[bool, Parameter(name="--json")]
"""Whether the answer is one JSON value."""


@Parameter(name="*")
@with_defaults_of_experiment
@dataclass(frozen=True)
class ExperimentOptions:
    """What can be said of an experiment on the command line; None leaves it to the file.

    An option changes what it names, and the rest stays as the file or the default has it.

    Attributes:
        data: Data set such as cifar10 (see `thumblab data`), or a folder with one sub-folder per class.
        model: Model such as vgg_like:dropout=0.2 (see `thumblab models`), or module:function of your own.
        init_from: Pretrained weights to start from, such as
            pretrained:path=runs/0123456789ab,source_prefix=1,target_prefix=1.layer; the path may be a run's
            name.
        epochs: Number of epochs.
        batch: Batch size.
        optimizer: Optimizer such as sgd:momentum=0.8 or adam. The schedule is kept and scaled to its learning
            rate; a learning rate given here, as in adam:lr=1e-3, is constant unless --schedule is given too.
        schedule: Learning rate schedule such as cosine or one_cycle:max_lr=0.4. The optimizer is kept, and
            its lr is the default of max_lr.
        loss: Loss such as cross_entropy:smoothing=0.1.
        augment: Data augmentation, joined by +, such as flip+crop:pad=4,mode=reflect or mixup:alpha=0.5.
        sampling: Sampling of the training images: uniform, or balanced over the classes.
        progressive_resizing: Train on smaller images first, such as growing:sizes=24-28,until=0.25-0.6.
        normalize: Input normalization: standardize, rescale, per_pixel, raw, or mean_std:mean=...,std=...
        validation: Fraction of the training images held out for validation.
        split_seed: Seed of the split into training and validation images.
        subset: Train on this many images only.
        train_on: "all" trains on the validation images too, once every choice is made.
        early_stopping: Early stopping, such as metric=validation_loss,patience=10.
        lr_plateau: Reduce the learning rate on plateaus, such as patience=5,factor=0.5,smallest=1e-4.
        restore_best: Restore the weights of the best epoch by validation_accuracy, validation_loss or
            validation_cross_entropy; "best" is by accuracy, ties by cross-entropy; none keeps the last epoch.
        tta: Test-time augmentation: flips, shifts, flip_shift or rotate_scale.
        seed: Random seed of initial weights, shuffling, augmentation and dropout.
        engine: Engine that computes; "reference" is plain NumPy, slow, to check the fast one against.
        precision: Floating-point type of weights and activations; bfloat16 needs --engine torch.
        precise: Use kernels with smaller rounding errors, somewhat slower (NumPy engine, CUDA devices).
        device: Device of the PyTorch engine.
        channels_last: Use PyTorch's channels_last memory format.
        compile: Compile the network with torch.compile.
    """

    data: str | None = None
    model: str | None = None
    init_from: str | None = None
    epochs: int | None = None
    batch: int | None = None
    optimizer: str | None = None
    schedule: str | None = None
    loss: str | None = None
    augment: str | None = None
    sampling: str | None = None
    progressive_resizing: str | None = None
    normalize: str | None = None
    validation: float | None = None
    split_seed: int | None = None
    subset: int | None = None
    train_on: Literal["train", "all"] | None = None
    early_stopping: str | None = None
    lr_plateau: str | None = None
    restore_best: str | None = None
    tta: str | None = None
    seed: int | None = None
    engine: Literal["numpy", "reference", "torch"] | None = None
    precision: Literal["float32", "float64", "bfloat16"] | None = None
    precise: bool | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] | None = None
    channels_last: bool | None = None
    compile: bool | None = None

    def given(self) -> dict[str, Any]:
        """Those that were given."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: value for key, value in values.items() if value is not None}


def find_plan(
    subject: str | Path | None,
    options: ExperimentOptions | None,
    workers: int | None = None,
    *,
    data: str | None = None,
) -> Plan:
    """The experiment that a file or a model and options describe; an option wins over the file.

    Args:
        subject: An experiment file, a recipe, or a model.
        options: The options.
        workers: Parts of a batch that NumPy computes side by side.
        data: What a model is trained on unless the options say otherwise.

    Raises:
        UsageError: If they describe none, a line for each thing that is wrong; or if its engine cannot
            have so many workers.
    """
    from thumblab.config import SettingsError, plan, read_file
    from thumblab.core.errors import UsageError

    given = (options or ExperimentOptions()).given()
    file = _file(subject)
    if subject is not None and file is None:
        if "model" in given:
            model = given["model"]
            raise UsageError(f"the model is named twice, {subject} and --model {model}; name one")
        given = {"model": str(subject)} | ({} if data is None else {"data": data}) | given
    stored = read_file(file) if file is not None else None
    try:
        found = plan(stored.settings if stored else {}, given)
    except SettingsError as problems:
        lines = [
            stored.locate(each)
            if stored and (not each.path or each.layer == 0)
            else each.as_option()
            for each in problems.found
        ]
        raise UsageError("\n".join(lines)) from problems
    if workers is not None:
        _check_workers(workers, found.draft.engine)
    return found


def _file(subject: str | Path | None) -> Path | None:
    """The experiment file, or the recipe, that ``subject`` names, if it names one."""
    text = str(subject or "")
    with suppress(OSError):  # too long for a path
        if text.endswith(".toml") or text.startswith("recipe:") or (text and Path(text).is_file()):
            return Path(text)
    return None


def _check_workers(workers: int, engine: str) -> None:
    from thumblab.core.errors import UsageError

    if not 1 <= workers <= MOST_WORKERS:
        raise UsageError(
            f"--workers {workers} is not from 1 to {MOST_WORKERS}; give as many as cores"
        )
    if engine == "torch":
        raise UsageError(
            f"--workers {workers} is for the NumPy engine; leave it out, and start processes of PyTorch "
            "by torchrun"
        )


def find_tta(text: str | None) -> TTA | None:
    """The test-time augmentation that ``text`` names, if any."""
    from thumblab.config import fit
    from thumblab.experiment import TTA

    found: TTA | None = None if text is None else fit(text, TTA)
    return found


def read_data(
    source: DatasetSpec,
    root: Path | None,
    *,
    fetch: bool,
    reader: Callable[[DatasetSpec, Path | None], Dataset] | None = None,
) -> Dataset:
    """The data set, downloaded first if that is asked for; ``reader`` takes the place of ``data.read``."""
    from thumblab.cli.output import say
    from thumblab.data import Features, download, read

    if fetch:
        images = source.data if isinstance(source, Features) else source
        say(f"downloaded to {download(images, root)}")
    if isinstance(source, Features):
        _compute(source, root)
    return (reader or read)(source, root)


def read_data_of(run: Run, root: Path | None, named: str | None = None) -> Dataset:
    """The data that a run was trained on: found below ``root``, where they lay then, or as ``named`` now.

    Raises:
        DataError: If they are not there, or others.
    """
    from thumblab.config import find_source
    from thumblab.evaluation.compatible import check_trained_on
    from thumblab.evaluation.run_data import read_run_data

    if named is not None:
        dataset = read_data(find_source(named), root, fetch=False)
        check_trained_on(run, dataset)
        return dataset
    return read_run_data(run, root, partial(read_data, fetch=False))


def skipping(source: DatasetSpec, skip_bad: bool) -> DatasetSpec:
    """The source, told to leave out pictures that cannot be used if ``skip_bad``.

    Raises:
        UsageError: If it is no source of picture files.
    """
    from thumblab.config import format_value
    from thumblab.core.errors import UsageError

    if not skip_bad:
        return source
    if not any(field.name == "skip_bad" for field in fields(source)):
        raise UsageError(
            f"--skip-bad is for picture files, but the data are {format_value(source)}"
        )
    values: dict[str, Any] = {"skip_bad": True}
    return replace(source, **values)


def _compute(source: Features, root: Path | None) -> None:
    """Computes features, and says how far it is every few seconds."""
    from thumblab.cli.output import say
    from thumblab.training import compute_features

    message = time.monotonic()
    for done, total in compute_features(source, root):
        if time.monotonic() - message > SECONDS_BETWEEN_WORDS:
            say(f"features of {done:,} of {total:,} images")
            message = time.monotonic()


def reference(named: str | None, runs: Sequence[Run]) -> str | None:
    """What ``named`` means to a comparison of ``runs``: the folder of one of them, or else an arm's name."""
    from thumblab.core.errors import UsageError

    with suppress(UsageError):
        if named is not None and (found := run_folder(Path(named))) in [run.folder for run in runs]:
            return str(found)
    return named


def open_run(folder: Path, *, trust: bool = False) -> Run:
    """The run that ``folder`` means; code that it holds or names is executed only if it is trusted.

    Raises:
        UntrustedError: If it needs code that is not trusted.
    """
    from thumblab.config import import_own
    from thumblab.core.errors import UntrustedError
    from thumblab.runs import Run
    from thumblab.runs.own_code import check_importable, named_modules

    run = Run.open(run_folder(folder), trust=trust)
    if trust and not run.sources:  # a thumblab that stored no code has trained it
        for module in sorted(named_modules(run.about["experiment"])):
            check_importable(module)
            import_own(module)
    try:
        _ = run.experiment
    except UntrustedError as error:
        error.add_note("with --trust on this command")
        raise
    return run
