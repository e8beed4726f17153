"""Whether arms had the same chances: budget, data, code and tuning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thumblab.audit.examined import Examined
from thumblab.audit.paired import differing
from thumblab.audit.rule import Observation, rule
from thumblab.audit.subject import Subject

BUDGET = {"epochs", "subset", "train_on", "early_stopping", "progressive_resizing"}
"""Settings that a study of budgets varies."""

SPLIT = ("validation", "split_seed", "subset", "train_on")
COMPUTED_WITH = ("engine", "precision")

TRAINED_PASSES = 3
"""A step costs about three forward passes."""

TOLERANCE = {"epochs": 0.01, "images": 0.01, "flops": 0.01, "seconds": 0.1}
"""Shares by which arms may differ; seconds are noisy."""


@rule(
    code="C01",
    severity="error",
    title="Unequal budgets",
    trigger="Arms differ by more than 1 % (seconds: 10 %) in what the study says they share: epochs, "
    "images, operations or seconds. Silent where nothing but the budget differs.",
    why="More training alone makes a network better; the difference cannot be laid to what was "
    "changed.",
    remedy="Give all arms the same budget, or declare what is to be equal.",
    source="Dodge et al. 2019, arXiv:1909.03004; Narang et al. 2021, arXiv:2102.11972.",
)
def unequal_budget(subject: Subject) -> Iterator[Observation]:
    """Each arm against the baseline."""
    equal = subject.declared.equal
    for first, second in subject.pairs():
        if equal is None or differing(first[0].experiment, second[0].experiment) <= BUDGET:
            continue
        amounts = [_mean_amount(side, equal) for side in (first, second)]
        if amounts[0] is None or amounts[1] is None or not amounts[0]:
            continue
        ratio = amounts[1] / amounts[0]
        if abs(ratio - 1) > TOLERANCE[equal]:
            yield Observation(
                second[0].arm,
                f"{second[0].arm!r} had {amounts[1]:,.4g} {equal} where {first[0].arm!r} had "
                f"{amounts[0]:,.4g}, {ratio:.2f} times as much",
                {
                    "equal": equal,
                    first[0].arm: amounts[0],
                    second[0].arm: amounts[1],
                    "ratio": ratio,
                },
            )


def _mean_amount(runs: tuple[Examined, ...], equal: str) -> float | None:
    values = [_amount(each, equal) for each in runs if each.result]
    known = [each for each in values if each is not None]
    return sum(known) / len(known) if known else None


def _amount(run: Examined, equal: str) -> float | None:
    """What a run was given: of one that may stop early, the epochs that it was allowed."""
    result = run.result
    if equal == "seconds":
        return float(result["train_seconds"])
    early = run.experiment.early_stopping is not None or result["status"] != "done"
    epochs = run.experiment.epochs if early else result["epochs"]
    images = epochs * result["train_images"]
    each = {"epochs": epochs, "images": images, "flops": images * result["flops"] * TRAINED_PASSES}
    return float(each[equal])


@rule(
    code="C02",
    severity="error",
    title="Unlike data, split, code or engine",
    trigger="Runs that are compared differ in data, code, engine version, or, where that is not all that "
    "they differ in, in split, engine or precision.",
    why="A difference between such runs may come from what they were trained or computed with.",
    remedy="Train all arms again on the same data, split, version and precision.",
    source="Pineau et al. 2021, arXiv:2003.12206 (reproducibility checklist).",
)
def unlike_ground(subject: Subject) -> Iterator[Observation]:
    """Each run against the baseline's of the same seed; seeds of one arm in the user's code that they ran."""
    where = "study" if subject.is_compared else subject.runs[0].arm
    for name in ("data", "engine version", *SPLIT, *COMPUTED_WITH):
        values = {each.name: _ground(each, name) for each in subject.runs}
        if any(_is_unlike(subject, each, name) for each in subject.runs):
            yield from _unlike(where, name, values)
    for arm, own in subject.examined.items():
        codes = {each.name: ",".join(sorted(each.run.sources.values()))[:12] for each in own}
        yield from _unlike(arm, "code of their own", codes)


def _ground(run: Examined, name: str) -> str:
    if name == "data":
        return str(run.run.about["fingerprint"])[:12]
    if name == "engine version":
        return str(run.run.about.get("engine", 0))
    return str(getattr(run.experiment, name))


def _is_unlike(subject: Subject, run: Examined, name: str) -> bool:
    """Whether a run is unlike the baseline's, and not in what is compared: the one thing that is other.

    Where each seed has a split of its own, runs of other seeds say nothing of each other.
    """
    baseline = subject.examined[subject.baseline]
    same_seed = [each for each in baseline if each.experiment.seed == run.experiment.seed]
    others = same_seed or (
        baseline[:1] if len({_ground(each, name) for each in baseline}) == 1 else ()
    )
    for other in others:
        if _ground(other, name) != _ground(run, name):
            settings = differing(other.experiment, run.experiment)
            of_data = name == "data" and other.experiment.data != run.experiment.data
            if name == "engine version" or not settings <= {name} or not (settings or of_data):
                return True
    return False


def _unlike(where: str, name: str, values: Mapping[str, str]) -> Iterator[Observation]:
    kinds = sorted(set(values.values()))
    if len(kinds) > 1:
        yield Observation(
            where,
            f"the runs differ in {name}: {', '.join(kinds)}",
            {"differs": name, "runs": dict(values)},
        )


@rule(
    code="C03",
    severity="warning",
    title="Unequal tuning",
    trigger="A search tried more settings for one arm than for another.",
    why="The arm that was tuned more is better for that alone.",
    remedy="Give each arm the same number of trials.",
    source="Bouthillier et al. 2021, arXiv:2103.03098; Lucic et al. 2018, arXiv:1711.10337.",
)
def unequal_tuning(subject: Subject) -> Iterator[Observation]:
    """Trials by arm."""
    search = subject.declared.search
    if search is None:
        return
    trials = {name: search.trials.get(name, 0) for name in subject.arms}
    if len(set(trials.values())) > 1:
        trials_text = ", ".join(f"{count} for {name!r}" for name, count in trials.items())
        yield Observation("study", f"the search tried {trials_text}", {"trials": trials})
