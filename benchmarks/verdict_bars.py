"""What verdicts are held to: how often they are wrong, how far intervals reach, what they see.

    python benchmarks/verdict_bars.py                # half an hour on one core; goes on where it was stopped
    python benchmarks/verdict_bars.py --only B1 B6   # some of the bars
    python benchmarks/verdict_bars.py --again B12    # anew

Everything goes through thumblab.verdict.judge, on made-up studies (made_up.py) and on the hits of 48 real
networks. Bars were set before they were measured; where one is missed it says so. results/verdict/ gets
bars.json (every cell with its Monte Carlo error) and README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import bars_of_claims as claims
import bars_of_sight as sight
import numpy as np

from thumblab.cli.output import say
from thumblab.storage import files

ROOT = Path(__file__).parents[1]
Result = dict[str, Any]
Cells = Mapping[str, Result]


@dataclass(frozen=True)
class Bar:
    """Something that is measured in cells, and what is wanted of each.

    Attributes:
        wanted: In words.
        cells: Their names and how each is measured.
        number: What counts of a cell; None if it does not count.
        low: The least of it.
        high: The most of it.
    """

    wanted: str
    cells: Callable[[], Iterator[tuple[str, claims.Cell]]]
    number: Callable[[str, Result], float | None]
    low: float = 0.0
    high: float = 1.0


def share(name: str, result: Result) -> float | None:
    found = result.get("share")
    return None if found is None else float(found)


def covers(which: str) -> Callable[[str, Result], float | None]:
    def number(name: str, result: Result) -> float | None:
        if which == "images_like_these" and (
            not name.startswith("far") or (" 2 seeds" in name and "9 arms" not in name)
        ):
            return None
        return None if result[which] is None else float(result[which]["share"])

    return number


def power(seeds: int) -> Callable[[str, Result], float | None]:
    def number(name: str, result: Result) -> float | None:
        counts = name.startswith(f"16 arms, {seeds} seeds, spreads")
        return float(result["power"]) if counts else None

    return number


def of_one_point(shift: bool) -> Callable[[str, Result], float | None]:
    def number(name: str, result: Result) -> float | None:
        if (", 1 points" in name) != shift or "spread 1" not in name:
            return None
        return float(result["better" if shift else "share"])

    return number


BARS = {
    "B1": Bar("whole studies with a false word, at most 6.1 %", claims.whole_studies, share, high=0.061),
    "B2": Bar("intervals on these images cover 95 +- 1.5 %", claims.coverage, covers("these_images"),
              0.935, 0.965),
    "B3": Bar("intervals on images like these cover 95 +- 2 %, far arms", claims.coverage,
              covers("images_like_these"), 0.93, 0.97),
    "B4": Bar("unlike spreads, collapsing seeds: false words at most 6.5 %", claims.unlike_arms, share,
              high=0.065),
    "B5": Bar("4 standard deviations are seen, 16 arms of 3 seeds: 55 %", claims.unlike_arms, power(3), 0.55),
    "B5 at 5": Bar("the same of 5 seeds: 85 %", claims.unlike_arms, power(5), 0.85),
    "B6": Bar("false words over all declared looks, at most 5.5 %", claims.adding_seeds, share, high=0.055),
    "B7": Bar("no difference that matters, said of one of just that size: at most 5 %",
              sight.differences_that_matter, share, high=0.05),
    "B8": Bar("real networks: false words at most 7 %", claims.real_networks, share, high=0.07),
    "B8 width": Bar("the same: half width at most 0.75 of Student's", claims.real_networks,
                    lambda name, result: result["half_width"] / result["students_half_width"], high=0.75),
    "B9": Bar("rivals on the same draws (no bar)", sight.side_by_side, lambda name, result: None),
    "B10": Bar("one point on CIFAR-10's size, 3 seeds: resolved in 80 %", sight.one_point,
               of_one_point(True), 0.8),
    "B10 none": Bar("the same without any: false words at most 6 %", sight.one_point, of_one_point(False),
                    high=0.06),
    "B12": Bar("intervals of macro-F1 cover 93 to 97 %, classes of 3 images", sight.rare_classes, share,
               0.93, 0.97),
    "B12 differences": Bar("differences of other measures on images like these: 93 to 97 %",
                           sight.other_measures, share, 0.93, 0.97),
    "B13": Bar("numbers in sentences that are none of their values: none", sight.sentences,
               lambda name, result: float(result["numbers_that_are_no_values"]), high=0.0),
}  # fmt: skip
"""By name; two of the same cells share the measurement."""


def measure(path: Path, only: Sequence[str], again: Sequence[str]) -> dict[str, Cells]:
    """All cells by the name of their kind, those that are missing measured first."""
    result: dict[str, dict[str, Result]] = files.read_json(path)["cells"] if path.exists() else {}
    kinds = {bar.cells.__name__: bar.cells for name, bar in BARS.items() if asked(name, only)}
    for name, bar in BARS.items():
        if asked(name, again) and again:
            result.pop(bar.cells.__name__, None)
    for kind, cells in kinds.items():
        own = result.setdefault(kind, {})
        for name, cell in cells():
            if name not in own:
                own[name] = cell(np.random.default_rng(crc32(f"{kind}: {name}".encode())))
                say(f"{kind}: {name}: {json.dumps(own[name])[:150]}")
                files.write_json(path, {"cells": result})
    return dict(result)


def asked(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or name.split()[0] in wanted


def summary(result: Mapping[str, Cells]) -> dict[str, Result]:
    """Each bar with its worst cell, and the cells that miss it."""
    found = {}
    for name, bar in BARS.items():
        cells = result.get(bar.cells.__name__, {})
        numbers = {cell: bar.number(cell, value) for cell, value in cells.items()}
        kept = {cell: number for cell, number in numbers.items() if number is not None}
        missed = {c: n for c, n in kept.items() if not bar.low <= n <= bar.high}
        found[name] = {"wanted": bar.wanted, "cells": len(kept), "missed": missed}
        if kept:
            found[name] |= {"least": min(kept.values()), "most": max(kept.values())}
    return found


def readme(found: Mapping[str, Result], result: Mapping[str, Cells]) -> str:
    lines = [
        "# How verdicts hold up", "",
        "Made by `python benchmarks/verdict_bars.py`, through `thumblab.verdict.judge`. Bars were set before",
        "they were measured. Cells, with their Monte Carlo errors, are in `bars.json`.", "",
        "| bar | wanted | measured | cells | missed |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for name, each in found.items():
        if each["cells"]:
            span = f"{number(each['least'])} to {number(each['most'])}"
            lines.append(
                f"| {name} | {each['wanted']} | {span} | {each['cells']} | {len(each['missed'])} |"
            )
    lines += [
        "", "## Cells that miss their bar", "",
        "With two or three seeds the spread has a floor (`thumblab.verdict.estimates`), so that intervals on",
        "these images cover more than they promise: fewer words, not more.", "",
    ]  # fmt: skip
    missed = [
        f"- {name}: {cell}: {number(value)}"
        for name, each in found.items()
        for cell, value in each["missed"].items()
    ]
    lines += [
        *(missed or ["None."]),
        "",
        "## Side by side, on the same draws (B9)",
        "",
        *rivals(result),
    ]
    return "\n".join(lines) + "\n"


def rivals(result: Mapping[str, Cells]) -> list[str]:
    """Share of studies that call the second arm better / worse, in percent; by cell."""
    cells = result.get("side_by_side", {})
    if not cells:
        return ["Not measured yet."]
    heads = [name.replace(" points better", "") for name in cells]
    lines = [
        "Share of studies, in percent, in which the second arm is called better / worse. Arms that are the",
        "same, or that know other images and are equally good on endlessly many, should be called so in 5 at",
        "most, both words together; an arm that is one point better should be called better.", "",
        f"| procedure | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|",
    ]  # fmt: skip
    for name in next(iter(cells.values()))["said"]:
        row = [each["said"][name] for each in cells.values()]
        shown = [f"{100 * one['better']:.1f} / {100 * one['worse']:.1f}" for one in row]
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines


def number(value: float) -> str:
    return f"{value:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    made.add_argument("--only", nargs="*", default=[], help="bars, such as B1 B6; all unless given")
    made.add_argument("--again", nargs="*", default=[], help="bars that are measured anew")
    made.add_argument("--results", type=Path, default=ROOT / "results" / "verdict")
    options = made.parse_args(arguments)
    path = options.results / "bars.json"
    options.results.mkdir(parents=True, exist_ok=True)
    result = measure(path, options.only, options.again)
    found = summary(result)
    files.write_json(path, {"bars": found, "cells": result})
    files.write(options.results / "README.md", readme(found, result).encode())
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
