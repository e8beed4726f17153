"""How often the audit finds what is wrong, and how often it sees a fault where there is none.

    python benchmarks/audit_bars.py --from FOLDER

A hundred healthy runs (healthy_runs.py) are trained and audited with their data: at most 2 % may have an
error. Then each of the faults of injected_faults.py is injected into three networks: at least 90 % have to be
found by the rules that know them, while the same network without the fault is not accused by these rules.

Runs go on where they were stopped. results/audit/ gets healthy.json (each run: accuracy, guessing and what
was found), faults.json (each fault and network: what was found) and summary.json, which is printed too.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from accuracy import recipe_file
from healthy_runs import Healthy, healthy_runs
from injected_faults import FAULTS, NETWORKS, Bench

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


def healthy(
    each: Healthy, options: argparse.Namespace, known: dict[DatasetSpec, Dataset]
) -> dict[str, Any]:
    """One healthy run, trained unless it has been, and what the audit finds in it."""
    subject = None if each.recipe is None else recipe_file(each.recipe)
    plan = find_plan(subject, ExperimentOptions(**each.options))
    if plan.draft.data not in known:
        known[plan.draft.data] = read(plan.draft.data, options.root)
    dataset = known[plan.draft.data]
    place = options.runs / "healthy" / "".join(c if c.isalnum() else "_" for c in each.name)
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


def faults(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Each fault in each network, and what the audit finds there and without it."""
    for network in NETWORKS:
        bench = Bench(network, options.runs / "faults" / network)
        for fault in FAULTS:
            with_fault, without = fault.subjects(bench)
            found = {each.code for each in audit(with_fault)}
            sound = {each.code for each in audit(without)}
            hit = sorted(set(fault.codes) & (found - sound))
            line = {"fault": fault.name, "network": network, "wanted": list(fault.codes)}
            line |= {"found": sorted(found), "without": sorted(sound), "detected": bool(hit)}
            say(f"{network} {fault.name}: {'found by ' + ', '.join(hit) if hit else 'NOT FOUND'}")
            yield line


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
    options = made.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    known: dict[DatasetSpec, Dataset] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs = [healthy(each, options, known) for each in islice(healthy_runs(), options.count)]
        files.write_json(options.results / "healthy.json", runs)
        found = list(faults(options))
    files.write_json(options.results / "faults.json", found)
    totals = summary(runs, found)
    files.write_json(options.results / "summary.json", totals)
    print(json.dumps(totals))
    return 0 if totals["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
