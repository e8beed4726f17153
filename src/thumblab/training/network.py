"""The network that an experiment trains, on the engine it names."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thumblab.core.errors import MissingRuleError, UsageError
from thumblab.core.layer import Layer, Shape, walk
from thumblab.core.rules import forward, has_rule
from thumblab.data import Dataset, Loader, Prefetch, Split, statistics
from thumblab.engines.protocol import Network
from thumblab.experiment.experiment import Experiment, parts
from thumblab.kernels.plan import STANDARD, Plan
from thumblab.layers import Frozen

if TYPE_CHECKING:
    from thumblab.engines.torch import Network as TorchNetwork

Array = NDArray[Any]


def open_network(
    experiment: Experiment,
    shape: Shape,
    *,
    shift: Array,
    scale: Array,
    workers: int | None = None,
    plan: Plan = STANDARD,
    loader: Loader | None = None,
    classes: int | None = None,
) -> Network:
    """A network for samples of ``shape``, with first weights drawn from the experiment's seed.

    ``classes`` is how many of its outputs are answers, None for all: the others are never
    predicted, and no probability is given to them.
    ``loader`` changes the images of a training step; a network without one computes in this process
    alone. ``workers`` and ``plan`` are for the NumPy engine; the workers of PyTorch are the processes
    of torchrun. What predicts is computed by NumPy where PyTorch is not installed.

    Raises:
        UsageError: If that is not possible, or PyTorch is to train and not installed.
    """
    if experiment.engine == "torch" and (loader is not None or _has_torch()):
        return _open_torch(experiment, shape, shift, scale, loader, classes)
    if experiment.engine == "torch":
        check_rules(experiment.model, shape)
        warnings.warn(
            "PyTorch, which this network was made for, is not installed; NumPy computes in its place, to "
            "the same answers but for rounding",
            stacklevel=3,
        )
    from thumblab.engines.numpy import InputTransform
    from thumblab.engines.numpy import Network as NumpyNetwork

    return NumpyNetwork(
        experiment.model,
        shape,
        seed=experiment.seed,
        dtype=np.float64 if experiment.precision == "float64" else np.float32,
        workers=workers,
        rules="reference" if experiment.engine == "reference" else "fast",
        precise=experiment.precise,
        plan=plan,
        input_transform=InputTransform(np.asarray(shift), np.asarray(scale)),
        loader=loader,
        shown=experiment.optimizer.shown,
        classes=classes,
    )


def _open_torch(
    experiment: Experiment,
    shape: Shape,
    shift: Array,
    scale: Array,
    loader: Loader | None,
    classes: int | None,
) -> TorchNetwork:
    with _needing_torch():
        from thumblab.engines.torch import Network as TorchNetwork
        from thumblab.engines.torch import Options
        from thumblab.engines.torch.ranks import ALONE, joined
    return TorchNetwork(
        experiment.model,
        shape,
        seed=experiment.seed,
        options=Options(
            experiment.device,
            experiment.precision,
            experiment.channels_last,
            experiment.compile,
            experiment.precise,
        ),
        shift=shift,
        scale=scale,
        loader=None if loader is None else Prefetch(loader, experiment.batch),
        shown=experiment.optimizer.shown,
        ranks=ALONE if loader is None else joined(),
        classes=classes,
    )


def open_loader(experiment: Experiment, part: Split, shape: Shape) -> Loader:
    """What ``experiment`` feeds to a network that reads samples of ``shape``."""
    return Loader(
        part,
        experiment.model.out_shape(shape)[0],
        augment=experiment.augment,
        sampling=experiment.sampling,
        resizing=experiment.progressive_resizing,
        epochs=experiment.epochs,
        seed=experiment.seed,
    )


def check_rules(model: Layer, shape: Shape) -> None:
    """Raises ``MissingRuleError`` if a layer cannot be computed without PyTorch."""
    for _, leaf, seen in walk(model, shape):
        if isinstance(leaf, Frozen):
            check_rules(leaf.layer, seen)
        elif not has_rule(forward, leaf):
            raise MissingRuleError(
                f"{type(leaf).__name__} has a rule for PyTorch alone, which is not installed; install it "
                "with pip install 'thumblab[torch]', or write a NumPy rule with @forward.register"
            )


def _has_torch() -> bool:
    try:
        importlib.import_module("torch")
    except ModuleNotFoundError as error:
        if error.name not in ("torch", None):
            raise
        return False
    return True


@contextmanager
def _needing_torch() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise UsageError(
            "engine 'torch' needs PyTorch; install it with pip install 'thumblab[torch]'"
        ) from error


@contextmanager
def distributed(experiment: Experiment, dataset: Dataset) -> Iterator[None]:
    """Joins the processes that torchrun started; this one alone needs nothing.

    Rank 0 goes on inside. The others work for it until it leaves, and then end here.

    Raises:
        SystemExit: On every rank but 0, with the exit code of rank 0.
        RankError: If another rank dies or hangs.
        UsageError: If a rank was started with another experiment or other data.
    """
    if experiment.engine != "torch" or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    with _needing_torch():
        from thumblab.engines.torch.ranks import join, joined
    if joined().size > 1:
        yield
        return
    with join(experiment.device, experiment.precision) as ranks:
        ranks.check_same(experiment.key(dataset.fingerprint))
        if ranks.rank:
            raise SystemExit(_follow(experiment, dataset))
        yield


def _follow(experiment: Experiment, dataset: Dataset) -> int:
    part, _ = parts(experiment, dataset)
    shift, scale = statistics(experiment.normalize, part.images)
    loader = open_loader(experiment, part, dataset.shape)
    classes = len(dataset.classes)
    network = _open_torch(experiment, dataset.shape, shift, scale, loader, classes)
    return network.follow(loader.images)
