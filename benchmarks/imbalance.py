"""Report R2's remedies for rare classes, on EMNIST ByClass: weights, balanced sampling, focal losses.

    python benchmarks/imbalance.py --seeds 3 --from FOLDER

The recipe is emnist-imbalance, or another --recipe; an arm edits its loss or its sampling. For
each the peak of the learning rate is chosen by macro-F1 on validation images, with seed 0. Then every arm has
a run a seed, and all are scored on the test images, looked at when the last run is done: accuracy, macro-F1,
and the mean recall of the quarter of the classes that training has least of, against plain cross-entropy,
paired over the seeds. The question is macro-F1: of it alone a verdict is given (thumblab.verdict). The same
is about the validation images, where classes are as common as in training; a test set may differ.

R2's alpha is one factor for all classes, so it scales the loss and nothing else: with SGD it is another
learning rate, and Adam divides it out, all but its eps. So a rate is chosen for each gamma, the arms of one
gamma differ by rounding, and the command shows it: with eps four times as large, alpha 1 ends with the very
weights of alpha 0.25.

Runs go on where they were stopped. results/imbalance/ gets rates.json (validation), runs.json (each run's
result.json and its scores), arms.json (each arm over its seeds), hits-*.npz (which images each run got
right, a bit an image) and summary.json, which is printed as one JSON line too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import hits
import numpy as np
from accuracy import recipe_file
from series import done, engine_versions, parser, record, trained

from thumblab.analysis import averages, rare_classes
from thumblab.cli.options import ExperimentOptions, find_plan
from thumblab.cli.output import percent, say, table
from thumblab.data import Dataset, read
from thumblab.evaluation.comparison import Scores, compare
from thumblab.evaluation.over_seeds import over_seeds, undeclared
from thumblab.runs import Run
from thumblab.storage import files

Edit = dict[str, Any]
"""Settings by key, as on the command line."""

PLAIN = "plain cross-entropy"
GAMMAS, ALPHAS = (0.5, 0.75, 1.0), (0.15, 0.25, 0.35)
PARTS = ("validation", "test")
RATES = (1e-3, 3e-3, 9e-3)
ALONE: dict[str, Edit] = {
    PLAIN: {"loss": "cross_entropy"},
    "inverse frequency": {"loss": "cross_entropy:weights=inverse_frequency"},
    "effective number": {"loss": "cross_entropy:weights=effective_number"},
    "balanced sampling": {"sampling": "balanced"},
}
"""Arms and their edits, but for the focal losses."""


def focal(gamma: float, alpha: float) -> Edit:
    return {"loss": f"focal:gamma={gamma:g},alpha={alpha:g}"}


def focal_arms(gamma: float) -> dict[str, Edit]:
    return {f"focal, gamma {gamma:g}, alpha {alpha:g}": focal(gamma, alpha) for alpha in ALPHAS}


def families() -> list[dict[str, Edit]]:
    """Arms that share a learning rate; it is chosen with the middle one."""
    return [*({name: edit} for name, edit in ALONE.items()), *map(focal_arms, GAMMAS)]


def run_of(options: argparse.Namespace, dataset: Dataset, edit: Edit, lr: float, seed: int) -> Run:
    """The run of an arm at a learning rate, trained first unless it has been."""
    edits = ExperimentOptions(**edit, schedule=f"one_cycle:max_lr={lr:g}")
    return trained(find_plan(recipe_file(options.recipe), edits), dataset, seed, options)


def on_validation(run: Run) -> float | None:
    """Macro-F1 of a run on its validation images; None if it diverged."""
    if run.status != "done":
        return None
    stored = run.predictions
    return averages(stored["validation_logits"].argmax(1), stored["validation_labels"], "macro").f1


def chosen_learning_rates(
    options: argparse.Namespace, dataset: Dataset
) -> dict[str, dict[str, Any]]:
    """By arm, the peak with the best macro-F1 on validation images, and what all of them gave."""
    found: dict[str, dict[str, Any]] = {}
    for family in families():
        name = list(family)[len(family) // 2]
        scores = {}
        for lr in RATES:
            say(f"{name}, rate {lr:g}")
            scores[lr] = on_validation(run_of(options, dataset, family[name], lr, 0))
        best = max((score, lr) for lr, score in scores.items() if score is not None)[1]
        entry = {"rate": best, "macro_f1": {f"{lr:g}": score for lr, score in scores.items()}}
        found |= dict.fromkeys(family, entry)
    return found


def same_weights(options: argparse.Namespace, dataset: Dataset, lr: float) -> dict[str, Any]:
    """Whether alpha 1 with a larger ``eps`` ends with the weights of alpha 0.25, bit for bit."""
    gamma, alpha = GAMMAS[-1], 0.25
    other = focal(gamma, 1) | {"optimizer": f"adam:eps={1e-8 / alpha:g}"}
    runs = [done(run_of(options, dataset, edit, lr, 0)) for edit in (focal(gamma, alpha), other)]
    first, second = [(run.result or {})["weights_sha256"] for run in runs]
    return {"gamma": gamma, "alpha": alpha, "rate": lr, "same_weights": first == second}


def scored(
    runs: dict[tuple[str, int], Run], dataset: Dataset, options: argparse.Namespace
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Each run's result and scores, and the arms; at the test images nobody looks a second time."""
    paths = [options.results / f"{name}.json" for name in ("runs", "arms")]
    keys = [run.about["key"] for run in runs.values()]
    if all(path.exists() for path in paths):
        entry, arms = map(files.read_json, paths)
        if [each["key"] for each in entry] == keys:
            return list(entry), dict(arms)
    counts = np.bincount(dataset.train.labels, minlength=len(dataset.classes))
    entry = [{"arm": arm, **record(run), "scores": {}} for (arm, _), run in runs.items()]
    arms = {}
    for part in PARTS:
        scores = list(compare([*runs.values()], counts, final=part == "test"))
        of_arm: dict[str, list[Scores]] = {}
        for own, run, each in zip(entry, runs.values(), scores, strict=True):
            say(f"{own['arm']}, seed {own['seed']}, {part}: macro-F1 {each.macro_f1:.4f}")
            own["scores"][part] = each.to_json() | {"run": run.folder.name}
            of_arm.setdefault(own["arm"], []).append(each)
        labels = next(iter(runs.values())).predictions[f"{part}_labels"]
        arms[part] = over_arms(of_arm, labels, counts)
        right = {
            arm: np.array([each.guesses == labels for each in own]) for arm, own in of_arm.items()
        }
        hits.store(options.results / f"hits-{part}.npz", right)
    for path, value in zip(paths, (entry, arms), strict=True):
        files.write_json(path, value)
    return entry, arms


def over_arms(
    of_arm: dict[str, list[Scores]], labels: Any, counts: Any
) -> dict[str, dict[str, Any]]:
    """Every arm over its seeds against plain cross-entropy; macro-F1 is the question and is tested."""
    arms: dict[str, dict[str, Any]] = {arm: {} for arm in of_arm}
    for each in over_seeds(of_arm):
        arms[each.arm][each.score] = asdict(each)
    judged = undeclared(of_arm, labels, counts, tested="macro_f1")
    for name, arm in judged.verdict.arms.items() if judged else ():
        arms[name]["macro_f1"]["verdict"] = arm.to_json()["comparison"]
    return arms


def summary(
    entry: Sequence[dict[str, Any]],
    arms: dict[str, Any],
    learning_rates: dict[str, Any],
    dataset: Dataset,
) -> dict[str, Any]:
    """The arms on both parts, and how common the classes are in training."""
    counts = np.bincount(dataset.train.labels, minlength=len(dataset.classes))
    return {
        "data": dataset.name,
        "seeds": sorted({each["seed"] for each in entry}),
        "smallest_class": int(counts.min()),
        "largest_class": int(counts.max()),
        "rare_classes": [dataset.classes[place] for place in rare_classes(counts)],
        "rates": {arm: each["rate"] for arm, each in learning_rates.items()},
        **{part: arms[part] for part in PARTS},
    }


def to_text(arms: dict[str, dict[str, Any]], learning_rates: dict[str, float]) -> str:
    """The arms on one part, for people; differences in points of a hundred."""
    names = ("macro_f1", "rare_recall", "accuracy")
    heads = ["arm", "rate"]
    for name in names:
        heads += [name.replace("_", " "), "against plain"]
    heads.append("verdict on macro F1")
    rows = []
    for arm, entry in arms.items():
        row = [arm, f"{learning_rates[arm]:g}"]
        for each in (entry[name] for name in names if name in entry):
            row += [percent(each["mean"]), _apart(each)]
        found = entry["macro_f1"].get("verdict")
        row += ["-"] * (len(heads) - 1 - len(row))
        rows.append([*row, found["word"] if found else "-"])
    return table(heads, rows)


def _apart(each: dict[str, Any]) -> str:
    """A difference, with its interval on images like these where it is tested."""
    if each["difference"] is None:
        return "-"
    text, test = f"{100 * each['difference']:+.2f}", each.get("verdict")
    span = test and (test["images_like_these"] or test["these_images"])
    if not span:
        return text
    low, high = span
    return f"{text}, {100 * low:+.2f} to {100 * high:+.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser(__doc__ or "", "imbalance")
    asked.add_argument("--recipe", default="emnist-imbalance")
    options = asked.parse_args(arguments)
    dataset = read(find_plan(recipe_file(options.recipe), None).draft.data, options.root)
    learning_rates = chosen_learning_rates(options, dataset)
    files.write_json(options.results / "rates.json", learning_rates)
    runs = {}
    for family in families():
        for arm, edit in family.items():
            for seed in range(options.seeds):
                say(f"{arm}, seed {seed}")
                runs[arm, seed] = done(
                    run_of(options, dataset, edit, learning_rates[arm]["rate"], seed)
                )
    alpha = same_weights(
        options, dataset, learning_rates[f"focal, gamma {GAMMAS[-1]:g}, alpha 0.25"]["rate"]
    )
    found = summary(*scored(runs, dataset, options), learning_rates, dataset)
    found |= {"alpha": alpha, "engine_versions": engine_versions(runs.values())}
    files.write_json(options.results / "summary.json", found)
    for part in PARTS:
        say(f"{part} images\n{to_text(found[part], found['rates'])}\n")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
