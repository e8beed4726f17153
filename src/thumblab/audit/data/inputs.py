"""What networks see of the images: mean, spread, and what they were fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thumblab.audit.examined import Examined
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject
from thumblab.core.layer import walk
from thumblab.data import MeanStd, PerPixel, Standardize, statistics
from thumblab.layers import BatchNorm, LayerNorm, StandardScaler, Whiten

Array = NDArray[Any]

SEEN = 2_000
FAR = 3.0
NARROW, WIDE = 0.1, 10.0
TWICE = 0.02
SELF_SCALING = (BatchNorm, LayerNorm, StandardScaler, Whiten)


def seen_by(run: Examined) -> tuple[float, float] | None:
    """Mean and standard deviation of what a network reads; None where a layer of its own scales it first."""
    if run.kept is None or run.data is None:
        return None
    _, about = run.kept
    first = next(walk(run.experiment.model, tuple(about["shape"])))[1]
    if isinstance(first, SELF_SCALING):
        return None
    images = run.data.train.images[:: max(1, len(run.data.train) // SEEN)].astype(np.float64)
    values = (images - np.array(about["shift"])) * np.array(about["scale"])
    return float(values.mean()), float(values.std())


@rule(
    code="D09",
    severity="warning",
    title="Input that is not normalized",
    trigger="What a network reads has a mean beyond 3, or a standard deviation above 10 or below 0.1, and "
    "its first layer does not scale it.",
    why="First weights are drawn for inputs around 0 of size 1; with others the first steps go wrong, "
    "and the learning rate that works is another.",
    remedy="Train with normalize 'standardize'.",
    source="Report R1: 63 % with pixels from 0 to 255, 73 % with pixels from 0 to 1; LeCun et al. 1998, "
    "'Efficient BackProp'; Ben Braiek & Khomh 2023, TheDeepChecker, arXiv:2204.00694.",
    needs_data=True,
)
def not_normalized(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        seen = seen_by(each)
        if seen is None or seen[1] < TWICE:  # that is D10's
            continue
        if abs(seen[0]) > FAR or not NARROW <= seen[1] <= WIDE:
            yield _observed(each, *seen)


@rule(
    code="D10",
    severity="error",
    title="Normalized twice",
    trigger="The standard deviation of what a network reads is below 0.02, as after a division by 255 of "
    "what had been divided before.",
    why="The network sees next to nothing of the images.",
    remedy="Drop one of the two; means and deviations of mean_std are in units of 255.",
    source="Ben Braiek & Khomh 2023, TheDeepChecker, arXiv:2204.00694.",
    needs_data=True,
)
def normalized_twice(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        seen = seen_by(each)
        if seen is not None and seen[1] < TWICE:
            yield _observed(each, *seen)


def _observed(run: Examined, mean: float, deviation: float) -> Observation:
    return Observation(
        run.name,
        f"what the network reads has a mean of {mean:.3g} and a standard deviation of {deviation:.2g}",
        {"mean": mean, "deviation": deviation, "normalize": str(run.experiment.normalize)},
    )


@rule(
    code="D11",
    severity="note",
    title="The normalization knew the test images",
    trigger="Shift and scale are not those of the images that are trained on, but those of all images of "
    "the data set, test images included.",
    why="The effect is next to nothing, but nothing that is fitted should know the test images.",
    remedy="Train with normalize 'standardize', which is fitted on what is trained on.",
    source="Roth et al. 2025, leakage class I; Kaufman et al. 2012, doi:10.1145/2382577.2382579.",
    needs_data=True,
)
def normalizer_saw_test(subject: Subject) -> Iterator[Observation]:
    """The first run of each arm."""
    for each in subject.first_of_each_arm:
        data, rule_ = each.data, each.experiment.normalize
        if each.kept is None or data is None or data.test is None:
            continue
        if not isinstance(rule_, Standardize | PerPixel | MeanStd):
            continue
        kind = Standardize() if isinstance(rule_, MeanStd) else rule_
        whole = np.concatenate([data.dataset.train.images, data.test.images])
        stored = [np.asarray(each.kept[1][name], np.float64) for name in ("shift", "scale")]
        own, everything = (statistics(kind, images) for images in (data.train.images, whole))
        if not _are(stored, own) and _are(stored, everything):
            yield Observation(
                each.name,
                f"shift and scale are those of all {len(whole):,} images, {len(data.test):,} of them test",
                {"images": len(whole), "test_images": len(data.test)},
            )


def _are(stored: list[Array], found: tuple[Array, Array]) -> bool:
    """Whether shift and scale agree to the digits that people copy."""
    return all(np.allclose(a, b, rtol=2e-4, atol=1e-9) for a, b in zip(stored, found, strict=True))
