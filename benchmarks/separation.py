"""Report R4's features of a transferred AlexNet: how well they keep classes apart, with and without the skip.

    python benchmarks/separation.py --seeds 3 --from FOLDER

For every seed the recipe alexnet-cifar100 trains features, and alexnet-transfer trains a head
on them, frozen, in three arms: without a skip connection, with it as meant (from the fifth convolution,
through a trained 1x1 projection), and as published (from the fourth, the projection never called). They have
half of AlexNet's widths and read 63 pixels, a fiftieth of the published work, so that it takes minutes.

Two layers are looked at on CIFAR-10's validation images: the map that the head reads, before and after
pre-training and again before and after the head is trained, and the last one, which the last dense layer
reads. A frozen map changes through a trained projection alone. Of each: the share of the variance along the
first ten principal components, silhouette, between-to-within scatter. The skips are compared with none after
training, paired over the seeds, with Student's 95 % interval and Holm's correction; of test accuracy there is
a verdict (thumblab.verdict).

Runs go on where they were stopped. results/separation/ gets a file a run, hits-test.npz (which images each
run got right) and summary.json, which is printed as one JSON line too; --figure (docs/separation.svg) shows
points of the first seed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import hits
import numpy as np
from accuracy import recipe_file, scored, spread
from clouds import Cloud, drawing
from numpy.typing import NDArray
from paired import BETTER, paired
from series import ROOT, done, parser, record, trained

from thumblab import zoo
from thumblab.analysis import top_k_accuracy
from thumblab.cli.options import find_plan
from thumblab.cli.output import say, table
from thumblab.config import Plan
from thumblab.data import Dataset, Split, read, subset
from thumblab.evaluation.embedding import Embedding, embeddings, last_features
from thumblab.experiment import Pretrained
from thumblab.experiment.experiment import parts
from thumblab.report.embed import finite
from thumblab.runs import Run
from thumblab.storage import files
from thumblab.verdict import Comparison, judge

WITHOUT = "without skip"
ARMS = {
    WITHOUT: "alexnet_regressor",
    "skip as meant": "alexnet_skip",
    "skip as published": "alexnet_skip_published",
}
SKIPS = tuple(ARMS)[1:]
PRETRAINING = "pre-training"
LAYERS = ("map", "last")
MAP = "3"
"""Path of the flattened map in all of them."""
MEASURES = ("silhouette", "between_to_within", "explained_2")
SHOWN = 400
"""Points of a panel."""


@dataclass(frozen=True, eq=False)
class Seen:
    """One layer of one run before or after its training."""

    arm: str
    seed: int
    layer: str
    found: Embedding

    @property
    def to_json(self) -> dict[str, Any]:
        """Its numbers, for JSON."""
        explained = self.found.explained.tolist()
        return finite(  # type: ignore[no-any-return]
            {
                "arm": self.arm,
                "seed": self.seed,
                "layer": self.layer,
                "trained": self.found.trained,
                "features": self.found.features[0].size,
                "silhouette": self.found.silhouette,
                "between_to_within": self.found.between_to_within,
                "explained": explained,
                "explained_2": sum(explained[:2]),
            }
        )


def transfer(plan: Plan, arm: str, pretrained: Run) -> Plan:
    """The arm's network with the same arguments, its frozen layers starting from ``pretrained``."""
    name = ARMS[arm]
    folder = str(pretrained.folder)
    start = [Pretrained(folder, source_prefix="1", target_prefix="1.layer")]
    if name == "alexnet_skip_published":
        start.append(Pretrained(folder, source_prefix="1.10", target_prefix="2.0.layer.1"))
    model = replace(plan.model, name=name, function=getattr(zoo, name))
    return Plan(replace(plan.draft, init_from=tuple(start)), model)


def images_of(plan: Plan, dataset: Dataset, count: int) -> Split:
    """Validation images of the transfer, all classes in proportion."""
    held = parts(plan.experiment(dataset), dataset)[1]
    return held.take(subset(held.labels, min(count, len(held)), 0))


def looked_at(
    arm: str, run: Run, dataset: Dataset, part: Split, layers: Sequence[str]
) -> Iterator[Seen]:
    """The run's layers before and after training, on the images of ``part``."""
    for layer in layers:
        path = MAP if layer == "map" else last_features(run.experiment.model)
        for found in embeddings([run], dataset, part, path):
            say(f"{arm}, {layer}, {'after' if found.trained else 'before'}: {found.silhouette:.3f}")
            yield Seen(arm, run.experiment.seed, layer, found)


def kept(run: Run, seen: Sequence[Seen], path: Path) -> dict[str, Any]:
    """What results/ keeps of a run; of an arm also its word on the test images, looked at once."""
    entry = record(run) | {"arm": seen[0].arm, "separation": [each.to_json for each in seen]}
    if seen[0].arm in ARMS:
        entry |= scored(run)
        stored = run.predictions
        entry["test_top3"] = top_k_accuracy(stored["test_logits"], stored["test_labels"], k=3)
    files.write_json(path, entry)
    return entry


def values(runs: Sequence[dict[str, Any]], layer: str, measure: str, *, after: bool) -> list[float]:
    """A measure of the runs' layer before or after training; those that cannot be taken are left out."""
    rows = [row for run in runs for row in run["separation"]]
    wanted = [row for row in rows if (row["layer"], row["trained"]) == (layer, after)]
    return [row[measure] for row in wanted if row[measure] is not None]


def over_arms(
    arms: dict[str, list[dict[str, Any]]], layer: str, measure: str
) -> dict[str, dict[str, Any]]:
    """Every arm before and after; arms with a run whose features do not vary at all are left out."""
    before = {arm: values(runs, layer, measure, after=False) for arm, runs in arms.items()}
    after = {arm: values(runs, layer, measure, after=True) for arm, runs in arms.items()}
    there = [arm for arm in arms if len(before[arm]) == len(after[arm]) == len(arms[arm])]
    skips = [arm for arm in SKIPS if arm in there and WITHOUT in there]
    called = ("more", "less") if measure == "explained_2" else BETTER
    return {
        "before": {arm: spread(before[arm]) for arm in there},
        "after": {arm: spread(after[arm]) for arm in there},
        "after_less_before": paired({arm: (after[arm], before[arm]) for arm in there}, called),
        "against_without": paired({arm: (after[arm], after[WITHOUT]) for arm in skips}, called),
    }


def summary(entry: Sequence[dict[str, Any]], right: dict[str, NDArray[np.bool_]]) -> dict[str, Any]:
    """Every arm before and after over its seeds, what training changed, and the skips against none.

    A family of Holm's correction is one measure of one layer over the arms. Of the test images the
    verdict is on accuracy, by which of them each run got right.
    """
    arms = {arm: [each for each in entry if each["arm"] == arm] for arm in (PRETRAINING, *ARMS)}
    found: dict[str, Any] = {"seeds": [each["seed"] for each in arms[PRETRAINING]], "layers": {}}
    for layer, measure in product(LAYERS, MEASURES):
        found["layers"].setdefault(layer, {})[measure] = over_arms(arms, layer, measure)
    for measure in ("test_accuracy", "test_top3"):
        over = {arm: [each[measure] for each in arms[arm]] for arm in ARMS}
        found[measure] = {"arms": {arm: spread(own) for arm, own in over.items()}}
    verdict = judge(right, baseline=WITHOUT)
    found["test_accuracy"]["against_without"] = {
        each.arm: _ends(each) | each.to_json() for each in verdict.comparisons
    }
    return found


def _ends(found: Comparison) -> dict[str, Any]:
    low, high = found.images_like_these or found.these_images or (None, None)
    return {"low": low, "high": high, "verdict": found.word}


def to_text(found: dict[str, Any]) -> str:
    """For people: before, after, and what the skip adds to it."""
    rows = []
    for layer, measures in found["layers"].items():
        for measure, entry in measures.items():
            for arm in entry["before"]:
                apart = entry["against_without"].get(arm, {})
                numbers = (entry[when][arm]["mean"] for when in ("before", "after"))
                cells = (f"{number:.4f}" for number in numbers)
                rows.append((layer, measure, arm, *cells, *_apart(apart)))
    for measure in ("test_accuracy", "test_top3"):
        for arm, over in found[measure]["arms"].items():
            apart = found[measure].get("against_without", {}).get(arm, {})
            rows.append(("", measure, arm, "-", f"{over['mean']:.4f}", *_apart(apart)))
    return table(("layer", "measure", "arm", "before", "after", "against none", "verdict"), rows)


def _apart(entry: dict[str, Any]) -> tuple[str, str]:
    if entry.get("low") is None:
        return "-", entry.get("verdict", "-")
    ends = (entry[key] for key in ("difference", "low", "high"))
    return "{:+.4f}, {:+.4f} to {:+.4f}".format(*ends), entry["verdict"]


def figure(seen: Sequence[Seen], part: Split, classes: Sequence[str]) -> str:
    """The first two components of some images: rows of what is looked at, columns of arms."""
    rows = []
    some = slice(0, SHOWN)
    for layer, after, named in (
        ("map", True, "the head's input"),
        ("last", False, "last layer, before"),
        ("last", True, "last layer, after"),
    ):
        row = []
        for arm in ARMS:
            (each,) = (s for s in seen if (s.arm, s.layer, s.found.trained) == (arm, layer, after))
            found = each.found
            note = (
                f"silhouette {found.silhouette:.3f}, between : within {found.between_to_within:.2f}"
            )
            row.append(Cloud(f"{arm}: {named}", note, found.points[some, :2], part.labels[some]))
        rows.append(row)
    return drawing("Features of CIFAR-10 along their first two principal components", rows, classes)


def seen_of(
    options: argparse.Namespace, pretraining: Dataset, dataset: Dataset, part: Split, seed: int
) -> Iterator[tuple[Run, list[Seen]]]:
    """Trains the runs of a seed and looks at their layers."""
    first, second = (find_plan(recipe_file(name), None) for name in options.recipes)
    say(f"{PRETRAINING}, seed {seed}")
    pretrained = done(trained(first, pretraining, seed, options))
    yield pretrained, [*looked_at(PRETRAINING, pretrained, pretraining, part, LAYERS[:1])]
    for arm in ARMS:
        say(f"{arm}, seed {seed}")
        run = done(trained(transfer(second, arm, pretrained), dataset, seed, options))
        yield run, [*looked_at(arm, run, dataset, part, LAYERS)]


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser(__doc__ or "", "separation")
    asked.add_argument("--recipes", nargs=2, default=("alexnet-cifar100", "alexnet-transfer"))
    asked.add_argument("--images", type=int, default=1000, help="how many are looked at")
    asked.add_argument("--figure", type=Path, default=ROOT / "docs" / "separation.svg")
    options = asked.parse_args(arguments)
    plans = [find_plan(recipe_file(name), None) for name in options.recipes]
    pretraining, dataset = (read(plan.draft.data, options.root) for plan in plans)
    part = images_of(plans[1], dataset, options.images)
    entry, first = [], []
    rows: dict[str, list[Any]] = {arm: [] for arm in ARMS}
    for seed in range(options.seeds):
        for run, seen in seen_of(options, pretraining, dataset, part, seed):
            name = seen[0].arm.replace(" ", "-")
            entry.append(kept(run, seen, options.results / f"{name}-seed-{seed}.json"))
            first += seen if seed == 0 else []
            if seen[0].arm in ARMS:
                stored = run.predictions
                rows[seen[0].arm].append(stored["test_logits"].argmax(1) == stored["test_labels"])
    files.write(options.figure, figure(first, part, dataset.classes).encode(), name="figure")
    right = {arm: np.array(own) for arm, own in rows.items()}
    hits.store(options.results / "hits-test.npz", right)
    found = summary(entry, right)
    files.write_json(options.results / "summary.json", finite(found))
    say(to_text(found))
    print(json.dumps(finite(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
