"""Repeats a recipe over seeds, and says how good it is and how sure that is.

    python benchmarks/accuracy.py cifar10-90 --seeds 3 --from FOLDER

RECIPE is an experiment file, or the name of one of the package's. Every seed is one run, which goes on
where it was stopped. The test set is looked at once for each, when its training is over. results/RECIPE/
gets a file a seed (the run's result.json and its test accuracy) and summary.json: mean, standard deviation
and Student's 95 % interval of the mean, over the seeds, of the accuracy without TTA and with the TTA that
the recipe names, and of the seconds from raw arrays in memory to these predictions. A seed that diverged is
counted, not left out. Where a recipe was changed after its test accuracy was known, changed_after_test says
so, for good. The summary is printed as one JSON line too.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from series import parser, record

from thumblab.cli.options import find_plan
from thumblab.cli.output import percent, say
from thumblab.cli.training import Where, train_shown
from thumblab.config import Plan
from thumblab.config.recipes import PREFIX, open_recipe, recipe_name
from thumblab.core.errors import DivergedError
from thumblab.data import Dataset, read
from thumblab.evaluation import evaluate
from thumblab.runs import Run, ledger
from thumblab.storage import files

MEASURES = ("test_accuracy", "test_tta_accuracy", "seconds", "tta_seconds")
NAMED = (
    "data",
    "model",
    "train_on",
    "restore_best",
    "tta",
    "epochs",
    "parameters",
    "flops",
    "workers",
)


def recipe_file(name: str) -> Path:
    """The experiment file that ``name`` means, or ``recipe:NAME``."""
    if Path(name).is_file():
        return Path(name)
    open_recipe(name).close()
    return Path(f"{PREFIX}{name.removeprefix(PREFIX)}")


def name_of(path: Path) -> str:
    """The recipe's, such as ``r2/cnn``; of a file its stem."""
    return recipe_name(path) or path.stem


def scored(run: Run) -> dict[str, Any]:
    """What the test images say of a run that is done; they are looked at only once."""
    if run.test_accuracy is None:
        evaluate(run)
    look = next(line for line in run.evaluations if line["data"] == "own")
    names = ("accuracy", "loss", "tta_accuracy", "tta_loss")
    entry = {f"test_{name}": look[name] for name in names if name in look}
    evaluation = ledger.number(run, look["id"]) if "id" in look else None  # old runs have no ids
    return entry | {"test_images": look["images"], "test_evaluation": evaluation}


def one_seed(plan: Plan, dataset: Dataset, where: Where, seed: int) -> tuple[dict[str, Any], int]:
    """The result of a seed, trained first unless it has been; and the exit code of training.

    ``load`` is the machine's load average before and after, None if it was trained before.
    """
    wanted = replace(plan.experiment(dataset), seed=seed)
    known = Run(where.runs / wanted.key(dataset.fingerprint)[:12]).status != "unfinished"
    before = os.getloadavg()[0]
    outcome = train_shown(wanted, dataset, where)
    result = outcome.run.result
    if result is None:
        return {}, outcome.exit_code
    load = None if known else [round(before, 2), round(os.getloadavg()[0], 2)]
    entry = record(outcome.run) | {"load": load}
    if result["status"] == "done":
        entry |= scored(outcome.run)
    return entry, outcome.exit_code


def written(path: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """``entry``, once it is in the file; the load of the same training stays as it was noted there."""
    if entry["load"] is None and path.exists():
        before = files.read_json(path)
        same = before.get("weights_sha256") == entry.get("weights_sha256")
        entry["load"] = before.get("load") if same else None
    files.write_json(path, entry)
    return entry


def spread(values: Sequence[float]) -> dict[str, float | int | None]:
    """Mean, standard deviation (n - 1 below), n, and Student's 95 % interval of the mean.

    A single value has neither deviation nor interval.
    """
    from scipy.stats import t

    count, mean = len(values), fmean(values)
    if count < 2:
        return {"mean": mean, "sd": None, "n": count, "low": None, "high": None}
    deviation = stdev(values)
    half = float(t.ppf(0.975, count - 1)) * deviation / count**0.5
    return {"mean": mean, "sd": deviation, "n": count, "low": mean - half, "high": mean + half}


def changed(folder: Path, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Earlier results of a seed by another experiment: whoever changed the recipe could know them.

    Another version of the engine alone changes the key but not the experiment.
    """
    path = folder / f"seed-{entry['seed']}.json"
    before = files.read_json(path) if path.exists() else {}
    if before.get("key") in (None, entry["key"]) or before.get("test_accuracy") is None:
        return []
    if before.get("experiment") == entry["experiment"]:
        return []
    accuracy = before["test_accuracy"]
    return [{"earlier": before["key"][:12], "seed": entry["seed"], "test_accuracy": accuracy}]


def known_before(folder: Path) -> list[dict[str, Any]]:
    """What the summary says already of test accuracies that were known before the recipe changed."""
    path = folder / "summary.json"
    return list(files.read_json(path).get("changed_after_test", [])) if path.exists() else []


def summary(
    name: str, entry: Sequence[dict[str, Any]], earlier: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """What the seeds say together; ``changed_after_test`` is there if the recipe changed after a test."""
    done = [each for each in entry if each["status"] == "done"]
    found: dict[str, Any] = {"recipe": name, "seeds": [each["seed"] for each in entry]}
    found["diverged"] = len(entry) - len(done)
    versions = {each["engine_version"] for each in entry if "engine_version" in each}
    found |= {"engine_versions": sorted(versions)} if versions else {}
    for key in NAMED if done else ():
        found[key] = done[0][key]
    for key in MEASURES:
        values = [each[key] for each in done if each.get(key) is not None]
        if values:
            found[key] = spread(values)
    return found | ({"changed_after_test": list(earlier)} if earlier else {})


def to_text(found: dict[str, Any]) -> str:
    """The summary for people."""
    lines = [f"{found['recipe']}: {len(found['seeds'])} seeds, {found['diverged']} diverged"]
    if "train_on" in found:
        tta = (found["tta"] or {}).get("type", "none")
        lines.append(f"trained on: {found['train_on']}; TTA: {tta}")
    for key in MEASURES:
        if key in found:
            show = percent if "accuracy" in key else (lambda seconds: f"{seconds:.1f} s")
            entry = found[key]
            line = f"{key.replace('_', ' '):20} {show(entry['mean'])}"
            if entry["sd"] is not None:
                line += (
                    f"  sd {show(entry['sd'])}, 95 % {show(entry['low'])} to {show(entry['high'])}"
                )
            lines.append(line)
    for each in found.get("changed_after_test", []):
        share = percent(each["test_accuracy"])
        lines.append(f"changed after a test accuracy of {share} was known ({each['earlier']})")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if every seed is done, else the exit code of the last one that is not."""
    asked = parser(__doc__ or "")
    asked.add_argument("recipe")
    options = asked.parse_args(arguments)
    path = recipe_file(options.recipe)
    plan, name = find_plan(path, None), name_of(path)
    folder = options.results / name
    dataset = read(plan.draft.data, options.root)
    entry, worst, earlier = [], 0, known_before(folder)
    for seed in range(options.seeds):
        say(f"{name}, seed {seed}")
        where = Where(options.runs, options.workers, resume=True)
        found, code = one_seed(plan, dataset, where, seed)
        worst = code or worst
        if code not in (0, DivergedError.exit_code):
            return code
        earlier += changed(folder, found)
        entry.append(written(folder / f"seed-{seed}.json", found))
        files.write_json(folder / "summary.json", summary(name, entry, earlier))
    found = summary(name, entry, earlier)
    say(to_text(found))
    print(json.dumps(found))
    return worst


if __name__ == "__main__":
    sys.exit(main())
