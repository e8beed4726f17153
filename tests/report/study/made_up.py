"""A study that was never run: arms with seeds, hits, curves and confusions that fit together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thumblab.audit import Deviation, Finding
from thumblab.report.study import StudyArm, StudyPage
from thumblab.verdict import judge

FINDINGS = (
    Finding("T02", "error", "2 of 5 seeds of 'lr=1' diverged and were dropped", {"seeds": [1, 3]},
            "Dropping what went wrong makes an arm look better.", "Count them.", "lr=1"),
    Finding("C06", "warning", "the difference of 'gelu' is smaller than what can be seen",
            {"difference": 0.001, "smallest_visible": 0.006}, "It may be luck.", "More seeds.", "gelu"),
    Finding("T05", "note", "the validation loss of 'plain' turns at epoch 7 <b>of 8</b>", {"turn": 7},
            "", "Stop earlier.", "plain"),
)  # fmt: skip


def study(
    arms: int = 17,
    seeds: int = 5,
    images: int = 1880,
    classes: int = 47,
    epochs: int = 8,
    *,
    pictures: bool = True,
    void: bool = False,
    matters: float | None = 0.005,
) -> StudyPage:
    """Accuracies around 80 %; each arm is a little better than the one before, the last one collapses."""
    draw = np.random.default_rng(arms * 100 + seeds)
    labels = draw.integers(0, classes, images)
    names = ["plain", *(f"arm {k}: <dropout> {k / 20:g} & width" for k in range(1, arms))]
    ease = draw.beta(5, 1, images)
    hits, made = {}, []
    for place, name in enumerate(names):
        own = np.clip(ease + draw.normal(0, 0.05, images) + 0.004 * (place % 9) - 0.02, 0, 1)
        right = draw.random((seeds, images)) < own
        if place == arms - 1 and arms > 3:
            right[0] = labels == 0
        hits[name] = right
        made.append(_arm(name, place, right, labels, classes, epochs, draw))
    verdict = judge(hits, matters=matters) if arms > 1 else None
    if void and verdict:
        verdict = verdict.voided({names[1]: "T02: seeds were dropped"})
    names_of = (
        tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"[:classes])
        if classes <= 47
        else tuple(f"class {k}" for k in range(classes))
    )
    shown = draw.integers(0, 256, (images, 28, 28, 1), np.uint8) if pictures else None
    return StudyPage(
        title="What does <dropout> do for a small network?",
        question="Which share of dropout & width gives the best accuracy?",
        arms=tuple(made),
        verdict=verdict,
        findings=FINDINGS,
        rules=52,
        declared=(("metric", "accuracy"), ("on", "validation"), ("seeds", str(seeds)),
                  ("matters", "0.5 points")),
        locked="2026-11-29, 0123456789abcdef",
        deviations=(Deviation("base.epochs: 8 -> 12", "curves still rose", "2026-11-30"),),
        looks=("2026-11-29 17:00: a verdict on 3 seeds",),
        hits=hits,
        labels=labels,
        classes=names_of,
        images=shown,
        environment=(("Machine", "a processor, 2 cores"), ("Versions", "Python 3.11, NumPy 2.4")),
        commands=("thumblab study run studies/dropout.toml --workers 2",
                  "thumblab study report studies/dropout.toml -o page.html"),
    )  # fmt: skip


def _arm(name, place, right, labels, classes, epochs, draw) -> StudyArm:
    seeds = len(right)
    rise = 1 - np.exp(-np.arange(1, epochs + 1) / 2)
    accuracy = right.mean(1, keepdims=True) * rise + draw.normal(0, 0.01, (seeds, epochs))
    guesses = np.where(right, labels, draw.integers(0, classes, right.shape))
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (np.broadcast_to(labels, right.shape), guesses), 1)
    diverged = (0,) if right[0].mean() < 0.5 * right.mean() else ()
    return StudyArm(
        name=name,
        settings=f"model.dropout={place / 20:g}" if place else "",
        seeds=tuple(range(seeds)),
        accuracies=tuple(right.mean(1).tolist()),
        parameters=400_000 + 30_000 * place,
        flops=2_500_000 * (1 + place),
        seconds=tuple((80 + 10 * place + draw.normal(0, 2, seeds)).tolist()),
        diverged=diverged,
        curves={
            "validation_accuracy": accuracy,
            "train_accuracy": accuracy + 0.08 * rise,
            "validation_loss": 3 * (1 - accuracy),
            "train_loss": 3 * (0.95 - accuracy),
        },
        confusion=counts,
    )


def without_verdict(page: StudyPage) -> StudyPage:
    """The same as runs of one arm."""
    return replace(page, verdict=None, is_declared=False)
