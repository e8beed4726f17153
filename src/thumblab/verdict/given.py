"""What may be judged: checked before anything is computed of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def check_hits(hits: Mapping[str, Array]) -> None:
    """Refuses what are no hits of several arms on the same seeds and images.

    Raises:
        ValueError: In one sentence that says what was given and what is wanted.
    """
    _check_names(hits)
    for name, each in hits.items():
        if not isinstance(each, np.ndarray) or each.dtype != np.bool_ or each.ndim != 2:
            raise ValueError(
                f"hits of {name!r} are {_described(each)}; give a bool array (seeds, images), True where "
                "the network of that seed is right"
            )
    _check_shapes(hits)


def check_scores(scores: Mapping[str, Array], contributions: Mapping[str, Array]) -> None:
    """Refuses scores that do not fit what the images add to them.

    Raises:
        ValueError: In one sentence that says what was given and what is wanted.
    """
    _check_names(scores)
    if list(scores) != list(contributions):
        raise ValueError(
            f"scores are of {', '.join(scores)} and contributions of {', '.join(contributions)}; "
            "give both for the same arms"
        )
    for name, each in (*scores.items(), *contributions.items()):
        if (
            not isinstance(each, np.ndarray)
            or each.dtype.kind != "f"
            or not np.isfinite(each).all()
        ):
            raise ValueError(
                f"scores of {name!r} are {_described(each)}; give finite numbers, as floats"
            )
    _check_shapes(contributions)
    for name, each in scores.items():
        if each.shape != contributions[name].shape[:1]:
            raise ValueError(
                f"scores of {name!r} have shape {each.shape} and contributions "
                f"{contributions[name].shape}; give (seeds,) and (seeds, images)"
            )


def check_question(
    arms: Mapping[str, Array], baseline: str | None, matters: float | None, level: float
) -> str:
    """The baseline's name.

    Raises:
        ValueError: If it is not there or has no seed, or a number is out of its range.
    """
    names = list(arms)
    if baseline is not None and baseline not in names:
        raise ValueError(f"there is no arm {baseline!r}; the baseline is one of {', '.join(names)}")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; give the chance of a wrong word, such as 0.05")
    if matters is not None and not 0 < matters < 1:
        raise ValueError(
            f"matters is {matters}; give the difference that is worth having as a fraction, such as "
            "0.005 for half a point"
        )
    first = names[0] if baseline is None else baseline
    if not len(arms[first]):
        raise ValueError(f"no seed of the baseline {first!r} came to an end; name another baseline")
    return first


def check_design(arms: Mapping[str, Array], design: Mapping[str, Mapping[str, str]]) -> None:
    """Refuses what is no full factorial design of these arms.

    Raises:
        ValueError: In one sentence that says what was given and what is wanted.
    """
    if set(arms) != set(design):
        raise ValueError(f"arms are {', '.join(arms)} and the design has {', '.join(design)}")
    lost = [name for name, rows in arms.items() if not len(rows)]
    if lost:
        raise ValueError(
            f"no seed of {', '.join(map(repr, lost))} came to an end, and every effect is made of all "
            "arms; compare the others with a baseline"
        )
    factors = list(next(iter(design.values())))
    for name, levels in design.items():
        if sorted(levels) != sorted(factors) or not factors:
            raise ValueError(
                f"{name!r} has levels of {', '.join(levels) or 'no factor'}; give one of each factor, as "
                f"of {', '.join(factors) or 'norm, dropout'}"
            )
    there = [tuple(levels[factor] for factor in factors) for levels in design.values()]
    wanted = set(product(*({each[place] for each in there} for place in range(len(factors)))))
    if len(there) != len(wanted) or set(there) != wanted:
        raise ValueError(
            f"the design has {len(there)} arms of {len(set(there))} combinations; give each of the "
            f"{len(wanted)} combinations of {', '.join(factors)} once"
        )


def _check_names(arms: Mapping[str, Any]) -> None:
    if len(arms) < 2 or not all(isinstance(name, str) and name for name in arms):
        raise ValueError(
            f"arms are {', '.join(map(repr, arms)) or 'none'}; give two or more, by name"
        )


def _check_shapes(arms: Mapping[str, Array]) -> None:
    """All are of the same seeds and images; an arm without any seed has diverged in all of them."""
    shapes = {name: each.shape for name, each in arms.items()}
    full = {name: shape for name, shape in shapes.items() if shape[0]}
    if len(full) < 1 or len({*full.values()}) > 1 or len({s[1] for s in shapes.values()}) > 1:
        each = ", ".join(f"{name!r} {shape}" for name, shape in shapes.items())
        raise ValueError(f"shapes are {each}; give the same seeds and the same images for all arms")
    images = next(iter(full.values()))[1]
    if images < 2:
        raise ValueError(f"arms were scored on {images} images; give two or more")


def _described(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return type(value).__name__
    return f"{value.dtype} of shape {value.shape}"
