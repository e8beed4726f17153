"""A hundred short trainings with nothing wrong in them: what an audit must not call an error.

Each is a recipe or a model of the zoo on embedded characters, or on a few thousand images of CIFAR or EMNIST:
short, but far from chance. Networks that rebuild a published mistake (R3's models without a classifier, R4's
skip that is never called) are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CHARACTERS = {"data": "characters", "subset": 1200, "epochs": 3, "batch": 32}
EMNIST = {"data": "emnist:split=balanced", "subset": 1500, "epochs": 3, "batch": 32}
CIFAR10 = {"data": "cifar10", "subset": 1500, "epochs": 3, "batch": 32}
CIFAR100 = {"data": "cifar100", "subset": 3000, "epochs": 3, "batch": 32}
SMALL = "stacked_cnn:widths=16-32-48,dense=64"

OPTIMIZERS = (
    "adam:lr=2e-3", "adamw:lr=2e-3,weight_decay=1e-2", "nadam:lr=2e-3", "adamax:lr=4e-3", "rmsprop:lr=1e-3",
    "adagrad:lr=2e-2", "sgd:momentum=0.9,lr=0.05", "sgd:nesterov=true,weight_decay=5e-4,lr=0.05",
    "ema:optimizer=(sgd:lr=0.05,momentum=0.9),decay=0.99", "lookahead:optimizer=(adam:lr=2e-3)",
    "clipped:optimizer=(sgd:lr=0.05,momentum=0.9),norm=1",
    "selective_decay:optimizer=(adamw:lr=2e-3,weight_decay=1e-2)",
    "muon:momentum=0.8,lr=0.05",
)  # fmt: skip
LOSSES = (
    "cross_entropy:smoothing=0.1", "cross_entropy:weights=inverse_frequency",
    "cross_entropy:weights=effective_number", "focal:gamma=1", "focal:gamma=2,alpha=0.5",
)  # fmt: skip
OTHERS: tuple[dict[str, Any], ...] = (
    {"augment": "affine:degrees=10,shift=0.08,scale=0.1"},
    {"augment": "shift:fraction=0.1"},
    {"augment": "cutout:side=8"},
    {"augment": "mix_up:alpha=0.2", "epochs": 5},
    {"augment": "cut_mix:alpha=1", "epochs": 5},
    {"sampling": "balanced"},
    {"normalize": "rescale"},
    {"normalize": "per_pixel"},
    {"normalize": "mean_std:mean=0.13,std=0.31"},
    {"batch": 16},
    {"batch": 100, "epochs": 5},
    {"precision": "float64"},
    {"restore_best": "best", "epochs": 5},
    {"early_stopping": "patience=2", "epochs": 6},
    {"lr_plateau": "patience=1", "epochs": 5},
    {"train_on": "all"},
    {"validation": 0.2, "split_seed": 3},
    {"tta": "shifts"},
    {"progressive_resizing": "growing:sizes=20,until=0.5", "model": "characters_cnn"},
    {"schedule": "cosine:max_lr=0.05"},
    {"schedule": "step:max_lr=0.05,milestones=0.5-0.8"},
)
MODELS = (
    "mlp", "mlp:hidden=128-64", "lenet5", "baseline_cnn:dense=128", "dffr_cnn:width=8,dense=64",
    "characters_cnn",
    "r2_cnn:widths=16-32-48", "r2_res:width=32,stem=8-16-32", "resnet:depth=8,widths=8-16-32",
    "wide_resnet:depth=10,width=1", "vit:depth=2", "wavemix_lite:width=16,depth=1",
    "stacked_cnn:widths=16-32,dense=64,dropout=0.1",
    "stacked_cnn:norm=before", "stacked_cnn:norm=after", "fe_mlp", "fe_dr_mlp",
)  # fmt: skip
ACTIVATIONS = ("silu", "gelu", "elu", "selu", "leaky_relu", "tanh", "sigmoid", "mish", "softsign")
RECIPES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("characters", CHARACTERS),
    ("emnist-balanced", EMNIST | {"model": "characters_cnn:widths=16-32-64"}),
    ("r2/cnn", EMNIST | {"schedule": "one_cycle:max_lr=0.2"}),
    (
        "cifar10-90",
        {"data": "cifar10", "subset": 4000, "epochs": 2, "batch": 125, "train_on": "train"}
        | {"model": "speedrun:widths=16-32-32,scale=0.00390625,head=unit_uniform"},
    ),
    ("vgg-like", CIFAR10 | {"model": "stacked_cnn:widths=16-32,convolutions=2"}),
    ("cifar100-resnet20", CIFAR100 | {"model": "resnet:depth=8"}),
    *((f"r1/experiment-{n:02}", CIFAR10) for n in (2, 6, 9, 11, 12, 16)),
)  # fmt: skip


@dataclass(frozen=True)
class Healthy:
    """A training.

    Attributes:
        name: What it is called.
        recipe: It begins with, if any.
        options: As on the command line.
    """

    name: str
    recipe: str | None
    options: dict[str, Any] = field(default_factory=dict)


def healthy_runs() -> Iterator[Healthy]:
    """All of them; the first hundred count."""
    for recipe, options in RECIPES:
        yield Healthy(recipe, recipe, options)
    for model in MODELS:
        yield Healthy(f"characters {model}", None, CHARACTERS | {"model": model})
    for optimizer in OPTIMIZERS:
        yield Healthy(
            f"characters {optimizer}", None, CHARACTERS | {"model": SMALL, "optimizer": optimizer}
        )
    for loss in LOSSES:
        yield Healthy(f"characters {loss}", None, CHARACTERS | {"model": SMALL, "loss": loss})
    for more in OTHERS:
        text = " ".join(f"{name}={value}" for name, value in more.items())
        yield Healthy(f"characters {text}", None, CHARACTERS | {"model": SMALL} | more)
    for activation in ACTIVATIONS:
        model = f"r2_cnn:widths=16-32-48,activation={activation}"
        yield Healthy(f"characters {activation}", None, CHARACTERS | {"model": model})
    for model in MODELS[4:8]:
        yield Healthy(f"emnist {model}", None, EMNIST | {"model": model})
    for seed in range(1, 20):
        model = MODELS[seed % len(MODELS)]
        more = {"model": model, "seed": seed}
        yield Healthy(f"characters {model} seed={seed}", None, CHARACTERS | more)
