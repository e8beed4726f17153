"""The space of a search applied to experiments: settings, and whether every arm can take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from thumblab.core.errors import UsageError
from thumblab.experiment import Experiment
from thumblab.study.edits import edited
from thumblab.study.search import Choices, Range, Search

Setting = float | int | str
Settings = Mapping[str, Setting]
"""What a trial sets, by dotted path."""

FIXED = ("data", "validation", "split_seed", "subset", "train_on", "tta", "seed", "label")
"""Fields that decide which images choose, or by how much they do; they are not searched."""

DIGITS = 4
"""Significant digits of a number that is drawn: what is trained can be written down."""


def applied(experiment: Experiment, settings: Settings) -> Experiment:
    """The experiment with every setting in its place.

    >>> from thumblab import data, zoo
    >>> base = Experiment(data.Characters(), zoo.mlp(47))
    >>> applied(base, {"batch": 64, "optimizer.momentum": 0.8}).optimizer.momentum
    0.8
    """
    for path, value in settings.items():
        experiment = edited(experiment, path, value)
    return experiment


def rounded(value: float, wanted: Range) -> float:
    """A drawn number with four significant digits, inside its range.

    >>> rounded(0.123456, Range(0.02, 0.5)), rounded(0.0200001, Range(0.02, 0.5))
    (0.1235, 0.02)
    """
    return min(max(float(f"{value:.{DIGITS}g}"), wanted.low), wanted.high)


def check_space(search: Search, arms: Mapping[str, Experiment]) -> None:
    """Raises ``UsageError`` if an arm cannot take a setting, or the search would undo what arms differ in.

    Args:
        search: What is searched.
        arms: The experiment of each arm, by its name.
    """
    for path, wanted in search.space:
        if path.partition(".")[0] in FIXED:
            raise UsageError(
                f"{path} is not searched, for it would change the images or the seed that choose; make it an "
                "arm"
            )
        for name, experiment in arms.items():
            for value in _ends(wanted):
                try:
                    edited(experiment, path, value)
                except UsageError as error:
                    raise UsageError(
                        f"arm {name!r} cannot take {path} = {value}: {error}"
                    ) from error
    first = {path: next(_ends(wanted)) for path, wanted in search.space}
    for one, other in combinations(arms, 2):
        if applied(arms[one], first) == applied(arms[other], first):
            raise UsageError(
                f"arms {one!r} and {other!r} differ only in what is searched; take that out of the "
                "search, or leave one arm out"
            )


def _ends(wanted: Range | Choices) -> Iterator[Setting]:
    """The least and the greatest number, or every choice."""
    if isinstance(wanted, Choices):
        yield from wanted.each
        return
    for end in (wanted.low, wanted.high):
        yield int(end) if wanted.whole else end
