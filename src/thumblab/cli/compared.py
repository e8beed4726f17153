"""What ``thumblab compare`` has found, for scripts and for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from thumblab.cli.output import percent, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from thumblab.evaluation.arms import Arms
    from thumblab.evaluation.comparison import Scores
    from thumblab.evaluation.cost import Cost
    from thumblab.evaluation.over_seeds import OverSeeds, Undeclared
    from thumblab.evaluation.overfitting import Overfit
    from thumblab.runs import Run


@dataclass(frozen=True)
class Compared:
    """All that was found.

    Attributes:
        part: ``"validation"`` or ``"test"``.
        images: How many.
        arms: What is compared.
        scores: Of each run, by arm.
        over_seeds: Of each arm.
        judged: What the seeds allow to say; None where the arms have none in common.
        fits: How each run overfits, in the order of the arms.
        costs: By run.
        fronts: By cost and arm, whether it has a star.
    """

    part: str
    images: int
    arms: Arms
    scores: Mapping[str, Sequence[Scores]]
    over_seeds: Sequence[OverSeeds]
    judged: Undeclared | None
    fits: Sequence[Overfit | None]
    costs: Mapping[str, Cost]
    fronts: Mapping[str, Mapping[str, bool]]

    def to_json(self) -> dict[str, Any]:
        """What scripts read."""
        stars = {
            cost: [each.run for arm, own in self.scores.items() if on[arm] for each in own]
            for cost, on in self.fronts.items()
        }
        return {
            "part": self.part,
            "images": self.images,
            "reference": self.arms.reference.name,
            "reference_by": self.arms.why,
            "arms": [
                {
                    "arm": arm.name,
                    "settings": arm.settings,
                    "differs_in": list(self.arms.apart(arm)),
                    "seeds": list(arm.seeds),
                    "runs": [str(run.folder) for run in arm.runs],
                }
                for arm in self.arms.each
            ],
            "scores": [
                {"arm": name} | each.to_json() for name, own in self.scores.items() for each in own
            ],
            "over_seeds": [asdict(each) for each in self.over_seeds],
            "verdict": _verdict(self.judged),
            "overfitting": [each and asdict(each) for each in self.fits],
            "costs": [asdict(each) for each in self.costs.values()],
            "pareto": stars,
        }

    def to_text(self) -> str:
        """What people read."""
        runs = [run for arm in self.arms.each for run in arm.runs]
        parts = (
            _over_seeds(self),
            _scores(self.scores),
            _judged(self),
            _overfitting(runs, self.fits),
            _costs(self.scores, self.costs, self.fronts),
        )
        return "\n\n".join(filter(None, parts))


def _verdict(found: Undeclared | None) -> dict[str, Any] | None:
    if found is None:
        return None
    rests = {
        "score": found.score,
        "seeds_compared": list(found.seeds),
        "without": list(found.without),
    }
    return found.verdict.to_json() | rests


def _over_seeds(found: Compared) -> str:
    """Arm by arm; what the seeds allow to say is said of the accuracy alone."""
    first = found.arms.reference
    seeds = {arm.name: arm.seeds for arm in found.arms.each}
    heads = ("arm", "seeds", "score", "mean", "spread", f"against {first.name}",
             "on these images", "on images like these", "")  # fmt: skip
    rows = [
        (
            each.arm,
            ",".join(map(str, seeds[each.arm])),
            each.score.replace("_", " "),
            percent(each.mean),
            percent(each.spread),
            "-" if each.difference is None else f"{100 * each.difference:+.2f}",
            *_tested(each, found.judged),
        )
        for each in found.over_seeds
    ]
    return table(heads, rows)


def _tested(each: OverSeeds, judged: Undeclared | None) -> tuple[str, str, str]:
    arm = judged and judged.score == each.score and judged.verdict.arms.get(each.arm)
    if not arm or arm.comparison is None:
        return "-", "-", "-"
    spans = (arm.these_images, arm.images_like_these)
    low, high = ("-" if s is None else f"{100 * s[0]:+.2f} to {100 * s[1]:+.2f}" for s in spans)
    return low, high, arm.comparison.word


def _judged(found: Compared) -> str:
    """The verdict in sentences, and what it rests on."""
    if len(found.arms.each) < 2:
        return ""
    first, judged = found.arms.reference.name, found.judged
    if judged is None:
        return f"no arm has a seed in common with {first}; train them with the same seeds"
    lines = [each.sentence for each in judged.verdict.comparisons]
    best = judged.verdict.could_be_best
    if len(best) < len(judged.verdict.arms):
        lines.append(f"could be the best: {', '.join(best)}")
    rests = (
        f"not declared beforehand; accuracy alone is tested, against {first} ({found.arms.why}), over seeds "
        f"{', '.join(map(str, judged.seeds))}, with 95 % intervals and p-values adjusted over the arms"
    )
    if judged.without:
        rests += f"; without {', '.join(judged.without)}, which shares too few seeds"
    return "\n".join([*lines, rests])


def _scores(found: Mapping[str, Sequence[Scores]]) -> str:
    heads = ("run", "arm", "seed", "accuracy", "interval", "macro F1", "interval", "rare recall",
             "common recall", "loss", "ECE")  # fmt: skip
    rows = [
        (
            each.run,
            arm,
            str(each.seed),
            percent(each.accuracy),
            f"{100 * each.low:.2f} to {percent(each.high)}",
            f"{each.macro_f1:.4f}",
            f"{each.macro_low:.4f} to {each.macro_high:.4f}",
            percent(each.rare_recall),
            percent(each.common_recall),
            f"{each.loss:.4f}",
            percent(each.calibration_error),
        )
        for arm, own in found.items()
        for each in own
    ]
    return table(heads, rows)


def _overfitting(runs: Sequence[Run], fits: Sequence[Overfit | None]) -> str:
    heads = ("run", "loss gap", "accuracy gap", "loss turns at", "rise", "over-confidence", "best",
             "last", "swing", "falls")  # fmt: skip
    rows = [
        (
            str(run.folder),
            "-" if fit.loss_gap is None else f"{fit.loss_gap:.3f}",
            percent(fit.accuracy_gap),
            f"{fit.turn} of {fit.epochs}",
            f"{fit.rise:.3f}",
            percent(fit.overconfident),
            f"{percent(fit.best_accuracy)} at {fit.best_epoch}",
            percent(fit.last_accuracy),
            percent(fit.swing),
            ", ".join(
                f"{100 * fall.depth:.0f} points at {fall.epoch}{'' if fall.recovered else ' (stays)'}"
                for fall in fit.valleys
            )
            or "-",
        )
        for run, fit in zip(runs, fits, strict=True)
        if fit is not None
    ]
    legend = (
        "losses and their gap: plain cross-entropy on both sides, whatever was trained; loss turns at: "
        "epoch of the least validation loss; rise: of that loss since; swing: mean change of the "
        "validation accuracy from epoch to epoch, later half; falls: its collapses by 5 points or more"
    )
    return f"{table(heads, rows)}\n{legend}" if rows else ""


def _costs(
    scores: Mapping[str, Sequence[Scores]],
    costs: Mapping[str, Cost],
    fronts: Mapping[str, Mapping[str, bool]],
) -> str:
    """A star stands where no other arm is as cheap and better, or as good and cheaper."""

    def starred(arm: str, name: str, text: str) -> str:
        return f"{text}{' *' if fronts[name][arm] else '  '}"

    heads = ("run", "trained s", "images/s", "parameters", "MFLOP", "weights MB", "activations kB",
             "alone ms", "in 128 us")  # fmt: skip
    rows = [
        (
            each.run,
            starred(arm, "train_seconds", f"{spent.train_seconds:,.1f}"),
            f"{spent.images_per_second:,.0f}",
            starred(arm, "parameters", f"{spent.parameters:,}"),
            starred(arm, "flops", f"{spent.flops / 1e6:,.2f}"),
            f"{spent.weights_megabytes:.2f}",
            f"{spent.activations_kilobytes:,.0f}",
            f"{spent.alone_milliseconds:.2f}",
            starred(arm, "batch_microseconds", f"{spent.batch_microseconds:,.0f}"),
        )
        for arm, own in scores.items()
        for each, spent in ((each, costs[each.run]) for each in own)
    ]
    return (
        f"{table(heads, rows)}\n* no other arm is as cheap and better in its mean accuracy, or as good "
        "and cheaper; times and accuracies that differ by less than their noise are alike"
    )
