"""Report R2's 3x3 table: a network for each of EMNIST's three splits, tested on the images of all three.

    python benchmarks/cross_table.py --seeds 3 --from FOLDER

The recipe is emnist-cross, or another --recipe; its data are edited here. Every cell has
accuracy, macro and weighted F1, the seconds of predicting all test images, and the share of these that the
network has trained on, counted by hash. Classes are compared where both name them: 62 are summed to 47.
Runs go on where they were stopped. Cells that stand in results/ are not measured again: each is a look at
a test set. results/cross/ gets a file a run (its result.json, its three cells, the machine's load) and
summary.json, which is printed as one JSON line too: means and Student's 95 % intervals over the seeds, and
how many test images the splits share.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from accuracy import recipe_file, spread
from series import done, parser, record, trained

from thumblab.cli.options import ExperimentOptions, find_plan
from thumblab.cli.output import percent, say, table
from thumblab.data import Dataset, Emnist, read
from thumblab.evaluation.cross import Cell, cell_means, cross, shared
from thumblab.runs import Run
from thumblab.storage import files

SPLITS = ("byclass", "bymerge", "balanced")


def measured(run: Run, split: str, datasets: Mapping[str, Dataset], path: Path) -> dict[str, Any]:
    """What ``path`` keeps of a run, its cells measured now unless they stand there already."""
    entry = record(run)
    before = files.read_json(path) if path.exists() else {}
    if before.get("weights_sha256") == entry["weights_sha256"]:
        return dict(before)
    begun = os.getloadavg()[0]
    cells = [asdict(cell) for cell in cross([run], [datasets[split]], [*datasets.values()])]
    entry["cells"] = [cell | {"network": run.folder.name} for cell in cells]
    entry["load"] = [round(begun, 2), round(os.getloadavg()[0], 2)]
    files.write_json(path, entry)
    return entry


def common(datasets: Mapping[str, Dataset]) -> dict[str, dict[str, int]]:
    """How many test images of the second split have the very pixels of one of the first's."""
    parts = {name: data.test for name, data in datasets.items() if data.test is not None}
    return {
        one: {
            other: int(shared(first.images, second.images).sum()) for other, second in parts.items()
        }
        for one, first in parts.items()
    }


def summary(entry: Sequence[dict[str, Any]], datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    """The table: a row a pair of splits, over the seeds."""
    cells = [Cell(**cell) for each in entry for cell in each["cells"]]
    rows = []
    for mean in cell_means(cells):
        same = [
            c for c in cells if (c.trained_on, c.tested_on) == (mean.trained_on, mean.tested_on)
        ]
        over = spread([cell.accuracy for cell in same])
        rows.append(asdict(mean) | {"low": over["low"], "high": over["high"]})
    seeds = sorted({each["seed"] for each in entry})
    return {"seeds": seeds, "cells": rows, "test_images_in_common": common(datasets)}


def to_text(found: dict[str, Any]) -> str:
    """The table for people."""
    heads = ("trained on", "tested on", "classes", "accuracy", "95 %", "macro F1", "weighted F1",
             "seconds", "trained on test images")  # fmt: skip
    rows = [
        (
            row["trained_on"],
            row["tested_on"],
            str(row["classes"]),
            percent(row["accuracy"]),
            "-" if row["low"] is None else f"{100 * row['low']:.2f} to {percent(row['high'])}",
            f"{row['f1_macro']:.4f}",
            f"{row['f1_weighted']:.4f}",
            f"{row['seconds']:.2f}",
            percent(row["seen"]),
        )
        for row in found["cells"]
    ]
    return table(heads, rows)


def runs_of(options: argparse.Namespace, datasets: Mapping[str, Dataset]) -> list[dict[str, Any]]:
    """Trains and measures every split and seed."""
    recipe, entry = recipe_file(options.recipe), []
    for split, dataset in datasets.items():
        plan = find_plan(recipe, ExperimentOptions(data=f"emnist:split={split}"))
        for seed in range(options.seeds):
            say(f"{split}, seed {seed}")
            run = done(trained(plan, dataset, seed, options))
            entry.append(
                measured(run, split, datasets, options.results / f"{split}-seed-{seed}.json")
            )
    return entry


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser(__doc__ or "", "cross")
    asked.add_argument("--recipe", default="emnist-cross", help="with another, name --results too")
    options = asked.parse_args(arguments)
    usual = recipe_file("emnist-cross") == recipe_file(options.recipe)
    if not usual and options.results == asked.get_default("results"):
        asked.error(
            f"{options.results} holds the table of emnist-cross; name another with --results"
        )
    datasets = {split: read(Emnist(split), options.root) for split in SPLITS}
    found = summary(runs_of(options, datasets), datasets)
    files.write_json(options.results / "summary.json", found)
    say(to_text(found))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
