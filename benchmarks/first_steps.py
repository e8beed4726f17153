"""Whether two versions train to the same bits: SHA-256 of every recipe's weights after some steps.

    python benchmarks/first_steps.py --from FOLDER -o before.json
    python benchmarks/first_steps.py --from FOLDER --against before.json

FOLDER holds a folder for each data set. Run the first in a checkout of the version before, on the same
machine: bits depend on the processor. Ends with 1 if a recipe's weights are not those of ``--against``.
"""

from __future__ import annotations

import argparse
import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from thumblab.config import plan, read_file
from thumblab.config.recipes import PREFIX, names
from thumblab.core.errors import DataError
from thumblab.data import Dataset, DatasetSpec, read
from thumblab.training.dry_run import dry_run


def found_in(root: Path, source: DatasetSpec) -> Dataset:
    """The data set, from whichever folder below ``root`` has it."""
    for folder in (root, *sorted(path for path in root.iterdir() if path.is_dir())):
        try:
            return read(source, folder)
        except DataError:
            continue
    raise DataError(f"no folder of {root} holds the files of {source}")


def weights_after(recipe: str, root: Path, steps: int, workers: int) -> str:
    """SHA-256 of the weights of the recipe called ``recipe`` after ``steps`` steps."""
    planned = plan(read_file(PREFIX + recipe).settings)
    dataset = found_in(root, planned.draft.data)
    state = sha256()
    with dry_run(planned.experiment(dataset), dataset, workers) as trainer:
        for _ in range(steps):
            trainer.train_step()
        for name, array in sorted(trainer.network.weights().items()):
            state.update(name.encode())
            state.update(np.ascontiguousarray(array).data)
    return state.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--from", type=Path, dest="root", required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--against", type=Path, help="what -o has written")
    asked = parser.parse_args()
    before = json.loads(asked.against.read_text()) if asked.against else {}
    found, other = {}, []
    for recipe in names():
        name = f"{recipe}.toml"
        found[name] = weights_after(recipe, asked.root, asked.steps, asked.workers)
        same = before.get(name, found[name]) == found[name]
        other += [] if same else [name]
        print(f"{name}: {found[name][:16]}{'' if same else ', which is other'}", flush=True)
    if asked.output:
        asked.output.write_text(json.dumps(found, indent=1) + "\n")
    return bool(other)


if __name__ == "__main__":
    sys.exit(main())
