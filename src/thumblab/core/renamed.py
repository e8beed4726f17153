"""What was called otherwise before 0.2: old names of values, fields and options, read until 0.3.

Run folders keep the names that they were written with, so classes and fields are read under either; what a
user types under an old name is taken too, with a warning that names the new one.
"""

from __future__ import annotations

import sys
import warnings
from functools import partial
from typing import Any

TYPES = {
    "ColourHistogram": "ColorHistogram",
    "Cutmix": "CutMix",
    "Given": "MeanStd",
    "Mixup": "MixUp",
    "OnPlateau": "ReduceOnPlateau",
    "Standard": "Standardize",
    "Standardise": "StandardScaler",
    "Swish": "SiLU",
    "Unit": "Rescale",
    "Weights": "Pretrained",
}
"""Classes that run folders name."""

PUBLIC = TYPES | {
    "Ahead": "Prefetch",
    "Feed": "Loader",
    "Normalisation": "Normalization",
    "Part": "Split",
    "Source": "DatasetSpec",
    "Start": "InitFrom",
    "Views": "TTA",
    "twins": "duplicate_groups",
}
"""All that packages offered under another name."""

_OPTIMIZER = {"rate": "learning_rate", "decay": "weight_decay"}
_SCHEDULE = {"peak": "max_lr", "rise": "warmup", "at": "milestones"}
FIELDS: dict[str, dict[str, str]] = {
    "Experiment": {
        "keep": "restore_best",
        "normalise": "normalize",
        "reduce": "lr_plateau",
        "resize": "progressive_resizing",
        "start": "init_from",
        "stop": "early_stopping",
        "views": "tta",
    },
    "Grouped": {"rates": "multipliers"},
    "Muon": {**_OPTIMIZER, "renormalise": "renormalize"},
    "Pretrained": {
        "of": "path",
        "take": "source_prefix",
        "into": "target_prefix",
        "but": "exclude",
    },
    **dict.fromkeys(("Adagrad", "Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "SGD"), _OPTIMIZER),
    **dict.fromkeys(("Constant", "Cosine", "OneCycle", "Step", "Warmup"), _SCHEDULE),
}
"""Fields by the class that has them, under its name of today."""

OPTIONS = {
    "--draw": "--output",
    "--keep": "--restore-best",
    "--normalise": "--normalize",
    "--out": "--output",
    "--plot": "--output",
    "--reduce": "--lr-plateau",
    "--resize": "--progressive-resizing",
    "--save": "--output",
    "--shards": "--workers",
    "--sheet": "--output",
    "--show": "--output",
    "--start": "--init-from",
    "--stop": "--early-stopping",
    "--views": "--tta",
}
"""Options of the command line."""

VERBS = {"lr-find": "lr-range-test", "time": "estimate"}
"""Verbs of the command line."""

RECORDS = {
    "beside_guessing": "versus_chance",
    "guessing_accuracy": "chance_accuracy",
    "guessing_p_value": "chance_p_value",
    "hits": "correct",
    "judged_accuracy": "scored_accuracy",
    "judged_images": "scored_images",
    "keep": "restore_best",
    "kept_epoch": "weights_epoch",
    "rate": "learning_rate",
    "shards": "workers",
    "threads_per_shard": "threads_per_worker",
    "validation_views_accuracy": "validation_tta_accuracy",
    "views": "tta",
    "views_accuracy": "tta_accuracy",
    "views_loss": "tta_loss",
    "views_seconds": "tta_seconds",
}
"""Entries of a run's JSON files."""


MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    f"r1_exp_{number}": ("r1_experiment", {"number": number}) for number in range(1, 18)
}
"""Functions of the zoo: the one of today and what it is given."""

CONTEXT = {
    **dict.fromkeys(("empty", "scratch", "zero_padded"), "memory"),
    **dict.fromkeys(("all_reduce", "barrier", "partition", "shared_buffer"), "comm"),
    **dict.fromkeys(("batch", "own"), "comm"),
    "words": "random",
    "precise": "kernels",
}
"""Members of a layer's context by what has them today."""


class OldContext:
    """A layer's context as code of the user's knew it, which runs store and open with."""

    def __getitem__(self, name: str) -> Any:
        warn(f"ctx[{name!r}]", f"ctx.params[{name!r}]")
        return self.params[name]

    def grad(self, name: str) -> Any:
        """The gradient called ``name``."""
        warn(f"ctx.grad({name!r})", f"ctx.grads[{name!r}]")
        return self.grads[name]

    def __getattr__(self, name: str) -> Any:
        if name not in CONTEXT:
            raise AttributeError(f"a layer's context has no {name!r}")
        warn(f"ctx.{name}", f"ctx.{CONTEXT[name]}.{name}")
        return getattr(getattr(self, CONTEXT[name]), name)


def field_of(kind: str, name: str) -> str:
    """What a field of the class ``kind`` is called today.

    >>> field_of("SGD", "decay"), field_of("EMA", "decay")
    ('weight_decay', 'decay')
    """
    return FIELDS.get(kind, {}).get(name, name)


def value_of(name: str, value: Any) -> Any:
    """The value of an experiment's field today: to end with the last epoch is to restore none."""
    return None if name == "restore_best" and value == "last" else value


def record(values: dict[str, Any]) -> dict[str, Any]:
    """A record of a run under today's names.

    >>> record({"epoch": 1, "rate": 0.1, "keep": "last"})
    {'epoch': 1, 'learning_rate': 0.1, 'restore_best': None}
    """
    return {
        (new := RECORDS.get(name, name)): value_of(new, value) for name, value in values.items()
    }


def find(package: str, name: str) -> Any:
    """What a package calls otherwise today, for its ``__getattr__``; warns of it.

    Raises:
        AttributeError: If it has none that was called ``name``.
    """
    public, today = vars(sys.modules[package]), PUBLIC.get(name, "")
    if today not in public:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    warn(f"{package}.{name}", today)
    return public[today]


def model(package: str, name: str) -> Any:
    """What the zoo's function ``name`` is today, for the package's ``__getattr__``; warns of it.

    Raises:
        AttributeError: If there was none.
    """
    if name not in MODELS:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    today, given = MODELS[name]
    warn(f"{package}.{name}", f"{today} with {', '.join(f'{k}={v}' for k, v in given.items())}")
    return partial(vars(sys.modules[package])[today], **given)


def warn(old: str, new: str) -> None:
    """Says that ``old``, which a user has typed, is called ``new`` now."""
    warnings.warn(f"{old} is called {new} now; the old name will be gone in 0.3", stacklevel=3)
