"""Faults of training, data, comparison and selection, each injected into a network that has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from fault_bench import (
    NETWORKS,
    Bench,
    alone,
    compared,
    evaluated,
    layers_of,
    metrics,
    stored,
    weights,
)
from faulty_data import (
    brighter,
    emptied,
    labeled_twice,
    laid_down,
    leaked,
    mislabeled,
    nearly_leaked,
    of_all,
    rare,
    shuffled,
    validated_on_test,
    validated_on_training,
)
from own_layers import BatchCentered, NoisyAlways

from thumblab.audit import PrintedVerdict, Search, Subject
from thumblab.core.layer import Layer
from thumblab.data import Dataset, MeanStd, Raw
from thumblab.experiment.tta import Flips
from thumblab.layers import (
    Conv,
    Dense,
    Identity,
    MaxPool,
    ReLU,
    Scale,
    Sequential,
    Softmax,
    Tanh,
    Unused,
)
from thumblab.losses import Focal
from thumblab.optim import SGD, Adam, OneCycle

__all__ = ["FAULTS", "NETWORKS", "Bench", "Fault"]

Pair = tuple[Subject, Subject]
DAY = "2026-01-01T00:00:00+00:00"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        name: What.
        codes: Rules of which one has to see it.
        subjects: A subject with the fault, and the same without it.
    """

    name: str
    codes: tuple[str, ...]
    subjects: Callable[[Bench], Pair]


def trained(name: str, codes: str, **changes: Any) -> Fault:
    """A fault of settings."""
    return Fault(
        name, tuple(codes.split()), lambda bench: (alone(bench.run(**changes)), alone(bench.run()))
    )


def built(name: str, codes: str, edit: Callable[[Layer], Layer], **changes: Any) -> Fault:
    """A fault of the architecture."""
    return Fault(
        name,
        tuple(codes.split()),
        lambda bench: (
            alone(bench.run(model=edit(bench.model), **changes)),
            alone(bench.run(**changes)),
        ),
    )


def read_wrongly(name: str, codes: str, data: Callable[[], Dataset], **changes: Any) -> Fault:
    """A fault of the data."""

    def subjects(bench: Bench) -> Pair:
        wrong = data()
        return alone(bench.run(wrong, **changes), wrong), alone(bench.run(**changes))

    return Fault(name, tuple(codes.split()), subjects)


def written(name: str, codes: str, change: Callable[[Bench, Any], Any]) -> Fault:
    """A fault of what a run has written."""
    return Fault(
        name,
        tuple(codes.split()),
        lambda bench: (
            alone(change(bench, bench.copies([bench.run()])[0])),
            alone(bench.run()),
        ),
    )


def against(name: str, codes: str, **changes: Any) -> Fault:
    """A fault of one of two arms, which differ in their batch too."""

    def subjects(bench: Bench) -> Pair:
        plain = [bench.run(seed=seed) for seed in range(2)]
        sides = [
            [bench.run(seed=seed, batch=48, **more) for seed in range(2)] for more in (changes, {})
        ]
        wrong, right = (compared({"plain": plain, "other": side}) for side in sides)
        return wrong, right

    return Fault(name, tuple(codes.split()), subjects)


# ----- Architectures -----


def behind(*layers: Layer) -> Callable[[Layer], Layer]:
    """The network with more layers at its end."""
    return lambda model: Sequential(*layers_of(model), *layers)


def before_head(*layers: Layer) -> Callable[[Layer], Layer]:
    """The network with more layers before its last dense one."""
    return lambda model: Sequential(*layers_of(model)[:-1], *layers, layers_of(model)[-1])


def stem(model: Layer) -> Layer:
    """That of ImageNet networks in front."""
    return Sequential(Conv(8, kernel=7, stride=2), ReLU(), MaxPool(2), model)


def wide_head(model: Layer) -> Layer:
    """256 features in place of ten logits."""
    return Sequential(*layers_of(model)[:-1], Dense(256), ReLU())


def hidden(layer: Layer) -> Callable[[Layer], Layer]:
    """A dense layer of 32 units and ``layer`` before the head."""
    return before_head(Dense(32), layer)


def normalized_with_test(bench: Bench) -> Pair:
    data = brighter()
    wrong = bench.run(data, normalize=of_all(data), validation=0.0)
    return alone(wrong, data), alone(bench.run(data, validation=0.0), data)


# ----- Records and comparisons -----


def other_seed(bench: Bench, run: Any) -> Any:
    other = bench.run(seed=1).trained()[0]
    return weights(run, lambda name, _: other[name])


def mostly_off(bench: Bench, run: Any) -> Any:
    """Biases so low that a ReLU behind them is 0."""
    return weights(
        run, lambda name, a: a - 50 * (np.arange(a.size) % 4 > 0) if name.endswith("bias") else a
    )


def best_seed(bench: Bench) -> Pair:
    runs = bench.copies([bench.run(seed=seed) for seed in range(4)])
    order = sorted(runs, key=lambda run: (run.result or {})["scored_accuracy"])
    return alone(order[-1]), alone(order[0])


def one_seed(bench: Bench) -> Pair:
    plain, other = bench.run(), bench.run(batch=48)
    two = {"plain": [plain, bench.run(seed=1)], "other": [other, bench.run(seed=1, batch=48)]}
    return compared({"plain": [plain], "other": [other]}), compared(two)


def pasted(bench: Bench) -> Pair:
    plain, (other,) = bench.run(), bench.copies([bench.run(batch=48)])
    right = compared({"plain": [plain], "other": [bench.run(batch=48)]})
    return compared({"plain": [plain], "other": [stored(other, **plain.predictions)]}), right


def alphas(bench: Bench) -> Pair:
    adam = Adam(learning_rate=2e-3)
    first, same, other = (
        bench.run(optimizer=adam, loss=Focal(gamma=gamma, alpha=alpha))
        for gamma, alpha in ((1.0, 0.15), (1.0, 0.35), (2.0, 1.0))
    )
    return compared({"a": [first], "b": [same]}), compared({"a": [first], "b": [other]})


def studied(name: str, codes: str, wrong: dict[str, Any], right: dict[str, Any]) -> Fault:
    """A fault of what a study did."""

    def subjects(bench: Bench) -> Pair:
        arms = {
            "plain": [bench.run(seed=seed) for seed in range(2)],
            "other": [bench.run(seed=seed, batch=48) for seed in range(2)],
        }
        return compared(arms, **wrong), compared(arms, **right)

    return Fault(name, tuple(codes.split()), subjects)


def _of_training() -> Iterator[Fault]:
    """Of settings and architectures."""
    yield trained("learning rate far too small", "T01", optimizer=SGD(learning_rate=1e-7))
    yield trained("learning rate far too large", "T01 T02 M03", optimizer=SGD(learning_rate=30.0))
    yield trained("loss explodes", "T02", optimizer=SGD(learning_rate=1e25))
    yield trained("pixels from 0 to 255", "D09", normalize=Raw())
    yield trained("normalized twice", "D10", normalize=MeanStd((33.0,), (79.0,)))
    yield built("softmax twice", "M05", behind(Softmax()))
    yield built("ReLU on the logits", "M05", behind(ReLU()))
    yield built("features for logits", "M04", wide_head)
    yield built("a layer that is never called", "M01 M02", before_head(Unused(Dense(16))))
    yield built(
        "a layer that is never called, with weight decay", "M01 M02", before_head(Unused(Dense(16))),
        optimizer=SGD(learning_rate=OneCycle(0.08), weight_decay=1e-3),
    )  # fmt: skip
    yield built("a batch's statistics in prediction", "E01", before_head(BatchCentered()))
    yield built("noise in prediction", "E01", before_head(NoisyAlways()))
    yield built("the stem of an ImageNet network", "M07", stem)
    yield built("saturated tanh", "M09", hidden(Sequential(Scale(200.0), Tanh())))
    yield built("no activation between dense layers", "M06", hidden(Identity()))


def _of_data_and_records() -> Iterator[Fault]:
    """Of data, files, comparisons and studies."""
    yield read_wrongly("labels shuffled", "T01", shuffled)
    yield read_wrongly("wrong labels", "D06", mislabeled, epochs=12)
    yield read_wrongly("training images in the test part", "D01", leaked)
    yield read_wrongly("nearly training images in the test part", "D02", nearly_leaked)
    yield read_wrongly("training images for validation", "D03", validated_on_training)
    yield read_wrongly(
        "epoch chosen on test images", "S01 S02", validated_on_test, restore_best="best"
    )
    yield read_wrongly("two labels for an image", "D05", labeled_twice)
    yield read_wrongly("a class that is not trained", "D07", lambda: rare(0))
    yield read_wrongly("a class that is rare", "D08", lambda: rare(6))
    yield read_wrongly("empty images", "D13", emptied)
    yield read_wrongly("test images transposed", "D12", laid_down)
    yield Fault("normalization fitted on test images", ("D11",), normalized_with_test)
    yield written("weights of another run", "E03", other_seed)
    yield written(
        "weights with NaN", "T02", lambda _, run: weights(run, lambda name, a: a * np.nan)
    )
    yield written("loss divided twice", "T06", lambda _, run: metrics(
        run, lambda line: line | {"validation_cross_entropy": line["validation_cross_entropy"] / 63.7}
    ))  # fmt: skip
    yield written("dead units", "M03", mostly_off)
    yield written("tested on another split", "D04", lambda _, run: evaluated(
        run, DAY, data="other", cross={"classes": 10, "seen": 258}
    ))  # fmt: skip
    yield Fault("the best of four seeds", ("S05",), best_seed)
    yield Fault("a single seed", ("S04",), one_seed)
    yield Fault("a result pasted twice", ("C04",), pasted)
    yield Fault("an alpha that does nothing", ("C05",), alphas)
    yield against("more epochs for one arm", "C01", epochs=8)
    yield against("another split for one arm", "C02", split_seed=1)
    yield against("views for one arm", "E02", tta=Flips())
    yield studied(
        "seeds added after a verdict", "S09",
        {"verdicts": (PrintedVerdict(DAY, 1),)}, {"verdicts": (PrintedVerdict(DAY, 1),), "looks": (1, 2)},
    )  # fmt: skip
    yield studied(
        "tuned on a seed of the comparison", "S07",
        {"search": Search({"plain": 9, "other": 9}, (0,))},
        {"search": Search({"plain": 9, "other": 9}, (9,))},
    )  # fmt: skip
    yield studied(
        "one arm tuned alone", "C03",
        {"search": Search({"other": 9}, (9,))}, {"search": Search({"plain": 9, "other": 9}, (9,))},
    )  # fmt: skip


FAULTS = (*_of_training(), *_of_data_and_records())
