"""How often the audit finds what is wrong, and how often it sees a fault where there is none.

    python benchmarks/audit_bars.py --from FOLDER [--share 0/4]

A hundred healthy runs (healthy_runs.py) are trained and audited with their data: at most 2 % may have an
error. Then each of the faults of injected_faults.py is injected into three networks: at least 90 % have to be
found by the rules that know them, while the same network without the fault is not accused by these rules.

Runs go on where they were stopped, and what was found in a run is kept beside it; several processes may each
have a share. results/audit/ gets healthy.json (each run: accuracy, guessing and what
was found), faults.json (each fault and network: what was found) and summary.json, which is printed too.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice, product
from pathlib import Path
from typing import Any

from accuracy import recipe_file
from healthy_runs import Healthy, healthy_runs
from injected_faults import FAULTS, NETWORKS, Bench, Fault

from thumblab.audit import Finding, Subject, audit
from thumblab.cli.options import ExperimentOptions, find_plan
from thumblab.cli.output import percent, say
from thumblab.data import Dataset, DatasetSpec, read
from thumblab.experiment.experiment import ENGINE_VERSION
from thumblab.storage import files
from thumblab.training import train

ROOT = Path(__file__).parents[1]
MOST_ERRORS = 0.02
LEAST_FOUND = 0.9


def codes(found: tuple[Finding, ...]) -> dict[str, list[str]]:
    """Codes of the findings by severity, each once."""
    kinds: dict[str, set[str]] = {"error": set(), "warning": set(), "note": set()}
    for each in found:
        kinds[each.severity].add(each.code)
    return {name: sorted(values) for name, values in kinds.items()}


def kept(path: Path, make: Callable[[], dict[str, Any]] | None) -> dict[str, Any] | None:
    """The line at ``path``, made and written if it is not there; None where it is not to be made."""
    if not path.exists():
        if make is None:
            return None
        files.write_json(path, make())
    line: dict[str, Any] = files.read_json(path)
    return line


def healthy(options: argparse.Namespace) -> Iterator[dict[str, Any] | None]:
    """What the audit finds in each healthy run."""
    known: dict[DatasetSpec, Dataset] = {}
    for number, each in enumerate(islice(healthy_runs(), options.count)):
        place = options.runs / "healthy" / "".join(c if c.isalnum() else "_" for c in each.name)
        make = partial(audited, each, place, options, known) if options.has(number) else None
        yield kept(place / "found.json", make)


def audited(
    each: Healthy,
    place: Path,
    options: argparse.Namespace,
    known: dict[DatasetSpec, Dataset],
) -> dict[str, Any]:
    """One healthy run, trained unless it has been, and what the audit finds in it."""
    recipe = None if each.recipe is None else recipe_file(each.recipe)
    plan = find_plan(recipe, ExperimentOptions(**each.options))
    if plan.draft.data not in known:
        known[plan.draft.data] = read(plan.draft.data, options.root)
    dataset = known[plan.draft.data]
    *_, last = train(
        plan.experiment(dataset), dataset=dataset, runs=place, workers=options.workers, resume=True
    )
    found = audit(Subject({"all runs": [last.run]}, lambda run: dataset))
    result = last.run.result or {}
    line = {"name": each.name, "options": {k: str(v) for k, v in each.options.items()}}
    line |= {"accuracy": result["scored_accuracy"], "guessing": result["chance_accuracy"]}
    line |= {"found": codes(found)}
    line |= {"errors": [f"{f.code}: {f.what}" for f in found if f.severity == "error"]}
    say(f"{each.name}: {percent(line['accuracy'])} {line['found']}")
    return line


def faults(options: argparse.Namespace) -> Iterator[dict[str, Any] | None]:
    """What the audit finds of each fault in each network."""
    for number, (network, place) in enumerate(product(NETWORKS, range(len(FAULTS)))):
        bench = Bench(network, options.runs / "faults" / network)
        path = bench.folder / "found" / f"{place}.json"
        make = partial(injected, FAULTS[place], bench) if options.has(number) else None
        yield kept(path, make)


def injected(fault: Fault, bench: Bench) -> dict[str, Any]:
    """A fault in a network, and what the audit finds with and without it."""
    with_fault, without = fault.subjects(bench)
    found = {each.code for each in audit(with_fault)}
    sound = {each.code for each in audit(without)}
    hit = sorted(set(fault.codes) & (found - sound))
    line = {"fault": fault.name, "network": bench.network, "wanted": list(fault.codes)}
    line |= {"found": sorted(found), "without": sorted(sound), "detected": bool(hit)}
    say(f"{bench.network} {fault.name}: {'found by ' + ', '.join(hit) if hit else 'NOT FOUND'}")
    return line


def summary(runs: list[dict[str, Any]], found: list[dict[str, Any]]) -> dict[str, Any]:
    """The two rates, and the bars."""
    accused = [each["name"] for each in runs if each["errors"]]
    missed = [f"{each['fault']} in {each['network']}" for each in found if not each["detected"]]
    kinds = {
        name: dict(Counter(code for each in runs for code in each["found"][name]).most_common())
        for name in ("error", "warning", "note")
    }
    wrong = len(accused) / max(len(runs), 1)
    right = 1 - len(missed) / max(len(found), 1)
    return {
        "healthy_runs": len(runs),
        "with_errors": len(accused),
        "share_with_errors": wrong,
        "accused": accused,
        "on_healthy_runs": kinds,
        "faults": len({each["fault"] for each in found}),
        "networks": len({each["network"] for each in found}),
        "injected": len(found),
        "detected": len(found) - len(missed),
        "share_detected": right,
        "missed": missed,
        "engine": ENGINE_VERSION,
        "holds": wrong <= MOST_ERRORS and right >= LEAST_FOUND,
    }


def main() -> int:
    """The command."""
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--from", type=Path, dest="root", help="folder with the data's files")
    made.add_argument("--runs", type=Path, default=Path("runs/audit"))
    made.add_argument("--results", type=Path, default=ROOT / "results" / "audit")
    made.add_argument("--count", type=int, default=100, help="healthy runs")
    made.add_argument("--workers", type=int, default=1)
    made.add_argument("--share", default="0/1", help="which share of the work, of how many")
    options = made.parse_args()
    share, shares = map(int, options.share.split("/"))
    options.has = lambda number: number % shares == share
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs, found = list(healthy(options)), list(faults(options))
    whole = [[each for each in lines if each is not None] for lines in (runs, found)]
    if [*map(len, whole)] != [len(runs), len(found)]:
        say("the other shares are not done yet")
        return 0
    options.results.mkdir(parents=True, exist_ok=True)
    files.write_json(options.results / "healthy.json", whole[0])
    files.write_json(options.results / "faults.json", whole[1])
    totals = summary(*whole)
    files.write_json(options.results / "summary.json", totals)
    print(json.dumps(totals))
    return 0 if totals["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
