"""One vocabulary, the field's: words of ours that are gone stay away from sources and documents."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GONE = {
    r"crews?|Crew": "pool of workers",
    r"Meeting|meetings": "communicator",
    r"shards (?=side by side)|--shards|shard_count": "workers",
    r"Door|Frame|Store|Family": "input transform, layer context, parameter store, sibling context",
    r"phantoms?|Phantoms?": "padding samples",
    r"boards?(?=[\[(.])": "shared buffer",
    r"settle[ds]?": "resolve",
    r"[Rr]ehears\w*|Session": "dry run, Trainer",
    r"Feed|Ahead": "Loader, Prefetch",
    r"Judge|Guess": "score, ClassProbability",
    r"objective": "loss_and_grad",
    r"ways? back|goes back|go back": "backward pass",
    r"[Nn]obody|[Ww]hoever|[Aa]nybody|[Ee]verybody|[Ss]omebody": "say what is done, not who",
    r"single view|in \w+ views": "without TTA, with 6-view TTA",
    r"Swish|Cutmix|Mixup|ColourHistogram": "SiLU, CutMix, MixUp, ColorHistogram",
    r"\w*([Cc]olour|[Nn]eighbour|[Cc]entred?\b|[Gg]rey)\w*": "American spelling",
    r"\w*(ormalis|nitialis|erialis|ptimis|andardis)\w*": "American spelling",
}
KEPT = {
    ("src/thumblab/core/renamed.py", None): "maps the old names to those of today",
    (None, '"initialise"'): "names a stream of random numbers, and with it the bits of every run",
}


def texts() -> list[Path]:
    found = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").glob("*.md")]
    found += [*(ROOT / "docs" / "api").glob("*.md"), *(ROOT / "docs").glob("*.svg")]
    return [*found, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("word", GONE, ids=str)
def test_a_word_that_is_gone_stays_away(word: str) -> None:
    pattern = re.compile(rf"(?<![\w-])(?:{word})(?![\w])")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in texts()
        if (str(path.relative_to(ROOT)), None) not in KEPT
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line) and not any(kept and kept in line for _, kept in KEPT)
    ]
    assert not found, f"the field says: {GONE[word]}"


# ----- Identifiers -----

NAMES_GONE = {
    r"_?(told|said)": "to_json, to_text, or what it holds",
    r"_?words": "to_text, or what it holds",
    r"_?(readable|(read_)?[Ff]oreign)": "os_errors, external",
    r"[Ff]ront": "feature extractor",
    r"rates?": "lr, learning_rate",
    r"Cases?": "Workload, ConvShape",
}
NAMES_KEPT = {
    "words": (
        "report/study/",
        "core/random.py",
        "core/rules.py",
        "engines/numpy/context.py",
        "layers/",
        "part_names.py",
    ),
    "rate": ("layers/dropout.py", "layers/stochastic_depth.py", "zoo/stacked.py"),
    "front": ("evaluation/fronts.py",),
}
"""Machine words and words of a name, the rate of dropout, the front of Pareto."""


def test_an_identifier_that_is_gone_stays_away() -> None:
    gone = {re.compile(pattern): better for pattern, better in NAMES_GONE.items()}
    found = []
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py")]:
        where = path.relative_to(ROOT).as_posix()
        with path.open("rb") as file:
            names = {t.string for t in tokenize.tokenize(file.readline) if t.type == tokenize.NAME}
        for name in names:
            kept = any(place in where for place in NAMES_KEPT.get(name, ()))
            better = next(
                (better for pattern, better in gone.items() if pattern.fullmatch(name)), None
            )
            if better and not kept:
                found.append(f"{where}: {name}; the field says: {better}")
    assert found == []
