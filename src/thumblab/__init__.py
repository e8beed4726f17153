"""thumblab: a laboratory for classifiers of small images.

>>> from thumblab import Experiment, data, evaluate, train, zoo
>>> experiment = Experiment(data.Characters(), zoo.mlp(47), subset=500, epochs=2)
>>> for epoch in train(experiment, runs=getfixture("tmp_path")):
...     print(epoch.number, epoch.validation_accuracy > 0.02)
1 True
2 True
>>> evaluate(epoch.run).images
1880
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from thumblab import data as data
    from thumblab import layers as layers
    from thumblab import losses as losses
    from thumblab import optim as optim
    from thumblab import zoo as zoo
    from thumblab.config.load import load as load
    from thumblab.core.layer import swap as swap
    from thumblab.core.summary import summary as summary
    from thumblab.evaluation.evaluate import evaluate as evaluate
    from thumblab.evaluation.predict import classify as classify
    from thumblab.experiment.experiment import Experiment as Experiment
    from thumblab.report.plot import plot as plot
    from thumblab.runs.run import Run as Run
    from thumblab.training.loop import train as train

_HOMES = {
    "Experiment": "thumblab.experiment",
    "Run": "thumblab.runs",
    "classify": "thumblab.evaluation",
    "evaluate": "thumblab.evaluation",
    "load": "thumblab.config",
    "plot": "thumblab.report",
    "train": "thumblab.training",
    "summary": "thumblab.core.summary",
    "swap": "thumblab.core.layer",
}
_PACKAGES = ("data", "layers", "losses", "optim", "zoo")
__all__ = sorted([*_HOMES, *_PACKAGES])


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that ``thumblab --help`` stays quick."""
    if name in _PACKAGES:
        return importlib.import_module(f"thumblab.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name == "__version__":
        return _version()
    raise AttributeError(f"module 'thumblab' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, whether or not they have been used."""
    return ["__version__", *__all__]


def _version() -> str:
    """The installed version."""
    from importlib import metadata

    try:
        return metadata.version("thumblab")
    except metadata.PackageNotFoundError:
        return "0 (not installed)"
